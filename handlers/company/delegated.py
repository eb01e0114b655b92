"""To whom somebody's approvals go while he is away (domain.md E.3.6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from cards import labels
from handlers.context import Context
from handlers.presenting import people
from models.base import Json
from models.company.approval import Approval, Delegation
from models.company.people import Person
from models.rows import fetch_all

HOPS = 2


@dataclass(frozen=True)
class Heir:
    """Who decides on behalf of whom, and what he is told about it."""

    person_id: int
    why: str


@dataclass(frozen=True)
class Matter:
    """What a delegation may leave out. `excluded` are those who cannot decide it: who submitted it."""

    noun: str
    amount_fen: int
    excluded: tuple[int, ...] = ()


def covers(one: Delegation, matter: Matter) -> bool:
    """Whether it is about such a matter."""
    in_subjects = not one.subjects or matter.noun in one.subjects
    return in_subjects and (one.max_amount_fen is None or matter.amount_fen <= one.max_amount_fen)


def last_in_line(person: int, matter: Matter, given: Mapping[int, Sequence[Delegation]]) -> int:
    """Whoever decides for this person: at most two delegations far, never in a ring, never whoever is excluded."""
    seen = [person]
    for _ in range(HOPS):
        fitting = (one.to_id for one in given.get(seen[-1], ()) if covers(one, matter))
        following = next(fitting, None)
        if following is None or following in seen or following in matter.excluded:
            break
        seen.append(following)
    return seen[-1]


def heirs(ctx: Context, approval: Approval, persons: Sequence[int]) -> dict[int, Heir]:
    """By person, of those who delegated this approval today."""
    given = in_force(ctx, persons)
    if not given:
        return {}
    given |= in_force(ctx, [one.to_id for some in given.values() for one in some])
    matter = Matter(approval.noun, approval.amount_fen, (approval.submitter_id,))
    found = {person: last_in_line(person, matter, given) for person in persons}
    known = people(ctx, persons)
    return {
        person: Heir(heir, f"{known[person]['name']}委托你审批{_until(given[person])}")
        for person, heir in found.items()
        if heir != person
    }


def in_force(ctx: Context, persons: Iterable[int]) -> dict[int, list[Delegation]]:
    """Today's delegations by person, the newest first; those to somebody who left are none."""
    here = Delegation.to_id.in_(select(Person.id).where(Person.is_active))
    rows = fetch_all(
        ctx.db, Delegation, Delegation.person_id.in_(set(persons)), *on_day(ctx.today), here,
        order_by=[Delegation.id.desc()],
    )  # fmt: skip
    found: dict[int, list[Delegation]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def on_day(day: date) -> tuple[ColumnElement[bool], ...]:
    """Conditions: in force on this day."""
    open_end = or_(Delegation.until_on.is_(None), Delegation.until_on >= day)
    return (Delegation.ended_at.is_(None), Delegation.from_on <= day, open_end)


def present(ctx: Context, rows: Sequence[Delegation]) -> list[Json]:
    """Delegations as cards and the API show them."""
    known = people(ctx, [person for row in rows for person in (row.person_id, row.to_id)])
    return [
        {
            "person": known[row.person_id],
            "to": known[row.to_id],
            "from": row.from_on.isoformat(),
            "until": row.until_on.isoformat() if row.until_on else None,
            "subjects": row.subjects,
            "max_amount": f"{row.max_amount_fen / 100:.2f}" if row.max_amount_fen is not None else None,
            "is_active": row.ended_at is None and (row.until_on is None or row.until_on >= ctx.today),
        }
        for row in rows
    ]


def _until(rows: Sequence[Delegation]) -> str:
    until = rows[0].until_on
    return f"（到 {labels.day(until.isoformat())}）" if until is not None else ""
