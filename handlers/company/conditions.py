"""`when` of an approval flow: comparisons with and / or / not over a few named facts, read by a parser of our own.

Such as `amount >= 50000` (yuan), `discount < 0.9` (the lowest rate that remains), `customer_level == A`,
`amount >= 0 and (discount < 0.95 or first_order)`.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Value = Decimal | str | bool | None
Facts = Mapping[str, Value]
Test = Callable[[Facts], bool]

KINDS: dict[str, type] = {
    "amount": Decimal, "discount": Decimal, "rate": Decimal, "line_discount": Decimal, "total_discount": Decimal,
    "margin": Decimal, "outstanding": Decimal, "overdue": Decimal, "customer_level": str, "region": str,
    "industry": str, "department": str, "role": str, "status": str, "source": str, "level": str, "stage": str,
    "first_order": bool,
}  # fmt: skip
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<word>[^\W\d]\w*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")|(?P<sign>>=|<=|==|!=|<>|[=<>()]))"
)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
    "==": operator.eq, "=": operator.eq, "!=": operator.ne, "<>": operator.ne,
}  # fmt: skip
_FLIPPED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
_EQUALITY = ("==", "=", "!=", "<>")
_DEPTH = 20


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what is wrong with it, in Chinese."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def parse(text: str) -> Test:
    """The test that `text` means; an empty one always fits. Raises `ConditionError`."""
    tokens = _tokens(text)
    if not tokens:
        return lambda _facts: True
    reader = _Reader(tokens)
    test = reader.either(0)
    if reader.place < len(tokens):
        raise ConditionError(f"「{tokens[reader.place].text}」放错了地方")
    return test


def fits(text: str, facts: Facts) -> bool:
    """Whether the condition holds; a fact that is not known (None) fits no comparison but `!=`."""
    return parse(text)(facts)


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ConditionError(f"看不懂「{text[place:].strip()[:20]}」")
        found.append(_Token(str(match.lastgroup), match[str(match.lastgroup)]))
        place = match.end()
    return found


class _Reader:
    """Recursive descent; `place` is the next token."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.place = tokens, 0

    def either(self, depth: int) -> Test:
        tests = [self.both(depth)]
        while self.takes("or"):
            tests.append(self.both(depth))
        return tests[0] if len(tests) == 1 else lambda facts: any(test(facts) for test in tests)

    def both(self, depth: int) -> Test:
        tests = [self.single(depth)]
        while self.takes("and"):
            tests.append(self.single(depth))
        return tests[0] if len(tests) == 1 else lambda facts: all(test(facts) for test in tests)

    def single(self, depth: int) -> Test:
        if depth > _DEPTH:
            raise ConditionError("括号太多层")
        if self.takes("not"):
            inner = self.single(depth + 1)
            return lambda facts: not inner(facts)
        if self.takes("("):
            inner = self.either(depth + 1)
            if not self.takes(")"):
                raise ConditionError("少一个右括号")
            return inner
        return self.comparison()

    def takes(self, text: str) -> bool:
        there = self.place < len(self.tokens) and self.tokens[self.place].text.lower() == text
        self.place += there
        return there

    def next(self) -> _Token:
        if self.place >= len(self.tokens):
            raise ConditionError("条件没有写完")
        self.place += 1
        return self.tokens[self.place - 1]

    def comparison(self) -> Test:
        left = self.next()
        sign = self.tokens[self.place].text if self.place < len(self.tokens) else ""
        if sign not in _SIGNS:
            return _flag(left)
        self.place += 1
        right = self.next()
        if left.text not in KINDS and right.text in KINDS:
            return _compare(right.text, _FLIPPED.get(sign, sign), left)
        return _compare(left.text, sign, right)


def _flag(token: _Token) -> Test:
    if KINDS.get(token.text) is not bool:
        raise ConditionError(f"「{token.text}」后面要写比较，例如 amount >= 50000")
    return lambda facts: facts.get(token.text) is True


def _compare(name: str, sign: str, literal: _Token) -> Test:
    kind = KINDS.get(name)
    if kind is None:
        raise ConditionError(f"没有「{name}」，可以用 {'、'.join(KINDS)}")
    wanted = _literal(literal, kind, name)
    if kind is not Decimal and sign not in _EQUALITY:
        raise ConditionError(f"「{name}」只能用 == 或 !=")
    compare = _SIGNS[sign]

    def test(facts: Facts) -> bool:
        value = facts.get(name)
        return sign in ("!=", "<>") if value is None else compare(value, wanted)

    return test


def _literal(token: _Token, kind: type, name: str) -> Value:
    if kind is Decimal and token.kind == "number":
        return Decimal(token.text)
    if kind is str and token.kind in ("word", "text"):
        return token.text.strip("'\"")
    if kind is bool and token.text.lower() in ("true", "false"):
        return token.text.lower() == "true"
    raise ConditionError(f"「{name}」不能和「{token.text}」比较")
