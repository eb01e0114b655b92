"""Follow-ups: what was done with a customer, lead or opportunity, and when to speak next (domain.md A.14)."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import func, select

from handlers import permits
from handlers.args import Arg, Args, Instant, PersonRef, SubjectRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context, subject_of
from handlers.customers import todo_making
from handlers.customers.effective import LAST, Effort, content_key, why_not
from handlers.customers.follow_up_view import FOLLOW_UP, of_own, of_record, present, seen_of
from handlers.customers.seas import clock_changes as customer_clock
from handlers.customers.subjects import find_subject, label, owned_by
from handlers.finding import find_person
from handlers.periods import said, span_of
from handlers.presenting import instant
from handlers.reply import Button, Reply
from handlers.sales.lead_pools import clock_changes as lead_clock
from models.clock import aware
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Customer
from models.errors import Conflict, Invalid
from models.rows import fetch_all
from models.sales.opportunity import Opportunity

Method = Annotated[
    Text,
    choice(
        "电话",
        "拜访",
        "微信",
        "邮件",
        "短信",
        "会议",
        "活动",
        "其他",
        打电话="电话",
        打了电话="电话",
        通话="电话",
        通了电话="电话",
        上门="拜访",
        见了="拜访",
        见面="拜访",
        面谈="拜访",
        走访="拜访",
        开会="会议",
        开了会="会议",
        开了个会="会议",
        见了面="拜访",
        通了个电话="电话",
        加了微信="微信",
        发邮件="邮件",
        发了邮件="邮件",
        发短信="短信",
    ),
]
PERIODS = ("today", "this_week", "last_week", "this_month", "last_month")
Period = Annotated[Text, choice(*PERIODS, **said(*PERIODS))]


class AddFollowUp(Args):
    ref: SubjectRef = Arg("客户或线索", "编号或名称")
    content: Words = Arg("跟进内容", labels=("内容",))
    method: Method | None = Arg("方式", default=None)
    next_at: Instant | None = Arg("下次联系", default=None, labels=("下次", "下次跟进"))
    result: Words | None = Arg("结果", default=None)


class ListFollowUps(Args):
    ref: SubjectRef | None = Arg("客户或线索", "编号或名称", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    period: Period | None = Arg("时间", default=None)


def add_follow_up(ctx: Context, args: AddFollowUp) -> Reply:
    """Always kept; only an effective one starts the reclaim clock anew, and the rep is told at once where it is not
    (domain.md E.1.5). A next contact becomes a todo of the owner."""
    next_at = aware(args.next_at, ctx.zone) if args.next_at is not None else None
    if next_at is not None and next_at <= ctx.now:
        raise Invalid("next_at", "下次联系的时间已经过去", next_step="请说一个以后的时间，例如：下次 明天下午3点")
    subject = find_subject(ctx, args.ref, lock=True, write=True)
    owned = owned_by(ctx, subject)
    if owned.owner_id is None:
        claim = "领取" if owned.model is Customer else "领取线索"
        raise Conflict(f"{label(owned)} 现在没有负责人", "跟进由负责人来写", f"先「{claim} {owned.code}」")
    state: dict[str, Any] = {} if owned.model is Customer else owned.followed()
    is_first = bool(state) and owned.status != "following"
    row, todo, owned = write(ctx, subject, owned, args, state)
    return _answer(ctx, owned, row, todo, ["线索已转为跟进中"] if is_first else [])


def write(
    ctx: Context, subject: Any, owned: Any, args: AddFollowUp, state: dict[str, Any] | None = None
) -> tuple[FollowUp, Todo | None, Any]:
    """One follow-up of a locked record, and what it moves: the clocks of `owned`, which for an opportunity is its
    customer (A.14), and with `state` a lead's status. Returns it with the todo that it planned and `owned` after it."""
    next_at = aware(args.next_at, ctx.zone) if args.next_at is not None else None
    uncounted = why_not(_effort(ctx, owned, args.content))
    row = _insert(ctx, subject, args, next_at, uncounted)
    holder = subject.holder(owned.owner_id) if subject.model is Opportunity else owned.owner_id
    todo = todo_making.plan_next(ctx, subject, row, title=f"跟进 {label(subject)}", person_id=holder or ctx.me.id)
    owned = ctx.save(owned, **_clocks(ctx, owned, row, state or {}))
    if subject.model is Opportunity:
        ctx.save(subject, **_contacts(ctx, subject, row))
        ctx.refresh_cards("opportunity", subject.id)
    ctx.record("follow_up.added", row, ref=subject.code, **_where(owned))
    ctx.refresh_cards(owned.model.__tablename__, owned.id)
    return row, todo, owned


def _effort(ctx: Context, subject: Any, content: str) -> Effort:
    is_customer = subject.model is Customer
    of_it = of_own(subject.id) if is_customer else of_record(subject.model.__tablename__, subject.id)
    recent = fetch_all(ctx.db, FollowUp, of_it, order_by=[FollowUp.id.desc()], limit=LAST)
    return Effort(content, tuple(row.content_key for row in recent), _is_entitled(ctx, subject))


def _is_entitled(ctx: Context, subject: Any) -> bool:
    """Oneself or somebody below is the owner or a read-write member; an admin's note is kept but is nobody's effort."""
    if ctx.actor is None:
        return False
    model: Any = subject.model
    owned = permits.under(ctx, model.owner_id)
    if model is Customer:
        owned = owned | permits.on_team(ctx, model.id, write=True)
    return ctx.db.execute(select(1).where(model.id == subject.id, owned)).first() is not None


def _insert(ctx: Context, subject: Any, args: AddFollowUp, next_at: datetime | None, uncounted: str | None) -> FollowUp:
    return ctx.insert(
        FollowUp,
        noun=subject.model.__tablename__,
        record_id=subject.id,
        person_id=ctx.me.id,
        content=args.content,
        content_key=content_key(args.content),
        method=args.method,
        result=args.result,
        at=ctx.now,
        next_at=next_at,
        is_effective=uncounted is None,
        why_not=uncounted,
    )


def _clocks(ctx: Context, subject: Any, row: FollowUp, state: dict[str, Any]) -> dict[str, Any]:
    changes = {**state, **_contacts(ctx, subject, row)}
    if row.is_effective:
        changes["clock_at"] = ctx.now
    moved = customer_clock if subject.model is Customer else lead_clock
    return moved(ctx, subject, **changes)


def _contacts(ctx: Context, subject: Any, row: FollowUp) -> dict[str, Any]:
    """When it was spoken about last, and when next."""
    changes: dict[str, Any] = {"last_follow_up_at": ctx.now}
    if row.next_at is not None or (subject.next_follow_up_at is not None and subject.next_follow_up_at <= ctx.now):
        changes["next_follow_up_at"] = row.next_at
    return changes


def _where(subject: Any) -> dict[str, Any]:
    return {"customer_id": subject.id if subject.model is Customer else None, "owner_id": subject.owner_id}


def _answer(ctx: Context, subject: Any, row: FollowUp, todo: Todo | None, notes: list[str]) -> Reply:
    view = present(ctx, [row])[0]
    facts: dict[str, Any] = {
        "follow_up": view,
        "about": view["about"],
        "reclaim_at": instant(ctx, subject.reclaim_at),
        "uncounted": row.why_not,
        "todo": {"code": todo.code} if todo is not None else None,
        "notes": notes,
    }
    result = view | {"reclaim_at": facts["reclaim_at"], "todo": facts["todo"]}
    undo = (Button("撤销", "undo"),)
    return Reply("customers/follow_up", facts, buttons=undo, subject=subject_of(row), result=result)


def list_follow_ups(ctx: Context, args: ListFollowUps) -> Reply:
    """The newest; of a customer also those of the leads that became it."""
    subject = find_subject(ctx, args.ref) if args.ref else None
    person = find_person(ctx, args.person, "person") if args.person else None
    where = [FOLLOW_UP.gate(ctx) if subject is None else seen_of(ctx, subject)]
    if person is not None or subject is None:
        where.append(FollowUp.person_id == (person.id if person is not None else ctx.me.id))
    if args.period:
        where.append(span_of(args.period, ctx.today, ctx.zone).holds(FollowUp.at))
    rows = fetch_all(ctx.db, FollowUp, *where, order_by=[FollowUp.id.desc()], limit=ctx.page_size)
    total = ctx.db.execute(select(func.count()).select_from(FollowUp).where(*where)).scalar_one()
    items = present(ctx, rows)
    about = {"code": subject.code, "name": label(subject)} if subject is not None else None
    named = {"name": person.name} if person is not None else None
    facts = {"items": items, "about": about, "person": named, "total": total}
    return Reply("customers/follow_up_list", facts, result={"items": items, "total": total})


ADD_FOLLOW_UP = Command(
    name="follow_up.add", title="写跟进",
    says=(
        "(写跟进|记跟进|补跟进|写一条跟进|记一条跟进|添加跟进|新增跟进|记录跟进|跟进一下|跟进|follow up)[记录|了]"
        "[客户|线索|商机]{ref}{content+}",
        "(给|为)[客户|线索|商机]{ref}(写|记|加|添加|补)[一][条|个|下]跟进[记录]{content+}",
        "[线索|客户|商机]{ref:code}[的]跟进[记录|了|一下]{content+}",
        "(刚刚|刚才|刚|今天|昨天|上午|下午|早上)[去|又]"
        "(电话联系|微信联系|上门拜访|拜访|联系|见|回访|走访|约见|面谈)(了|过)[客户|线索]{ref}{content+}",
        "(电话联系|微信联系|上门拜访|拜访|电话回访|回访|走访)(了|过)[客户|线索]{ref}{content+!}",
        "[刚刚|刚才|刚|今天|昨天]给[客户|线索]{ref}"
        "(打了电话|打电话了|打过电话|打了个电话|发了微信|发微信了|发了邮件|发邮件了|发了短信|去了电话){content+!}",
        "[客户|线索]{ref}[的]跟进[记录|一下|下]:{content+}",
        "[刚刚|刚才|刚|今天|昨天|上午|下午](和|跟|与|同)[客户|线索]{ref}(开了个会|开了会|开会了|聊了聊|聊了一下|"
        "聊了|谈了谈|谈了|沟通了|通了电话|通了个电话|见了面|见了一面|吃了饭|碰了面|对了一下){content!+}",
        "(记录一下|记录下|跟进情况)[客户|线索]{ref}{content!+}",
        "(写跟进|记跟进|添加跟进)",
    ),
    examples=("跟进 恒通机电 客户对方案满意 下次 明天下午3点", "写跟进 云图智能 电话沟通了采购预算"),
    args=AddFollowUp, needs=Permission.CUSTOMER_WRITE, run=add_follow_up,
)  # fmt: skip
LIST_FOLLOW_UPS = Command(
    name="follow_up.list", title="跟进记录",
    says=(
        "[看看|看|查|查看|列出][一下|下][客户|线索|商机]{ref}[的][最近|近期|历史][的](跟进记录|跟进历史|跟进情况|跟进)",
        "(看看|看|查|查看|列出)[一下|下][客户|线索]{ref}[的]跟进",
        "[看看|看|查|查看][一下|下][我|我的]{period}[的]跟进[记录|情况]",
        "[看看|看|查|查看][一下|下]{person}{period}[的]跟进[记录|情况]",
        "[看看|看|查|查看][一下|下][我的](跟进记录|跟进历史)",
        "[看看|看|查]{person}{period}[都]跟进了(哪些|什么|几个|多少)[个][客户]",
        "[看看|看|查][我]{period}[都]跟进了(哪些|什么|几个|多少)[个][客户]",
    ),
    examples=("海豚科技的跟进记录", "云图智能跟进记录"),
    args=ListFollowUps, needs=Permission.BASIC, run=list_follow_ups, reads=True,
)  # fmt: skip

COMMANDS = (ADD_FOLLOW_UP, LIST_FOLLOW_UPS,)  # fmt: skip
