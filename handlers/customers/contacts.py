"""Contacts of a customer (domain.md A.6)."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, Email, Name, Phone, WeChat, Words
from handlers.command import Command, Permission
from handlers.context import Context, subject_of
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find
from handlers.masking import masked
from handlers.matching import door_of, in_force
from handlers.nouns import Filter, Noun
from handlers.presenting import by_name_of, by_person, by_phone, common, masked_phone, people
from handlers.reply import Button, Reply
from models.base import Json
from models.customers.customer import Contact, Customer
from models.errors import Duplicate, NeedsConfirmation
from models.locks import hold
from models.rows import fetch_all, fetch_one
from models.sales.lead import Lead


class CreateContact(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    name: Name = Arg("姓名", labels=("联系人",))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号"))
    title: Words | None = Arg("职位", default=None, labels=("职务",))
    role: Words | None = Arg("角色", default=None)
    email: Email | None = Arg("邮箱", default=None)
    wechat: WeChat | None = Arg("微信", default=None)


def create_contact(ctx: Context, args: CreateContact) -> Reply:
    """A phone is unique inside its customer; elsewhere it is told, not refused (domain.md E.8)."""
    if args.phone is not None:
        hold(ctx.db, "phone", args.phone)
    customer: Customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    if args.phone is not None:
        _refuse_duplicate(ctx, customer, args.phone)
        _ask_elsewhere(ctx, customer, args.phone)
    fields = args.model_dump(exclude={"ref"}, exclude_none=True)
    contact = ctx.insert(Contact, **fields, customer_id=customer.id, creator_id=ctx.me.id)
    ctx.record("contact.created", contact, customer_id=customer.id, owner_id=customer.owner_id)
    ctx.refresh_cards("customer", customer.id)
    view = present(ctx, [contact])[0]
    notes = _elsewhere(ctx, contact)
    facts = {"contact": view, "tag": "已新增", "notes": notes}
    buttons = (Button("写跟进", "follow_up.add", {"ref": customer.code}), Button("撤销", "undo"))
    return Reply("customers/contact", facts, buttons=buttons, subject=subject_of(contact), result=view)


def _refuse_duplicate(ctx: Context, customer: Customer, phone: str) -> None:
    there = fetch_one(ctx.db, Contact, customer_id=customer.id, phone=phone)
    if there is not None:
        raise Duplicate(
            f"{customer.name} 已有这个号码的联系人",
            f"{there.name} {there.code} {masked_phone(phone)}",
            "不用再新增，可以直接写跟进",
            existing=there.code,
        )


def _ask_elsewhere(ctx: Context, customer: Customer, phone: str) -> None:
    """Where the company's rules do not only tell of a number that another customer's contact has."""
    level = in_force(ctx).level("contact", "phone", "same", "other_contacts", door_of(ctx))
    if level == "inform":
        return
    there = fetch_one(ctx.db, Contact, Contact.phone == phone, Contact.customer_id != customer.id)
    confirm = hashlib.sha256(f"{phone}|{customer.code}".encode()).hexdigest()[:12]
    if there is None or (level == "warn" and ctx.confirmed == confirm):
        return
    title = f"号码 {masked_phone(phone)} 已是别的客户的联系人"
    if level == "block":
        raise Duplicate(title, next_step=f"可以先「查重 {phone}」，或请管理员协调")
    raise NeedsConfirmation(f"{title}，仍要新增吗？", confirm)


def _elsewhere(ctx: Context, contact: Contact) -> list[str]:
    """Who else has the number, among what one sees."""
    if contact.phone is None:
        return []
    same = (Contact.phone == contact.phone, Contact.customer_id != contact.customer_id, permits.contacts(ctx))
    others = present(ctx, fetch_all(ctx.db, Contact, *same, limit=2))
    found = [f"联系人 {view['name']}（{view['customer']['name']}）" for view in others]
    leads = (Lead.phone == contact.phone, Lead.status.not_in(("converted", "void")), permits.leads(ctx))
    open_leads = fetch_all(ctx.db, Lead, *leads)
    found += [f"线索 {lead.label} {lead.code}，可以「转换线索 {lead.code}」" for lead in open_leads]
    return [f"这个号码还在：{line}" for line in found]


@masked("contact")
def present(ctx: Context, rows: Sequence[Contact]) -> list[Json]:
    """Contacts as the API shows them; a contact's owner is its customer's."""
    if not rows:
        return []
    wanted = Customer.id.in_({row.customer_id for row in rows})
    parents = {row.id: row for row in fetch_all(ctx.db, Customer, wanted)}
    owners = people(ctx, [row.owner_id for row in parents.values()] + [row.creator_id for row in rows])
    return [_view(ctx, row, parents[row.customer_id], owners) for row in rows]


def _view(ctx: Context, row: Contact, customer: Customer, known: Any) -> Json:
    own = {name: getattr(row, name) for name in ("code", "name", "phone", "title", "role", "email", "wechat")}
    parent = {"code": customer.code, "name": customer.name}
    who = {"owner": known[customer.owner_id], "creator": known[row.creator_id]}
    return {**own, "customer": parent, **who, **common(ctx, row)}


def _by_owner(condition: Filter) -> Filter:
    def of_customer(ctx: Context, said: str) -> ColumnElement[bool]:
        return exists(select(1).where(Customer.id == Contact.customer_id, condition(ctx, said)))

    return of_customer


def _owned(ctx: Context, *, by_me: bool) -> ColumnElement[bool]:
    mine = Customer.owner_id == ctx.me.id
    whose = mine if by_me else permits.under(ctx, Customer.owner_id) & ~mine
    return exists(select(1).where(Customer.id == Contact.customer_id, whose))


SCENES: dict[str, Any] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: _owned(ctx, by_me=True),
    "subordinates": lambda ctx: _owned(ctx, by_me=False),
}
CONTACT = Noun(
    name="contact", plural="contacts", title="联系人", model=Contact, gate=permits.contacts, present=present,
    named=("name",), columns=("name", "title", "role", "email", "wechat"), scenes=SCENES,
    filters={
        "phone": by_phone(Contact.phone), "customer": by_name_of(Contact.customer_id, Customer),
        "owner": _by_owner(by_person(Customer.owner_id)), "creator": by_person(Contact.creator_id),
    },
)  # fmt: skip


CREATE_CONTACT = Command(
    name="contact.create", title="新增联系人",
    says=(
        "[给|为|帮][客户]{ref}(新增|添加|加|新建|登记|录入|录|增加|补)[一下|下][一][个|位][新][的]联系人{...}",
        "(新增|添加|加|新建|登记|录入|录|增加)[一下|下][一][个|位][新][的]联系人{...}",
        "[客户]{ref}[的]新联系人{...}",
        "[客户]{ref}[的]联系人[是|叫]{...!}",
    ),
    examples=("恒通机电新增联系人 林月如 13700005555 采购经理", "给云图智能加个联系人 杨过 13700003333"),
    args=CreateContact, needs=Permission.CUSTOMER_WRITE, run=create_contact,
)  # fmt: skip

COMMANDS = (CREATE_CONTACT,)  # fmt: skip
