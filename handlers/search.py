"""Search and duplicate check (domain.md E.8)."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from handlers import duplicates, permits
from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.contacts import CONTACT
from handlers.customers.customer_view import CUSTOMER
from handlers.masking import is_hidden
from handlers.money.order_view import ORDER
from handlers.money.payment_view import PAYMENT
from handlers.naming import list_named
from handlers.nouns import Noun
from handlers.reply import Button, Reply
from handlers.sales.lead_view import LEAD
from handlers.sales.opportunity_view import OPPORTUNITY
from models.base import Json
from models.codes import PLAIN, ident_of, noun_of
from models.customers.customer import Contact, Customer
from models.errors import Invalid
from models.normal import company_key, normal_phone, simplified
from models.rows import containing, fetch_all

SEARCHED = (CUSTOMER, LEAD, CONTACT, OPPORTUNITY, ORDER, PAYMENT)
SHOWN = 10


class Search(Args):
    q: Words = Arg("关键字")


class CheckDuplicate(Args):
    q: Words = Arg("名称或电话")


def search(ctx: Context, args: Search) -> Reply:
    """Records that one may see, by code, name, or a phone that is not hidden from one."""
    found = [item for noun in SEARCHED for item in _found(ctx, noun, args.q)]
    shown = found[:SHOWN]
    facts: Json = {"q": args.q, "items": shown, "total": len(found)}
    if normal_phone(args.q) is not None and not any(item["noun"] in ("customer", "lead") for item in found):
        texts = ["你能看到的客户、线索和联系人里没有这个号码", f"想知道同事是否已有，可以说「查重 {args.q}」"]
        return Reply("notice", {"title": f"没找到 {args.q}", "texts": texts}, result=facts)
    return Reply("company/search", facts, result=facts)


def _found(ctx: Context, noun: Noun, q: str) -> list[Json]:
    if noun is CUSTOMER and noun_of(q.strip()) is None and normal_phone(q) is None and company_key(q):
        rows = list_named(ctx, noun, q.strip(), noun.gate(ctx), SHOWN)  # by their other names, too
        return [item | {"noun": noun.name} for item in noun.present(ctx, rows)]
    where = _like(ctx, noun, q.strip())
    if where is None:
        return []
    model: Any = noun.model
    rows = fetch_all(ctx.db, model, where, noun.gate(ctx), order_by=[model.id.desc()], limit=SHOWN)
    return [item | {"noun": noun.name} for item in noun.present(ctx, rows)]


def _like(ctx: Context, noun: Noun, q: str) -> ColumnElement[bool] | None:
    """What matches in this noun; None where nothing can."""
    model: Any = noun.model
    meant = noun_of(q)
    if meant is not None:
        if meant != noun.name:
            return None
        return model.id == ident_of(q) if noun.name in PLAIN else model.code == q.upper()  # type: ignore[no-any-return]
    phone = normal_phone(q)
    if phone is not None:
        return _by_phone(ctx, noun, phone)
    key = company_key(q)
    said = {name: key if name == "name_key" else simplified(q) for name in noun.named}
    parts = [containing(getattr(model, name), one, any_case=name != "name_key") for name, one in said.items()]
    return or_(*parts) if parts and key else None


def _by_phone(ctx: Context, noun: Noun, phone: str) -> ColumnElement[bool] | None:
    """A hidden phone is not found by its value (domain.md E.7): the noun's own filter sees to that."""
    if "phone" not in noun.filters or is_hidden(ctx, noun.name, "phone"):
        return None
    own = noun.filters["phone"](ctx, phone)
    if noun is not CUSTOMER:
        return own
    if is_hidden(ctx, "contact", "phone"):
        return own
    of_contact = select(Contact.customer_id).where(Contact.phone == phone, permits.contacts(ctx))
    return or_(own, Customer.id.in_(of_contact))


def check_duplicate(ctx: Context, args: CheckDuplicate) -> Reply:
    """Also of records that one may not see: name, state, and the owner where the sea says so; counted and logged."""
    if len(args.q) < 2:
        raise Invalid("q", "太短了", "查重至少要 2 个字", "请说公司名称或电话")
    duplicates.count_query(ctx)
    items = duplicates.likely(ctx, args.q)
    duplicates.log_query(ctx, args.q, len(items))
    facts: Json = {"q": args.q, "items": items}
    claims = [item for item in items if item["brief"].endswith("可领取")]
    buttons = tuple(_claim(item) for item in claims[:1] if len(claims) == 1)
    return Reply("company/duplicates", facts, buttons=buttons, result=facts)


def _claim(item: Json) -> Button:
    return Button("领取", f"{item['noun']}.claim", {"ref": item["code"]}, "primary")


SEARCH = Command(
    name="search", title="搜索",
    says=(
        "(搜索|搜一下|搜一搜|搜搜|搜|查找|search|find){q}",
        "{q}是谁的(客户|线索)",
        "(查询|查一下|查){q:phone}",
        "{q:phone}是(谁|哪个客户|哪家)[的][电话|号码]",
    ),
    examples=("搜索 蓝鲸", "13911223344 是谁的客户"),
    args=Search, needs=Permission.BASIC, run=search, reads=True,
)  # fmt: skip
CHECK_DUPLICATE = Command(
    name="check_duplicate", title="查重",
    says=(
        "(查重|排重|查一下重复|duplicate)[一下|下]{q}",
        "[检查|看看|查][一下|下|看看]{q}(有没有|是否|是不是)"
        "(重复|撞单|被跟|有人跟|有人在跟|人跟|人在跟|录过|登记过)[了]",
        "{q}(有人跟吗|有人在跟吗|有人跟了吗|撞单了吗|重复了吗|重复吗|录过吗|登记过吗)",
        "(查重)",
    ),
    examples=("查重 海豚科技", "云图智能有没有重复"),
    args=CheckDuplicate, needs=Permission.BASIC, run=check_duplicate, reads=True,
)  # fmt: skip

COMMANDS = (SEARCH, CHECK_DUPLICATE,)  # fmt: skip
