"""Budgets on a real Valkey: exact windows, calls in flight, lost counters, two processes."""

import multiprocessing
import threading
import time
from collections import defaultdict
from typing import Any

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.channels.base import PlatformError
from bot.channels.budget import Budget
from bot.channels.http import Http, Request

from .fake import Asked, Fake

PREFIX = "{haitun-budget}"


_OLDER = """
for _, slot in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('ZINCRBY', KEYS[1], ARGV[1], slot) end
"""


def pass_time(redis: "Redis", seconds: float) -> None:
    """As if so much later: everything that is stored grows older."""
    for key in redis.scan_iter(f"{PREFIX}:slots:*"):
        redis.eval(_OLDER, 1, key, str(-seconds * 1000))
    for key in redis.scan_iter(f"{PREFIX}:block:*"):
        redis.pexpire(key, max(1, redis.pttl(key) - int(seconds * 1000)))
    born = redis.hget(f"{PREFIX}:epoch", "born")
    if born is not None:
        redis.hset(f"{PREFIX}:epoch", "born", str(float(born) - seconds * 1000))
    time.sleep(0.005)


def settled_budget(redis: "Redis", lease: float = 30) -> Budget:
    """A budget whose epoch began long ago."""
    budget = Budget(redis, lease=lease)
    budget.take("warm-up", 1, 1)
    pass_time(redis, 7200)
    return budget


def test_grants_up_to_the_limit_and_tells_when_the_next_is_free(redis: "Redis") -> None:
    budget = settled_budget(redis)
    first, second = budget.take("k", 3, 60, want=2), budget.take("k", 3, 60, want=2)
    assert (first.allowed, second.allowed) == (2, 1)
    first.settle()
    pass_time(redis, 10)
    second.settle()
    refused = budget.take("k", 3, 60)
    assert refused.allowed == 0
    assert 45 < refused.wait <= 50
    pass_time(redis, 50)
    assert budget.take("k", 3, 60, want=9).allowed == 2
    pass_time(redis, 10)
    assert budget.take("k", 3, 60, want=9).allowed == 1, "two are in flight"


def test_a_call_in_flight_does_not_make_others_wait_for_its_lease(redis: "Redis") -> None:
    budget = settled_budget(redis)
    budget.take("k", 1, 60)
    assert budget.take("k", 1, 60).wait <= 60


def test_keys_are_apart(redis: "Redis") -> None:
    budget = settled_budget(redis)
    assert budget.take("a", 1, 60).allowed == 1
    assert budget.take("b", 1, 60).allowed == 1


def test_a_slot_counts_until_a_window_after_the_call_has_ended(redis: "Redis") -> None:
    budget = settled_budget(redis)
    slow = budget.take("k", 1, 60)
    pass_time(redis, 61)
    assert budget.take("k", 1, 60).allowed == 0, "the call is still in flight"
    slow.settle()
    assert budget.take("k", 1, 60).allowed == 0, "it may have arrived this instant"
    pass_time(redis, 60)
    assert budget.take("k", 1, 60).allowed == 1


def test_what_was_not_sent_is_free_again(redis: "Redis") -> None:
    budget = settled_budget(redis)
    budget.take("k", 3, 60, want=3).settle(1)
    assert budget.take("k", 3, 60, want=3).allowed == 2


def test_a_killed_worker_s_slot_comes_back_after_its_lease(redis: "Redis") -> None:
    budget = settled_budget(redis, lease=20)
    assert budget.take("k", 1, 60).allowed == 1
    pass_time(redis, 70)
    assert budget.take("k", 1, 60).allowed == 0
    pass_time(redis, 10)
    assert budget.take("k", 1, 60).allowed == 1


def test_a_fresh_start_grants_half_for_one_window(redis: "Redis") -> None:
    budget = Budget(redis)
    budget.take("k", 20, 60, want=20).settle()
    refused = budget.take("k", 20, 60)
    assert (refused.allowed, 50 < refused.wait <= 60) == (0, True)
    assert len(redis.zrange(f"{PREFIX}:slots:k", 0, -1)) == 10
    pass_time(redis, 60)
    assert budget.take("k", 20, 60, want=30).allowed == 20


def test_after_a_flush_that_somebody_remembers_nothing_for_one_window(redis: "Redis") -> None:
    budget = settled_budget(redis)
    budget.take("k", 20, 60, want=20).settle()
    redis.flushall()
    newcomer = Budget(redis)
    assert newcomer.take("other", 20, 60, want=20).allowed == 10
    assert budget.take("k", 20, 60).allowed == 0
    assert newcomer.take("k", 20, 60).allowed == 0, "and the newcomer learns of it"
    assert budget.take("person", 30, 60, want=30, after_loss=0.5).allowed == 15
    pass_time(redis, 60)
    assert budget.take("k", 20, 60, want=30).allowed == 20


def test_a_process_that_was_idle_for_days_does_not_mistake_an_old_flush_for_a_new_one(redis: "Redis") -> None:
    idle = settled_budget(redis)
    redis.flushall()
    settled_budget(redis)
    assert idle.take("k", 20, 60, want=20).allowed == 20


def test_a_call_in_flight_over_a_flush_is_counted_when_it_ends(redis: "Redis") -> None:
    budget = settled_budget(redis)
    grant = budget.take("k", 2, 60, want=2)
    redis.flushall()
    budget.take("other", 1, 60)
    pass_time(redis, 50)
    grant.settle()
    pass_time(redis, 20)
    assert budget.take("k", 2, 60).allowed == 0, "the flush is forgotten, the two calls are not"
    pass_time(redis, 40)
    assert budget.take("k", 2, 60, want=2).allowed == 2


def test_a_block_is_kept(redis: "Redis") -> None:
    budget = settled_budget(redis)
    budget.block("k", 600)
    refused = budget.take("k", 20, 60)
    assert (refused.allowed, 590 < refused.wait <= 600) == (0, True)
    pass_time(redis, 600)
    assert budget.take("k", 20, 60).allowed == 1


def test_without_redis_nothing_is_sent_and_nothing_breaks() -> None:
    budget = Budget(Redis(port=1, retry=Retry(NoBackoff(), 0)))
    with pytest.raises(PlatformError) as caught:
        budget.take("k", 1, 1)
    assert (caught.value.code, caught.value.remedy, caught.value.wait) == ("budget", "later", 5)
    budget.block("k", 1)


def test_many_threads_never_get_more_than_the_limit(redis: "Redis") -> None:
    budget = settled_budget(redis)
    allowed: list[int] = []
    threads = [threading.Thread(target=lambda: allowed.append(budget.take("k", 20, 30).allowed)) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 20


LIMIT, WINDOW, ROBOTS, EACH = 20, 1.5, 3, 30


def drain(port: int, url: str, name: str) -> None:
    """A worker: posts its messages to all robots as the shared budget allows."""
    budget, http = Budget(Redis(port=port)), Http()
    left = dict.fromkeys(range(ROBOTS), EACH)
    while any(left.values()):
        waits = []
        for robot, count in left.items():
            grant = budget.take(f"robot-{robot}", LIMIT, WINDOW, want=min(count, 3)) if count else None
            if grant is None:
                continue
            for number in range(grant.allowed):
                http.send(Request("wecom", "POST", f"{url}/{robot}", body={"id": f"{name}-{robot}-{count - number}"}))
            grant.settle()
            left[robot] -= grant.allowed
            waits.append(grant.wait)
        time.sleep(min((wait for wait in waits if wait), default=0.0))


class Counting:
    """A platform that allows `LIMIT` in any `WINDOW`, by arrival."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.seen: list[str] = []
        self.refused = 0

    def decide(self, asked: Asked) -> tuple[int, Any]:
        now = time.monotonic()
        times = self.times[asked.path]
        times[:] = [one for one in times if now - one < WINDOW]
        if len(times) >= LIMIT:
            self.refused += 1
            return 200, {"errcode": 45009}
        times.append(now)
        self.seen.append(asked.body["id"])
        return 200, {"errcode": 0}


@pytest.mark.parametrize("flush_after", [None, 0.4, 1.9])
def test_two_processes_are_never_refused_and_lose_nothing(
    redis: "Redis", valkey_port: int, fake: Fake, flush_after: float | None
) -> None:
    platform = Counting()
    fake.decide, fake.delay = platform.decide, 0.01
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=drain, args=(valkey_port, fake.url, name)) for name in ("a", "b")]
    for worker in workers:
        worker.start()
    while len(platform.seen) < 20:
        time.sleep(0.01)
    if flush_after is not None:
        time.sleep(flush_after)
        redis.flushall()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert platform.refused == 0
    assert len(platform.seen) == len(set(platform.seen)) == 2 * ROBOTS * EACH
