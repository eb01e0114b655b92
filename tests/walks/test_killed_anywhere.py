"""kill -9 at every boundary of four walks, then a start: the end is that of the undisturbed walk."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Templates, world_of
from phone import Phone
from running import House, house_of, own_redis
from sqlalchemy import text
from world import NOW, ZONE

from bot.embedded import Stores
from handlers import notices
from handlers.context import Notice
from models.outbox import Outbox

from .replay import Phones, Rows, Task, Walker, rewind, walker

ROOT = Path(__file__).parents[2]
SWEEP = datetime(2026, 11, 27, 10, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def warm() -> Iterator[Walker]:
    with walker(ROOT) as made:
        yield made


@pytest.fixture
def house(templates: Templates, stores: Stores, tmp_path: Path) -> Iterator[House]:
    with world_of(templates) as world, house_of(world, stores.redis_url, tmp_path) as opened:
        yield opened


def a_message(house: House) -> Task:
    """李雷 orders in WeCom: a card for him, one for his approver, a line for the group."""
    return _recorded(house, lambda: Phone(house, "wecom", "李雷").device.says("下单 西溪 显微镜x3"))


def a_tap(house: House) -> Task:
    """陈组长 approves in WeCom what 李雷 ordered: both cards change, 李雷, the warehouse and the groups are told."""
    Phone(house, "wecom", "李雷").says("下单 西溪 显微镜x3")
    wang = Phone(house, "wecom", "陈组长")
    card = wang.card("SO20261123-0001")
    return _recorded(house, lambda: wang.device.taps(card, "同意"))


def a_dingtalk_tap(house: House) -> Task:
    """王经理 approves in DingTalk what 赵六 ordered there."""
    Phone(house, "dingtalk", "赵六").says("下单 燕山 显微镜x3")
    wang = Phone(house, "dingtalk", "王经理")
    card = wang.card("SO20261123-0001")
    return _recorded(house, lambda: wang.device.taps(card, "同意"))


def a_sweep(house: House) -> Task:
    """The clock at one instant: reminders, warnings, and customers that go back to the sea."""
    house.tick(NOW)
    Phone(house, "wecom", "李雷").says("提醒我11月27日上午9点半给张总打电话")
    house.world.now = SWEEP
    return {"walks": ["sweep"]}


def a_delivery(house: House) -> Task:
    """In the outbox wait cards, texts and refreshed cards of both platforms, single lines and a digest for groups."""
    chen = Phone(house, "wecom", "陈组长")
    Phone(house, "wecom", "李雷").says("下单 西溪 显微镜x3")
    chen.device.taps(chen.card("SO20261123-0001"), "同意")
    Phone(house, "dingtalk", "赵六").device.says("下单 燕山 显微镜x3")
    with house.world.context(None) as ctx:
        group = {"code": "SO20261123-0001", "name": "西溪", "who": {"name": "李雷"}, "at": None}
        lines = [Notice("order.approved", "notice", {}, "SO20261123-0001", group=group, key=f"{n}") for n in range(4)]
        ctx.notices.extend(replace(line, concerned=house.world.person("李雷").id) for line in lines)
        notices.post(ctx)
    return {"walks": ["delivery"]}


def a_deferred_message(house: House) -> Task:
    """What 李雷 said when the database was slow: a worker runs it."""
    with pytest.MonkeyPatch.context() as slow:
        slow.setattr("bot.reception.DEADLINE_SECONDS", 0)
        Phone(house, "wecom", "李雷").device.says("下单 西溪 显微镜x3")
    return {"walks": ["delivery"]}


WALKS: list[Callable[[House], Task]] = [a_message, a_deferred_message, a_tap, a_dingtalk_tap, a_sweep, a_delivery]


def _recorded(house: House, act: Callable[[], object]) -> Task:
    house.door.is_recording = True
    act()
    house.door.is_recording = False
    return {"walks": ["message"], **house.door.kept.pop()}


class Scene:
    """Where every attempt starts: rows and phones as they were prepared."""

    def __init__(self, house: House, stores: Stores, warm: Walker, prepare: Callable[[House], Task]) -> None:
        task = prepare(house)
        self.rows, self.phones = Rows(house.world.database), Phones(house.platform)
        self.stores, self.warm = stores, warm
        self.task = {"now": house.world.now.isoformat(), "given": house.given, "kill_at": 0, **task}
        self.rows.keep()
        self.phones.keep()
        warm.run({**self.task, "walks": [*task["walks"], "delivery"], "warm": True})

    def attempt(self, kill_at: int) -> list[str]:
        """The walk, killed at a boundary (0: nowhere), then a start in which the platform and the clock come again."""
        self.rows.put_back()
        self.phones.put_back()
        own_redis(self.stores.redis_url)
        first = self.warm.run({**self.task, "kill_at": kill_at, "warm": False})
        assert first["killed"] == bool(kill_at), first
        with self.rows.database.transaction() as db:
            rewind(db)
            db.execute(text("update inbox set due_at = null"))  # the dead run's pause is over
        walks = [*(self.task["walks"] if kill_at else []), "delivery"]
        done = self.warm.run({**self.task, "walks": walks, "leases_over": bool(kill_at)})
        assert done["status"] == 0, done
        return list(first.get("boundaries", []))

    def end(self) -> "End":
        return End(self.rows.business(), self.phones.shown(), self.rows.outbox())


@dataclass
class End:
    """What is left when all is quiet."""

    rows: dict[str, list[str]]
    shown: dict[str, list[str]]
    outbox: list[Outbox]

    @property
    def told(self) -> Counter[tuple[str, ...]]:
        """What became of each message, whoever sent it in the end."""
        return Counter((row.lane, row.topic, row.ref, row.kind, row.template, row.state) for row in self.outbox)

    def differs(self, wanted: "End") -> str:
        """Why this is not the end of an undisturbed walk; empty where it is, but for one message in flight."""
        for table, rows in wanted.rows.items():
            if self.rows[table] != rows:
                return f"{table}: {self.rows[table]} instead of {rows}"
        if self.told != wanted.told:
            return f"outbox: {self.told - wanted.told} instead of {wanted.told - self.told}"
        twice = {row.merged_into or row.id for row in self.outbox if row.maybe_twice}
        lost = _difference(wanted.shown, self.shown)
        more = _difference(self.shown, wanted.shown)
        if lost or len(more) > len(twice) or len(twice) > 1:
            return f"marked {twice}, lost {lost}, doubled {more}"
        return ""


def _difference(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Messages of the first that the second does not show, with their chats."""
    left: Counter[tuple[str, str]] = Counter((chat, text) for chat, texts in one.items() for text in texts)
    return list((left - Counter((chat, text) for chat, texts in other.items() for text in texts)).elements())


@pytest.mark.parametrize("prepare", WALKS, ids=lambda walk: walk.__name__.removeprefix("a_"))
def test_killed_at_every_boundary(
    prepare: Callable[[House], Task],
    house: House,
    stores: Stores,
    warm: Walker,
    record_property: Callable[[str, object], None],
) -> None:
    scene = Scene(house, stores, warm, prepare)
    passed = scene.attempt(0)
    undisturbed = scene.end()
    wrong = []
    for number, boundary in enumerate(passed, 1):
        scene.attempt(number)
        difference = scene.end().differs(undisturbed)
        if difference:
            wrong.append(f"killed at {number} ({boundary}): {difference}")
    record_property("boundaries", len(passed))
    assert not wrong, "\n".join(wrong)
