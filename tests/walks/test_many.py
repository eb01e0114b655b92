"""Many at once: people who want the same customer, and more messages than groups may be told."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Templates, world_of
from redis import Redis
from running import House, eventually, haitun, house_of, is_ready, listening
from sqlalchemy import select
from world import NOW, ZONE

from bot.embedded import Stores
from bot.sandbox.config import Group, Kind, Persona
from bot.sandbox.platform import Platform
from handlers import notices
from handlers.company.loading import load_company
from handlers.context import Notice
from models.clock import day_of, utc_now
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.history import History
from models.job_run import Heartbeat
from models.outbox import Outbox

PEOPLE, CLAIMS = 40, 200
ROBOTS, EVENTS = 10, 50


@pytest.fixture(scope="module")
def crowd(
    templates: Templates, stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, list[Platform]]]:
    """Many reps of 华东组, and two web processes on one database, each with the platform's callbacks."""
    tmp_path = tmp_path_factory.mktemp("crowd")
    with world_of(templates) as world, house_of(world, stores.redis_url, tmp_path) as house:
        names = [f"销售{number}" for number in range(PEOPLE)]
        people = "".join(
            f"  - {{name: {name}, department: 华东组, role: staff, wecom: rep{n}}}\n" for n, name in enumerate(names)
        )
        world.load(f"people:\n{people}")
        members = tuple(Persona(name, "", f"rep{n}") for n, name in enumerate(names))
        with ExitStack() as stack:
            webs = [stack.enter_context(web(house, tmp_path / f"web{n}", members)) for n in range(2)]
            yield house, webs


@contextmanager
def web(house: House, home: Path, members: tuple[Persona, ...]) -> Iterator[Platform]:
    """`haitun serve --no-worker`, and the same platforms as they call it back."""
    with listening() as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    given = {**house.given, "home": str(home), "public_url": url}
    with haitun(["serve", "--no-worker", "--port", str(port)], given, home.with_suffix(".log")) as process:
        eventually(lambda: is_ready(url) or process.popen.poll() is not None, 60)
        yield Platform(replace(house.platform.config, bot_url=url, people=members))


def claim(at: tuple[Platform, str, str]) -> str:
    """What rode on the response."""
    platform, name, customer = at
    answer = platform.phone("wecom", name).says(f"领取 {customer}")
    assert answer.status == 200, f"{answer.status} {answer.fault}"
    return answer.passive


def test_one_of_two_hundred_claims_wins(crowd: tuple[House, list[Platform]]) -> None:
    house, webs = crowd
    wanted = [(webs[n % 2], f"销售{n % PEOPLE}", "C000001") for n in range(CLAIMS)]
    with ThreadPoolExecutor(CLAIMS) as pool:
        answers = list(pool.map(claim, wanted))
    house.post()  # under load some are answered by a worker
    told = answers + [row.facts.get("title", "") for row in house.world.rows(Outbox, Outbox.template == "refusal")]
    reasons = [text for text in told if re.search("已由销售|已经是你的|已经由你|已在你", text)]
    assert len(reasons) == CLAIMS - 1, Counter(told).most_common(5)
    customer = house.world.row(Customer, Customer.name.contains("海纳"))
    (period,) = house.world.rows(Ownership, Ownership.noun == "customer", Ownership.record_id == customer.id)
    assert period.owner_id == customer.owner_id
    claimed = (History.event == "customer.claimed", History.record_id == customer.id)
    assert len(house.world.rows(History, *claimed)) == 1


def test_no_quota_is_exceeded_at_its_edge(crowd: tuple[House, list[Platform]]) -> None:
    """Each of a dozen may claim three a day, and all of them want all of ten customers at once."""
    house, webs = crowd
    house.world.load("customers:\n" + "".join(f"  - {{name: 抢手{n}号有限公司, sea: 华东公海}}\n" for n in range(10)))
    wanted = [(webs[(n + m) % 2], f"销售{n}", f"抢手{m}号") for m in range(10) for n in range(12)]
    with ThreadPoolExecutor(60) as pool:
        list(pool.map(claim, wanted))
    house.post()
    owned = house.world.rows(Customer, Customer.name.contains("抢手"), Customer.owner_id.is_not(None))
    assert len(owned) == 10
    ledger = house.world.rows(Ownership, Ownership.record_id.in_([c.id for c in owned]), Ownership.noun == "customer")
    assert max(Counter((p.owner_id, day_of(p.started_at, ZONE)) for p in ledger).values()) <= 3
    assert {(p.record_id, p.owner_id) for p in ledger} == {(c.id, c.owner_id) for c in owned}


@pytest.mark.timeout(300)
def test_ten_robots_are_told_everything_within_their_budgets(
    templates: Templates, stores: Stores, tmp_path: Path
) -> None:
    """Two worker processes, five hundred messages, and a Valkey that forgets all in the middle."""
    with world_of(templates) as world, house_of(world, stores.redis_url, tmp_path) as house, ExitStack() as stack:
        keys = robots(house)
        for number in range(2):
            given = {**house.given, "home": str(tmp_path / f"worker{number}")}
            arguments = ["worker", "--beat"] if number == 0 else ["worker"]
            stack.enter_context(haitun(arguments, given, tmp_path / f"worker{number}.log"))
        eventually(lambda: beating(house) == 2, 60, "the workers do not start")
        for number in range(EVENTS):
            happen(house, number)
            if number == EVENTS // 2:
                with Redis.from_url(house.given["redis_url"]) as redis:
                    redis.flushdb()
            time.sleep(0.1)
        eventually(lambda: not waiting(house), 200, "the outbox does not become empty")
        assert not house.platform.refusals
        assert not house.platform.violations
        for key in keys:
            shown = "\n".join(house.posts(key))
            assert Counter(re.findall(r"L9\d{5}", shown)) == {f"L9{number:05d}": 1 for number in range(EVENTS)}


def robots(house: House) -> list[str]:
    """Five a kind, of which each hears of every lead; their keys."""
    paths: dict[Kind, str] = {"wecom": "/cgi-bin/webhook/send?key=", "dingtalk": "/robot/send?access_token="}
    lines, keys = [], []
    for number in range(ROBOTS):
        kind: Kind = "wecom" if number % 2 else "dingtalk"
        key = f"{kind}{number}"
        keys.append(key)
        house.platform.groups.append(Group(key, kind, key))
        url = f"{house.platform.own_url}/{kind}{paths[kind]}{key}"
        lines.append(f"  - {{name: {key}, kind: {kind}, url: '{url}', topics: [lead.registered]}}\n")
    load_company(house.world.database, "robots:\n" + "".join(lines), now=NOW, timezone=ZONE, seal=house.parts.seal)
    return keys


def happen(house: House, number: int) -> None:
    """A lead was registered."""
    code = f"L9{number:05d}"
    group = {"code": code, "name": "客户", "who": {"name": "李雷"}, "at": None}
    house.world.now = utc_now()  # the workers live by the real clock
    with house.world.context(None) as ctx:
        ctx.tell(Notice("lead.registered", "notice", {}, code, group=group, key=code))
        notices.post(ctx)


def beating(house: House) -> int:
    """Worker processes that have shown themselves."""
    with house.world.database.transaction() as db:
        return len(db.execute(select(Heartbeat.name)).all())


def waiting(house: House) -> int:
    return len(house.world.rows(Outbox, Outbox.state.in_(("waiting", "retrying", "sending"))))
