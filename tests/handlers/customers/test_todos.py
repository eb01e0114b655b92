"""Todos: for oneself or a colleague, reminded of once, repeated when done or due."""

from datetime import datetime
from typing import Any

from world import ZONE, World

from handlers import desk
from handlers.customers.todos import due_todos
from models.customers.activity import Todo
from models.errors import Ambiguous, Conflict, Invalid
from models.outbox import Outbox
from models.sent_card import SentCard

DUE = datetime(2026, 11, 24, 15, tzinfo=ZONE)


def remind(world: World, when: datetime) -> int:
    world.now = when
    with world.context(None, door="clock") as ctx:
        told = due_todos(ctx)
        desk.finish(ctx)
    return told


def test_reminded_once_at_its_time(world: World) -> None:
    reply = world.run("李雷", "todo.create", title="给张总打电话", due_at="2026-11-24T15:00", door="dingtalk")
    assert reply.result and reply.result["due_at"] == "2026-11-24T15:00:00+08:00"
    assert remind(world, DUE.replace(hour=14, minute=59)) == 0
    assert remind(world, DUE) == 1
    assert remind(world, DUE) == 0 and remind(world, DUE.replace(hour=20)) == 0
    (row,) = world.rows(Outbox)
    assert row.person_id == world.person("李雷").id and row.channel == "dingtalk" and row.topic == "todo.due"
    card = world.row(SentCard, SentCard.id == row.card_id)
    assert [button["text"] for button in card.buttons] == ["完成", "延期"]
    assert card.subject_version == world.row(Todo).version, "a tap on it counts"


def test_postponed_it_comes_again(world: World) -> None:
    world.run("李雷", "todo.create", title="给张总打电话", due_at="2026-11-24T15:00")
    remind(world, DUE)
    world.run("李雷", "todo.postpone", ref="张总", due_at="2026-11-25T09:00")
    assert remind(world, datetime(2026, 11, 25, 9, tzinfo=ZONE)) == 1
    assert len(world.rows(Outbox, Outbox.topic == "todo.due")) == 2
    assert isinstance(world.refused("李雷", "todo.postpone", ref="张总", due_at="2026-11-24T09:00"), Invalid)


def test_done_by_part_of_its_title(world: World) -> None:
    for title in ("给张总打电话", "给张总发合同"):
        world.run("李雷", "todo.create", title=title, due_at="2026-11-24T15:00")
    refused = world.refused("李雷", "todo.done", ref="张总")
    assert isinstance(refused, Ambiguous) and len(refused.candidates) == 2
    world.run("李雷", "todo.done", ref="发合同")
    assert isinstance(world.refused("李雷", "todo.done", ref="发合同"), Conflict)
    world.run("李雷", "todo.done", ref="张总")
    assert {todo.status for todo in world.rows(Todo)} == {"done"}
    assert remind(world, DUE) == 0, "what is done is not reminded of"


def test_for_a_colleague_who_is_told(world: World) -> None:
    world.run("王经理", "todo.create", title="准备投标文件", due_at="2026-11-24T15:00", person="李雷", ref="西溪基因")
    (told,) = world.rows(Outbox)
    assert told.person_id == world.person("李雷").id and told.facts["todo"]["creator"]["name"] == "王经理"
    assert told.facts["todo"]["about"]["name"] == "杭州西溪基因有限公司"
    assert world.refused("韩梅梅", "todo.done", ref="投标").status == 404
    world.run("李雷", "todo.done", ref="投标")
    assert world.row(Outbox, Outbox.topic == "todo.done").person_id == world.person("王经理").id


def test_a_repeating_one_comes_again_once(world: World) -> None:
    world.run("李雷", "todo.create", title="写日报", due_at="2026-11-23T18:00", repeat="daily")
    first = world.row(Todo)
    assert remind(world, datetime(2026, 11, 23, 18, tzinfo=ZONE)) == 1
    done, again = world.rows(Todo)
    assert again.repeat == "daily" and again.due_at == datetime(2026, 11, 24, 18, tzinfo=ZONE) and done.repeat is None
    world.run("李雷", "todo.done", ref=first.code)
    assert len(world.rows(Todo)) == 2, "the series goes on in the second"
    world.run("李雷", "todo.done", ref=again.code)
    assert [todo.due_at.day for todo in world.rows(Todo)] == [23, 24, 25]


def test_lists_and_scenes(world: World) -> None:
    for title, due in (("一", "11-23T18:00"), ("二", "11-24T09:00"), ("三", "11-29T09:00"), ("四", "12-01T09:00")):
        world.run("李雷", "todo.create", title=title, due_at=f"2026-{due}")

    def titles(who: str = "李雷", /, **args: Any) -> list[str]:
        return [item["title"] for item in (world.run(who, "todo.list", **args).result or {})["items"]]

    assert titles() == ["一", "二", "三", "四"]
    assert titles(when="today") == ["一"] and titles(when="tomorrow") == ["二"]
    assert titles(when="this_week") == ["一", "二", "三"] and titles(when="overdue") == []
    assert titles("王经理", person="李雷", when="today") == ["一"] and titles("韩梅梅", person="李雷") == []
    world.later(days=1)
    assert titles(when="overdue") == ["一", "二"]
    assert [item["title"] for item in world.items("李雷", "todos", "overdue")] == ["一", "二"]
    assert "逾期" in world.run("李雷", "todo.list", when="tomorrow").facts["notes"][0]


def test_a_time_that_is_past(world: World) -> None:
    refused = world.refused("李雷", "todo.create", title="晚了", due_at="2026-11-23T09:00")
    assert isinstance(refused, Invalid) and "11月23日 10:00" in refused.detail
