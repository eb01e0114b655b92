"""Teams: who else works on a customer (domain.md A.0)."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from handlers.args import Arg, Args, CustomerRef, Day, PersonRef, Text, choice
from handlers.command import Command, Permission
from handlers.context import Context, Notice
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find, find_person
from handlers.reply import Button, Reply
from models.clock import at
from models.company.people import Person
from models.customers.customer import Customer, TeamMember
from models.errors import Conflict, Invalid
from models.rows import fetch_one

Access = Annotated[Text, choice("read", "read_write", 只读="read", 读写="read_write")]


class AddToTeam(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    person: PersonRef = Arg("成员", labels=("同事",))
    access: Access | None = Arg("权限", default=None)
    until: Day | None = Arg("到哪天为止", default=None)


class RemoveFromTeam(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    person: PersonRef = Arg("成员", labels=("同事",))


def add_to_team(ctx: Context, args: AddToTeam) -> Reply:
    """By whoever may write the customer; read access unless read-write is asked for. Again: changes the access."""
    person = find_person(ctx, args.person, "person")
    customer: Customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    there = _member(ctx, customer, person)
    access = args.access or "read"
    if customer.owner_id == person.id:
        raise Conflict(f"{person.name}就是{customer.name}的负责人", next_step="负责人不用再加入团队")
    until = end_of(ctx, args.until) if args.until is not None else None
    if there is not None and (there.access, there.until) == (access, until):
        ask = f"要改权限请说「把{person.name}加到{customer.code}的团队 {OTHER[access]}」"
        raise Conflict(f"{person.name}已经在{customer.name}的团队里", f"权限是{ACCESS[access]}", ask)
    if there is None:
        member = ctx.insert(TeamMember, customer_id=customer.id, person_id=person.id, access=access, until=until)
    else:
        member = ctx.save(there, access=access, until=until)
    _record(ctx, "team.added", member, customer)
    _tell(ctx, "team.added", customer, person, f"{ctx.me.name}把你加入了{customer.name}的团队", ACCESS[access])
    return _answer(customer, person, access, f"已把{person.name}加入{customer.name}的团队", version=member.version)


def end_of(ctx: Context, day: date) -> datetime:
    """The end of that day, for what is given until then."""
    if day < ctx.today:
        raise Invalid("until", "日期已经过去", day.isoformat(), "请说一个以后的日期")
    return at(day + timedelta(days=1), time.min, ctx.zone)


def remove_from_team(ctx: Context, args: RemoveFromTeam) -> Reply:
    """By whoever may write the customer; everyone may leave a team himself."""
    person = find_person(ctx, args.person, "person")
    oneself = ctx.actor is not None and person.id == ctx.actor.id
    customer: Customer = find(ctx, CUSTOMER, args.ref, lock=True, write=not oneself)
    member = _member(ctx, customer, person)
    if member is None:
        raise Conflict(f"{person.name}不在{customer.name}的团队里", next_step="不用移出")
    ctx.remove(member)
    _record(ctx, "team.removed", member, customer)
    _tell(ctx, "team.removed", customer, person, f"{ctx.me.name}把你移出了{customer.name}的团队", None)
    return _answer(customer, person, None, f"已把{person.name}移出{customer.name}的团队", version=member.version)


def _member(ctx: Context, customer: Customer, person: Person) -> TeamMember | None:
    where = (TeamMember.customer_id == customer.id, TeamMember.person_id == person.id)
    return fetch_one(ctx.db, TeamMember, *where, lock=True)


def _record(ctx: Context, event: str, member: TeamMember, customer: Customer) -> None:
    facts = {"person": member.person_id, "access": member.access}
    known = {"customer_id": customer.id, "owner_id": customer.owner_id}
    ctx.record(event, member, ref=customer.code, facts=facts, **known)
    ctx.refresh_cards("customer", customer.id)


def _tell(ctx: Context, topic: str, customer: Customer, person: Person, title: str, access: str | None) -> None:
    facts = {"title": title, "rows": [["客户编号", customer.code], ["权限", access]]}
    ctx.tell(Notice(topic, "notice", facts, customer.code, (person.id,), robots=False))


def _answer(customer: Customer, person: Person, access: str | None, title: str, *, version: int) -> Reply:
    rows = [["客户", f"{customer.name} {customer.code}"], ["成员", person.name], ["权限", ACCESS.get(access or "")]]
    about = {"code": customer.code, "name": customer.name}
    who = {"code": person.code, "name": person.name}
    result = {"customer": about, "person": who, "access": access, "version": version}
    return Reply("notice", {"title": title, "rows": rows}, buttons=(Button("撤销", "undo"),), result=result)


ACCESS = {"read": "只读", "read_write": "读写"}
OTHER = {"read": "读写", "read_write": "只读"}


ADD_TO_TEAM = Command(
    name="team.add", title="加入团队",
    says=(
        "[把|将|让]{person}(加入到|加到|加进|加入|拉到|拉进|拉入|添加到|邀请到)[客户]{ref}[的]"
        "(团队|小组|项目组|协作)[里|中|来][{access}]",
        "[给|往|在][客户]{ref}[的](团队|小组|项目组)[里|中](加上|加入|添加|新增|加|拉|增加)[一个|个][成员|同事]"
        "{person}[{access}]",
        "(邀请|拉){person}(加入|进|协作|一起跟)[客户]{ref}[的][团队][{access}]",
        "[客户]{ref}(让|叫|请){person}(一起跟|一起跟进|协作|协助|参与)",
        "(让|叫|请){person}(一起跟|一起跟进|协作|协助|参与|加入)[客户]{ref}[的][团队|项目][{access}]",
    ),
    examples=("把李四加到恒通机电的团队", "把王五加入到云图智能的团队 只读"),
    args=AddToTeam, needs=Permission.CUSTOMER_WRITE, run=add_to_team,
)  # fmt: skip
REMOVE_FROM_TEAM = Command(
    name="team.remove", title="移出团队",
    says=(
        "[把|将]{person}从[客户]{ref}[的](团队|小组|项目组)[里|中](移除|移出|删除|去掉|踢出|删掉|拿掉|踢|移)"
        "[去|了|出去]",
        "[把|将]{person}(移除出|移出|踢出|退出)[客户]{ref}[的](团队|小组|项目组)",
        "[从|把][客户]{ref}[的](团队|小组|项目组)[里|中](移除|移出|删除|去掉|踢出|删掉|拿掉)[成员|同事]{person}",
    ),
    examples=("把李四移出海豚科技的团队", "把李四从海豚科技的团队移除"),
    args=RemoveFromTeam, needs=Permission.CUSTOMER_WRITE, run=remove_from_team,
)  # fmt: skip

COMMANDS = (ADD_TO_TEAM, REMOVE_FROM_TEAM,)  # fmt: skip
