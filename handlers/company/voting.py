"""What a step has come to: a pure decision on its votes and the signatures that were added to them (E.3.1, E.3.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.company.rounds import Mode

UNDECIDED = ("waiting", "next", "held")
LIVE = (*UNDECIDED, "approved", "rejected")
Verdict = Literal["open", "approved", "rejected"]


@dataclass(frozen=True)
class Vote:
    """A task as the decision sees it; `placement` is how it belongs to its `parent`: before, after, beside."""

    ident: int
    turn: int
    status: str
    parent: int | None = None
    placement: str | None = None


@dataclass(frozen=True)
class Standing:
    """What a round has come to: `wake` are the tasks whose turn it is now, `drop` those that nobody need decide."""

    state: Literal["open", "agreed", "rejected"]
    wake: tuple[int, ...] = ()
    drop: tuple[int, ...] = ()


def standing(mode: Mode, votes: Iterable[Vote], *, percent: int = 100, collects: bool = False) -> Standing:
    """`any`: the first agreement is enough; `all`: everyone; `ratio`: so many of a hundred; `sequential`: one after
    another. One rejection rejects, but in a `ratio` that can still be reached and an `all` that `collects`."""
    live = [vote for vote in votes if vote.status in LIVE]
    room = _Room(live)
    found = [room.verdict(vote) for vote in room.seats]
    state = _state(mode, found, percent, collects)
    if state != "open":
        return Standing(state, drop=tuple(vote.ident for vote in live if vote.status in UNDECIDED))
    drop = tuple(vote.ident for vote in live if vote.status in UNDECIDED and room.is_settled(vote))
    return Standing("open", tuple(dict.fromkeys(room.woken(mode, drop))), drop)


def _state(mode: Mode, found: Sequence[Verdict], percent: int, collects: bool) -> Literal["open", "agreed", "rejected"]:
    yes, no, unsaid = (found.count(verdict) for verdict in ("approved", "rejected", "open"))
    if mode == "ratio":
        if yes * 100 >= percent * len(found):
            return "agreed"
        return "rejected" if (yes + unsaid) * 100 < percent * len(found) else "open"
    if no and not (collects and mode == "all" and unsaid):
        return "rejected"
    return "agreed" if not unsaid or (mode == "any" and yes) else "open"


class _Room:
    """The votes of a step by whom they belong to."""

    def __init__(self, live: Sequence[Vote]) -> None:
        self.live: Mapping[int, Vote] = {vote.ident: vote for vote in live}
        self.seats = [vote for vote in live if vote.parent not in self.live]
        self.kids = {vote.ident: [kid for kid in live if kid.parent == vote.ident] for vote in live}

    def verdict(self, vote: Vote) -> Verdict:
        """Of a seat with all that belongs to it."""
        kids = [(kid.placement, self.verdict(kid)) for kid in self.kids[vote.ident]]
        if vote.status == "rejected" or any(verdict == "rejected" for _, verdict in kids):
            return "rejected"
        if vote.status != "approved" and ("beside", "approved") not in kids:
            return "open"
        return "open" if ("after", "open") in kids else "approved"

    def is_settled(self, vote: Vote) -> bool:
        """Another has decided in its stead: who sits beside it, or beside whom it sits."""
        parent = self.live.get(vote.parent) if vote.parent is not None else None
        if parent is not None and vote.placement == "beside" and parent.status == "approved":
            return True
        return any(kid.placement == "beside" and self.verdict(kid) == "approved" for kid in self.kids[vote.ident])

    def woken(self, mode: Mode, dropped: Sequence[int]) -> Iterable[int]:
        """Whose turn has come."""
        for vote in self.live.values():
            kids = self.kids[vote.ident]
            if vote.status == "held" and not any(k.placement == "before" and self.verdict(k) == "open" for k in kids):
                yield vote.ident
            if self._said(vote, dropped):
                yield from (kid.ident for kid in kids if kid.placement == "after" and kid.status == "next")
        waiting = [seat for seat in self.seats if self.verdict(seat) == "open" and seat.status != "next"]
        asleep = [seat for seat in self.seats if seat.status == "next"]
        if mode == "sequential" and asleep and not waiting:
            yield min(asleep, key=lambda seat: seat.turn).ident

    def _said(self, vote: Vote, dropped: Sequence[int]) -> bool:
        return vote.status == "approved" or vote.ident in dropped
