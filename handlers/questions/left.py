"""What left its owners: customers back in a sea, leads back in a pool, with the reason that was given."""

from collections.abc import Sequence
from typing import Annotated, Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from handlers import permits
from handlers.args import Arg, Args, PersonRef, SeaRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import seas
from handlers.nouns import Noun
from handlers.presenting import instant, names, people
from handlers.questions.answering import Question, answer
from handlers.questions.figures import Figure
from handlers.questions.scope import Period, Scope, asked_about, days, over
from handlers.reply import Reply
from models.base import Json
from models.codes import plain_code
from models.company.people import Sight
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.customers.return_reason import reason_of, shown
from models.customers.sea import LeadPool, Sea
from models.rows import fetch_all
from models.sales.lead import Lead

HOW = {"return": "退回", "reclaim": "自动回收"}
Part = Annotated[
    Text,
    choice("returned", "reclaimed", "leads", 退回="returned", 回收="reclaimed", 自动回收="reclaimed", 线索="leads"),
]


def gate(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Periods of records that the actor may see now."""
    customer = exists(select(1).where(Customer.id == Ownership.record_id, permits.customers(ctx)))
    lead = exists(select(1).where(Lead.id == Ownership.record_id, permits.leads(ctx)))
    return or_((Ownership.noun == "customer") & customer, (Ownership.noun == "lead") & lead)


def present(ctx: Context, rows: Sequence[Ownership]) -> list[Json]:
    """What left, whose it was, where it went and why; the former owner where he is in sight or the sea tells it."""
    records: dict[tuple[str, int], Any] = {}
    for noun, model in (("customer", Customer), ("lead", Lead)):
        own: Any = model
        wanted = [row.record_id for row in rows if row.noun == noun]
        records |= {(noun, one.id): one for one in (fetch_all(ctx.db, own, own.id.in_(wanted)) if wanted else ())}
    seen = _in_sight(ctx)
    former = people(ctx, [row.owner_id for row in rows])
    places = _places(ctx, rows, records)
    return [
        {
            "code": plain_code(row.noun, row.record_id),
            "name": getattr(records[row.noun, row.record_id], "label", None) or records[row.noun, row.record_id].name,
            "at": instant(ctx, row.ended_at),
            "how": HOW.get(row.reason_out or "", row.reason_out),
            "reason": _reason(row, is_told=permits.everything(ctx) or row.owner_id in seen),
            "sea": {"name": places[row.id]},
            "person": former[row.owner_id] if _may_name(ctx, row, seen) else None,
        }
        for row in rows
    ]


def _places(ctx: Context, rows: Sequence[Ownership], records: Any) -> dict[int, str | None]:
    """Where it lies now, else the sea or pool whose it was."""
    found: dict[int, tuple[Any, int | None]] = {}
    for row in rows:
        record = records[row.noun, row.record_id]
        now = record.sea_id if row.noun == "customer" else record.pool_id
        found[row.id] = (Sea if row.noun == "customer" else LeadPool, now if now is not None else row.pool_id)
    by_model = {
        model: names(ctx, model, [at for one, at in found.values() if one is model]) for model in (Sea, LeadPool)
    }
    return {ident: by_model[model].get(at) for ident, (model, at) in found.items()}


def _in_sight(ctx: Context) -> set[int]:
    return {ctx.me.id, *ctx.db.execute(select(Sight.person_id).where(Sight.viewer_id == ctx.me.id)).scalars()}


def _reason(row: Ownership, *, is_told: bool) -> str | None:
    """Members of the sea read the counted reason alone, what was said beside it is for those above."""
    if not row.note_out or row.reason_out != "return":
        return None
    return shown(row.note_out) if is_told else reason_of(row.note_out)[0]


def _may_name(ctx: Context, row: Ownership, seen: set[int]) -> bool:
    if permits.everything(ctx) or row.owner_id in seen:
        return True
    return row.noun == "customer" and row.pool_id is not None and seas.rules_of(ctx, row.pool_id)[0].show_owner


PERIOD = Noun(
    name="period", plural="periods", title="归属", model=Ownership, gate=gate, present=present,
)  # fmt: skip


class AskReturned(Args):
    period: Period | None = Arg("时间", default=None)
    sea: SeaRef | None = Arg("公海", default=None)
    scope: Scope | None = Arg("范围", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    part: Part | None = Arg("看哪个数的明细", default=None)


def ask_returned(ctx: Context, args: AskReturned) -> Reply:
    """Of everything that one may see, or of one sea, one person or one department."""
    period = args.period or "last_7_days"
    where: list[Any] = [days(ctx, period).holds(Ownership.ended_at)]
    name = ""
    if args.person is not None or args.department is not None or args.scope is not None:
        who = asked_about(ctx, args.person, args.department, args.scope)
        name, where = who.name, [*where, Ownership.owner_id.in_(who.idents)]
    if args.sea is not None:
        sea = seas.named(ctx, args.sea)
        name, where = sea.name, [*where, Ownership.noun == "customer", _of_sea(sea.id)]
    again = {"period": period} | args.model_dump(include={"sea", "scope", "person", "department"}, exclude_none=True)
    figures = _figures(where)
    question = Question(
        "ask.returned", again, over(name, period, "退回和回收"), figures, args.part, kind="period",
        look_at=_newest(ctx, where), about={"period": period}, empty="这段时间没有退回或回收",
        notes=_by_sea(ctx, where),
    )  # fmt: skip
    return answer(ctx, question)


def _of_sea(ident: int) -> ColumnElement[bool]:
    lies = exists(select(1).where(Customer.id == Ownership.record_id, Customer.sea_id == ident))
    return or_(lies, Ownership.pool_id == ident)


def _figures(where: Sequence[Any]) -> tuple[Figure, ...]:
    newest = (Ownership.ended_at.desc(),)
    customers, leads = (*where, Ownership.noun == "customer"), (*where, Ownership.noun == "lead")
    back = Ownership.reason_out.in_(tuple(HOW))
    return (
        Figure("returned", "退回的客户", PERIOD, (*customers, Ownership.reason_out == "return"), order_by=newest),
        Figure("reclaimed", "自动回收的客户", PERIOD, (*customers, Ownership.reason_out == "reclaim"), order_by=newest),
        Figure("leads", "退回和回收的线索", PERIOD, (*leads, back), order_by=newest),
    )


def _newest(ctx: Context, where: Sequence[Any]) -> list[Json]:
    back = (*where, Ownership.reason_out.in_(tuple(HOW)))
    return Figure("all", "", PERIOD, back, order_by=(Ownership.ended_at.desc(),)).items(ctx)


def _by_sea(ctx: Context, where: Sequence[Any]) -> list[str]:
    """How many of the customers came into which sea."""
    back = (*where, Ownership.noun == "customer", Ownership.reason_out.in_(tuple(HOW)), gate(ctx))
    seen = select(Ownership.record_id, Ownership.pool_id).where(*back).subquery()
    sea = func.coalesce(Customer.sea_id, seen.c.pool_id)
    joined = select(sea, func.count()).select_from(seen).join(Customer, Customer.id == seen.c.record_id)
    counted = ctx.db.execute(joined.group_by(sea).order_by(func.count().desc(), sea)).all()
    known = names(ctx, Sea, [ident for ident, _ in counted])
    return [f"{known[ident]} {count} 个" for ident, count in counted if ident is not None]


_BACK = "(退回|回收|退回公海|掉到公海|掉回公海|掉公海|掉进公海|回到公海|退到公海|回公海|进公海|掉海|被回收)"
ASK_RETURNED = Command(
    name="ask.returned", title="退回了哪些",
    says=(
        f"[看看|看|查|查看]{{period}}[都|有]{_BACK}[了|的][客户][都]有(哪些|什么|谁|多少|几个)[个][客户]",
        f"[看看|看|查|查看]{{period}}[都]{_BACK}[了](哪些|什么|多少|几个|几家)[个][客户]",
        f"{{period}}[有|都有](哪些|什么|多少|几个)[个]客户{_BACK}[了]",
        f"[有]哪些客户{{period}}{_BACK}[了]",
        "{sea:sea}{period}[都][有|退回|回收|进|新进|来|掉进|收][了|来了](哪些|什么|多少|几个)[个]客户",
        f"{{scope}}{{period}}[都]{_BACK}[了](哪些|什么|多少|几个|几家)[个][客户]",
        f"{{person}}{{period}}[都]{_BACK}[了](哪些|什么|多少|几个|几家)[个][客户]",
        f"{{department:unit}}{{period}}[都]{_BACK}[了](哪些|什么|多少|几个|几家)[个][客户]",
        f"[看看|看|查|查看]{{period}}{_BACK}[的]客户",
    ),
    examples=("最近退回公海的有哪些", "这个月退回了多少"),
    args=AskReturned, needs=Permission.BASIC, run=ask_returned, reads=True,
)  # fmt: skip

COMMANDS = (ASK_RETURNED,)
