"""What was measured: lines while it runs, a table at the end, JSON and a picture beside each other."""

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from .picture import draw
from .targets import TARGETS


@dataclass(frozen=True)
class Measured:
    """`value` is what the target speaks of; `shown` says from which figures it comes."""

    key: str
    value: float
    shown: str

    @property
    def is_met(self) -> bool:
        return TARGETS[self.key].is_met(self.value)


@dataclass
class Report:
    name: str
    folder: Path
    began: float = field(default_factory=time.monotonic)
    lines: list[Measured] = field(default_factory=list)
    floors: dict[str, str] = field(default_factory=dict)
    raw: dict[str, list[float]] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """A line of progress, with the seconds since the start."""
        print(f"[{time.monotonic() - self.began:6.1f} s] {text}", flush=True)

    def add(self, key: str, value: float, shown: str = "") -> None:
        self.lines.append(Measured(key, value, shown))
        verdict = "met" if self.lines[-1].is_met else "NOT met"
        self.say(f"{TARGETS[key].number} {TARGETS[key].what}: {_figure(value)} {TARGETS[key].unit} ({verdict})")

    def floor(self, what: str, rounds: list[float], unit: str) -> float:
        """The median of a floor's rounds, kept for the table."""
        middle = median(rounds)
        self.floors[what] = (
            f"{_figure(middle)} {unit} (median of {len(rounds)}, {_figure(min(rounds))} to {_figure(max(rounds))})"
        )
        self.raw[what] = rounds
        return middle

    def finish(self) -> int:
        """Prints the table and writes the files; the exit code is 0 even where targets are missed: this measures."""
        width = max(len(TARGETS[line.key].what) for line in self.lines)
        print(f"\n{'':4}{'':{width}}  {'measured':>16}  {'target':>12}")
        for line in self.lines:
            target = TARGETS[line.key]
            aim = f"{target.sign} {_figure(target.limit)} {target.unit}".strip()
            value = f"{_figure(line.value)} {target.unit}".strip()
            mark = "met    " if line.is_met else "NOT met"
            print(f"{target.number:4}{target.what:{width}}  {value:>16}  {aim:>12}  {mark}  {line.shown}")
        print("\nFloors of this run")
        for what, shown in self.floors.items():
            print(f"    {what}: {shown}")
        self._write()
        return 0

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        made = self.folder / f"{self.name}.json"
        rows = [
            {
                "target": line.key,
                "value": line.value,
                "limit": TARGETS[line.key].limit,
                "met": line.is_met,
                "from": line.shown,
            }
            for line in self.lines
        ]
        body = {
            "at": datetime.now(UTC).isoformat(),
            "machine": _machine(),
            "measured": rows,
            "floors": self.floors,
            "rounds": self.raw,
        }
        made.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
        picture = self.folder / f"{self.name}.svg"
        drawn = [(line.key, line.value, line.shown) for line in self.lines]
        cores = f"{os.cpu_count()} cores shared by load generator, product and stores"
        footer = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {_machine()['system']} · {cores}"
        picture.write_text(draw(self.name, drawn, footer), encoding="utf-8")
        took = time.monotonic() - self.began
        print(f"\n{sum(line.is_met for line in self.lines)} of {len(self.lines)} met, {took:.0f} s. {made} {picture}")


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of the others lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _machine() -> Mapping[str, str]:
    return {"system": platform.platform(), "python": platform.python_version(), "processor": platform.processor()}
