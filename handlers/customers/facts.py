"""What the reclaim rules look at besides the record's own row, for one record or hundreds (domain.md E.1.5).

The named conditions are an open list: a noun that comes later enters its own in `CONDITIONS`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, bindparam, case, func, select

from handlers.company import leaves
from handlers.company.organisation import upwards
from handlers.context import Context
from handlers.customers.reclaim import Deed
from models.clock import day_of
from models.codes import plain_code
from models.company.approval import Approval
from models.company.people import Department, Person
from models.customers.activity import FollowUp
from models.money.order import Order, Payment
from models.rows import fetch_all
from models.sales.opportunity import Opportunity

Said = dict[int, str]  # by record, the words for a condition that holds


@dataclass(frozen=True)
class Asked:
    """Of which record, whose, since when."""

    ident: int
    owner_id: int | None
    owned_at: datetime


@dataclass(frozen=True)
class Facts:
    """See `reclaim.Clocks`."""

    departments: frozenset[str] = frozenset()
    away: frozenset[date] = frozenset()
    deeds: tuple[Deed, ...] = ()
    holds: Mapping[str, str] = field(default_factory=dict)
    opportunity_at: datetime | None = None
    stage_at: datetime | None = None
    order_at: datetime | None = None


NOTHING = Facts()


def read(
    ctx: Context, noun: str, asked: Sequence[Asked], wanted: Iterable[str], qualifying: Sequence[str]
) -> dict[int, Facts]:
    """The facts by record; what is not `wanted` is not asked for, the owners' leave always."""
    wanted = set(wanted)
    idents = [one.ident for one in asked]
    away = _away(ctx, asked)
    departments = _departments(ctx, {one.owner_id for one in asked}) if "departments" in wanted else {}
    is_new = all(one.owned_at >= ctx.now for one in asked)
    deeds = _deeds(ctx, noun, asked, qualifying) if "deeds" in wanted and not is_new else {}
    holding = {name: CONDITIONS[name](ctx, idents) for name in wanted & CONDITIONS.keys()}
    orders = _newest_order(ctx, idents) if "orders" in wanted else {}
    made, moved = _opportunities(ctx, idents) if "opportunities" in wanted else ({}, {})
    return {
        one.ident: Facts(
            departments=departments.get(one.owner_id, frozenset()),
            away=away.get(one.owner_id, frozenset()),
            deeds=tuple(deeds.get(one.ident, ())),
            holds={name: said[one.ident] for name, said in holding.items() if one.ident in said},
            opportunity_at=made.get(one.ident),
            stage_at=moved.get(one.ident),
            order_at=orders.get(one.ident),
        )
        for one in asked
    }


def _away(ctx: Context, asked: Sequence[Asked]) -> dict[int | None, frozenset[date]]:
    """The actor's own row says whether there is anything to ask: a claim reads nothing more for it."""
    me = ctx.actor
    owners: set[int] = set()
    for one in asked:
        rests = True
        if me is not None and one.owner_id == me.id:
            rests = me.away_until is not None and me.away_until > day_of(one.owned_at, ctx.zone)
        if rests and one.owner_id is not None:
            owners.add(one.owner_id)
    known = leaves.days_away(ctx, owners) if owners else {}
    return {owner: known[owner] for owner in owners}


def _departments(ctx: Context, owners: Iterable[int | None]) -> dict[int | None, frozenset[str]]:
    """The names of an owner's department and of all above it."""
    rows = fetch_all(ctx.db, Department)
    parents, names = {row.id: row.parent_id for row in rows}, {row.id: row.name for row in rows}
    people = fetch_all(ctx.db, Person, Person.id.in_([one for one in owners if one is not None]))
    return {one.id: frozenset(names[ident] for ident in upwards(one.department_id, parents)) for one in people}


def _deeds(ctx: Context, noun: str, asked: Sequence[Asked], qualifying: Sequence[str]) -> dict[int, list[Deed]]:
    """Qualifying actions since each record is its owner's, in order."""
    since = {one.ident: one.owned_at for one in asked}
    found: dict[int, list[Deed]] = defaultdict(list)
    for kind in qualifying:
        for ident, at in DEEDS[kind](ctx, noun, list(since)) if kind in DEEDS else ():
            if at >= since[ident]:
                found[ident].append(Deed(at, kind))
    return {ident: sorted(deeds, key=lambda deed: deed.at) for ident, deeds in found.items()}


def _among(column: Any, idents: Sequence[int]) -> ColumnElement[bool]:
    among: ColumnElement[bool] = column == func.any(bindparam(None, list(idents), ARRAY(BigInteger)))
    return among


def _follow_ups(ctx: Context, noun: str, idents: Sequence[int]) -> list[tuple[int, datetime]]:
    of_them = (FollowUp.noun == noun, _among(FollowUp.record_id, idents), FollowUp.is_effective)
    return [(ident, at) for ident, at in ctx.db.execute(select(FollowUp.record_id, FollowUp.at).where(*of_them))]


def _visits(ctx: Context, noun: str, idents: Sequence[int]) -> list[tuple[int, datetime]]:
    of_them = (FollowUp.noun == noun, _among(FollowUp.record_id, idents), FollowUp.method == "拜访")
    return [(ident, at) for ident, at in ctx.db.execute(select(FollowUp.record_id, FollowUp.at).where(*of_them))]


def _approved(
    model: type[Order] | type[Payment],
) -> Callable[[Context, str, Sequence[int]], list[tuple[int, datetime]]]:
    def read_them(ctx: Context, noun: str, idents: Sequence[int]) -> list[tuple[int, datetime]]:
        counts = (_among(model.customer_id, idents), model.status == "approved", model.approved_at.is_not(None))
        statement = select(model.customer_id, model.approved_at).where(*counts)
        rows = ctx.db.execute(statement) if noun == "customer" else ()
        return [(ident, at) for ident, at in rows if at is not None]

    return read_them


def _newest_order(ctx: Context, idents: Sequence[int]) -> dict[int, datetime]:
    newest = select(Order.customer_id, func.max(Order.approved_at)).where(_among(Order.customer_id, idents))
    rows = ctx.db.execute(newest.where(Order.status == "approved").group_by(Order.customer_id))
    return {ident: at for ident, at in rows if at is not None}


def _opportunities(ctx: Context, idents: Sequence[int]) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """When the newest one was made, and when an open one last moved."""
    made = case((Opportunity.status != "invalid", Opportunity.created_at))
    moved = case((Opportunity.status == "open", Opportunity.stage_entered_at))
    newest = select(Opportunity.customer_id, func.max(made), func.max(moved))
    of_them = newest.where(_among(Opportunity.customer_id, idents)).group_by(Opportunity.customer_id)
    rows = ctx.db.execute(of_them).all()
    return {i: at for i, at, _ in rows if at is not None}, {i: at for i, _, at in rows if at is not None}


def _open_opportunity(ctx: Context, idents: Sequence[int]) -> Said:
    going = (_among(Opportunity.customer_id, idents), Opportunity.status == "open")
    rows = ctx.db.execute(
        select(Opportunity.customer_id, func.min(Opportunity.id)).where(*going).group_by(Opportunity.customer_id)
    )
    return {ident: plain_code("opportunity", number) for ident, number in rows if number is not None}


def _stages(ctx: Context, noun: str, idents: Sequence[int]) -> list[tuple[int, datetime]]:
    """Of each opportunity the newest move only: earlier ones lie before it."""
    of_them = (_among(Opportunity.customer_id, idents), Opportunity.stage_entered_at > Opportunity.created_at)
    rows = ctx.db.execute(select(Opportunity.customer_id, Opportunity.stage_entered_at).where(*of_them))
    return [(ident, at) for ident, at in rows] if noun == "customer" else []


def _pending_approval(ctx: Context, idents: Sequence[int]) -> Said:
    waiting = select(Approval.customer_id, func.min(Approval.ref)).where(_among(Approval.customer_id, idents))
    rows = ctx.db.execute(waiting.where(Approval.decided_at.is_(None)).group_by(Approval.customer_id))
    return {ident: f"{ref} 还在审批" for ident, ref in rows if ident is not None}


def _unpaid_receivable(ctx: Context, idents: Sequence[int]) -> Said:
    sums: dict[int, int] = defaultdict(int)
    for model, sign in ((Order, 1), (Payment, -1)):
        counted = select(model.customer_id, func.sum(model.amount_fen)).where(_among(model.customer_id, idents))
        for ident, amount in ctx.db.execute(counted.where(model.status == "approved").group_by(model.customer_id)):
            sums[ident] += sign * int(amount)
    return {ident: f"还有 {amount / 100:,.2f} 元没收" for ident, amount in sums.items() if amount > 0}


DEEDS: Mapping[str, Callable[[Context, str, Sequence[int]], list[tuple[int, datetime]]]] = {
    "follow_up": _follow_ups,
    "visit": _visits,
    "order_approved": _approved(Order),
    "payment_approved": _approved(Payment),
    "stage_advance": _stages,
}
CONDITIONS: dict[str, Callable[[Context, Sequence[int]], Said]] = {
    "open_opportunity": _open_opportunity,
    "pending_approval": _pending_approval,
    "unpaid_receivable": _unpaid_receivable,
}
