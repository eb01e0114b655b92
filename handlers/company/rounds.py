"""The steps of a flow with whoever sits in them, and how a running approval keeps them (domain.md E.3.1)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from models.base import Json

Mode = Literal["any", "all", "ratio", "sequential"]
Kind = Literal["approve", "cc", "pass", "reject"]
Repeats = Literal["first", "consecutive", "each"]
Own = Literal["superior", "skip", "allow"]
Empty = Literal["superior", "fallback", "admin", "pass"]


@dataclass(frozen=True)
class Seat:
    """One approver and why it is him."""

    person_id: int
    why: str


@dataclass(frozen=True)
class Patience:
    """Working hours after which an approver is reminded, his superior joins him, the step is rejected (E.3.6)."""

    remind_hours: tuple[float, ...] = (4, 8)
    escalate_hours: float | None = 24
    reject_hours: float | None = None


@dataclass(frozen=True)
class Round:
    """One step with its approvers; `is_choice` marks the submitter's choice. `percent` is what `ratio` needs,
    `collects` lets everyone of an `all` step speak before one rejection rejects. A `cc` step tells and goes on."""

    mode: Mode
    seats: tuple[Seat, ...]
    is_choice: bool = False
    kind: Kind = "approve"
    percent: int = 100
    collects: bool = False
    name: str = ""
    patience: Patience = field(default_factory=Patience)

    @property
    def people(self) -> tuple[int, ...]:
        """Who sits in it."""
        return tuple(seat.person_id for seat in self.seats)


@dataclass(frozen=True)
class Policy:
    """What holds for all steps of a flow (the `flow`th of its rule): who is asked again, what happens to the
    submitter's own seat and to an empty step, and where a resubmission begins (E.3.1, E.3.3)."""

    repeats: Repeats = "consecutive"
    own: Own = "superior"
    empty: Empty = "superior"
    fallback_id: int | None = None
    resubmit: Literal["from_first", "from_rejected_node"] = "from_first"
    flow: int = 0

    def kept(self) -> Json:
        """As an approval keeps it: what differs from the default."""
        return {key: value for key, value in asdict(self).items() if value != getattr(DEFAULT, key)}


DEFAULT = Policy()


def kept(one: Round) -> Json:
    """A step as an approval keeps it, so that it stays what it was when the flow is changed."""
    found: Json = {"mode": one.mode, "approvers": list(one.people), "why": [seat.why for seat in one.seats]}
    plain = Round(one.mode, ())
    found |= {
        key: getattr(one, key)
        for key in ("kind", "percent", "collects", "name")
        if getattr(one, key) != getattr(plain, key)
    }
    return found | ({"patience": asdict(one.patience)} if one.patience != plain.patience else {})


def round_of(step: Json) -> Round:
    """The step that was kept."""
    seats = tuple(Seat(*seat) for seat in zip(step["approvers"], step["why"], strict=True))
    more = {key: step[key] for key in ("kind", "percent", "collects", "name") if key in step}
    return Round(step["mode"], seats, patience=_patience(step.get("patience")), **more)


def rounds_of(steps: Sequence[Json]) -> list[Round]:
    """All of them."""
    return [round_of(step) for step in steps]


def _patience(found: Json | None) -> Patience:
    if found is None:
        return Patience()
    return Patience(tuple(found["remind_hours"]), found["escalate_hours"], found["reject_hours"])
