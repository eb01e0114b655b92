"""Why somebody sees a record or does not, and who could change that (domain.md D21)."""

from typing import Any

from handlers import permits
from handlers.args import Arg, Args, PersonRef, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import seas
from handlers.customers.customer_view import CUSTOMER
from handlers.customers.subjects import find_subject, label
from handlers.finding import find, find_person, named, seen
from handlers.grant_paths import Path, paths
from handlers.money.order_view import ORDER
from handlers.money.payment_view import PAYMENT
from handlers.nouns import Noun
from handlers.presenting import people
from handlers.reply import Reply
from handlers.sales.lead_view import LEAD
from handlers.sales.opportunity_view import OPPORTUNITY
from models.base import Json
from models.codes import noun_of
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import Forbidden, NotFound

NOUNS: dict[str, Noun] = {noun.name: noun for noun in (CUSTOMER, LEAD, OPPORTUNITY, ORDER, PAYMENT)}
SHOWN = 12


class ExplainAccess(Args):
    ref: Words = Arg("哪条记录", "编号或名称")
    person: PersonRef | None = Arg("谁", default=None)


def explain_access(ctx: Context, args: ExplainAccess) -> Reply:
    """Of a record that one sees: the way to it; who else sees it is told to those who may change it. Of any other the
    same words whether there is such a record or not, but for members of its sea, who know it by its name anyway."""
    row = _seen(ctx, args.ref)
    if row is None:
        return _unseen(ctx, args.ref)
    found = paths(ctx, row)
    if args.person is not None:
        return _of_person(ctx, row, find_person(ctx, args.person, "person"), found)
    mine = [why for who, why in found if who == ctx.me.id]
    facts: Json = {"title": f"你能看到 {_called(row)}", "texts": [f"· {why}" for why in mine]}
    if _may_know(ctx, row):
        facts["texts"] += ["谁能看到它：", *_everybody(ctx, found)]
    return Reply("notice", facts, result={"ref": row.code, "sees": True, "grants": mine, **_result(ctx, row, found)})


def _seen(ctx: Context, ref: str) -> Any:
    """The row that is meant, among those that the actor sees. Raises `Ambiguous`."""
    noun = noun_of(ref)
    try:
        return find(ctx, NOUNS[noun], ref) if noun in NOUNS else find_subject(ctx, ref)
    except NotFound:
        return None


def _unseen(ctx: Context, ref: str) -> Reply:
    """Whoever may claim it is told what he is told there; nobody else learns whether there is such a record."""
    rows = named(ctx, CUSTOMER, ref, permits.customers_and_claimed) if noun_of(ref) in (None, "customer") else []
    if len(rows) == 1:
        return _owned(ctx, rows[0])
    raise NotFound(
        f"你看不到「{ref}」",
        "可能没有这条记录，也可能你没有它的权限：你不是负责人或其上级，不在它的团队，也没有共享给你",
        "可以请你的上级或管理员确认；需要时由负责人把你加到团队，或共享给你",
    )


def _owned(ctx: Context, customer: Customer) -> Reply:
    home = customer.home_sea_id
    shows = home is not None and seas.rules_of(ctx, home)[0].show_owner
    owner = people(ctx, [customer.owner_id])[customer.owner_id] if shows else None
    who = owner["name"] if owner else "它的负责人"
    texts = [
        f"{customer.name} 已由{who}负责" if owner else f"{customer.name} 已有负责人",
        "你不是负责人或其上级，不在它的团队，也没有共享给你",
        f"{who}、其上级或管理员可以给你权限：把{ctx.me.name}加到{customer.name}的团队",
    ]
    facts: Json = {"title": f"你看不到 {customer.name}", "texts": texts}
    return Reply("notice", facts, result={"ref": customer.name, "sees": False, "grants": [], "owner": owner})


def _may_know(ctx: Context, row: Any) -> bool:
    """Who may change a record knows who sees it."""
    return seen(ctx, NOUNS[row.model.__tablename__], row.id, write=True) is not None


def _of_person(ctx: Context, row: Any, person: Person, found: list[Path]) -> Reply:
    if person.id != ctx.me.id and not _may_know(ctx, row):
        raise Forbidden("没有权限", "谁能看到一条记录，只告诉它的负责人、上级和管理员", "请联系他们")
    whys = [why for who, why in found if who == person.id]
    if whys:
        facts: Json = {"title": f"{person.name}能看到 {_called(row)}", "texts": [f"· {why}" for why in whys]}
    else:
        missing = "不是负责人或其上级，不在团队，没有共享，角色的数据范围也不包括它"
        texts = [missing, f"可以说「把{row.code}共享给{person.name}」或「把{person.name}加到{row.code}的团队」"]
        facts = {"title": f"{person.name}看不到 {_called(row)}", "texts": texts}
    return Reply("notice", facts, result={"ref": row.code, "sees": bool(whys), "grants": whys})


def _everybody(ctx: Context, found: list[Path]) -> list[str]:
    whys: dict[int, str] = {}
    for who, why in found:
        whys.setdefault(who, why)
    known = people(ctx, whys)
    lines = [f"· {known[who]['name']}：{why}" for who, why in whys.items()]
    return lines[:SHOWN] + ([f"还有 {len(lines) - SHOWN} 人"] if len(lines) > SHOWN else [])


def _result(ctx: Context, row: Any, found: list[Path]) -> Json:
    if not _may_know(ctx, row):
        return {}
    known = people(ctx, [who for who, _ in found])
    return {"viewers": [{"person": known[who], "grant": why} for who, why in found]}


def _called(row: Any) -> str:
    return f"{label(row)} {row.code}" if row.model.__tablename__ not in ("order", "payment") else str(row.code)


EXPLAIN_ACCESS = Command(
    name="explain.access", title="谁能看到",
    says=(
        "(为什么|为啥|为何|怎么)[我](看不到|看不见|查不到|找不到){ref}[了]",
        "[我](为什么|为啥|怎么)(看不到|看不见|查不到|找不到){ref}[了]",
        "(为什么|为啥|为何){person}(看不到|看不见|查不到|能看到|可以看到){ref}",
        "{person}(为什么|为啥|怎么)(看不到|看不见|查不到|能看到|可以看到){ref}",
        "(谁|哪些人|有谁)(能|可以|能够)(看到|看见|看){ref}",
        "{ref}(谁|哪些人|有谁)(能|可以|能够)(看到|看见|看)",
    ),
    examples=("为什么我看不到海豚科技", "谁能看到 C000123"),
    args=ExplainAccess, needs=Permission.BASIC, run=explain_access, reads=True,
)  # fmt: skip

COMMANDS = (EXPLAIN_ACCESS,)
