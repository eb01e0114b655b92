"""How many one may claim a day, and hold at a time: in a pool, of a level, and over all pools (E.1.3.7-8)."""

from datetime import datetime, timedelta

from handlers.customers.claim import Claim
from models.clock import at, day_of
from models.errors import HaitunError, Limit


def daily(claim: Claim) -> HaitunError | None:
    """Successful claims of the local day; what was returned meanwhile counts."""
    claimed, limit = claim.standing.claimed_today, claim.rules.daily_claim_limit
    if limit is not None and claimed >= limit:
        title, rule = f"今天在{claim.pool}的领取次数用完了", f"每人每天最多领 {limit} 个"
        return Limit(title, f"{rule}，今天已领 {claimed} 个", claim.when(_tomorrow(claim)))
    claimed, limit = claim.standing.claimed_all, claim.daily_all
    if limit is not None and claimed >= limit:
        rule = f"各处合计每天最多领 {limit} 个"
        return Limit("今天的领取次数用完了", f"{rule}，今天已领 {claimed} 个", claim.when(_tomorrow(claim)))
    return None


def _tomorrow(claim: Claim) -> datetime:
    return at(day_of(claim.now, claim.zone) + timedelta(days=1), datetime.min.time(), claim.zone)


def holding(claim: Claim) -> HaitunError | None:
    """What one owns and counts, from the rows as they are under the person's lock."""
    has, rules = claim.standing, claim.rules
    if rules.holding_limit is not None and has.holding >= rules.holding_limit:
        return _full(claim, f"{claim.pool}的保有量已满", "最多同时负责", rules.holding_limit, has.holding)
    if claim.level_limit is not None and has.holding_level >= claim.level_limit:
        title = f"{claim.pool}里你的 {claim.level} 级客户已满"
        return _full(claim, title, f"{claim.level} 级最多同时负责", claim.level_limit, has.holding_level)
    if claim.holding_all is not None and has.holding_all >= claim.holding_all:
        return _full(claim, "你的保有量已满", "各处合计最多同时负责", claim.holding_all, has.holding_all)
    return None


def _full(claim: Claim, title: str, rule: str, limit: int, held: int) -> HaitunError:
    then = f"：{claim.again}" if claim.again else ""
    return Limit(title, f"{rule} {limit} 个，现在有 {held} 个", f"退回或成交一个之后就可以领{then}")


def gap(claim: Claim) -> HaitunError | None:
    """A pause between two claims in one pool."""
    last, minutes = claim.standing.claimed_at, claim.rules.claim_gap_minutes
    if last is None or not minutes:
        return None
    until = last + timedelta(minutes=minutes)
    if until <= claim.now:
        return None
    detail = f"两次领取要隔 {minutes} 分钟，上一次是 {last.astimezone(claim.zone):%H:%M}"
    return Limit("领得太快了", detail, claim.when(until), until=until.isoformat())
