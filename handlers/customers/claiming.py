"""May this person claim this record: a pure decision with its reason (domain.md E.1.3, in that order)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.clock import at, day_of
from models.errors import Conflict, Forbidden, HaitunError, Limit


@dataclass(frozen=True)
class Claim:
    """Everything the decision looks at. `owner` is the present owner's name ("" when it may not be told);
    limits are None where there is none; `left_at` is when the record last left this person."""

    what: str
    pool: str
    is_enabled: bool
    is_member: bool
    is_pooled: bool
    is_mine: bool
    owner: str
    left_at: datetime | None
    cooldown_days: int
    claimed_today: int
    daily_limit: int | None
    holding: int
    holding_limit: int | None
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
    if claim.left_at is None:
        return None
    until = claim.left_at + timedelta(days=claim.cooldown_days)
    if until <= claim.now:
        return None
    local = until.astimezone(claim.zone)
    return Limit(
        f"{claim.what} 还在冷却期",
        f"离开你之后 {claim.cooldown_days} 天内不能再领取",
        f"{local.year}年{local.month}月{local.day}日 {local:%H:%M} 之后可以再领",
    )


def _daily(claim: Claim) -> HaitunError | None:
    if claim.daily_limit is None or claim.claimed_today < claim.daily_limit:
        return None
    tomorrow = at(day_of(claim.now, claim.zone) + timedelta(days=1), datetime.min.time(), claim.zone)
    local = tomorrow.astimezone(claim.zone)
    return Limit(
        f"今天在{claim.pool}的领取次数用完了",
        f"每人每天最多领 {claim.daily_limit} 个，今天已领 {claim.claimed_today} 个",
        f"{local.month}月{local.day}日 00:00 之后可以再领",
    )


def _holding(claim: Claim) -> HaitunError | None:
    if claim.holding_limit is None or claim.holding < claim.holding_limit:
        return None
    return Limit(
        f"{claim.pool}的保有量已满",
        f"最多同时负责 {claim.holding_limit} 个，现在有 {claim.holding} 个",
        "退回或成交一个之后就可以领",
    )
