"""P4: many people want the same record at once, through two web processes."""

from collections import Counter

from sqlalchemy import TextClause, text

from models.db import Database

from . import company
from .ground import Ground, load
from .report import Report

RECORDS = 15
CLAIMANTS = 200
HUNGRY = 40
CLIENTS = 16

_WINNERS = text("select record_id, count(*) from ownership where record_id = any(:ids) group by record_id")
_TAKEN = text(
    "select owner_id, count(*) from ownership join sea on sea.id = pool_id where sea.name = :sea group by owner_id"
)


def measure(ground: Ground, report: Report) -> None:
    report.say("P4: two web processes start")
    url, database = ground.company("races")
    wanted = company.fill_sea(database, RECORDS, mark="甲")
    rationed = company.fill_sea(database, HUNGRY * company.QUOTA * 2, sea=company.RACE_SEA, mark="乙")
    warm = company.fill_sea(database, 40, mark="丙")
    with ground.web(url) as one, ground.web(url) as two:
        ports = [one.port, two.port]
        load(ports, [(company.account(i), f"领取 {code}") for i, code in enumerate(warm)], clients=CLIENTS)
        attempts = [(company.account(i), f"领取 {code}") for code in wanted for i in range(CLAIMANTS)]
        figures = load(ports, attempts, clients=CLIENTS)
        hungry = [(company.account(i % HUNGRY), f"领取 {code}") for i, code in enumerate(rationed)]
        load(ports, hungry, clients=CLIENTS)
    winners = _counts(database, _WINNERS, ids=[int(code[1:]) for code in wanted])
    taken = _counts(database, _TAKEN, sea=company.RACE_SEA)
    database.close()
    fair = len(winners) == RECORDS
    report.add("P4.winners", max(winners.values()) if fair else 0, f"{RECORDS} records, {CLAIMANTS} claimants each")
    wrong = sum(count != company.QUOTA for count in taken.values()) + abs(HUNGRY - len(taken))
    report.add("P4.quotas", wrong, f"{HUNGRY} people, {company.QUOTA} a day each, twice as many attempts")
    report.add("P4.attempts", figures.done / figures.seconds, f"{figures.done:,} attempts")


def _counts(database: Database, statement: TextClause, **values: object) -> Counter[int]:
    with database.transaction() as db:
        return Counter(dict(db.execute(statement, values).tuples().all()))
