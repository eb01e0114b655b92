"""Rate budgets as sliding windows in Redis, shared by all processes, on the server's clock.

A platform counts a message when it arrives, which is some time between the grant and the end of the call. So a slot
stays taken until one window after `settle`; one that is never settled (a killed worker) until a lease has passed too.

Redis may forget everything. The first to notice starts a new epoch; for one window after that a share of each budget
counts as used. Half, where nobody remembers an older epoch (a fresh start); all of it (or `after_loss`), where a
process does, because then as many may have been sent just before.
"""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from redis.exceptions import RedisError

from bot.channels.base import PlatformError

if TYPE_CHECKING:
    from redis import Redis

LEASE_SECONDS = 30.0
FRESH_SHARE = 0.5

_PREFIX = "{haitun-budget}"  # one hash slot, so that a script may touch several keys on a cluster

_TAKE = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local limit, window, want, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local known, fresh, lost = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local epoch = redis.call('HMGET', KEYS[2], 'id', 'born', 'lost')
if not epoch[1] then
  epoch = {ARGV[8], tostring(now), known ~= '' and '1' or '0'}
  redis.call('HSET', KEYS[2], 'id', epoch[1], 'born', epoch[2], 'lost', epoch[3])
elseif known ~= '' and known ~= epoch[1] and epoch[3] == '0' then
  epoch[3] = '1'
  redis.call('HSET', KEYS[2], 'lost', '1')
end
local blocked = redis.call('PTTL', KEYS[3])
if blocked > 0 then return {0, blocked, epoch[1]} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local used, until_free = redis.call('ZCARD', KEYS[1]), 0
local presumed, presumed_until = 0, tonumber(epoch[2]) + window
if now < presumed_until then
  presumed = math.ceil(limit * (epoch[3] == '1' and lost or fresh))
  until_free = presumed_until
end
used = used + presumed
local allowed = math.max(0, math.min(want, limit - used))
if allowed == 0 then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  local frees = tonumber(first[2] or '0')
  if presumed < limit and frees > 0 and (until_free == 0 or frees < until_free) then until_free = frees end
  -- A call in flight still holds its lease; it will end soon.
  return {0, math.max(1, math.min(until_free - now, window)), epoch[1]}
end
for i = 1, allowed do redis.call('ZADD', KEYS[1], now + lease + window, ARGV[9] .. ':' .. i) end
redis.call('PEXPIRE', KEYS[1], lease + window + 1000)
return {allowed, 0, epoch[1]}
"""

_SETTLE = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local window = tonumber(ARGV[1])
for i = 1, tonumber(ARGV[3]) do
  if i <= tonumber(ARGV[4]) then
    redis.call('ZADD', KEYS[1], now + window, ARGV[2] .. ':' .. i)
  else
    redis.call('ZREM', KEYS[1], ARGV[2] .. ':' .. i)
  end
end
redis.call('PEXPIRE', KEYS[1], window + tonumber(ARGV[5]) + 1000)
"""


@dataclass(frozen=True)
class Grant:
    """`allowed` messages may be sent now; none: not before `wait` seconds have passed."""

    allowed: int
    wait: float
    budget: "Budget" = field(repr=False)
    key: str = ""
    seconds: float = 0
    mark: str = ""

    def settle(self, sent: int | None = None) -> None:
        """When the call is over: `sent` may have arrived (all, unless given), the other slots are free again."""
        if self.allowed:
            self.budget.settle(self, sent)


class Budget:
    """All methods raise `PlatformError` (`budget`, remedy later) while Redis cannot be reached, `settle` excepted."""

    def __init__(self, redis: "Redis", *, lease: float = LEASE_SECONDS) -> None:
        self._redis, self._lease = redis, lease
        self._take_script, self._settle_script = redis.register_script(_TAKE), redis.register_script(_SETTLE)
        self._epoch = ""

    def take(self, key: str, limit: int, seconds: float, *, want: int = 1, after_loss: float = 1.0) -> Grant:
        """Up to `want` of the `limit` slots per `seconds`, for messages that are sent at once."""
        mark = secrets.token_hex(8)
        new = secrets.token_hex(8)
        args: list[str | int | float] = [limit, _ms(seconds), want, _ms(self._lease)]
        args += [self._epoch, FRESH_SHARE, after_loss, new, mark]
        try:
            answer = self._take_script(keys=[_slots(key), f"{_PREFIX}:epoch", _block(key)], args=args)
        except RedisError:
            answer = None
        if answer is None:
            raise PlatformError("budget", "later", "额度计数器（Redis）连接不上，稍后再发", wait=5)
        allowed, wait, epoch = cast("tuple[int, int, bytes | str]", tuple(answer))
        self._epoch = epoch.decode() if isinstance(epoch, bytes) else epoch
        return Grant(int(allowed), int(wait) / 1000, self, key, seconds, mark)

    def settle(self, grant: Grant, sent: int | None = None) -> None:
        """See `Grant.settle`. Without Redis the lease does it later."""
        used = grant.allowed if sent is None else sent
        args: list[str | int | float] = [_ms(grant.seconds), grant.mark, grant.allowed, used, _ms(self._lease)]
        try:
            self._settle_script(keys=[_slots(grant.key)], args=args)
        except RedisError:
            return

    def block(self, key: str, seconds: float) -> None:
        """Grants nothing for a while: the platform throttled all the same."""
        try:
            self._redis.set(_block(key), "1", px=max(1, _ms(seconds)))
        except RedisError:
            return


def _slots(key: str) -> str:
    return f"{_PREFIX}:slots:{key}"


def _block(key: str) -> str:
    return f"{_PREFIX}:block:{key}"


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
