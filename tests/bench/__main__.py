"""`python -m tests.bench bench | bench-scale | bench-peers`."""

import argparse
import os
import shutil
from pathlib import Path

from . import arrivals, commands, envelope_cost, footprint, peers, post, races, reading, sweep
from .ground import ground
from .report import Report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", choices=sorted(RUNS))
    name = parser.parse_args().name
    folder = Path(os.environ.get("HAITUN_HOME") or "var").absolute() / "bench"
    report = Report(name, folder)
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    with ground(work) as made:
        for part in RUNS[name]:
            part(made, report)
    shutil.rmtree(work, ignore_errors=True)
    return report.finish()


RUNS = {
    "bench": (
        envelope_cost.measure,
        commands.measure,
        arrivals.measure,
        races.measure,
        post.measure,
        footprint.measure,
    ),
    "bench-scale": (sweep.measure, reading.measure),
    "bench-peers": (peers.measure,),
}

if __name__ == "__main__":
    raise SystemExit(main())
