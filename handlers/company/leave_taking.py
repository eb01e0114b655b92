"""Leave: said by the person himself, for others by their superiors; the clocks of what he owns rest (domain.md D15)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import create_model
from sqlalchemy import func, select

from cards import labels
from handlers import permits
from handlers.args import Arg, Args, Day, PersonRef, Words
from handlers.command import Command, Permission
from handlers.context import Context, Notice, unique
from handlers.customers import clocks
from handlers.finding import find_person
from handlers.reply import Button, Reply
from models.base import Json
from models.company.leave import Leave
from models.company.people import Person
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.rows import Condition, fetch_all, fetch_one

LONGEST = 180  # days at once
BACK = 31  # days ago that a leave may still be entered
WEEK = timedelta(days=7)
_FROM: Any = {"from": (Day, Arg("开始日期", labels=("从", "开始")))}  # no name for a class body
_From = create_model("_From", __base__=Args, **_FROM)


class AddLeave(_From):  # type: ignore[misc, valid-type]
    until: Day | None = Arg("结束日期", "不写就是一天", default=None, labels=("到", "结束"))
    person: PersonRef | None = Arg("谁", default=None, labels=("同事",))
    reason: Words | None = Arg("原因", default=None)


class ListLeaves(Args):
    person: PersonRef | None = Arg("谁", default=None)


class CancelLeave(Args):
    day: Day | None = Arg("哪一天", "不写就是最近的一次", default=None)
    person: PersonRef | None = Arg("谁", default=None)


def add_leave(ctx: Context, args: AddLeave) -> Reply:
    """Whole days. The clocks of his customers and leads rest on them; his superior hears of it."""
    person = _whose(ctx, args.person)
    start, end = _span(ctx, getattr(args, "from"), args.until)
    same = (Leave.person_id == person.id, Leave.status == "approved", Leave.from_on <= end, Leave.until_on >= start)
    there = fetch_one(ctx.db, Leave, *same)
    if there is not None:
        raise Conflict(
            f"{_own(ctx, person)}{_days(there)}已经请过假", "两次请假的日子不能重叠", "可以先「取消请假」，再重新说"
        )
    creator = ctx.me.id
    values = {"person_id": person.id, "from_on": start, "until_on": end, "status": "approved", "creator_id": creator}
    leave = ctx.insert(Leave, **values, reason=args.reason)
    return _answer(ctx, person, leave, "leave.added", "已登记请假")


def cancel_leave(ctx: Context, args: CancelLeave) -> Reply:
    """The one on that day, else the next one that is not over."""
    person = _whose(ctx, args.person)
    day = args.day
    where: list[Condition] = [Leave.person_id == person.id, Leave.status == "approved"]
    where += [Leave.until_on >= ctx.today] if day is None else [Leave.from_on <= day, Leave.until_on >= day]
    found = fetch_all(ctx.db, Leave, *where, order_by=[Leave.from_on], limit=1, lock=True)
    if not found:
        when = labels.day(day.isoformat()) if day is not None else "今天以后"
        raise NotFound(f"{_own(ctx, person)}{when}没有请假", next_step="可以说「请假记录」看有哪些")
    leave = ctx.save(found[0], status="cancelled")
    return _answer(ctx, person, leave, "leave.cancelled", "已取消请假")


def list_leaves(ctx: Context, args: ListLeaves) -> Reply:
    """Who is or will be away, of those whom one sees; of one person also the last that were."""
    where: list[Condition] = [Leave.status == "approved"]
    if args.person is not None:
        where.append(Leave.person_id == _whose(ctx, args.person).id)
    else:
        where.append(Leave.until_on >= ctx.today)
        if not permits.everything(ctx):
            where.append(permits.in_sight(ctx, Leave.person_id))
    rows = fetch_all(ctx.db, Leave, *where, order_by=[Leave.from_on.desc()], limit=ctx.page_size)
    items = present(ctx, rows)
    shown = [{"code": "", "name": item["person"]["name"], "brief": item["brief"]} for item in items]
    facts = {"title": "请假", "items": shown, "total": len(items), "empty": "没有人请假"}
    return Reply("list", facts, result={"items": items, "total": len(items)})


def present(ctx: Context, rows: Sequence[Leave]) -> list[Json]:
    """As the API shows them."""
    people = {one.id: one for one in fetch_all(ctx.db, Person, Person.id.in_([row.person_id for row in rows]))}
    return [
        {
            "person": {"code": people[row.person_id].code, "name": people[row.person_id].name},
            "from": row.from_on.isoformat(),
            "until": row.until_on.isoformat(),
            "status": row.status,
            "reason": row.reason,
            "brief": "，".join(filter(None, (_days(row), row.reason))),
        }
        for row in rows
    ]


def _whose(ctx: Context, ref: str | None) -> Person:
    """Oneself, or somebody below."""
    if ref is None:
        return ctx.me
    person = find_person(ctx, ref, "person")
    below = select(1).where(Person.id == person.id, permits.under(ctx, Person.id))
    if person.id != ctx.me.id and not permits.everything(ctx) and ctx.db.execute(below).first() is None:
        raise Forbidden("没有权限", f"{person.name}不是你的下属", f"请{person.name}自己说，或由他的上级登记")
    return person


def _span(ctx: Context, start: date, said: date | None) -> tuple[date, date]:
    """In a chat 下周一到周三 ends in the week in which it begins."""
    end = said or start
    if ctx.platform is not None and end < start and start - end < WEEK:
        end += WEEK
    if end < start:
        raise Invalid("until", "结束日期早于开始日期", f"收到的是 {start} 到 {end}", "请重新说起止日期")
    if (end - start).days >= LONGEST:
        raise Invalid("until", "请假太长", f"一次最多 {LONGEST} 天，收到的是 {start} 到 {end}", "请分几次登记")
    if start < ctx.today - timedelta(days=BACK):
        raise Invalid("from", "开始日期太早", f"最多补登 {BACK} 天以内的，收到的是 {start}", "请检查日期")
    return start, end


def _answer(ctx: Context, person: Person, leave: Leave, event: str, title: str) -> Reply:
    settle(ctx, person.id)
    ctx.record(event, leave, ref=person.code, owner_id=person.id)
    moved = clocks.of_person(ctx, person.id)
    item = present(ctx, [leave])[0]
    texts = [f"{item['person']['name']} {item['brief']}"]
    texts += [f"{moved} 个客户和线索的回收期限跟着变了"] if moved else []
    facts = {"title": f"{item['person']['name']}{title.removeprefix('已')}：{_days(leave)}", "texts": texts[1:]}
    told = unique([person.id, person.superior_id])
    ctx.tell(Notice(event, "notice", facts, person.code, told, robots=False))
    shown = {"title": f"{title}：{_days(leave)}", "texts": texts}
    return Reply("notice", shown, buttons=(Button("撤销", "undo"),), result=item)


def settle(ctx: Context, person_id: int) -> None:
    """Keeps with the person until when there is any leave to ask about."""
    last = select(func.max(Leave.until_on)).where(Leave.person_id == person_id, Leave.status == "approved")
    person = fetch_one(ctx.db, Person, id=person_id, lock=True)
    if person is not None:
        ctx.save(person, away_until=ctx.db.execute(last).scalar_one())


def _own(ctx: Context, person: Person) -> str:
    return "你" if person.id == ctx.me.id else person.name


def _days(leave: Leave) -> str:
    first, last = (labels.day(day.isoformat()) for day in (leave.from_on, leave.until_on))
    return first if leave.from_on == leave.until_on else f"{first} 到 {last}"


ADD_LEAVE = Command(
    name="leave.add", title="请假",
    says=(
        "[我][想|要|打算]{from}(到|至|-|~){until}[要|想]请假[(因为|原因[是|为]){reason}]",
        "[我][想|要|打算]{from}[和|、]{until}[要|想]请假[(因为|原因[是|为]){reason}]",
        "[我][想|要|打算]{from}[要|想]请假[(因为|原因[是|为]){reason}]",
        "[我][想|要]请假{from}[(到|至|-|~){until}][(因为|原因[是|为]){reason}]",
        "(给|帮|替){person}(登记|请|记|申请)[一下]请假{from}[(到|至|-|~){until}][(因为|原因[是|为]){reason}]",
        "(给|帮|替){person}(登记|请|记|申请)[一下]{from}[(到|至|-|~){until}][的](请假|假)[(因为|原因[是|为]){reason}]",
        "(登记|记录)[一下]{person}{from}[(到|至|-|~){until}][的]请假[(因为|原因[是|为]){reason}]",
        "我请假",
    ),
    examples=("我周四周五请假", "帮李雷登记请假 12月1日到12月3日"),
    args=AddLeave, needs=Permission.BASIC, run=add_leave,
)  # fmt: skip
LIST_LEAVES = Command(
    name="leave.list", title="请假记录",
    says=(
        "[看看|看|查|查看](谁|有谁|哪些人|有哪些人)(在请假|请假了|请了假|请假|休假)",
        "[我的|看看|查|查看](请假记录|请假情况|请假列表)",
        "[看看|看|查|查看]{person}[的](请假记录|请假情况)",
    ),
    examples=("谁请假了", "请假记录"),
    args=ListLeaves, needs=Permission.BASIC, run=list_leaves, reads=True,
)  # fmt: skip
CANCEL_LEAVE = Command(
    name="leave.cancel", title="取消请假",
    says=(
        "(取消|撤销|撤回)[我][的]请假",
        "(取消|撤销|撤回)[我]{day}[的]请假",
        "(取消|撤销|撤回){person}{day}[的]请假",
        "(取消|撤销|撤回){person}[的]请假",
        "[我]{day}不请假了",
        "我不请假了",
    ),
    examples=("取消请假", "取消周四的请假"),
    args=CancelLeave, needs=Permission.BASIC, run=cancel_leave,
)  # fmt: skip

COMMANDS = (ADD_LEAVE, LIST_LEAVES, CANCEL_LEAVE)
