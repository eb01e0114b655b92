"""Whose records a question is about, and the days that it is about."""

from typing import Annotated

from cards import labels
from handlers.args import Text, choice
from handlers.context import Context
from handlers.periods import SAID, Span, said, span_of
from handlers.whose import MY_TEAM, Whose, whose

Period = Annotated[Text, choice(*SAID, **said(*SAID))]
Scope = Annotated[
    Text,
    choice(
        "mine", "team", 我="mine", 我自己="mine", 我名下="mine", 我手上="mine", 我的="mine", 我们="team", 咱们="team",
        我们团队="team", 团队="team", 我的团队="team", 我们组="team", 大家="team",
    ),
]  # fmt: skip


def asked_about(
    ctx: Context, person: str | None, department: str | None, scope: str | None = None, *, team_first: bool = True
) -> Whose:
    """The one or the department that is named, else one's own team, of who leads nobody himself alone."""
    if scope == "team" and person is None and department is None:
        return whose(ctx, None, MY_TEAM[0])
    return whose(ctx, person, department, team_first=team_first and scope != "mine")


def days(ctx: Context, period: str) -> Span:
    """The instants of a period."""
    return span_of(period, ctx.today, ctx.zone)


def over(name: str, period: str | None, what: str) -> str:
    """A title: 李雷 下周 要见谁."""
    return " ".join(part for part in (name, labels.period(period), what) if part)
