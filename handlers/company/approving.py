"""Who approves next: pure decisions on rounds, seats and tasks (domain.md E.3.1, E.3.6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

Mode = Literal["any", "all", "sequential"]
LIVE = ("waiting", "next", "approved", "rejected")


@dataclass(frozen=True)
class Colleague:
    """`authority` is the lowest rate that this person may grant alone."""

    ident: int
    name: str
    superior_id: int | None
    is_active: bool
    authority: Decimal


@dataclass(frozen=True)
class Office:
    """The people who may come into question: all that are named and everyone above them."""

    people: Mapping[int, Colleague]
    admins: tuple[int, ...]
    submitter_id: int

    @property
    def submitter(self) -> Colleague:
        """Who asks."""
        return self.people[self.submitter_id]

    def above(self, ident: int) -> Iterator[int]:
        """The superiors of a person, nearest first, each once."""
        seen = {ident}
        person = self.people.get(ident)
        while person is not None and person.superior_id is not None and person.superior_id not in seen:
            seen.add(person.superior_id)
            yield person.superior_id
            person = self.people.get(person.superior_id)

    def may_sit(self, ident: int) -> bool:
        """Somebody who works here and did not submit it himself."""
        person = self.people.get(ident)
        return person is not None and person.is_active and ident != self.submitter_id


@dataclass(frozen=True)
class Seat:
    """One approver and why it is him."""

    person_id: int
    why: str


@dataclass(frozen=True)
class Round:
    """One step with its approvers; `is_choice` marks the submitter's choice."""

    mode: Mode
    seats: tuple[Seat, ...]
    is_choice: bool = False

    @property
    def people(self) -> tuple[int, ...]:
        """Who sits in it."""
        return tuple(seat.person_id for seat in self.seats)


def stand_in(office: Office, ident: int) -> int | None:
    """Who sits where `ident` cannot: his superiors, then the submitter's, then an admin; None where nobody is left."""
    line = [*office.above(ident), *office.above(office.submitter_id), *office.admins]
    return next((one for one in line if office.may_sit(one)), None)


def settle(office: Office, rounds: Iterable[Round]) -> tuple[Round, ...]:
    """Rounds that can be asked: nobody approves his own, who left is replaced, nobody is asked twice in a row.

    A round for which nobody at all is left comes back empty: the caller must ask for an approver.
    """
    return without_repeats(_settled(office, one) for one in rounds)


def _settled(office: Office, one: Round) -> Round:
    seats = one.seats
    if one.mode == "any":  # the others of a group can do it: no superior is needed for the submitter
        seats = tuple(seat for seat in seats if seat.person_id != office.submitter_id) or seats
    found: dict[int, Seat] = {}
    for seat in seats or (Seat(office.submitter_id, "这一步没有审批人，由上级审批"),):
        taken = _seated(office, seat, empty=not seats)
        if taken is not None:
            found.setdefault(taken.person_id, taken)
    return replace(one, seats=tuple(found.values()))


def _seated(office: Office, seat: Seat, *, empty: bool = False) -> Seat | None:
    if office.may_sit(seat.person_id):
        return seat
    other = stand_in(office, seat.person_id)
    if other is None:
        return None
    if empty:
        return Seat(other, seat.why)
    if seat.person_id == office.submitter_id:
        return Seat(other, "提交人不能审批自己的单据，由上级审批")
    gone = office.people.get(seat.person_id)
    return Seat(other, f"{gone.name if gone else '原审批人'}已离职，由你接替")


def without_repeats(rounds: Iterable[Round]) -> tuple[Round, ...]:
    """Who certainly decided the round before is not asked again in the next one."""
    kept: list[Round] = []
    for one in rounds:
        left = _unasked(one, _surely(kept[-1]) if kept else ())
        if left is not None:
            kept.append(left)
    return tuple(kept)


def _unasked(one: Round, people: Sequence[int]) -> Round | None:
    """The round without these people; in a line the second becomes the first when the first is taken off."""
    left: Round | None = one
    for _ in people:
        for person in people:
            left = None if left is None else without(left, person)
    return left


def without(one: Round, person: int) -> Round | None:
    """The round after this person has just agreed in the one before; None where nothing is left to ask."""
    if person not in one.people:
        return one
    if one.mode == "any":
        return None
    if one.mode == "sequential" and one.people[0] != person:
        return one
    seats = tuple(seat for seat in one.seats if seat.person_id != person)
    return replace(one, seats=seats) if seats else None


def _surely(one: Round) -> tuple[int, ...]:
    """Who must have agreed last when the round is done."""
    if one.mode == "all" or len(one.seats) == 1:
        return one.people
    return one.people[-1:] if one.mode == "sequential" else ()


def with_authority(office: Office, rounds: Sequence[Round], rate: Decimal, why: str) -> tuple[Round, ...]:
    """Below the submitter's own authority the nearest superior whose authority covers the rate comes after the
    submitter's choice, else an admin (contract.md company file); not a second time where he must agree anyway."""
    if rate >= office.submitter.authority:
        return tuple(rounds)
    line = [*office.above(office.submitter_id)]
    covering = [one for one in line if office.may_sit(one) and office.people[one].authority <= rate]
    person = next(iter([*covering, *(one for one in office.admins if office.may_sit(one))]), None)
    if person is None or any(person in _needed(one) for one in rounds):
        return tuple(rounds)
    place = max((number + 1 for number, one in enumerate(rounds) if one.is_choice), default=len(rounds))
    return (*rounds[:place], Round("any", (Seat(person, why),)), *rounds[place:])


def _needed(one: Round) -> tuple[int, ...]:
    return one.people if one.mode != "any" or len(one.seats) == 1 else ()


@dataclass(frozen=True)
class Vote:
    """A task as the decision sees it."""

    ident: int
    turn: int
    status: str


@dataclass(frozen=True)
class Standing:
    """What a round has come to: `wake` is the task whose turn it is now, `drop` those that nobody need decide."""

    state: Literal["open", "agreed", "rejected"]
    wake: int | None = None
    drop: tuple[int, ...] = ()


def standing(mode: Mode, votes: Iterable[Vote]) -> Standing:
    """One rejection rejects; `any`: the first agreement is enough; `all`: everyone; `sequential`: one after another."""
    live = [vote for vote in votes if vote.status in LIVE]
    undecided = tuple(vote.ident for vote in live if vote.status in ("waiting", "next"))
    said = {vote.status for vote in live}
    if "rejected" in said:
        return Standing("rejected", drop=undecided)
    if not undecided or (mode == "any" and "approved" in said):
        return Standing("agreed", drop=undecided)
    if "waiting" in said:
        return Standing("open")
    return Standing("open", wake=min((v for v in live if v.status == "next"), key=lambda vote: vote.turn).ident)
