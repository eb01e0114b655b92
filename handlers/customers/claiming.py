"""May this person claim this record: a pure decision with its reason (domain.md E.1.3, in that order)."""

from collections.abc import Callable

from handlers.customers import claim_limits, claim_waits
from handlers.customers.claim import Claim
from models.errors import Conflict, Forbidden, HaitunError

Check = Callable[[Claim], HaitunError | None]


def refusal(claim: Claim) -> HaitunError | None:
    """The first rule that forbids it, as an answer; None when the claim may go ahead."""
    return _first(claim, *_STANDS_IN_THE_WAY, *_TODAY)


def lasting_refusal(claim: Claim) -> HaitunError | None:
    """As `refusal`, but for what only today's claims and what one holds forbid."""
    return _first(claim, *_STANDS_IN_THE_WAY)


def _first(claim: Claim, *checks: Check) -> HaitunError | None:
    found = (check(claim) for check in checks)
    return next((denied for denied in found if denied is not None), None)


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
    if claim.is_hidden:
        return Forbidden(f"{claim.pool}不能自行领取", "这里的由管理员分配", f"请联系{claim.pool}的管理员")
    if not claim.is_member:
        return Forbidden(f"你不是{claim.pool}的成员", "只有成员可以领取", f"请联系{claim.pool}的管理员")
    return None


def _still_there(claim: Claim) -> HaitunError | None:
    if claim.is_pooled:
        return None
    who = f"已由{claim.owner}领取" if claim.owner else "已被同事领取"
    return Conflict(f"{claim.what} {who}", next_step="可以请对方把你加入团队")


def _frozen(claim: Claim) -> HaitunError | None:
    then = f"，之后说：{claim.again}" if claim.again else ""
    if claim.frozen:
        return Conflict(f"{claim.what} 已冻结", f"{claim.frozen}，解冻之前不能领取", f"请联系管理员解冻{then}")
    if claim.standing.in_approval:
        return Conflict(f"{claim.what} 正在审批", "关于它的审批还没有结束，结束之前不能领取", f"等审批结束{then}")
    return None


_STANDS_IN_THE_WAY = (_pool, _still_there, _frozen, claim_waits.priority, claim_waits.cooldown, claim_waits.fresh)
_TODAY = (claim_limits.daily, claim_limits.holding, claim_limits.gap)
