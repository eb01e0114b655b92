"""A year of the clock: how often and when it runs makes no difference to what happens."""

import random
from collections import Counter
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clockwork import at, events, notices, owners, rest, states
from conftest import Templates, world_of
from running import House, house_of

from bot.embedded import Stores
from models.errors import HaitunError

FIRST = date(2026, 11, 24)
DAYS = 365
REPS = ("李雷", "韩梅梅", "赵六")
SEAS = {"李雷": "华东公海", "韩梅梅": "华东公海", "赵六": "华北公海"}
MORE = (
    'quiet_hours: "21:00-08:30"\ncustomers:\n'
    + "".join(
        f"  - {{name: 第{n:02d}号实验设备有限公司, owner: {REPS[n % 3]}, sea: {SEAS[REPS[n % 3]]},"
        f' owned_at: "2026-11-{9 + n % 14:02d}T10:00:00+08:00"}}\n'
        for n in range(22)
    )
    + "leads:\n"
    + "".join(f'  - {{name: 线索人{n}, phone: "1390000{n:04d}", owner: {REPS[n % 2]}}}\n' for n in range(4))
)
Step = tuple[datetime, str, str, dict[str, Any]]
Runs = list[datetime]


def script() -> list[Step]:
    """What the reps do meanwhile, always between 15:00 and 18:00."""
    dice, found = random.Random(11), []
    for number in range(150):
        moment = at(
            FIRST + timedelta(days=dice.randrange(DAYS - 20)), f"{dice.randrange(15, 18)}:{dice.randrange(60):02d}"
        )
        which = dice.randrange(22)
        person, customer = REPS[which % 3], f"第{which:02d}号实验设备"
        said = f"第{number}次跟进：电话沟通了验收和{'报价培训交期'[number % 6]}的安排"
        found.append((moment, *dice.choice(doings(person, customer, said, moment))))
    return sorted(found, key=lambda step: step[0])


def doings(person: str, customer: str, said: str, moment: datetime) -> list[tuple[str, str, dict[str, Any]]]:
    later = (moment + timedelta(days=3, hours=1)).isoformat()
    return [
        (person, "follow_up.add", {"ref": customer, "content": said}),
        (person, "follow_up.add", {"ref": customer, "content": said}),
        (person, "customer.claim", {"ref": customer}),
        ("王经理", "customer.assign", {"ref": customer, "to": person}),
        ("王经理", "customer.request_extension", {"ref": customer, "days": 9}),
        (person, "todo.create", {"title": f"回访{said[:4]}", "due_at": later, "repeat": "weekly"}),
        ("李雷", "follow_up.add", {"ref": "线索人2", "content": said}),
        ("韩梅梅", "lead.claim", {"ref": "线索人1"}),
    ]  # fmt: skip


def daily() -> Runs:
    """Once a day, at nine."""
    return [at(FIRST + timedelta(days=n), "09:00") for n in range(DAYS)]


def four_hundred() -> Runs:
    """At least once between nine and three of each day, now and then at night; each twice, every tenth followed by one
    that is days back."""
    dice = random.Random(400)
    days = [at(FIRST + timedelta(days=n), f"{dice.randrange(9, 15):02d}:{dice.randrange(60):02d}") for n in range(DAYS)]
    nights = [at(FIRST + timedelta(days=dice.randrange(DAYS)), f"0{dice.randrange(9)}:05") for _ in range(35)]
    found: Runs = []
    for number, moment in enumerate(sorted([*days, *nights])):
        found += [moment, moment] + ([moment - timedelta(days=4, hours=7)] if number % 10 == 0 else [])
    return found


def year(house: House, runs: Runs) -> list[str]:
    """Plays script and runs in the order of the runs; returns what was refused."""
    house.world.load(MORE)
    left, refused = script(), []
    for moment in runs:
        while left and left[0][0] <= moment:
            when, person, command, args = left.pop(0)
            house.world.now = when
            try:
                house.world.run(person, command, door="wecom", **args)
            except HaitunError as error:
                refused.append(f"{when} {person} {command} {error.title}")
        rest(house)
        house.tick(moment)
    return refused


@pytest.mark.timeout(900)
def test_400_ticks_equal_a_year_of_daily_runs(templates: Templates, stores: Stores, tmp_path: Path) -> None:
    with ExitStack() as stack:
        plain, other = (
            stack.enter_context(house_of(stack.enter_context(world_of(templates)), stores.redis_url, tmp_path))
            for _ in range(2)
        )
        refused = year(plain, daily())
        assert year(other, four_hundred()) == refused
        for house in (plain, other):
            house.tick(at(FIRST + timedelta(days=DAYS), "12:00"))
            assert states(house.world) <= {"sent", "merged", "cancelled"}
        assert owners(other.world) == owners(plain.world)
        assert events(other.world) == events(plain.world)
        assert notices(other.world) == notices(plain.world)
        happened = Counter(event for event, _, _ in events(plain.world).elements())
        told = Counter(topic for topic, _, _ in notices(plain.world).elements())
        assert 0 < len(refused) < 100
        assert happened["customer.reclaimed"] > 30
        assert happened["lead.reclaimed"] > 3
        assert told["todo.due"] > 50
        assert told["customer.reclaim_warning"] > 30
