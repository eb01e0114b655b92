"""Customers as they are shown: API objects, masked in a sea, cards with what may be done, scenes and filters."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from handlers import permits
from handlers.context import Context, subject_of
from handlers.customers import ownership, seas
from handlers.finding import seen
from handlers.masking import masked
from handlers.nouns import Condition, Noun
from handlers.presenting import by_name_of, by_person, by_phone, common, instant, money, names, people, veiled_fields
from handlers.reply import Button, Reply
from models.base import Json
from models.company.pool_rules import Veil
from models.customers.customer import Customer, TeamMember, tagged
from models.customers.sea import Sea
from models.money.order import Order, Payment
from models.normal import company_key
from models.sales.opportunity import Opportunity
from models.statement import Statement


def shown(
    ctx: Context,
    customer: Customer,
    *,
    title: str = "",
    undo: bool = False,
    template: str = "customers/customer",
    is_revealed: bool = False,
    **more: Any,
) -> Reply:
    """The customer's card with what this person may do next; `title` says what was just done, `more` are facts;
    with `is_revealed` the phone is readable whatever the sea hides."""
    view = present(ctx, [customer])[0] | ({"phone": customer.phone} if is_revealed else {})
    facts = {"customer": view, **more} | ({"tag": title} if title else {})
    buttons = (*buttons_for(ctx, customer), *((Button("撤销", "undo"),) if undo else ()))
    return Reply(template, facts, buttons=buttons, subject=subject_of(customer), result=view)


def buttons_for(ctx: Context, customer: Customer) -> tuple[Button, ...]:
    """What the actor may do with it now; no 领取 where that could only be refused, today's limits aside."""
    ref = {"ref": customer.code}
    if ctx.actor is not None and customer.owner_id == ctx.actor.id:
        return Button("写跟进", "follow_up.add", ref, "primary"), Button("退回", "customer.return", ref)
    if not _is_for_actor(ctx, customer):
        return ()
    rules = seas.rules_of(ctx, customer.sea_id)[0] if customer.sea_id is not None else None
    look = rules is not None and rules.reveal and "phone" in rules.veils and customer.phone is not None
    claim = Button("领取", "customer.claim", ref, "primary")
    return (claim, Button("查看电话", "customer.reveal", ref)) if look else (claim,)


def _is_for_actor(ctx: Context, customer: Customer) -> bool:
    if ctx.actor is None or customer.sea_id is None or customer.frozen:
        return False
    sea = seas.entry(ctx, customer.sea_id)
    return sea.is_enabled and sea.is_member and cooling_until(ctx, customer) is None


def cooling_until(ctx: Context, customer: Customer) -> datetime | None:
    """When the actor's cool-down for it ends, where it still lasts."""
    if ctx.actor is None or customer.home_sea_id is None:
        return None
    return ownership.cooling_until(ctx, customer, seas.rules_of(ctx, customer.home_sea_id)[0].cooldown)


def customer_card(ctx: Context, ident: int) -> Reply | None:
    """The present state for a card that is on somebody's phone; None when he may not see it any more."""
    customer = seen(ctx, CUSTOMER, ident)
    return None if customer is None else shown(ctx, customer)


def totals(ctx: Context, idents: Sequence[int]) -> dict[int, dict[str, int]]:
    """Roll-ups by customer in fen: opportunities but for invalid ones, approved orders and payments (contract.md)."""
    found = {ident: {"opportunity": 0, "order": 0, "payment": 0} for ident in idents}
    for name, ident, amount in _TOTALS.rows(ctx.db, {"customers": list(idents)}):
        found[ident][name] = int(amount)
    return found


def _total(
    name: str, model: type[Opportunity] | type[Order] | type[Payment], counts: ColumnElement[bool]
) -> Select[str, int, int | None]:
    theirs = model.customer_id == func.any(bindparam("customers", type_=ARRAY(BigInteger)))
    sums = select(literal(name), model.customer_id, func.coalesce(func.sum(model.amount_fen), 0))
    return sums.where(theirs, counts).group_by(model.customer_id)


_TOTALS = Statement(
    union_all(
        _total("opportunity", Opportunity, Opportunity.status != "invalid"),
        _total("order", Order, Order.status == "approved"),
        _total("payment", Payment, Payment.status == "approved"),
    )
)


def sees_hidden(ctx: Context, customer: Customer, admin_of: set[int]) -> bool:
    """Whether the pooled record's hidden fields are shown to the actor: admins and the sea's admins."""
    return customer.sea_id is None or permits.everything(ctx) or customer.sea_id in admin_of


@masked("customer")
def present(ctx: Context, rows: Sequence[Customer]) -> list[Json]:
    """Customers as the API shows them. In a sea its members see neither the hidden fields nor what its children sum to
    (domain.md E.1.4, E.7)."""
    if not rows:
        return []
    owners = people(ctx, [i for row in rows for i in (row.owner_id, row.creator_id)])
    sea_names = names(ctx, Sea, [i for row in rows for i in (row.sea_id, row.home_sea_id)])
    sums = totals(ctx, [row.id for row in rows])
    pooled = {row.sea_id for row in rows if row.sea_id is not None}
    hidden: dict[int | None, Any] = {sea_id: seas.rules_of(ctx, sea_id)[0].veils for sea_id in pooled}
    admin_of = {s for s in pooled if ctx.actor is not None and seas.is_admin(ctx, s, ctx.actor.id)}
    shown_all = {row.id: sees_hidden(ctx, row, admin_of) for row in rows}
    return [
        _view(ctx, row, owners, sea_names, sums[row.id], None if shown_all[row.id] else hidden[row.sea_id])
        for row in rows
    ]


def _view(
    ctx: Context, row: Customer, owners: Any, sea_names: Any, sums: dict[str, int], hidden: Mapping[str, Veil] | None
) -> Json:
    own = {
        name: getattr(row, name)
        for name in ("code", "name", "kind", "phone", "region", "industry", "level", "address", "note", "tags", "uscc")
    }
    own |= veiled_fields(own, hidden or {})
    amounts = _amounts(sums) if hidden is None else dict.fromkeys(_amounts(sums))
    return own | {
        "owner": owners[row.owner_id],
        "creator": owners[row.creator_id],
        "sea": sea_names[row.sea_id],
        "home_sea": sea_names[row.home_sea_id],
        "owned_at": instant(ctx, row.owned_at),
        "reclaim_at": instant(ctx, row.reclaim_at),
        "last_follow_up_at": instant(ctx, row.last_follow_up_at),
        "next_follow_up_at": instant(ctx, row.next_follow_up_at),
        "won_at": instant(ctx, row.won_at),
        "frozen": row.frozen["reason"] if row.frozen else None,
        **amounts,
        **common(ctx, row),
    }


def _amounts(sums: dict[str, int]) -> Json:
    return {
        "opportunity_total": money(sums["opportunity"]),
        "order_total": money(sums["order"]),
        "payment_total": money(sums["payment"]),
        "refund_total": money(0),
        "outstanding_total": money(sums["order"] - sums["payment"]),
    }


def _phone_filter(ctx: Context, said: str) -> ColumnElement[bool]:
    """A masked phone cannot be searched by its value (domain.md E.7)."""
    shown_here = (
        true()
        if permits.everything(ctx)
        else or_(Customer.sea_id.is_(None), permits.my_sea(ctx, Customer.sea_id, admin=True))
    )
    return by_phone(Customer.phone)(ctx, said) & shown_here


SCENES: dict[str, Condition] = {
    "all": lambda ctx: true(),
    "mine": lambda ctx: Customer.owner_id == ctx.me.id,
    "participating": lambda ctx: exists(
        select(1).where(TeamMember.customer_id == Customer.id, TeamMember.person_id == ctx.me.id)
    ),
    "subordinates": lambda ctx: permits.under(ctx, Customer.owner_id) & (Customer.owner_id != ctx.me.id),
    "sea": lambda ctx: Customer.sea_id.is_not(None),
    "reclaim_soon": lambda ctx: (Customer.owner_id == ctx.me.id) & (Customer.reclaim_at < ctx.now + timedelta(days=7)),
}
CUSTOMER = Noun(
    name="customer", plural="customers", title="客户", model=Customer, gate=permits.customers, present=present,
    named=("name_key",), scenes=SCENES,
    columns=("uscc", "kind", "region", "industry", "level", "owned_at", "reclaim_at", "last_follow_up_at", "won_at"),
    filters={
        "name": lambda ctx, said: Customer.name_key == company_key(said),
        "phone": _phone_filter, "owner": by_person(Customer.owner_id), "creator": by_person(Customer.creator_id),
        "sea": by_name_of(Customer.sea_id, Sea), "home_sea": by_name_of(Customer.home_sea_id, Sea),
        "tag": lambda _ctx, said: tagged(said),
    },
)  # fmt: skip
