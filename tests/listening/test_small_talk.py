"""What is said to a colleague rather than to a machine."""

import pytest

from bot.listening.nearest import nearest
from bot.listening.small_talk import small_talk
from handlers.registry import COMMANDS


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("你好！", "hello"), ("在吗？", "hello"), ("谢谢啦~", "thanks"), ("辛苦了", "thanks"), ("好的", "fine"),
        ("收到。", "fine"), ("OK", "fine"), ("2", "number"), ("第二个", "number"), ("取消", "cancel"),
        ("同意", "decide"), ("全部同意", "decide"), ("今天天气不错", None), ("谢谢海豚科技", None), ("？", None),
    ],
)  # fmt: skip
def test_courtesies(said: str, kind: str | None) -> None:
    assert small_talk(said) == kind


def test_what_begins_like_an_example_means_it() -> None:
    assert nearest(COMMANDS, "回款 云图智能 5千 微信")[0].startswith("回款 SO")
