"""What hangs on a customer moves to another: every table that refers to it, with what would be there twice made one."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Column

from handlers.context import Context
from models.base import Record
from models.company.approval import UNDECIDED, Approval
from models.company.attachment import Attachment
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer, CustomerAlias, TeamMember, named
from models.errors import Conflict
from models.rows import fetch_all, fetch_one
from models.tables import MODELS

BY_SUBJECT: tuple[type[Any], ...] = (FollowUp, Todo, Approval, Attachment)  # they name it by noun and number
LOCKED_FIRST = ("approval", "payment", "order", "lead")
FILLED = ("title", "role", "email", "wechat")


@cache
def referring() -> tuple[tuple[type[Record], str], ...]:
    """Tables with a column that refers to customers, in the order in which all commands lock them."""
    found = list[tuple[str, type[Record], str]]()
    for name, model in MODELS.items():
        if issubclass(model, Record):
            found += [(name, model, column.key) for column in model.__table__.c if _names_customer(column)]
    found.sort(key=lambda one: (LOCKED_FIRST.index(one[0]) if one[0] in LOCKED_FIRST else len(LOCKED_FIRST), one[0]))
    return tuple((model, column) for _, model, column in found)


def _names_customer(column: Column[Any]) -> bool:
    return any(key.target_fullname == "customer.id" for key in column.foreign_keys)


def lock_documents(ctx: Context, customer_id: int) -> None:
    """Before the customers themselves, as in every command: what somebody else may just be deciding."""
    for model, column in referring():
        if model.__tablename__ in LOCKED_FIRST:
            there = model.__table__.c[column] == customer_id
            fetch_all(ctx.db, model, there, order_by=[model.__table__.c.id], lock=True)


def refuse_undecided(ctx: Context, customers: Iterable[Customer], what: str) -> None:
    """Frozen while an approval is pending: what was submitted names its customer."""
    for customer in customers:
        there = (Approval.customer_id == customer.id, Approval.status.in_(UNDECIDED))
        found = fetch_one(ctx.db, Approval, *there)
        if found is not None:
            raise Conflict(f"{customer.name} 还不能{what}", f"{found.ref} 正在审批", "等审批结束，或先撤回")


def move(ctx: Context, other: Customer, master: Customer) -> None:
    """All of it, in place: codes and dates stay as they are. The other's name becomes a former one of the master."""
    _contacts(ctx, other, master)
    _team(ctx, other, master)
    _aliases(ctx, other, master)
    for model, column in referring():
        for row in fetch_all(ctx.db, model, model.__table__.c[column] == other.id, order_by=[model.__table__.c.id]):
            ctx.save(row, **{column: master.id})
    for model in BY_SUBJECT:
        about = (model.noun == "customer", model.record_id == other.id)
        for row in fetch_all(ctx.db, model, *about, order_by=[model.id]):
            ctx.save(row, record_id=master.id)


def _contacts(ctx: Context, other: Customer, master: Customer) -> None:
    there = {c.phone: c for c in fetch_all(ctx.db, Contact, Contact.customer_id == master.id) if c.phone}
    for contact in fetch_all(ctx.db, Contact, Contact.customer_id == other.id, order_by=[Contact.id]):
        same = there.get(contact.phone or "")
        if same is not None:
            known = {name: getattr(contact, name) for name in FILLED if getattr(same, name) is None}
            ctx.save(same, **{name: value for name, value in known.items() if value is not None})
            ctx.remove(contact)


def _team(ctx: Context, other: Customer, master: Customer) -> None:
    there = {m.person_id: m for m in fetch_all(ctx.db, TeamMember, TeamMember.customer_id == master.id)}
    for member in fetch_all(ctx.db, TeamMember, TeamMember.customer_id == other.id, order_by=[TeamMember.id]):
        same = there.get(member.person_id)
        if same is not None:
            if member.access == "read_write":
                ctx.save(same, access="read_write")
            ctx.remove(member)


def _aliases(ctx: Context, other: Customer, master: Customer) -> None:
    there = {a.name_key for a in fetch_all(ctx.db, CustomerAlias, CustomerAlias.customer_id == master.id)}
    for alias in fetch_all(ctx.db, CustomerAlias, CustomerAlias.customer_id == other.id, order_by=[CustomerAlias.id]):
        if alias.name_key in {*there, master.name_key}:
            ctx.remove(alias)
        there.add(alias.name_key)
    if other.name_key not in there:
        ctx.insert(CustomerAlias, customer_id=master.id, kind="former", **named(other.name))
