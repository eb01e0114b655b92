"""May this person claim this record: a pure decision with its reason (domain.md E.1.3, in that order)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.clock import at, day_of
from models.company.pool_rules import PoolRules
from models.errors import Conflict, Forbidden, HaitunError, Limit


@dataclass(frozen=True)
class Standing:
    """`left_at`: when the record last left this person, at any earlier ownership and in whatever way. `claimed_today`:
    successful claims of the local day, from the ledger, so that a return does not give quota back. `holding`: how many
    records he owns now; won customers and closed leads do not count (domain.md E.1.3.8)."""

    left_at: datetime | None = None
    claimed_today: int = 0
    holding: int = 0


@dataclass(frozen=True)
class Claim:
    """Everything the decision looks at. `owner` is the present owner's name ("" when it may not be told)."""

    what: str
    pool: str
    is_enabled: bool
    is_member: bool
    is_pooled: bool
    is_mine: bool
    owner: str
    standing: Standing
    rules: PoolRules
    now: datetime
    zone: ZoneInfo


def refusal(claim: Claim) -> HaitunError | None:
    """The first rule that forbids it, as an answer; None when the claim may go ahead."""
    for check in (_pool, _still_there, _cooldown, _daily, _holding):
        found = check(claim)
        if found is not None:
            return found
    return None


def pooled_already(what: str, pool: str, code: str, denied: HaitunError | None) -> Conflict:
    """Why what lies in a pool cannot be returned to one, and how to claim it: `denied` is what forbids that now."""
    title = f"{what} 已经在{pool}里，不用退回"
    if denied is None:
        return Conflict(title, next_step=f"要跟进就说：领取 {code}")
    return Conflict(title, f"{denied.title}：{denied.detail}", denied.next_step)


def _pool(claim: Claim) -> HaitunError | None:
    if claim.is_mine:
        return Conflict(f"{claim.what} 已经由你负责", next_step="可以直接写跟进")
    if not claim.is_pooled:
        return None
    if not claim.is_enabled:
        return Forbidden(f"{claim.pool}已停用", "停用期间不能领取", "请联系管理员")
    if not claim.is_member:
        return Forbidden(f"你不是{claim.pool}的成员", "只有成员可以领取", f"请联系{claim.pool}的管理员")
    return None


def _still_there(claim: Claim) -> HaitunError | None:
    if claim.is_pooled:
        return None
    who = f"已由{claim.owner}领取" if claim.owner else "已被同事领取"
    return Conflict(f"{claim.what} {who}", next_step="可以请对方把你加入团队")


def _cooldown(claim: Claim) -> HaitunError | None:
    left_at, days = claim.standing.left_at, claim.rules.cooldown_days
    if left_at is None:
        return None
    until = left_at + timedelta(days=days)
    if until <= claim.now:
        return None
    local = until.astimezone(claim.zone)
    return Limit(
        f"{claim.what} 还在冷却期",
        f"离开你之后 {days} 天内不能再领取",
        f"{local.year}年{local.month}月{local.day}日 {local:%H:%M} 之后可以再领",
    )


def _daily(claim: Claim) -> HaitunError | None:
    claimed, limit = claim.standing.claimed_today, claim.rules.daily_claim_limit
    if limit is None or claimed < limit:
        return None
    tomorrow = at(day_of(claim.now, claim.zone) + timedelta(days=1), datetime.min.time(), claim.zone)
    local = tomorrow.astimezone(claim.zone)
    return Limit(
        f"今天在{claim.pool}的领取次数用完了",
        f"每人每天最多领 {limit} 个，今天已领 {claimed} 个",
        f"{local.month}月{local.day}日 00:00 之后可以再领",
    )


def _holding(claim: Claim) -> HaitunError | None:
    held, limit = claim.standing.holding, claim.rules.holding_limit
    if limit is None or held < limit:
        return None
    return Limit(
        f"{claim.pool}的保有量已满",
        f"最多同时负责 {limit} 个，现在有 {held} 个",
        "退回或成交一个之后就可以领",
    )
