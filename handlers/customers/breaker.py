"""Would a night take too much: a pure decision, so that a wrong rule does not empty a sales team (domain.md E.1.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FROM = 20  # records a run; below it nobody is asked
OF_A_PERSON = 0.20
OF_ALL = 0.05


@dataclass(frozen=True)
class Share:
    """How many of a person's records a run would take."""

    person_id: int
    due: int
    owned: int

    @property
    def is_too_much(self) -> bool:
        """A single record never is."""
        return self.due > 1 and self.due > self.owned * OF_A_PERSON


def trips(shares: Sequence[Share], all_owned: int) -> bool:
    """From `FROM` records a run on: more than a fifth of a person's, or a twentieth of all that is owned."""
    due = sum(share.due for share in shares)
    if due < FROM:
        return False
    return due > all_owned * OF_ALL or any(share.is_too_much for share in shares)


def rationed(rows: Sequence[tuple[int, int]], taken: Mapping[int, int], limits: Mapping[int, int]) -> list[int]:
    """Of (record, owner), the most urgent first, those that may leave tonight; `limits` by record."""
    gone, found = dict(taken), []
    for ident, owner in rows:
        if gone.get(owner, 0) < limits[ident]:
            gone[owner] = gone.get(owner, 0) + 1
            found.append(ident)
    return found
