"""The text of a `{...}` while its arguments are being taken out of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.listening.normalize import SEPARATORS, Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import Field

TAKEN = "\0"
# The space inside an English name is no gap.
SPLIT = re.compile(
    rf"(?:(?![/:~])(?!(?<=[a-z.&]) (?=[a-z&]))(?:{SEPARATORS})|\0|(?<![\d])/|/(?![\d\u4e00-\u9fff年月日号台]))+"
)
CATCH_ALL = ("note", "comment", "reason", "content", "title", "question")
# Words that lead to an argument or trail it and say nothing themselves.
BEFORE = (
    r"(?:今天|昨天|前天|上周|刚才?|和|还有|另外|from ?|at |从|是|叫|在|由|来自|通过|他是|她是|一家|我们|客户|的"
    r"|用|走|给|到|为|要|记得|记着"
    r"|别忘了?|同时"
    r"|并且?)"
)
AFTER = (
    r"(?:上|里|的|了|来的|到的|到账的?|付的|那边|方式|渠道|认识的|过来的|打的|来|公司|给的|打过来的?|转的|吧|推荐的"
    r"|介绍的)"
)


@dataclass
class Bag:
    """What was found; `leftover` is what nothing claimed, `doubts` what was said but means no single value."""

    said: Sentence
    fields: tuple[Field, ...]
    now: datetime
    values: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    leftover: str = ""
    caught: str = ""  # the free text that took what nothing else claimed
    guessed: set[str] = field(default_factory=set)  # names that only their place makes names
    free: str = ""

    def wanted(self, *kinds: str) -> Iterator[Field]:
        for wanted in self.fields:
            if wanted.slot.kind in kinds and wanted.name not in self.values and wanted.name not in self.doubts:
                yield wanted

    def take(self, start: int, end: int) -> None:
        self.free = self.free[:start] + TAKEN * (end - start) + self.free[end:]

    def put(self, wanted: Field, value: Any, start: int, end: int) -> bool:
        """Keeps a value or a doubt and blanks its place; False where there is no value."""
        if value is None:
            return False
        (self.doubts if isinstance(value, Doubt) else self.values)[wanted.name] = value
        self.take(start, end)
        return True

    def segments(self) -> list[tuple[int, int]]:
        """What nothing has claimed yet, piece by piece."""
        found, position = [], 0
        for gap in [*SPLIT.finditer(self.free), None]:
            end = gap.start() if gap else len(self.free)
            if end > position:
                found.append((position, end))
            position = gap.end() if gap else end
        return found
