"""Visits that are checked in: a follow-up with the place where one is, on the customer that one is with (issue 3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field
from sqlalchemy import select

from handlers import permits
from handlers.args import Arg, Args, SubjectRef, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import follow_ups
from handlers.customers.follow_up_view import FOLLOW_UP
from handlers.customers.spoken_of import spoken_of
from handlers.customers.subjects import abouts
from handlers.nouns import one
from handlers.reply import Reply
from models.clock import at
from models.codes import plain_code
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Customer
from models.errors import MissingArgument, WhichOne
from models.normal import simplified
from models.rows import fetch_all, fetch_one

WHERE = "在哪个客户那里？"
_MOST = 200  # of one's own customers that are held against a place
Degrees = Annotated[Decimal, Field(ge=-180, le=180)]


class CheckIn(Args):
    ref: SubjectRef | None = Arg("客户或线索", "编号或名称", default=None)
    place: Words | None = Arg("地点", default=None)
    latitude: Degrees | None = Arg("纬度", default=None)
    longitude: Degrees | None = Arg("经度", default=None)


@dataclass(frozen=True)
class Near:
    """A customer of one's own, as far as a place can be held against it."""

    code: str
    name: str
    address: str | None
    region: str | None


def fitting(place: str, own: Sequence[Near]) -> list[Near]:
    """Those whose address is at the place (one text within the other), else those whose region it lies in."""
    said = _bare(place)
    if not said:
        return []
    there = [each for each in own if (found := _bare(each.address)) and (found in said or said in found)]
    return there or [each for each in own if (found := _bare(each.region)) and found in said]


def check_in(ctx: Context, args: CheckIn) -> Reply:
    """Where nobody is named: the one that is talked about, else the only one of one's own that the place fits, else
    it is asked. The follow-up names the minute, so that no two visits are the same text."""
    ref = args.ref or _meant(ctx, args.place or "")
    local = ctx.now.astimezone(ctx.zone)
    content = f"{local.month}月{local.day}日 {local:%H:%M} 到访签到" + (f"：{args.place}" if args.place else "")
    reply = follow_ups.add_follow_up(ctx, follow_ups.AddFollowUp(ref=ref, content=content, method="拜访"))
    ident = reply.subject.ident if reply.subject is not None else 0
    row = fetch_one(ctx.db, FollowUp, id=ident)
    if row is None:
        return reply
    row = ctx.save(row, place=args.place, latitude=_rounded(args.latitude), longitude=_rounded(args.longitude))
    view = one(ctx, FOLLOW_UP, row)
    return replace(reply, facts={**reply.facts, "follow_up": view}, result={**(reply.result or {}), **view})


def _meant(ctx: Context, place: str) -> str:
    talked_about = spoken_of(ctx) if ctx.platform is not None else None
    if talked_about is not None and talked_about.owner_id is not None:
        return str(talked_about.code)
    own = _own(ctx)
    fits = fitting(place, own)
    if len(fits) == 1:
        return fits[0].code
    likely = dict.fromkeys([*_today(ctx), *((each.code, each.name) for each in [*fits, *own])])
    if not likely:
        raise MissingArgument("ref", WHERE)
    raise WhichOne("ref", WHERE, list(likely))


def _own(ctx: Context) -> list[Near]:
    """The actor's own, who was spoken to last first."""
    latest = Customer.last_follow_up_at.desc().nulls_last()
    rows = fetch_all(ctx.db, Customer, Customer.owner_id == ctx.me.id, order_by=[latest], limit=_MOST)
    return [Near(row.code, row.name, row.address, row.region) for row in rows]


def _today(ctx: Context) -> list[tuple[str, str]]:
    """Whom he meant to meet today: his open todos of the day, about records that he may see."""
    start = at(ctx.today, time(), ctx.zone)
    due = (Todo.person_id == ctx.me.id, Todo.status == "open", Todo.due_at >= start)
    rows = fetch_all(ctx.db, Todo, *due, Todo.due_at < start + timedelta(days=1), order_by=[Todo.due_at], limit=10)
    found = abouts(ctx, [(row.noun, row.record_id) for row in rows])
    visible = {plain_code("customer", ident) for ident in _visible(ctx, rows)}
    named = [(about["code"], about["name"]) for row in rows if (about := found.get((row.noun, row.record_id)))]
    return [pair for pair in named if pair[0] in visible]


def _visible(ctx: Context, rows: Sequence[Todo]) -> list[int]:
    idents = [row.record_id for row in rows if row.noun == "customer" and row.record_id is not None]
    mine = select(Customer.id).where(Customer.id.in_(idents), permits.customers(ctx, write=True))
    return [int(ident) for ident in ctx.db.execute(mine).scalars()] if idents else []


def _bare(text: str | None) -> str:
    return simplified(text or "").replace(" ", "").lower()


def _rounded(degrees: Decimal | None) -> Decimal | None:
    return None if degrees is None else round(degrees, 6)


CHECK_IN = Command(
    name="follow_up.check_in", title="拜访签到",
    says=(
        "(拜访签到|到访签到|客户签到|签到)[客户|线索]{ref}[[在|地点|位置]{place}]",
        "在[客户|线索]{ref}签到",
        "(拜访签到|到访签到|客户签到|签到)",
    ),
    examples=("签到 恒通机电", "在云图智能签到"),
    args=CheckIn, needs=Permission.CUSTOMER_WRITE, run=check_in,
)  # fmt: skip

COMMANDS = (CHECK_IN,)
