"""P2: what a command costs beside its floors, round by round."""

from collections.abc import Iterator
from statistics import median

from sqlalchemy import text

from models.db import Database

from . import company, floors
from .ground import Ground, Process, load
from .report import Report

ROUNDS = 5
SECONDS = 2.0
MESSAGES = 3000


def measure(ground: Ground, report: Report) -> None:
    """Echo, pgbench, claims and registrations take turns, so that a busy machine is busy for all of them."""
    report.say("P2: a company, customers, the floors' tables")
    url, database = ground.company("commands")
    codes = iter(company.fill_sea(database, MESSAGES * ROUNDS + 100))
    floors.make_tables(database)
    rounds: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        rounds.setdefault(name, []).append(value)

    with ground.web(url) as web, floors.echo(ground) as bare:
        _ask(web, _claims(codes, 50), 60)
        for number in range(ROUNDS):
            echoed = floors.ask_echo(bare, SECONDS)
            note("bare ASGI echo", echoed.done / echoed.seconds)
            for name in floors.SCRIPTS:
                note(name, floors.pgbench(url, ground.folder, name, int(SECONDS)))
            for what, messages in (("claim", _claims(codes, MESSAGES)), ("lead", _leads(number))):
                rate, cpu = _ask(web, messages, SECONDS)
                note(what, rate)
                note(f"{what} cpu", cpu)
            shown = ", ".join(f"{name} {values[-1]:,.0f}/s" for name, values in rounds.items() if "cpu" not in name)
            report.say(f"P2: round {number + 1} of {ROUNDS}: {shown}")
    _check(database, report)
    _tell(report, rounds)
    database.close()


def _tell(report: Report, rounds: dict[str, list[float]]) -> None:
    for name in ("bare ASGI echo", *floors.SCRIPTS):
        report.floor(name, rounds[name], "/s")
    for what in ("claim", "lead"):
        rate = median(rounds[what])
        report.raw |= {what: rounds[what], f"{what} cpu": rounds[f"{what} cpu"]}
        for floor, key in (("bare ASGI echo", "echo"), ("pgbench, 6 statements", "pgbench")):
            share = median(mine / its * 100 for mine, its in zip(rounds[what], rounds[floor], strict=True))
            report.add(f"P2.{what}_{key}", share, f"{rate:,.0f}/s of {median(rounds[floor]):,.0f}/s")
    report.add("P2.claim_cpu", median(rounds["claim cpu"]), f"lead registration {median(rounds['lead cpu']):.2f} ms")


def _ask(web: Process, messages: list[tuple[str, str]], seconds: float) -> tuple[float, float]:
    """Commands a second, and the web process's CPU for one in milliseconds."""
    before = web.cpu_seconds()
    figures = load([web.port], messages, clients=floors.CLIENTS, seconds=seconds)
    if set(figures.statuses) != {"200"}:
        raise RuntimeError(f"not every callback was accepted: {figures.statuses}")
    return figures.done / figures.seconds, (web.cpu_seconds() - before) / figures.done * 1e3


def _claims(codes: Iterator[str], count: int) -> list[tuple[str, str]]:
    return [(company.account(i), f"领取 {next(codes)}") for i in range(count)]


def _leads(number: int) -> list[tuple[str, str]]:
    first = number * MESSAGES
    return [
        (company.account(i), f"登记线索 赵{i} 139{first + i:08d} 第{first + i}仪器有限公司 来源展会")
        for i in range(MESSAGES)
    ]


def _check(database: Database, report: Report) -> None:
    """The work was done, not refused."""
    count = (
        "select (select count(*) from ownership where noun = :noun), (select count(*) from inbox where state <> 'done')"
    )
    with database.transaction() as db:
        for noun in ("customer", "lead"):
            made, undone = db.execute(text(count), {"noun": noun}).one()
            report.say(f"P2: {made:,} of noun {noun} have an owner now, {undone} events were put off")
            if not made or undone:
                raise RuntimeError("the commands did not do their work")
