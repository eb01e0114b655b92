"""Is this customer known already: refused, asked about, or told, as the company's rules say (domain.md E.8)."""

import hashlib
from collections.abc import Sequence

from handlers.context import Context
from handlers.customers import seas
from handlers.matching import Match, customers_like, door_of, in_force
from handlers.presenting import masked_phone, names, people
from models.base import Json
from models.clock import day_of
from models.company.duplicate_rules import Comparator, Level, What
from models.company.people import Department, Person
from models.customers.customer import Customer
from models.customers.sea import Sea
from models.errors import Duplicate, NeedsConfirmation
from models.locks import hold
from models.normal import company_key
from models.rows import fetch_one

SHOWN = 3
_COMPARED: dict[str, Comparator] = {"exact": "same", "strong": "strong", "weak": "weak"}


def hold_names(ctx: Context, key: str | None, uscc: str | None) -> None:
    """Until commit nobody else gives this name or code: the second writer sees what the first wrote."""
    if key:
        hold(ctx.db, "customer", key)
    if uscc:
        hold(ctx.db, "uscc", uscc)


def check(
    ctx: Context, name: str, *, uscc: str | None = None, person: bool = False, but: int | None = None
) -> list[str]:
    """What is to be told of customers like this one; name and code are held. Of a person's name only the same counts.

    Raises `Duplicate` where a rule blocks and `NeedsConfirmation` where one warns.
    """
    return _judge(ctx, name, customers_like(ctx, name, uscc=uscc), person=person)


def check_changed(ctx: Context, customer: Customer, *, name: str | None, uscc: str | None) -> list[str]:
    """As `check`, for what a customer is to be called from now on; None is what stays as it is."""
    renamed = name is not None and company_key(name) != customer.name_key
    if not renamed and uscc in (None, customer.uscc):
        return []
    if renamed and _is_of_merged(ctx, customer, company_key(name or "")):
        raise Duplicate(f"「{name}」是并入 {customer.name} 的客户的名称", next_step="请先把它拆开，或换一个名称")
    found = customers_like(ctx, name or customer.name, uscc=uscc, but=customer.id)
    found = [one for one in found if renamed or one.by == "uscc"]
    return _judge(ctx, name or customer.name, found, person=customer.kind == "individual")


def _is_of_merged(ctx: Context, customer: Customer, key: str) -> bool:
    there = fetch_one(ctx.db, Customer, name_key=key)
    return there is not None and there.merged_into_id == customer.id


def _judge(ctx: Context, name: str, found: Sequence[Match], *, person: bool) -> list[str]:
    found = [one for one in found if one.how == "exact" or not person]
    if not found:
        return []
    levels = [(one, _level(ctx, one)) for one in found]
    blocked = next((one for one, level in levels if level == "block"), None)
    if blocked is not None:
        raise _refusal(ctx, name, blocked)
    _ask(ctx, name, [one for one, level in levels if level == "warn"])
    told = [one for one, _ in levels if one.known]
    return [f"看起来相似：{one.row.name}（{brief(ctx, one)}）" for one in told[:SHOWN]]


def _level(ctx: Context, match: Match) -> Level:
    what: What = "uscc" if match.by == "uscc" else "name"
    return in_force(ctx).level("customer", what, _COMPARED[match.how], "customers", door_of(ctx))


def _refusal(ctx: Context, name: str, match: Match) -> Duplicate:
    there = match.row
    state, next_step = state_of(ctx, there)
    if match.by == "uscc":
        title = "这个统一社会信用代码的客户已存在"
        if not match.known:
            return Duplicate(title, "已有负责人" if there.owner_id is not None else "在别的公海里", "请联系管理员协调")
        return Duplicate(title, f"{there.name} {state}", next_step, existing=there.name)
    title = f"客户「{name}」已存在"
    return Duplicate(title, f"{there.name} {state}", next_step, existing=there.name)


def _ask(ctx: Context, name: str, found: Sequence[Match]) -> None:
    """To be confirmed once; others that are like it by then are asked about anew."""
    if not found:
        return
    said = "|".join([name, *(str(one.row.id) for one in found)])
    confirm = hashlib.sha256(said.encode()).hexdigest()[:12]
    if ctx.confirmed == confirm:
        return
    items = [item(ctx, one) for one in found[:SHOWN]]
    first = f"{items[0]['name']}（{items[0]['brief']}）"
    question = f"「{name}」很像已有的客户 {first}，确定是另一家吗？"
    facts = {"q": name, "items": items, "total": len(found), "question": question}
    raise NeedsConfirmation(question, confirm, "company/duplicates", facts)


def item(ctx: Context, match: Match) -> Json:
    """What may be told of a match, as a line of the card."""
    name = match.row.name if match.known else masked_name(match.row.name)
    code = match.row.code if match.seen else ""
    return {"noun": "customer", "name": name, "code": code, "brief": brief(ctx, match)}


def masked_name(name: str) -> str:
    """The first and last two characters of a name that one may not know."""
    return f"{name[:2]}{'*' * max(2, len(name) - 4)}{name[-2:] if len(name) > 4 else ''}"


def brief(ctx: Context, match: Match) -> str:
    """State, owner, last contact: as far as the sea and the company's rules allow."""
    row = match.row
    if row.owner_id is None:
        sea = names(ctx, Sea, [row.sea_id])[row.sea_id]
        claims = ctx.actor is not None and row.sea_id is not None and seas.is_member(ctx, row.sea_id, ctx.actor.id)
        return f"{sea}·{'可领取' if claims else '无人负责'}" if match.known else "公海·无人负责"
    named = match.seen or (match.known and shows_owner(ctx, row))
    owner = people(ctx, [row.owner_id])[row.owner_id] if named else None
    parts = [f"{owner['name']}负责" if owner else "已有负责人"]
    return "·".join([*parts, *([ago(ctx, row)] if match.seen else told(ctx, row))])


def told(ctx: Context, row: Customer) -> list[str]:
    """What the company's rules tell besides of a record that the person may not open (`DuplicateRules.tell`)."""
    tell, parts = in_force(ctx).tell, list[str]()
    if "department" in tell:
        owner = fetch_one(ctx.db, Person, id=row.owner_id)
        department = fetch_one(ctx.db, Department, id=owner.department_id) if owner else None
        parts += [department.name] if department else []
    if "days" in tell:
        parts.append(ago(ctx, row))
    if "phone" in tell and row.phone:
        parts.append(masked_phone(row.phone) or "")
    return parts


def ago(ctx: Context, row: Customer) -> str:
    """Days since the last follow-up."""
    if row.last_follow_up_at is None:
        return "还没有跟进"
    days = (ctx.today - day_of(row.last_follow_up_at, ctx.zone)).days
    return f"{days}天前跟进" if days else "今天跟进过"


def shows_owner(ctx: Context, row: Customer) -> bool:
    """Whether its sea lets its members know whose it is."""
    return row.home_sea_id is None or seas.rules_of(ctx, row.home_sea_id)[0].show_owner


def state_of(ctx: Context, there: Customer) -> tuple[str, str]:
    """What may be told of a customer who is there already, and what to do about it."""
    if there.owner_id is None:
        if there.sea_id is not None and seas.is_member(ctx, there.sea_id, ctx.me.id):
            return "在公海里，可以领取", f"回复「领取 {there.name}」领走它"
        return "在别的公海里", "请联系管理员"
    if there.owner_id == ctx.me.id:
        return "已经由你负责", f"可以直接「跟进 {there.name} 内容」"
    if not shows_owner(ctx, there):
        return "已有负责人", "请联系管理员协调"
    owner = people(ctx, [there.owner_id])[there.owner_id]
    name = owner["name"] if owner else "同事"
    return f"由{name}负责", f"可以请{name}说：把{ctx.me.name}加到{there.name}的团队"
