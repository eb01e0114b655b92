"""How long an approver is waited for, in the working hours of the company (domain.md E.3.6).

Of the company and not of the person: whoever is away would otherwise never be joined by his superior.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.company.leaves import working_time
from handlers.company.rounds import Patience
from handlers.context import Context
from models.base import Json
from models.company.calendar import WorkingTime

Act = Literal["remind", "escalate", "reject"]
_RANK = {"remind": 0, "escalate": 1, "reject": 2}


@dataclass(frozen=True)
class Stage:
    """What is done after so much working time."""

    after: timedelta
    act: Act


def stages(patience: Patience) -> tuple[Stage, ...]:
    """In the order in which they come."""
    found = [Stage(timedelta(hours=hours), "remind") for hours in patience.remind_hours]
    if patience.escalate_hours is not None:
        found.append(Stage(timedelta(hours=patience.escalate_hours), "escalate"))
    if patience.reject_hours is not None:
        found.append(Stage(timedelta(hours=patience.reject_hours), "reject"))
    return tuple(sorted(found, key=lambda stage: (stage.after, _RANK[stage.act])))


def asked_now(ctx: Context, patience: Patience) -> Json:
    """What a task gets whose turn begins now."""
    first = next(iter(stages(patience)), None)
    due = working_time(ctx).after(ctx.now, first.after) if first is not None else None
    return {"next_at": due, "nudged": 0, "paused_at": None}


def passed(
    line: Sequence[Stage], nudged: int, next_at: datetime, now: datetime, hours: WorkingTime
) -> tuple[list[Act], int, datetime | None]:
    """The acts that are due at `now`, how many stages are behind then, and when the next one is due."""
    acts: list[Act] = []
    due: datetime | None = next_at
    while due is not None and due <= now and nudged < len(line):
        acts.append(line[nudged].act)
        nudged += 1
        due = hours.after(due, line[nudged].after - line[nudged - 1].after) if nudged < len(line) else None
    return acts, nudged, due


def deadline(line: Sequence[Stage], nudged: int, next_at: datetime | None, hours: WorkingTime) -> datetime | None:
    """When somebody else joins or the step is rejected; None where neither will be."""
    if next_at is None:
        return None
    ends = [stage.after for stage in line[nudged:] if stage.act != "remind"]
    return hours.after(next_at, ends[0] - line[nudged].after) if ends else None


def resumed(hours: WorkingTime, next_at: datetime | None, paused_at: datetime, now: datetime) -> datetime | None:
    """The instant of the next act after a pause: as much working time is left as before it."""
    return None if next_at is None else hours.after(now, hours.between(paused_at, next_at))
