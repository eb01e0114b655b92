"""Counters of all processes of one installation: kept in memory, added up in one Redis hash."""

import threading
from collections import Counter

from redis import Redis
from redis.exceptions import RedisError

KEY = "haitun:metrics"
FLUSH_SECONDS = 2.0


class Metrics:
    """Counts in memory and adds to one Redis hash every two seconds; Redis may forget, counters then start again."""

    def __init__(self, redis: "Redis | None") -> None:
        self._redis, self._lock = redis, threading.Lock()
        self._counts: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def count(self, name: str, **labels: str) -> None:
        """`haitun_<name>_total{labels}`; label values are few and known, never what a person typed."""
        shown = ",".join(f'{key}="{_clean(value)}"' for key, value in sorted(labels.items()))
        with self._lock:
            self._counts[f"haitun_{name}_total{{{shown}}}" if shown else f"haitun_{name}_total"] += 1

    def start(self) -> None:
        """Begins flushing; called once per process."""
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Flushes what is left."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2)
        self.flush()

    def flush(self) -> None:
        """Adds what was counted since; keeps it for the next time where Redis cannot be reached."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts or self._redis is None:
            return
        try:
            pipe = self._redis.pipeline(transaction=False)
            for name, value in counts.items():
                pipe.hincrby(KEY, name, value)
            pipe.execute()
        except RedisError:
            with self._lock:
                self._counts.update(counts)

    def lines(self) -> list[str]:
        """All processes' counters in Prometheus' text format."""
        self.flush()
        try:
            found: dict[bytes, bytes] = self._redis.hgetall(KEY) if self._redis is not None else {}  # type: ignore[assignment]
        except RedisError:
            found = {}
        rows = sorted((key.decode(), value.decode()) for key, value in found.items())
        names = dict.fromkeys(row[0].partition("{")[0] for row in rows)
        lines: list[str] = []
        for name in names:
            lines.append(f"# TYPE {name} counter")
            lines += [f"{key} {value}" for key, value in rows if key.partition("{")[0] == name]
        return lines

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self.flush()


def _clean(value: str) -> str:
    return value.replace("\\", "").replace('"', "").replace("\n", " ")[:60]
