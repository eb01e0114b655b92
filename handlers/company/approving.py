"""Who approves next: pure decisions on rounds and seats (domain.md E.3.1, E.3.6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from handlers.company.rounds import DEFAULT, Policy, Round, Seat


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
    policy: Policy = DEFAULT

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
        """Somebody who works here and did not submit it himself, unless the flow lets him."""
        person = self.people.get(ident)
        is_own = ident == self.submitter_id and self.policy.own != "allow"
        return person is not None and person.is_active and not is_own


def stand_in(office: Office, ident: int) -> int | None:
    """Who sits where `ident` cannot: his superiors, then the submitter's, then the flow's fallback, then an admin; None
    where nobody is left. The submitter himself never."""
    line = [*office.above(ident), *office.above(office.submitter_id), *_fallbacks(office)]
    return next((one for one in line if one != office.submitter_id and office.may_sit(one)), None)


def _fallbacks(office: Office) -> list[int]:
    named = [office.policy.fallback_id] if office.policy.fallback_id is not None else []
    return [*named, *office.admins]


def settle(office: Office, rounds: Iterable[Round]) -> tuple[Round, ...]:
    """Rounds that can be asked: nobody approves his own, who left is replaced, nobody is asked twice in a row; a flow's
    policy may say otherwise (E.3.1).

    A round for which nobody at all is left comes back empty: the caller must ask for an approver.
    """
    settled = (_settled(office, one) for one in rounds)
    return without_repeats((one for one in settled if one is not None), office.policy)


def _settled(office: Office, one: Round) -> Round | None:
    """None for a step that is left out, because the flow says so."""
    if one.kind != "approve":
        return one
    seats, policy = one.seats, office.policy
    if policy.own == "skip" and seats:
        seats = tuple(seat for seat in seats if seat.person_id != office.submitter_id)
        if not seats:
            return None
    if one.mode == "any" and policy.own == "superior":  # the others can do it: no superior is needed for the submitter
        seats = tuple(seat for seat in seats if seat.person_id != office.submitter_id) or seats
    if not seats and policy.empty == "pass":
        return None
    if not seats:
        return replace(one, seats=_for_nobody(office))
    found: dict[int, Seat] = {}
    for seat in seats:
        taken = _seated(office, seat)
        if taken is not None:
            found.setdefault(taken.person_id, taken)
    return replace(one, seats=tuple(found.values()))


def _for_nobody(office: Office) -> tuple[Seat, ...]:
    """Who decides a step that has no approvers."""
    empty = office.policy.empty
    if empty == "superior":
        person, why = stand_in(office, office.submitter_id), "这一步没有审批人，由上级审批"
    else:
        line = office.admins if empty == "admin" else _fallbacks(office)
        person = next((one for one in line if office.may_sit(one)), None)
        why = "这一步没有审批人，按流程由你审批"
    return () if person is None else (Seat(person, why),)


def _seated(office: Office, seat: Seat) -> Seat | None:
    if office.may_sit(seat.person_id):
        return seat
    other = stand_in(office, seat.person_id)
    if other is None:
        return None
    if seat.person_id == office.submitter_id:
        return Seat(other, "提交人不能审批自己的单据，由上级审批")
    gone = office.people.get(seat.person_id)
    return Seat(other, f"{gone.name if gone else '原审批人'}已离职，由你接替")


def without_repeats(rounds: Iterable[Round], policy: Policy = DEFAULT) -> tuple[Round, ...]:
    """Who certainly decided the round before (`first`: any round before) is not asked again; `each`: he is."""
    kept: list[Round] = []
    sure: list[int] = []
    for one in rounds:
        left = one if policy.repeats == "each" else unasked(one, sure)
        if left is None:
            continue
        kept.append(left)
        if left.kind == "approve":
            sure = [*sure, *_surely(left)] if policy.repeats == "first" else [*_surely(left)]
    return tuple(kept)


def unasked(one: Round, people: Sequence[int]) -> Round | None:
    """The round without these people; in a line the second becomes the first when the first is taken off."""
    left: Round | None = one
    for _ in people:
        for person in people:
            left = None if left is None else without(left, person)
    return left


def without(one: Round, person: int) -> Round | None:
    """The round after this person has just agreed in the one before; None where nothing is left to ask."""
    if person not in one.people or one.kind != "approve" or one.mode == "ratio":
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
    return one.people if one.mode in ("all", "sequential") or len(one.seats) == 1 else ()
