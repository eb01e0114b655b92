"""What is aimed at, by the numbers of the performance targets. Floors stand nowhere: each run measures its own."""

import operator
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One limit. `unit` is x (times a floor measured in the same run), % (of a floor), or an absolute unit."""

    number: str
    what: str
    sign: str
    limit: float
    unit: str

    def is_met(self, value: float) -> bool:
        """By the value as it is, not as it is shown."""
        return _SIGNS[self.sign](value, self.limit)


_SIGNS: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}

TARGETS: dict[str, Target] = {
    key: Target(key.partition(".")[0], *rest)
    for key, rest in {
        "P1.callback": ("whole callback against wechatpy alone", "<=", 1.2, "x"),
        "P2.claim_echo": ("claim command against the bare ASGI echo", ">=", 10, "%"),
        "P2.claim_pgbench": ("claim command against pgbench, 6 statements", ">=", 25, "%"),
        "P2.claim_cpu": ("Python CPU of a claim", "<=", 1.3, "ms"),
        "P2.lead_echo": ("lead registration against the bare ASGI echo", ">=", 8, "%"),
        "P2.lead_pgbench": ("lead registration against pgbench, 6 statements", ">=", 20, "%"),
        "P3.calm": ("open loop at 100 a second, p99", "<=", 30, "ms"),
        "P3.busy": ("open loop at 300 a second, p99", "<=", 100, "ms"),
        "P3.burst": ("1,000 within one second, the slowest answer", "<=", 4, "s"),
        "P4.winners": ("claims race: winners of a record, at most", "=", 1, ""),
        "P4.quotas": ("claims race: people beyond or below their quota", "=", 0, ""),
        "P4.attempts": ("claims race: attempts", ">=", 1000, "/s"),
        "P5.small": ("reclaim sweep of 1 M customers", "<=", 6, "s"),
        "P5.large": ("reclaim sweep of 5 M customers", "<=", 36, "s"),
        "P5.transaction": ("longest transaction of a sweep", "<=", 1, "s"),
        "P5.callbacks": ("callbacks during a sweep, p99", "<=", 200, "ms"),
        "P6.lists": ("list pages, p95 in the database", "<=", 10, "ms"),
        "P6.growth": ("list pages, p95 at 5 M against 1 M", "<=", 2, "x"),
        "P6.duplicates": ("duplicate check, p95", "<=", 2, "ms"),
        "P6.search": ("name search of 2 to 6 characters, p95", "<=", 50, "ms"),
        "P7.outbox": ("outbox rows claimed and marked", ">=", 5000, "/s"),
        "P7.robots": ("500 messages to 10 robots against their shortest time", "<=", 1.15, "x"),
        "P7.refused": ("robot messages refused", "=", 0, ""),
        "P7.lost": ("robot messages lost", "=", 0, ""),
        "P7.again": ("messages told twice, at most one for each in flight at the kill", "<=", 1, "x"),
        "P7.redelivery": ("redelivery after SIGKILL of a worker", "<=", 15, "s"),
        "P8.web": ("memory of a web process", "<=", 150, "MB"),
        "P8.worker": ("memory of a worker", "<=", 200, "MB"),
        "P8.demo": ("memory of the whole embedded demo", "<=", 600, "MB"),
        "P8.start": ("first page from the second start", "<=", 5, "s"),
        "P9.api": ("leads by the API against Tryton's", ">=", 10, "x"),
        "P9.chat": ("leads by encrypted chat against Tryton's", ">=", 10, "x"),
    }.items()
}
