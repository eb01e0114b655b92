"""P8: what `make run` takes: memory of all its processes, and how soon the second start shows a page."""

import time

from .ground import Ground, family_mb, free_port, started, wait_for_page
from .report import Report

SETTLE_SECONDS = 4.0


def measure(ground: Ground, report: Report) -> None:
    report.say("P8: the demo starts for the first time")
    home = ground.folder / "demo"
    given = {"HAITUN_HOME": str(home)}
    log = ground.folder / "demo.log"
    for start in (1, 2):
        port, began = free_port(), time.monotonic()
        with started(["-P", "-m", "bot.cli", "demo", "--port", str(port)], given, log) as child:
            wait_for_page(f"http://127.0.0.1:{port}/sandbox/", child)
            took = time.monotonic() - began
            report.say(f"P8: start {start}: first page after {took:.1f} s")
            if start == 2:
                report.add("P8.start", took)
                time.sleep(SETTLE_SECONDS)
                count, memory = family_mb(child.pid, home)
                report.add("P8.demo", memory, f"{count} processes, shared pages counted once")
