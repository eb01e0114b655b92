"""What makes one wait before a record may be claimed, each with the instant from which on it may (E.1.3.4-6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.customers.claim import Claim, Window
from models.company.calendar import WorkingTime
from models.company.claim_rules import ClaimRules
from models.errors import HaitunError, Limit


@dataclass(frozen=True)
class Reclaimed:
    """An automatic reclaim and whom it concerns; `team` is the name of the previous owner's department."""

    at: datetime
    owner_id: int
    owner: str
    department_id: int
    team: str
    creator_id: int | None
    creator: str


def window(
    rules: ClaimRules, found: Reclaimed, person_id: int, department_id: int, working: WorkingTime
) -> Window | None:
    """Who may claim first after this reclaim, and until when; None where there is nobody to be first. The creator is
    not where he is the one from whom it was taken: his cool-down would leave nobody."""
    until = working.after(found.at, timedelta(hours=rules.priority_hours))
    match rules.priority_mode:
        case "previous_team_first":
            return Window(until, f"原负责人所在的{found.team}", department_id == found.department_id)
        case "creator_first" if found.creator_id not in (None, found.owner_id):
            return Window(until, f"创建人{found.creator}", person_id == found.creator_id)
        case "previous_owner_first":
            return Window(until, f"原负责人{found.owner}", person_id == found.owner_id, lifts_cooldown=True)
        case _:
            return None


def priority(claim: Claim) -> HaitunError | None:
    """E.1.3.4."""
    first = claim.window
    if first is None or first.until <= claim.now or first.is_for_actor:
        return None
    return Limit(
        f"{claim.what} 还在优先领取期",
        f"自动回收后 {claim.rules.priority_hours} 个工作小时内只有{first.first}可以领取",
        claim.when(first.until),
        until=first.until.isoformat(),
    )


def cooldown(claim: Claim) -> HaitunError | None:
    """E.1.3.5: after any earlier ownership of one's own, or of somebody who counts as the same person."""
    first = claim.window
    if first is not None and first.lifts_cooldown and first.is_for_actor and claim.now < first.until:
        return None
    length = _length(claim.rules)
    left_at, proxy = claim.standing.left_at, claim.proxy
    if left_at is not None and left_at + claim.rules.cooldown > claim.now:
        return _cooling(claim, left_at, f"离开你之后 {length}内不能再领取")
    if proxy is not None and proxy.left_at + claim.rules.cooldown > claim.now:
        why = f"{length}内你和{proxy.name}互相转移过 {proxy.transfers} 次，离开{proxy.name}之后你也要等"
        return _cooling(claim, proxy.left_at, why)
    return None


def _cooling(claim: Claim, left_at: datetime, detail: str) -> HaitunError:
    until = left_at + claim.rules.cooldown
    return Limit(f"{claim.what} 还在冷却期", detail, claim.when(until, year=True), until=until.isoformat())


def _length(rules: ClaimRules) -> str:
    return f"{rules.cooldown_days} 天" if rules.cooldown_hours is None else f"{rules.cooldown_hours} 小时"


def fresh(claim: Claim) -> HaitunError | None:
    """E.1.3.6: counted from entering the pool, whatever was edited since."""
    if claim.entered_at is None:
        return None
    hours, until = claim.rules.fresh_hold_hours, claim.entered_at + claim.rules.fresh_hold
    if not hours or until <= claim.now:
        return None
    detail = f"进入{claim.pool}后 {hours} 小时内不能领取"
    return Limit(f"{claim.what} 刚进{claim.pool}", detail, claim.when(until), until=until.isoformat())
