"""P7: the outbox: how fast rows are claimed and marked, a burst for group robots, a worker killed at work."""

import signal
import time
from collections import Counter

from sqlalchemy import TextClause, text

from bot import post_office
from models.clock import utc_now
from models.db import Database

from .company import REPS, ROBOTS
from .emulator import Emulator, emulated
from .ground import Ground
from .report import Report

ROUNDS = 5
ROWS, LANES = 8000, 400
BURST = 500
LETTERS = 1200
SOON = 140.0
START_SECONDS = 5.0  # a worker's, until it works
A_MINUTE = 20  # posts a minute and robot: the platform's limit (protocols/wecom.md)

_FILL = text("""
insert into outbox (dedupe_key, kind, lane, channel, account, topic, ref, template, facts, is_urgent, state, due_at,
                    attempts, maybe_twice, created_at)
select 'fill/' || :round || '/' || i, 'message', 'lane:' || i % :lanes, 'wecom', 'rep1', 'reply', '', 'text', '{}',
       false, 'waiting', now(), 0, false, now() from generate_series(1, :rows) i
""")
_POSTS = text("""
insert into outbox (dedupe_key, kind, lane, channel, account, robot_id, topic, ref, template, facts, is_urgent, state,
                    due_at, attempts, maybe_twice, created_at)
select 'post/' || i, 'robot', 'robot:' || robot.id, 'robot', robot.name, robot.id, 'customer.claimed',
       'C' || 100000 + i, 'robots/customer.claimed',
       jsonb_build_object('code', 'C' || 100000 + i, 'name', '客户' || i, 'who', jsonb_build_object('name', '李雷'),
                          'at', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS+00:00'), 'sea', '公海', 'amounts', false,
                          'mentions', '[]'::jsonb),
       false, 'waiting', now(), 0, false, now()
from generate_series(1, :count) i join robot on robot.name = '群' || i % :robots
""")
_LETTERS = text("""
insert into outbox (dedupe_key, kind, lane, channel, account, person_id, topic, ref, template, facts, is_urgent, state,
                    due_at, attempts, maybe_twice, created_at)
select 'letter/' || i, 'message', 'person:' || p.id, 'wecom', a.account, p.id, 'reply', '', 'text',
       jsonb_build_object('text', 'C' || 200000 + i), true, 'waiting', now(), 0, false, now()
from generate_series(1, :count) i join channel_account a on a.account = 'rep' || i % :reps
join person p on p.id = a.person_id
""")
_OPEN = text("select count(*) from outbox where state in ('waiting', 'sending', 'retrying')")
_HELD = text("select id from outbox where state = 'sending'")
_LEFT = text("select count(*) from outbox where id = any(:ids) and state in ('waiting', 'sending', 'retrying')")


def measure(ground: Ground, report: Report) -> None:
    _claiming(ground, report)
    with emulated(ground) as emulator:
        url, database = ground.company("post")
        _robots(ground, report, emulator, url, database)
        _killed(ground, report, emulator, url, database)
        database.close()


def _claiming(ground: Ground, report: Report) -> None:
    """The post office alone: what `workers.outbox.drain` does, without sending."""
    _, database = ground.company("claiming")
    rounds = []
    for number in range(ROUNDS):
        with database.transaction() as db:
            db.execute(_FILL, {"round": number, "rows": ROWS, "lanes": LANES})
            db.execute(text("analyze outbox"))
        began, done = time.perf_counter(), 0
        while taken := _take(database):
            done += taken
        rounds.append(done / (time.perf_counter() - began))
    database.close()
    report.add("P7.outbox", sorted(rounds)[ROUNDS // 2], f"{ROWS:,} rows in {LANES} lanes, {ROUNDS} rounds")


def _take(database: Database) -> int:
    now = utc_now()
    with database.transaction() as db:
        lanes = post_office.claim(db, now, now)
    idents = [row.id for rows in lanes.values() for row in rows]
    if idents:
        with database.transaction() as db:
            post_office.mark_merged(db, idents, idents[0], now)
    return len(idents)


def _robots(ground: Ground, report: Report, emulator: Emulator, url: str, database: Database) -> None:
    """Two workers share the robots' budgets; a burst is merged instead of dropped."""
    with database.transaction() as db:
        db.execute(_POSTS, {"count": BURST, "robots": ROBOTS})
    report.say(f"P7: two workers, {BURST} messages for {ROBOTS} robots")
    began = time.monotonic()
    with ground.worker(url), ground.worker(url, beat=False):
        _until_empty(database, SOON)
    took = time.monotonic() - began
    found = emulator.count()
    told = Counter(found["marks"])
    shortest = 60.0 * ((BURST // ROBOTS - 1) // A_MINUTE)
    merged = (
        f"{took:.0f} s, {found['posts']} posts, start of the workers included; one by one it takes {shortest:.0f} s"
    )
    report.add("P7.robots", took / shortest, merged)
    report.add("P7.refused", float(str(found["refusals"])), f"violations: {found['violations'] or 'none'}")
    report.add("P7.lost", BURST - len(told), f"{len(told)} of {BURST} named, {sum(told.values()) - len(told)} twice")


def _killed(ground: Ground, report: Report, emulator: Emulator, url: str, database: Database) -> None:
    """SIGKILL in the middle of sending; another worker, held back until then, takes over what the dead one held."""
    report.say(f"P7: {LETTERS} messages, the worker that sends them is killed")
    with ground.worker(url) as victim, ground.worker(url) as heir:
        time.sleep(START_SECONDS)
        heir.child.send_signal(signal.SIGSTOP)
        with database.transaction() as db:
            db.execute(_LETTERS, {"count": LETTERS, "reps": REPS})
        while not emulator.count()["sent"]:
            time.sleep(0.05)
        victim.child.kill()
        killed = time.monotonic()
        with database.transaction() as db:
            held = list(db.execute(_HELD).scalars())
        heir.child.send_signal(signal.SIGCONT)
        while _count(database, _LEFT, ids=held) and time.monotonic() - killed < SOON:
            time.sleep(0.1)
        redelivered = time.monotonic() - killed
        _until_empty(database, SOON)
    sent = Counter(emulator.count()["sent"])
    twice = sum(count - 1 for count in sent.values())
    report.add("P7.redelivery", redelivered, f"{len(held)} rows were in flight")
    report.add("P7.again", twice / max(1, len(held)), f"{twice} twice, {LETTERS - len(sent)} missing of {LETTERS}")


def _until_empty(database: Database, seconds: float) -> None:
    end = time.monotonic() + seconds
    while _count(database, _OPEN) and time.monotonic() < end:
        time.sleep(0.2)


def _count(database: Database, statement: TextClause, **values: object) -> int:
    with database.transaction() as db:
        return int(db.execute(statement, values).scalar_one())
