"""Sharing records with people, departments and roles; what is shared is added to what they see already (E.7)."""

from datetime import timedelta
from typing import Annotated, Any

from sqlalchemy import delete, select, update

from handlers import permits
from handlers.args import Arg, Args, Day, PersonRef, Text, Words, choice, ref
from handlers.command import Command, Permission
from handlers.company import organisation
from handlers.company.sharing_words import described, read_condition, shown_list
from handlers.context import Context, Notice
from handlers.customers.customer_view import CUSTOMER
from handlers.customers.subjects import find_subject, label
from handlers.customers.teams import Access, end_of
from handlers.finding import find_department, find_person, require_write
from handlers.reply import Button, Reply
from handlers.sales.lead_view import LEAD
from models.base import Json
from models.codes import number_of
from models.company.approval import Approval, ApprovalTask
from models.company.people import Department, Person
from models.company.share import Share, Shared
from models.customers.customer import Customer, TeamMember
from models.errors import Ambiguous, Conflict, Forbidden, Invalid, NotFound
from models.rows import fetch_all, fetch_one

SHOWN_AFTER_DECISION = timedelta(days=30)
Kind = Annotated[Text, choice("customer", "lead", 客户="customer", 线索="lead")]


Shareable = Annotated[Text, ref("customer", "lead")]


class AddShare(Args):
    ref: Shareable | None = Arg("客户或线索", "编号或名称", default=None)
    owner: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("哪个部门的", default=None)
    condition: Words | None = Arg("条件", "例如：地区=上海 级别=A", default=None)
    noun: Kind | None = Arg("客户还是线索", default=None)
    to: Words = Arg("共享给谁", "同事、部门或角色")
    access: Access | None = Arg("权限", default=None)
    until: Day | None = Arg("到哪天为止", default=None)


class RemoveShare(Args):
    ref: Words = Arg("共享", "编号")


class ListShares(Args):
    ref: Shareable | None = Arg("客户或线索", "编号或名称", default=None)


def add_share(ctx: Context, args: AddShare) -> Reply:
    """One record by whose it is; all of a person's by him and his superiors; a department's by its manager; by a
    condition: admins. Read access unless read-write is asked for."""
    source = _source(ctx, args)
    target = _target(ctx, args.to)
    until = end_of(ctx, args.until) if args.until is not None else None
    access = args.access or "read"
    same = [getattr(Share, name) == value for name, value in (source | target).items() if name != "condition"]
    for there in fetch_all(ctx.db, Share, *same):
        if (there.condition, there.access) == (source.get("condition"), access):
            raise Conflict("已经共享过了", described(ctx, there), f"要收回请说「取消共享 {there.code}」")
    ends = {"until": until} if until is not None else {}
    share = ctx.insert(Share, **source, **target, **ends, access=access, creator_id=ctx.actor and ctx.actor.id)
    customer_id = share.record_id if share.noun == "customer" else None
    ctx.record("share.added", share, customer_id=customer_id)
    organisation.rebuild(ctx.db)
    _tell(ctx, share, "share.added", f"{ctx.me.name}共享给了你")
    return _answer(ctx, share, "已共享")


def remove_share(ctx: Context, args: RemoveShare) -> Reply:
    """By whoever could have made it, or did."""
    share = _meant(ctx, args.ref)
    if not _is_giver(ctx, share):
        raise Forbidden("没有权限", "只有共享的人、记录的负责人和管理员可以收回", "请联系他们")
    reply = _answer(ctx, share, "已收回共享")
    _remove(ctx, share, "share.removed")
    organisation.rebuild(ctx.db)
    return reply


def _meant(ctx: Context, said: str) -> Share:
    """By its number, or the only one of a record."""
    number = number_of(said.removeprefix("共享").strip())
    if number is not None:
        share = fetch_one(ctx.db, Share, id=number)
        rows = [share] if share is not None and _is_seen(ctx, share) else []
    else:
        rows = _of_record(ctx, said)
    if not rows:
        raise NotFound(f"没找到共享「{said}」", next_step="说「共享列表」看有哪些")
    if len(rows) > 1:
        raise Ambiguous("ref", said, [(row.code, described(ctx, row)) for row in rows])
    return rows[0]


def _of_record(ctx: Context, said: str) -> list[Share]:
    subject = _subject(ctx, said)
    of_it = (Share.noun == subject.model.__tablename__, Share.record_id == subject.id)
    return [row for row in fetch_all(ctx.db, Share, *of_it, order_by=[Share.id]) if _is_seen(ctx, row)]


def list_shares(ctx: Context, args: ListShares) -> Reply:
    """Those that one gave or got, or all about one record."""
    if args.ref:
        return shown_list(ctx, _of_record(ctx, args.ref))
    rows = [row for row in fetch_all(ctx.db, Share, order_by=[Share.id]) if _is_seen(ctx, row)]
    return shown_list(ctx, rows)


def _source(ctx: Context, args: AddShare) -> Json:
    """What is shared, by whoever may say so."""
    said = [name for name in ("ref", "owner", "department", "condition") if getattr(args, name) is not None]
    if len(said) != 1:
        raise Invalid("ref", "请说清楚共享什么", next_step="例如：把海豚科技共享给李四")
    if args.ref is not None:
        subject = _subject(ctx, args.ref)
        is_customer = subject.model is Customer
        gate = permits.customers_to_hand_on if is_customer else permits.leads_to_hand_on
        require_write(ctx, CUSTOMER if is_customer else LEAD, subject, gate)
        return {"noun": subject.model.__tablename__, "record_id": subject.id}
    noun = args.noun or "customer"
    if args.owner is not None:
        owner = find_person(ctx, args.owner, "owner")
        if not permits.everything(ctx) and not _passes(ctx, owner.id, permits.under(ctx, Person.id)):
            raise Forbidden("没有权限", f"{owner.name}的记录由他自己、他的上级或管理员共享", "请联系他们")
        return {"noun": noun, "from_person_id": owner.id}
    if args.department is not None:
        department = find_department(ctx, args.department)
        _require_head(ctx, department)
        return {"noun": noun, "from_department_id": department.id}
    if not permits.everything(ctx):
        raise Forbidden("没有权限", "按条件共享由管理员设置", "请联系管理员")
    return {"noun": noun, "condition": read_condition(noun, args.condition or "")}


def _subject(ctx: Context, said: str) -> Any:
    """A customer or lead; what hangs on a customer is shared with it."""
    subject = find_subject(ctx, said)
    if subject.model.__tablename__ not in ("customer", "lead"):
        raise Invalid("ref", f"{label(subject)} 不单独共享", next_step="请共享它的客户")
    return subject


def _passes(ctx: Context, ident: int, gate: Any) -> bool:
    return ctx.db.execute(select(Person.id).where(Person.id == ident, gate)).first() is not None


def _require_head(ctx: Context, department: Department) -> None:
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    leads = ctx.me.role == "dept_manager" and ctx.me.department_id in organisation.upwards(department.id, parents)
    if not leads and not permits.everything(ctx):
        raise Forbidden("没有权限", f"{department.name}的记录由它的负责人或管理员共享", "请联系他们")


def _target(ctx: Context, said: str) -> Json:
    """A department or role by its whole name, else a person."""
    department = fetch_one(ctx.db, Department, name=said)
    if department is not None:
        return {"to_department_id": department.id}
    if fetch_all(ctx.db, Person, Person.custom_role == said, limit=1):
        return {"to_role": said}
    return {"to_person_id": find_person(ctx, said, "to").id}


def _is_seen(ctx: Context, share: Share) -> bool:
    """Who gave it, who got it, whose it is, admins."""
    if permits.everything(ctx) or _is_giver(ctx, share):
        return True
    is_department = share.to_department_id is not None and share.to_department_id == ctx.me.department_id
    is_role = share.to_role is not None and share.to_role in (ctx.me.custom_role, ctx.me.role)
    return is_department or is_role or share.to_person_id == ctx.me.id


def _is_giver(ctx: Context, share: Share) -> bool:
    if permits.everything(ctx) or share.creator_id == ctx.me.id:
        return True
    if share.record_id is not None:
        model: Any = Customer if share.noun == "customer" else LEAD.model
        gate = permits.customers_to_hand_on(ctx) if share.noun == "customer" else permits.leads_to_hand_on(ctx)
        return ctx.db.execute(select(model.id).where(model.id == share.record_id, gate)).first() is not None
    return share.from_person_id is not None and _passes(ctx, share.from_person_id, permits.under(ctx, Person.id))


def _remove(ctx: Context, share: Share, event: str) -> None:
    ctx.db.execute(delete(Shared.__table__).where(Shared.share_id == share.id))
    ctx.remove(share)
    ctx.record(event, share, customer_id=share.record_id if share.noun == "customer" else None)


def _tell(ctx: Context, share: Share, topic: str, title: str) -> None:
    if share.to_person_id is not None:
        facts = {"title": title, "texts": [described(ctx, share)]}
        ctx.tell(Notice(topic, "notice", facts, share.code, (share.to_person_id,), robots=False))


def _answer(ctx: Context, share: Share, title: str) -> Reply:
    facts = {"title": f"{title}（共享 {share.code}）", "texts": [described(ctx, share)]}
    result = {"code": share.code, "noun": share.noun, "access": share.access, "described": facts["texts"][0]}
    return Reply("notice", facts, buttons=_back(share, title), result=result)


def _back(share: Share, title: str) -> tuple[Button, ...]:
    return (Button("取消共享", "share.remove", {"ref": share.code}),) if title == "已共享" else ()


def end_grants(ctx: Context) -> None:
    """What has an end and has reached it: shares, places in a team, and what a former approver sees of a document."""
    ended = fetch_all(ctx.db, Share, Share.until <= ctx.now, order_by=[Share.id], lock=True)
    for share in ended:
        _remove(ctx, share, "share.ended")
    if ended:
        organisation.rebuild(ctx.db)
    for member in fetch_all(ctx.db, TeamMember, TeamMember.until <= ctx.now, order_by=[TeamMember.id], lock=True):
        ctx.remove(member)
        ctx.record("team.ended", member, ref=f"C{member.customer_id:06d}", customer_id=member.customer_id)
    old = select(Approval.id).where(Approval.decided_at < ctx.now - SHOWN_AFTER_DECISION)
    task = ApprovalTask.__table__
    ctx.db.execute(update(task).where(task.c.shows, task.c.approval_id.in_(old)).values(shows=False))


ADD_SHARE = Command(
    name="share.add", title="共享",
    says=(
        "[把|将][客户|线索]{ref}(共享给|分享给|共享到){to}[{access}][到{until}]",
        "(共享|分享)[客户|线索]{ref}给{to}[{access}][到{until}]",
        "[把|将]{owner}的{noun}(共享给|分享给){to}[{access}][到{until}]",
        "[把|将]{department:unit}的{noun}(共享给|分享给){to}[{access}][到{until}]",
    ),
    examples=("把海豚科技共享给李四", "共享 云图智能 给 王五 读写"),
    args=AddShare, needs=Permission.SHARE, run=add_share, undo="收回请说「取消共享」和它的编号",
)  # fmt: skip
REMOVE_SHARE = Command(
    name="share.remove", title="取消共享",
    says=("(取消|停止|收回|撤掉|解除)[一下]共享{ref}", "[把]共享{ref}(取消|收回|停了|撤掉)"),
    examples=("取消共享 3", "收回共享 12"),
    args=RemoveShare, needs=Permission.SHARE, run=remove_share, undo="可以重新共享",
)  # fmt: skip
LIST_SHARES = Command(
    name="share.list", title="共享列表",
    says=(
        "[看看|查看|看][我的|全部]共享(列表|清单|记录)",
        "[客户|线索]{ref}[都]共享给(了谁|谁了|了哪些人|哪些人了)",
    ),
    examples=("共享列表", "海豚科技共享给了谁"),
    args=ListShares, needs=Permission.BASIC, run=list_shares, reads=True,
)  # fmt: skip

COMMANDS = (ADD_SHARE, REMOVE_SHARE, LIST_SHARES)
