"""A card in every form that leaves the house, and what is wrong with them."""

from dataclasses import replace
from typing import Any

import card_limits as limits

from cards import dingtalk, wecom
from cards.card import Card, CardButton
from cards.text import plain

BUTTONS = tuple(CardButton(f"写跟进 上海海豚科技有限公司{n}", f"key-{n}" * 4, "primary") for n in range(8))


def variants(card: Card) -> list[Card]:
    """As it goes out: bare, with too many buttons, closed, and with a mention."""
    closed = replace(card, closed="王经理 已同意这一张订单", buttons=())
    return [card, replace(card, buttons=BUTTONS), closed, replace(card, mentions=("lilei", "all", "<x>", "1002"))]


def outputs(card: Card) -> dict[str, Any]:
    """By whom each form is taken."""
    return {
        "app": wecom.app_message(card, task_id="t-1"),
        "update": wecom.card_update(card)["template_card"],
        "robot": wecom.robot_message(card),
        "params": dingtalk.card_params(card),
        "param": dingtalk.robot_param(card),
        "webhook": dingtalk.webhook_message(card, keyword="海豚"),
        "plain": plain(card, limit_bytes=2048),
    }


def problems(out: dict[str, Any]) -> list[str]:
    """What the platforms would refuse or cut; empty when nothing."""
    found = limits.wecom_message(out["app"]) + list(limits.template_card(out["update"]))
    found += limits.wecom_message(out["robot"], robot=True)
    found += limits.card_params(out["params"]) + limits.robot_param(*out["param"]) + limits.webhook(out["webhook"])
    found += [] if "海豚" in out["webhook"]["markdown"]["text"] else ["the keyword is missing"]
    return found if 0 < limits.size(out["plain"]) <= 2048 else [*found, "plain"]
