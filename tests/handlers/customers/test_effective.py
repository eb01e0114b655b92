"""Which follow-ups count (domain.md E.1.5), and when a repeated todo comes again: without a database."""

from datetime import datetime

import pytest
from world import ZONE

from handlers.customers.effective import Effort, content_key, why_not
from handlers.customers.todo_making import next_due


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("今天电话沟通了采购预算", None),
        ("客户说月底再联系", None),
        ("meeting1", None),
        ("1", "现在 1 个"),
        ("客户还在考虑,,,。。。", "现在 6 个"),
        ("啊啊啊啊啊啊啊啊啊啊啊啊", "现在 1 个"),
        ("　Ｏ Ｋ ！！！！！！", "现在 2 个"),
    ],
)
def test_eight_meaningful_characters(content: str, says: str | None) -> None:
    found = why_not(Effort(content, (), is_entitled=True))
    assert found is None if says is None else found is not None and says in found


def test_not_what_was_said_before() -> None:
    before = (content_key("客户对方案满意，等预算批复"),)
    assert "一样" in (why_not(Effort("客户对方案满意 等預算批復!", before, is_entitled=True)) or "")
    assert why_not(Effort("客户对方案满意,预算已批复", before, is_entitled=True)) is None


def test_only_by_those_who_work_on_it() -> None:
    assert "负责人" in (why_not(Effort("今天电话沟通了采购预算", (), is_entitled=False)) or "")


@pytest.mark.parametrize(
    ("repeat", "due", "now", "expected"),
    [
        ("daily", (11, 23, 9), (11, 23, 9), (11, 24, 9)),
        ("daily", (11, 23, 9), (11, 26, 10), (11, 27, 9)),
        ("weekly", (11, 23, 9), (11, 20, 9), (11, 30, 9)),
        ("monthly", (10, 31, 9), (10, 31, 9), (11, 30, 9)),
        ("monthly", (10, 31, 9), (12, 1, 9), (12, 31, 9)),
    ],
)
def test_the_next_time(repeat: str, due: tuple[int, ...], now: tuple[int, ...], expected: tuple[int, ...]) -> None:
    def at(moment: tuple[int, ...]) -> datetime:
        month, day, hour = moment
        return datetime(2026, month, day, hour, tzinfo=ZONE)

    assert next_due(at(due), repeat, at(now), ZONE) == at(expected)
