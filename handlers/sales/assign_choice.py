"""Who gets this lead: pure decisions with their reasons (domain.md E.2, 2 to 4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.base import Json
from models.company.assign_rules import Assignment, AssignRule, Candidates, Group, When

REMEMBERED = ("away", "closed", "quota", "load")  # passed over for these one is owed a turn
STRATEGIES = {
    "round_robin": "轮流", "weighted": "按权重轮流", "least_load": "手上线索最少", "region": "按地区轮流",
    "score_tier": "按评分轮流", "default_person": "默认负责人", "manual": "管理员分配",
}  # fmt: skip


@dataclass(frozen=True)
class LeadFacts:
    """What rules look at. `text` is all that says what the lead needs."""

    source: str | None = None
    region: str | None = None
    industry: str | None = None
    company: str | None = None
    text: str = ""
    score: int | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody who might get it. `load`: his open leads and unanswered offers; `today`: given to him by this pool
    today; `cooling`: why he may not have this very lead again, "" where he may."""

    id: int
    name: str
    is_active: bool = True
    is_bound: bool = True
    is_paused: bool = False
    is_away: bool = False
    is_open: bool = True
    load: int = 0
    today: int = 0
    cooling: str = ""


@dataclass(frozen=True)
class Skipped:
    """Somebody who was passed over: `rule` is a key, `why` the words."""

    id: int
    name: str
    rule: str
    why: str


@dataclass(frozen=True)
class Choice:
    """`person` is None where nobody may have it; then `state` is what it was."""

    person: Candidate | None
    skipped: tuple[Skipped, ...]
    state: Json
    why: str


def first_rule(facts: LeadFacts, rules: Sequence[AssignRule]) -> tuple[int, AssignRule] | None:
    """The first rule whose conditions fit, with its number from 1."""
    return next(((number, rule) for number, rule in enumerate(rules, 1) if fits(facts, rule.when)), None)


def fits(facts: LeadFacts, when: When) -> bool:
    """Whether all that is stated holds."""
    return (
        (not when.sources or facts.source in when.sources)
        and (not when.regions or serves(facts, when.regions))
        and (not when.industries or _has(facts.industry, when.industries))
        and (not when.products or _has(facts.text, when.products))
        and (when.min_score is None or (facts.score is not None and facts.score >= when.min_score))
        and (when.max_score is None or (facts.score is not None and facts.score <= when.max_score))
    )


def serves(facts: LeadFacts, regions: Sequence[str]) -> bool:
    """The lead's region names one of these; without a region the company's name begins with one (上海海豚科技)."""
    if facts.region:
        return _has(facts.region, regions)
    return any((facts.company or "").startswith(region) for region in regions)


def _has(text: str | None, words: Sequence[str]) -> bool:
    return any(word.lower() in (text or "").lower() for word in words)


def group_of(facts: LeadFacts, rule: AssignRule) -> tuple[int, Candidates]:
    """Whom the rule means for this lead, with the number of the group (0: its candidates)."""
    for number, group in enumerate(rule.groups, 1):
        if _is_for(facts, group):
            return number, group
    return 0, rule.candidates


def _is_for(facts: LeadFacts, group: Group) -> bool:
    near = not group.regions or serves(facts, group.regions)
    return near and (group.min_score is None or (facts.score is not None and facts.score >= group.min_score))


def why_not(one: Candidate, assignment: Assignment) -> Skipped | None:
    """The first rule that forbids it; None where he may have the lead."""
    caps = assignment.caps
    checks: tuple[tuple[str, bool, str], ...] = (
        ("inactive", not one.is_active, "账号已停用"),
        ("unbound", not one.is_bound, "没有绑定企业微信或钉钉"),
        ("paused", one.is_paused, "暂停接线索"),
        ("cooling", bool(one.cooling), one.cooling),
        ("away", one.is_away, "请假"),
        ("closed", not one.is_open and not assignment.always_on, "不在上班时间"),
        ("quota", _is_over(one.today, caps.daily_quota), f"今天已分 {one.today} 条，每天最多 {caps.daily_quota} 条"),
        ("load", _is_over(one.load, caps.load_cap), f"待处理和跟进中有 {one.load} 条，最多 {caps.load_cap} 条"),
    )
    return next((Skipped(one.id, one.name, rule, why) for rule, applies, why in checks if applies), None)


def _is_over(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def choose(rule: AssignRule, candidates: Sequence[Candidate], assignment: Assignment, state: Json) -> Choice:
    """One of the candidates, by the rule's strategy, and where its turn stands then. Candidates come in the order of
    the rule; `state` is what the last choice left, {} at first."""
    passed = {one.id: why for one in candidates if (why := why_not(one, assignment)) is not None}
    able = [one for one in candidates if one.id not in passed]
    if not able:
        reason = "候选人现在都不能接" if candidates else "规则里没有候选人"
        return Choice(None, tuple(passed.values()), dict(state), reason)
    turn = _TURNS.get(rule.strategy, _round_robin)
    person, after, reason = turn(rule, candidates, able, passed, state)
    return Choice(person, tuple(passed.values()), after, reason)


Passed = Mapping[int, Skipped]
Turn = tuple[Candidate, Json, str]


def _round_robin(
    rule: AssignRule, candidates: Sequence[Candidate], able: Sequence[Candidate], passed: Passed, state: Json
) -> Turn:
    """Whoever missed his turn without refusing it goes first, then the one after the last. Nobody is owed two."""
    ids = [one.id for one in candidates]
    by_id = {one.id: one for one in able}
    owed = [ident for ident in state.get("owed", []) if ident in ids]
    missed = next((ident for ident in owed if ident in by_id), None)
    word = STRATEGIES[rule.strategy]
    if missed is not None:
        left = [ident for ident in owed if ident != missed]
        return by_id[missed], {**state, "owed": left}, f"{word}：补上之前错过的一次"
    last = state.get("last")
    start = ids.index(last) + 1 if last in ids else 0
    for ident in ids[start:] + ids[:start]:
        if ident in by_id:
            return by_id[ident], {**state, "last": ident, "owed": owed}, f"{word}：轮到{by_id[ident].name}"
        if passed[ident].rule in REMEMBERED and ident not in owed:
            owed.append(ident)
    raise ValueError("nobody is able")


def _weighted(
    rule: AssignRule, candidates: Sequence[Candidate], able: Sequence[Candidate], passed: Passed, state: Json
) -> Turn:
    """Smooth weighted round robin: everybody able gains his weight, the highest is chosen and pays the sum."""
    known = {one.id for one in candidates}
    current = {int(key): value for key, value in state.get("current", {}).items() if int(key) in known}
    weights = {one.id: rule.weights.get(one.name, 1) for one in able}
    for ident, weight in weights.items():
        current[ident] = current.get(ident, 0) + weight
    chosen = max(able, key=lambda one: current[one.id])  # the first of equals
    current[chosen.id] -= sum(weights.values())
    why = f"{STRATEGIES['weighted']}：{chosen.name}的权重 {weights[chosen.id]}"
    return chosen, {**state, "current": {str(key): value for key, value in current.items()}}, why


def _least_load(
    rule: AssignRule, candidates: Sequence[Candidate], able: Sequence[Candidate], passed: Passed, state: Json
) -> Turn:
    """The smallest load for his capacity, then the fewest of today, then whoever comes after the last."""
    ids = [one.id for one in candidates]
    start = ids.index(state["last"]) + 1 if state.get("last") in ids else 0
    turns = {ident: place for place, ident in enumerate(ids[start:] + ids[:start])}

    def rank(one: Candidate) -> tuple[Fraction, int, int]:
        return Fraction(one.load, rule.weights.get(one.name, 1)), one.today, turns[one.id]

    chosen = min(able, key=rank)
    why = f"{STRATEGIES['least_load']}：{chosen.name}现在有 {chosen.load} 条"
    return chosen, {**state, "last": chosen.id}, why


def _default_person(
    rule: AssignRule, candidates: Sequence[Candidate], able: Sequence[Candidate], passed: Passed, state: Json
) -> Turn:
    return able[0], dict(state), f"{STRATEGIES['default_person']}：{able[0].name}"


_TURNS: dict[str, Callable[[AssignRule, Sequence[Candidate], Sequence[Candidate], Passed, Json], Turn]] = {
    "weighted": _weighted,
    "least_load": _least_load,
    "default_person": _default_person,
}
