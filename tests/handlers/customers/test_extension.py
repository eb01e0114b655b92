"""A rep asks for more time, his superior grants it: once."""

from datetime import datetime

from world import World

from handlers.reply import Button
from models.customers.customer import Customer
from models.outbox import Outbox
from models.sent_card import SentCard

NAME = "杭州西溪基因有限公司"


def due(world: World) -> datetime:
    found = world.row(Customer, Customer.name == NAME).reclaim_at
    assert found is not None
    return found


def granting(world: World) -> Button:
    """The button on the newest request's card."""
    card = world.rows(SentCard, SentCard.template == "customers/customer")[-1]
    (button,) = [one for one in card.buttons if one["text"] == "同意延期"]
    return Button(button["text"], button["command"], button["args"])


def test_a_second_tap_grants_nothing_more(world: World) -> None:
    before = due(world)
    world.run("李雷", "customer.request_extension", ref=NAME, days=7)
    button = granting(world)
    world.run("陈组长", button.command, **button.args)
    assert (due(world) - before).days == 7
    refusal = world.refused("陈组长", button.command, **button.args)
    assert refusal.code == "conflict" and "已经处理过" in refusal.title
    assert (due(world) - before).days == 7


def test_a_newer_request_takes_the_place_of_the_older(world: World) -> None:
    world.run("李雷", "customer.request_extension", ref=NAME, days=7)
    older = granting(world)
    world.later(minutes=1)
    world.run("李雷", "customer.request_extension", ref=NAME, days=3)
    assert "新的申请" in world.refused("陈组长", older.command, **older.args).title
    button = granting(world)
    before = due(world)
    world.run("陈组长", button.command, **button.args)
    assert (due(world) - before).days == 3


def test_the_owner_hears_until_when(world: World) -> None:
    world.run("陈组长", "customer.request_extension", ref=NAME, days=3)
    (told,) = world.rows(Outbox, Outbox.topic == "customer.extended")
    assert told.facts["notes"] == ["现在的回收时间：12月12日(周六) 02:00"]
