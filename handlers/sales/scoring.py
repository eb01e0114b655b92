"""How good a lead is, with a reason for every point (domain.md E.9): pure, from what is known of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.company import rules
from handlers.context import Context
from models.base import Json
from models.company.score_rules import Scoring

TEXTS = ("note", "status_reason")
SUBJECT = "lead_scoring"


@dataclass(frozen=True)
class Reason:
    text: str
    points: int


@dataclass(frozen=True)
class Score:
    """`points` from 0 to 100; `reasons` are what was counted, the largest first."""

    points: int
    grade: str
    reasons: tuple[Reason, ...]

    def as_json(self) -> Json:
        """As the API shows it."""
        return {
            "score": self.points,
            "grade": self.grade,
            "score_reasons": [{"text": reason.text, "points": reason.points} for reason in self.reasons],
        }


def score(values: Mapping[str, Any], qualified: Mapping[str, str], rule: Scoring, age: timedelta) -> Score:
    """Of a lead with these columns and these answers to the criteria; `age` is how long ago it was made."""
    fit = list(_fit(values, qualified, rule))
    intent = list(_intent(values, qualified, rule))
    faded = 0.5 ** (max(age, timedelta(0)) / timedelta(days=rule.half_life_days))
    wanted = round(min(_sum(intent), rule.intent_max) * faded)
    if faded < 1 and intent and wanted < _sum(intent):
        intent.append(Reason(f"意向随时间减弱（{age.days} 天）", wanted - _sum(intent)))
    against = list(_against(values, qualified, rule))
    points = max(0, min(100, min(_sum(fit), rule.fit_max) + wanted + _sum(against)))
    best = sorted(rule.grades.items(), key=lambda item: -item[1])
    grade = next((name for name, least in best if points >= least), "D")
    reasons = sorted([*fit, *intent, *against], key=lambda reason: -abs(reason.points))
    return Score(points, grade, tuple(reason for reason in reasons if reason.points))


def _fit(values: Mapping[str, Any], qualified: Mapping[str, str], rule: Scoring) -> Iterable[Reason]:
    if hit := _first(values.get("industry"), rule.industries):
        yield Reason(f"目标行业 {hit}", rule.industry_points)
    if hit := _first(values.get("region"), rule.regions):
        yield Reason(f"服务地区 {hit}", rule.region_points)
    if _first(values.get("title"), rule.titles) or qualified.get("authority"):
        yield Reason("联系到决策人", rule.title_points)
    if qualified.get("budget"):
        yield Reason("预算已知", rule.budget_points)
    if all(values.get(name) for name in ("name", "phone", "company")):
        yield Reason("姓名、电话、公司齐全", rule.contact_points)


def _intent(values: Mapping[str, Any], qualified: Mapping[str, str], rule: Scoring) -> Iterable[Reason]:
    source = values.get("source")
    if source and rule.sources.get(source):
        yield Reason(f"来源{source}", rule.sources[source])
    left, text = rule.word_max, _text(values, qualified)
    for word, points in sorted(rule.words.items(), key=lambda item: -item[1]):
        if word in text and left > 0:
            yield Reason(f"提到{word}", min(points, left))
            left -= points


def _against(values: Mapping[str, Any], qualified: Mapping[str, str], rule: Scoring) -> Iterable[Reason]:
    text = _text(values, qualified) + str(values.get("title") or "")
    return (Reason(f"提到{word}", points) for word, points in rule.penalties.items() if word in text)


def _text(values: Mapping[str, Any], qualified: Mapping[str, str]) -> str:
    return " ".join([*(str(values.get(name) or "") for name in TEXTS), *qualified.values()])


def _first(text: str | None, words: Iterable[str]) -> str | None:
    return next((word for word in words if word in (text or "")), None)


def _sum(reasons: Iterable[Reason]) -> int:
    return sum(reason.points for reason in reasons)


def of_values(ctx: Context, values: Mapping[str, Any], qualified: Mapping[str, str], made_at: datetime) -> Score:
    """By the rule in force, at this moment; the rule comes with those that every command reads."""
    rule, _ = rules.in_force(ctx, SUBJECT, Scoring)
    return score(values, qualified, rule, ctx.now - made_at)
