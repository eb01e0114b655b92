"""Opportunities as people and programs see them: public shape, scenes, filters, the card and its buttons."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from handlers import permits
from handlers.company import rules
from handlers.context import Context, subject_of
from handlers.finding import seen
from handlers.masking import masked
from handlers.money.order_view import by_yuan
from handlers.nouns import Condition, Noun
from handlers.presenting import by_name_of, by_person, common, instant, money, people
from handlers.reply import Button, Reply
from models.base import Json
from models.codes import plain_code
from models.customers.customer import Customer, TeamMember
from models.rows import fetch_all
from models.sales.opportunity import Opportunity, OpportunityMove, holder_column
from models.sales.process import SUBJECT, SalesProcess


def process_of(ctx: Context) -> SalesProcess:
    """The stages in force."""
    return rules.in_force(ctx, SUBJECT, SalesProcess)[0]


def customers_of(ctx: Context, rows: Iterable[Opportunity]) -> dict[int, Customer]:
    """Their customers by id."""
    wanted = {row.customer_id for row in rows}
    return {row.id: row for row in fetch_all(ctx.db, Customer, Customer.id.in_(wanted))}


@masked("opportunity")
def present(ctx: Context, rows: Sequence[Opportunity]) -> list[Json]:
    """Opportunities as the API shows them; in an open one `owner` is the customer's where it has none of its own."""
    if not rows:
        return []
    customers = customers_of(ctx, rows)
    holders = {row.id: row.holder(customers[row.customer_id].owner_id) for row in rows}
    known = people(ctx, [*holders.values(), *(row.creator_id for row in rows)])
    return [
        _view(ctx, row)
        | {
            "customer": {"code": plain_code("customer", row.customer_id), "name": customers[row.customer_id].name},
            "owner": known[holders[row.id]],
            "creator": known[row.creator_id],
            **common(ctx, row),
        }
        for row in rows
    ]


def _view(ctx: Context, row: Opportunity) -> Json:
    closed = instant(ctx, row.closed_at)
    return {
        "code": row.code,
        "name": row.name,
        "amount": money(row.amount_fen),
        "expected_close": row.expected_close.isoformat() if row.expected_close is not None else None,
        "stage": row.stage,
        "probability": {"won": 100, "lost": 0, "invalid": 0}.get(row.status, row.probability),
        "stage_entered_at": instant(ctx, row.stage_entered_at),
        "status": row.status,
        "won_at": closed if row.status == "won" else None,
        "lost_at": closed if row.status == "lost" else None,
        "closed_at": closed,
        "reason": row.reason,
        "competitor": row.competitor,
        "slips": row.slips,
        "note": row.note,
        "last_follow_up_at": instant(ctx, row.last_follow_up_at),
        "next_follow_up_at": instant(ctx, row.next_follow_up_at),
    }


def moves_of(ctx: Context, opportunity: Opportunity) -> list[Json]:
    """How it came where it is, the oldest first."""
    rows = fetch_all(
        ctx.db, OpportunityMove, OpportunityMove.opportunity_id == opportunity.id, order_by=[OpportunityMove.id]
    )
    known = people(ctx, [row.by_id for row in rows])
    return [
        {
            "from": row.from_stage,
            "to": row.to_stage,
            "status": row.status,
            "at": instant(ctx, row.at),
            "by": known[row.by_id],
            "days": row.days,
            "feedback": row.feedback,
        }
        for row in rows
    ]


def shown(
    ctx: Context, opportunity: Opportunity, *, title: str = "", undo: bool = False, moves: bool = False, **more: Any
) -> Reply:
    """The card with what this person may do next; `title` says what was just done, `more` are facts."""
    view = present(ctx, [opportunity])[0]
    if moves:
        view |= {"moves": moves_of(ctx, opportunity)}
    facts = {"opportunity": view, "next_stage": _next_stage(ctx, opportunity), **more} | (
        {"tag": title} if title else {}
    )
    buttons = (*buttons_for(ctx, opportunity), *((Button("撤销", "undo"),) if undo else ()))
    return Reply("sales/opportunity", facts, buttons=buttons, subject=subject_of(opportunity), result=view)


def _next_stage(ctx: Context, row: Opportunity) -> str | None:
    stage = process_of(ctx).after(row.stage, row.probability) if row.status == "open" else None
    return stage.name if stage is not None else None


def buttons_for(ctx: Context, row: Opportunity) -> tuple[Button, ...]:
    """What may be done with an open one by whoever may write it; 输单 asks for the reason."""
    if ctx.actor is None or row.status != "open" or seen(ctx, OPPORTUNITY, row.id, write=True) is None:
        return ()
    ref = {"ref": row.code}
    further = (Button("推进", "opportunity.advance", ref, "primary"),) if _next_stage(ctx, row) else ()
    win, lose = Button("赢单", "opportunity.win", ref), Button("输单", "opportunity.lose", ref, "danger")
    return (*further, win, lose, Button("写跟进", "follow_up.add", ref))


def opportunity_card(ctx: Context, ident: int) -> Reply | None:
    """The present state for a card that is on somebody's phone; None when he may not see it any more."""
    opportunity = seen(ctx, OPPORTUNITY, ident)
    return None if opportunity is None else shown(ctx, opportunity)


def _participating(ctx: Context) -> ColumnElement[bool]:
    mine = TeamMember.person_id == ctx.me.id
    return exists(select(1).where(TeamMember.customer_id == Opportunity.customer_id, mine))


def held_by(ctx: Context, idents: Sequence[int]) -> ColumnElement[bool]:
    """Theirs: as `Opportunity.holder` has it."""
    return holder_column().in_(idents)


def _owned(ctx: Context, said: str) -> ColumnElement[bool]:
    return by_person(holder_column())(ctx, said)


SCENES: dict[str, Condition] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: holder_column() == ctx.me.id,
    "participating": _participating,
    "subordinates": lambda ctx: permits.under(ctx, holder_column()) & (holder_column() != ctx.me.id),
    "open": lambda _ctx: Opportunity.status == "open",
    "won": lambda _ctx: Opportunity.status == "won",
    "lost": lambda _ctx: Opportunity.status == "lost",
}
OPPORTUNITY = Noun(
    name="opportunity", plural="opportunities", title="商机", model=Opportunity, gate=permits.opportunities,
    present=present, named=("name",), scenes=SCENES,
    columns=(
        "name", "expected_close", "stage", "probability", "stage_entered_at", "status", "closed_at", "reason",
        "competitor", "slips", "note", "last_follow_up_at", "next_follow_up_at",
    ),
    filters={
        "owner": _owned, "creator": by_person(Opportunity.creator_id),
        "customer": by_name_of(Opportunity.customer_id, Customer), "amount": by_yuan(Opportunity.amount_fen),
    },
)  # fmt: skip
