"""P3: messages that come when they come, with the post office at work behind the door."""

from . import company
from .emulator import emulated
from .ground import Ground, load
from .report import Report, quantile

CONNECTIONS = 64
CALM, BUSY, BURST = 100, 300, 1000
SECONDS = 6


def measure(ground: Ground, report: Report) -> None:
    """One web process, one worker, one emulated platform, all on this machine."""
    report.say("P3: web, worker and platform start")
    with emulated(ground):
        url, database = ground.company("arrivals")
        codes = company.fill_sea(database, 100 + (CALM + BUSY) * SECONDS + BURST)
        database.close()
        messages = [(company.account(i), f"领取 {code}") for i, code in enumerate(codes)]
        with ground.web(url) as web, ground.worker(url) as worker:
            load([web.port], messages[:100], clients=8)
            at = 100
            for key, rate in (("P3.calm", CALM), ("P3.busy", BUSY)):
                figures = _at(web.port, messages[at : at + rate * SECONDS], rate)
                at += rate * SECONDS
                middle = quantile(figures, 0.5) * 1e3
                report.add(
                    key, quantile(figures, 0.99) * 1e3, f"median {middle:.0f} ms, slowest {max(figures) * 1e3:.0f} ms"
                )
            figures = _at(web.port, messages[at:], BURST)
            report.add("P3.burst", max(figures), f"median {quantile(figures, 0.5):.2f} s")
            report.add("P8.web", web.memory_mb(), "after the bursts")
            report.add("P8.worker", worker.memory_mb(), "after the bursts")


def _at(port: int, messages: list[tuple[str, str]], rate: int) -> list[float]:
    """Seconds from when each was due to its answer."""
    figures = load([port], messages, clients=CONNECTIONS, rate=float(rate))
    if set(figures.statuses) != {"200"}:
        raise RuntimeError(f"not every callback was accepted: {figures.statuses}")
    return figures.latencies
