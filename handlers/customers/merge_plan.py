"""What becomes of the fields and the owner of two customers that are one (domain.md E.8 Merge): decided purely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.customers.customer import Customer

FIELDS = {
    "phone": "电话", "region": "地区", "industry": "行业", "level": "级别", "address": "地址", "note": "备注",
    "uscc": "统一社会信用代码",
}  # fmt: skip
# What says whose a customer is; the clocks that follow from it move together as well.
OWNING = ("owner_id", "owned_at", "sea_id", "home_sea_id", "entered_sea_at")
CLOCKS = ("clock_at", "reclaim_at", "warn_at", "warned_at", "extended_until", "extension_request")


@dataclass(frozen=True)
class Side:
    """One of the two, and when its owner last followed up so that it counted."""

    row: Customer
    followed_at: datetime | None


def fields(master: Customer, other: Customer, take: Sequence[str] = ()) -> dict[str, Any]:
    """What changes on the master: its own value stays, else the other's; of `take` the other's where it has one."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        own, theirs = getattr(master, name), getattr(other, name)
        if theirs is not None and (own is None or name in take) and own != theirs:
            found[name] = theirs
    tags = list(dict.fromkeys([*master.tags, *other.tags]))
    found |= {"tags": tags} if tags != master.tags else {}
    for name, best in (("last_follow_up_at", max), ("next_follow_up_at", min), ("won_at", min)):
        known = [at for at in (getattr(master, name), getattr(other, name)) if at is not None]
        found |= {name: best(known)} if known and best(known) != getattr(master, name) else {}
    return found


def owner_of(master: Side, other: Side, picked: int | None = None) -> int | None:
    """Whose it is afterwards: whom an admin picks, else the only owner, else who followed up last (a tie keeps the
    master's). None where both lie in a sea."""
    if picked is not None:
        return picked
    if master.row.owner_id is None or other.row.owner_id is None:
        return other.row.owner_id if master.row.owner_id is None else master.row.owner_id
    if other.followed_at is not None and (master.followed_at is None or other.followed_at > master.followed_at):
        return other.row.owner_id
    return master.row.owner_id


def put_back(after: Mapping[str, Any], now: Mapping[str, Any], *, is_master: bool) -> set[str]:
    """The columns of one changed row that go back to what they were: those that still hold what the merge wrote.

    Whose the master is goes back as a whole or not at all, its clocks likewise: a later owner keeps what he got.
    """
    same = {name for name in after if now.get(name) == after[name]}
    if is_master and not same.issuperset(set(OWNING) & after.keys()):
        same -= {*OWNING, *CLOCKS}
    elif is_master and not same.issuperset(set(CLOCKS) & after.keys()):
        same -= set(CLOCKS)
    return same
