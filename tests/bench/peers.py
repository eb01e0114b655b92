"""P9: leads a second beside Tryton's, the same clients asking both in turns."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from statistics import median

from sqlalchemy import text

from handlers.company.people import make_token
from models.clock import utc_now
from models.db import Database

from . import company, tryton
from .ground import Ground, load
from .load import Figures
from .report import Report, quantile

ROUNDS = 5
SECONDS = 4.0
CLIENTS = tryton.PROCESSES * tryton.THREADS
MOST = 6000  # requests ready for one round


def measure(ground: Ground, report: Report) -> None:
    """By JSON over HTTP on both sides, and by the encrypted callback of a chat, which has more to do."""
    uv = shutil.which("uv") or str(Path(".boot/bin/uv").absolute())
    report.say(f"P9: installs {' '.join(tryton.PINNED)}")
    programs = tryton.install(ground.folder.parent, uv, sys.executable)
    report.say("P9: a company in Tryton's database, and one in ours")
    url, database = ground.company("peers")
    tokens = [make_token(database, f"销售{number:03d}", utc_now()) for number in range(CLIENTS)]
    numbers = count(1)
    rounds: dict[str, list[float]] = {"Tryton": [], "api": [], "chat": []}
    slowest: dict[str, list[float]] = {name: [] for name in rounds}
    done = {True: 0, False: 0}
    with ExitStack() as stack:
        ports = [stack.enter_context(ground.web(url)).port for _ in range(tryton.PROCESSES)]
        peer = stack.enter_context(tryton.served(ground, programs))
        made: dict[str, Callable[[], Figures]] = {
            "Tryton": lambda: _ask([peer.port], raw=[peer.lead(next(numbers)) for _ in range(MOST)]),
            "api": lambda: _ask(ports, raw=list(islice(_by_api(tokens, ports[0], numbers), MOST))),
            "chat": lambda: _ask(ports, messages=list(islice(_by_chat(numbers), MOST))),
        }
        for number in range(ROUNDS + 1):
            for name, ask in made.items():
                figures = ask()
                done[name == "Tryton"] += figures.done
                if number:  # the first round warms up
                    rounds[name].append(figures.done / figures.seconds)
                    slowest[name] += figures.latencies
            shown = ", ".join(f"{name} {values[-1]:,.0f}/s" for name, values in rounds.items() if values)
            report.say(f"P9: round {number} of {ROUNDS}: {shown or 'warm'}")
    _check(ground, database, report, ours=done[False], theirs=done[True])
    _tell(report, rounds, slowest)
    database.close()


def _tell(report: Report, rounds: dict[str, list[float]], slowest: dict[str, list[float]]) -> None:
    peer = f"Tryton {tryton.PINNED[0].rpartition('=')[2]}, create a lead by JSON-RPC"
    report.floor(peer, rounds["Tryton"], "/s")
    report.raw |= {"Tryton": rounds["Tryton"], "api": rounds["api"], "chat": rounds["chat"]}
    for name in ("api", "chat"):
        ratio = median(mine / its for mine, its in zip(rounds[name], rounds["Tryton"], strict=True))
        p99 = f"p99 {quantile(slowest[name], 0.99) * 1e3:,.0f} ms of {quantile(slowest['Tryton'], 0.99) * 1e3:,.0f} ms"
        report.add(f"P9.{name}", ratio, f"{median(rounds[name]):,.0f}/s of {median(rounds['Tryton']):,.0f}/s, {p99}")


def _ask(ports: list[int], *, messages: Iterable[tuple[str, str]] = (), raw: Iterable[bytes] = ()) -> Figures:
    whole = [data.decode("latin-1") for data in raw]
    figures = load(ports, list(messages), raw=whole, clients=CLIENTS, seconds=SECONDS)
    if set(figures.statuses) != {"200"}:
        raise RuntimeError(f"not every lead was taken: {figures.statuses}")
    return figures


def _by_api(tokens: list[str], port: int, numbers: Iterator[int]) -> Iterator[bytes]:
    for number in numbers:
        lead = {
            "name": f"赵{number}",
            "phone": f"139{number:08d}",
            "company": f"第{number}仪器有限公司",
            "source": "展会",
        }
        body, bearer = json.dumps(lead).encode(), f"Bearer {tokens[number % len(tokens)]}"
        yield tryton.http_post("/api/commands/lead.register", body, bearer, port)


def _by_chat(numbers: Iterator[int]) -> Iterator[tuple[str, str]]:
    for number in numbers:
        yield company.account(number), f"登记线索 赵{number} 139{number:08d} 第{number}仪器有限公司 来源展会"


def _check(ground: Ground, database: Database, report: Report, *, ours: int, theirs: int) -> None:
    """What was answered is there: both sides can refuse with a 200."""
    with database.transaction() as db:
        here = int(db.execute(text("select count(*) from lead")).scalar_one())
    there = tryton.count_leads(ground)
    report.say(f"P9: {there:,} leads in Tryton, {here:,} in Haitun")
    if here < ours or there < theirs:
        raise RuntimeError(f"{theirs:,} and {ours:,} were answered")
