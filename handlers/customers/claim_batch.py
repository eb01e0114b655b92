"""Several claims in one command: each decided on after the one before, all of them one transaction (E.1.3.7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from handlers.context import Context
from handlers.finding import find_to_claim
from handlers.nouns import Condition
from models.base import Json, Record
from models.errors import Ambiguous, Conflict, HaitunError
from models.rows import Column

R = TypeVar("R", bound=Record)
Look = Callable[..., Any]


@dataclass(frozen=True)
class Outcome:
    """What became of one: won (`row` is the actor's now), or why not."""

    said: str
    row: Any = None
    denied: HaitunError | None = None

    @property
    def result(self) -> Json:
        """As the API tells it."""
        code = self.row.code if self.row is not None else None
        if self.denied is None:
            return {"ref": self.said, "code": code, "ok": True, "reason": None}
        reason = {"detail": self.denied.detail, "next": self.denied.next_step}
        return {"ref": self.said, "code": code, "ok": False, "reason": self.denied.title, **reason}

    @property
    def line(self) -> str:
        """Why not, for the card."""
        if self.denied is None:
            return ""
        why = "，".join(part for part in (self.denied.detail, self.denied.next_step) if part)
        return f"没领到 {self.said}：{self.denied.title}" + (f"（{why}）" if why else "")


def found_of(ctx: Context, refs: Sequence[str], look: Look, gate: Condition, owner: Column) -> list[Outcome]:
    """Each record that was named, once, not yet locked; what names none or several is an outcome of its own."""
    found: dict[object, Outcome] = {}
    for ref in refs:
        try:
            row = find_to_claim(ctx, lambda gate, ref=ref: look(ref, gate=gate), gate, owner)
            found.setdefault(row.id, Outcome(ref, row))
        except Ambiguous as several:
            names = "、".join(f"{name} {code}" for code, name in several.candidates)
            found.setdefault(ref, Outcome(ref, denied=Conflict(several.title, names, "请说完整名称或编号")))
        except HaitunError as unknown:
            found.setdefault(ref, Outcome(ref, denied=unknown))
    return list(found.values())


def claimed(
    outcomes: Sequence[Outcome],
    refusal: Callable[[Any], HaitunError | None],
    take: Callable[[Any], Any],
    *,
    all_or_nothing: bool,
) -> list[Outcome]:
    """Takes what may be taken, in order; the rows are locked, and so is the person.

    With `all_or_nothing` the first that cannot be had takes everything back. Raises where not one could be had.
    """
    done: list[Outcome] = []
    for one in outcomes:
        denied = one.denied or refusal(one.row)
        if denied is not None and all_or_nothing:
            raise _nothing(one, denied)
        done.append(Outcome(one.said, one.row, denied) if denied else Outcome(one.said, take(one.row)))
    first = next((one for one in done if one.denied is not None), None)
    if first is not None and first.denied is not None and all(one.denied for one in done):
        raise first.denied if len(done) == 1 else _none_of(done, first.denied)
    return done


def _nothing(one: Outcome, denied: HaitunError) -> HaitunError:
    why = "，".join(part for part in (denied.title, denied.detail) if part)
    return Conflict(f"一个也没领：{one.said} 领不了", why, denied.next_step or "去掉它再领一次")


def _none_of(done: Sequence[Outcome], first: HaitunError) -> HaitunError:
    lines = [f"{one.said}：{one.denied.title}" for one in done if one.denied is not None]
    refusal = type(first) if isinstance(first, Conflict) else Conflict
    return refusal("一个也没领到", "；".join(lines[:5]), first.next_step, results=[one.result for one in done])


def listed(done: Sequence[Outcome]) -> list[str]:
    """A line for each that was not won, the first few."""
    lines = [one.line for one in done if one.denied is not None]
    return [*lines[:5], *([f"还有 {len(lines) - 5} 个没领到"] if len(lines) > 5 else [])]
