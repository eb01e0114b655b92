"""Refusals: a stable code, Chinese words, facts, and what to do next. A refusal is an answer, not a crash."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

_OFFERED = 5  # domain.md E.12.3


class HaitunError(Exception):
    """Base of everything that a person did that cannot be done. `title` is the rule, `detail` the number now,
    `next_step` what to do; `facts` go to the API as extra members."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, title: str, detail: str = "", next_step: str = "", **facts: Any) -> None:
        super().__init__(title)
        self.title, self.detail, self.next_step, self.facts = title, detail, next_step, facts


class NotFound(HaitunError):
    """Does not exist or may not be seen: the same answer."""

    code, status = "not_found", 404


class Forbidden(HaitunError):
    """May be seen but not done."""

    code, status = "forbidden", 403


class Conflict(HaitunError):
    """The state does not allow it."""

    code, status = "conflict", 409


class Stale(HaitunError):
    """Somebody changed the row in between."""

    code, status = "stale_version", 409


class Duplicate(HaitunError):
    """Something with the same handle exists."""

    code, status = "duplicate", 409


class Limit(HaitunError):
    """Over a limit; says the limit, the number now and when it becomes possible."""

    code, status = "limit_reached", 429


class Invalid(HaitunError):
    """An argument cannot be used; `field` names it."""

    code, status = "invalid_argument", 422

    def __init__(self, field: str, title: str, detail: str = "", next_step: str = "", **facts: Any) -> None:
        super().__init__(title, detail, next_step, field=field, **facts)


class BadRequest(HaitunError):
    """Malformed."""

    code, status = "bad_request", 400


class Ambiguous(HaitunError):
    """A name fits several; `candidates` are (code, name) in the order of their numbers, the first five of them."""

    code, status = "ambiguous", 409
    question: str = "你要找哪一个？"

    def __init__(self, field: str, said: str, candidates: Sequence[tuple[str, str]]) -> None:
        count = f" {len(candidates)}" if len(candidates) <= _OFFERED else f"不止 {_OFFERED}"
        super().__init__(f"「{said}」有{count} 个，请选一个", next_step="回复序号，或说完整名称", field=field)
        self.field, self.candidates = field, list(candidates[:_OFFERED])
        self.facts["candidates"] = [{"code": code, "name": name} for code, name in candidates]


class WhichOne(Ambiguous):
    """Nothing was named, and several are likely: `question` is asked with them."""

    def __init__(self, field: str, question: str, candidates: Sequence[tuple[str, str]]) -> None:
        super().__init__(field, "", candidates)
        self.title = self.question = question


class MissingArgument(HaitunError):
    """A required argument was not given; `field` is asked for with `title`."""

    code, status = "missing_argument", 422

    def __init__(self, field: str, title: str) -> None:
        super().__init__(title, field=field)
        self.field = field


class NeedsConfirmation(HaitunError):
    """To think about first; the same command with `confirm` goes ahead. `template` and `card` show the numbers.

    `also` are other ways to go ahead: what is said for each, and which arguments it changes. `settles` are arguments
    that a yes gives.
    """

    code, status = "needs_confirmation", 409

    def __init__(
        self,
        question: str,
        confirm: str,
        template: str = "",
        card: Mapping[str, Any] | None = None,
        *,
        also: Sequence[tuple[str, Mapping[str, Any]]] = (),
        settles: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(question, next_step="回复「确认」照办，「取消」放弃", question=question, confirm=confirm)
        self.question, self.confirm, self.template, self.card = question, confirm, template, dict(card or {})
        self.settles = dict(settles or {})
        self.also = tuple((said, dict(changes)) for said, changes in also)


class CompanyFileError(Exception):
    """A company file that cannot be loaded; `line` is 1-based."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"第 {line} 行：{message}")
        self.line = line
