"""When a customer goes back to the sea, and why: one pure function for warning, card, API and job (domain.md E.1.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from handlers.customers.counting import ONE_DAY, Count, Skipped
from models.clock import at, day_of
from models.company.calendar import Calendar
from models.company.pool_rules import LeadPoolRules, SeaRules
from models.company.reclaim_rules import Does, ReclaimRule

RECLAIM_TIME = time(2, 0)
WARNING_TIME = time(9, 0)
GRACE_DAYS = 3  # business days that a shorter rule leaves to everybody
ACTIONS = {
    "no_follow_up": "写一条有效跟进",
    "first_follow_up": "写第一条有效跟进",
    "no_deal": "签下一张订单",
    "no_opportunity": "建一个商机",
    "stage_stall": "推进商机的阶段",
    "post_contract": "签下一张续约订单",
    "protection_max": "请上级同意延期",
}


@dataclass(frozen=True)
class Deed:
    """Something that the owner did; `kind` is one of the rules' `qualifying`."""

    at: datetime
    kind: str


@dataclass(frozen=True)
class Clocks:
    """What the rules look at. `clock_at` is max(owned, last effective follow-up), `away` the owner's days of leave,
    `deeds` what else he did since it is his, `holds` the named conditions that hold now with the words for them.
    `opportunity_at` is when the newest one was made, `stage_at` when an open one last moved, `order_at` the newest
    approved order. `protected_as`: lock or created."""

    owned_at: datetime
    clock_at: datetime
    won_at: datetime | None = None
    extended_until: datetime | None = None
    protected_until: datetime | None = None
    protected_as: str = ""
    level: str | None = None
    source: str | None = None
    departments: frozenset[str] = frozenset()
    away: frozenset[date] = frozenset()
    deeds: tuple[Deed, ...] = ()
    holds: Mapping[str, str] = field(default_factory=dict)
    opportunity_at: datetime | None = None
    stage_at: datetime | None = None
    order_at: datetime | None = None
    marked_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What moved a deadline, and to which last day."""

    kind: str
    at: datetime | None
    last_day: date


@dataclass(frozen=True)
class Deadline:
    """`reclaim_at` is the instant of the reclaim itself, `last_day` the last whole day that the owner has. `steps` are
    the extensions used; `by_rule_at` is when a newer, shorter rule would take it, were it not for the days that
    everybody keeps."""

    rule: str
    started_at: datetime
    days: int
    day_type: str
    last_day: date
    reclaim_at: datetime
    skipped: tuple[Skipped, ...]
    extended: bool
    action: str
    does: Does = "to_sea"
    steps: tuple[Step, ...] = ()
    by_rule_at: datetime | None = None


@dataclass(frozen=True)
class Exempt:
    """A rule's exemption and what came of it."""

    rule: str
    name: str
    holds: bool
    words: str


@dataclass(frozen=True)
class Verdict:
    """Every rule's own deadline, and the exemptions that were looked at. `first` is the one that takes the record."""

    first: Deadline | None
    others: tuple[Deadline, ...] = ()
    mark: Deadline | None = None
    exempt: tuple[Exempt, ...] = ()


def examine(clocks: Clocks, rules: SeaRules | LeadPoolRules, calendar: Calendar, zone: ZoneInfo) -> Verdict:
    """What all rules that concern the record say of it.

    Day N counts from the day on which the clock started, which is day 0; the reclaim is at 02:00 of the night after
    day N (contract.md HTTP). What was granted (extension, lock, protection) is a floor under every rule.
    """
    found, exempt = [], []
    for rule in rules.taking:
        start = _started(rule, rules, clocks) if concerns(rule, clocks) else None
        if start is None:
            continue
        looked = [Exempt(rule.trigger, name, *_held(name, clocks)) for name in rule.exempts if name != "holiday"]
        exempt += looked
        if not any(one.holds for one in looked):
            found.append(_due(rule, start, rules, clocks, calendar, zone))
    ordered = sorted(found, key=lambda due: due.reclaim_at)
    takes = [_granted(due, clocks, zone) for due in ordered if due.does != "mark_high_risk"]
    takes.sort(key=lambda due: due.reclaim_at)
    marks = [due for due in ordered if due.does == "mark_high_risk"]
    first = takes[0] if takes else None
    return Verdict(first, tuple(takes[1:]), marks[0] if marks else None, tuple(exempt))


def deadline(clocks: Clocks, rules: SeaRules | LeadPoolRules, calendar: Calendar, zone: ZoneInfo) -> Deadline | None:
    """The earliest deadline of all rules that apply; None where nothing reclaims this record."""
    return examine(clocks, rules, calendar, zone).first


def kept(new: Deadline, old: Deadline | None, since: datetime, calendar: Calendar, zone: ZoneInfo) -> Deadline:
    """A version in force `since` then takes nobody's record earlier than three business days later; `old` is what the
    version before it says (E.1.5 Rule change)."""
    floor = grace_ends(since, calendar, zone)
    least = floor if old is None else min(floor, old.reclaim_at)
    if new.reclaim_at >= least:
        return new
    last_day = day_of(least, zone) - ONE_DAY
    return replace(new, reclaim_at=least, last_day=last_day, by_rule_at=new.by_rule_at or new.reclaim_at)


def grace_ends(since: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The reclaim after the days that a new version leaves to everybody."""
    return taken_after(calendar.later(day_of(since, zone), GRACE_DAYS, business=True), zone)


def taken_after(last_day: date, zone: ZoneInfo) -> datetime:
    """The instant of a reclaim, in the night after the last day."""
    return at(last_day + ONE_DAY, RECLAIM_TIME, zone)


def warning_due(
    reclaim_at: datetime, before: int, rules: SeaRules | LeadPoolRules, calendar: Calendar, zone: ZoneInfo
) -> datetime:
    """09:00 of day N − `before`."""
    last_day = day_of(reclaim_at, zone) - timedelta(days=1)
    day = calendar.later(last_day, -before, business=rules.day_type == "business")
    return at(day, WARNING_TIME, zone)


def concerns(rule: ReclaimRule, clocks: Clocks) -> bool:
    """Level, source and department of the owner are in the rule's scope."""
    return (
        (not rule.levels or clocks.level in rule.levels)
        and (not rule.sources or clocks.source in rule.sources)
        and (not rule.departments or not clocks.departments.isdisjoint(rule.departments))
    )


def _started(rule: ReclaimRule, rules: SeaRules | LeadPoolRules, clocks: Clocks) -> datetime | None:
    """Where the rule begins to count; None where there is nothing to count."""
    owned = clocks.owned_at
    match rule.trigger:
        case "no_follow_up":
            if rule.extend_days is not None:
                return owned
            last = [clocks.clock_at] if "follow_up" in rules.qualifying else []
            return max([owned, *last, *(deed.at for deed in clocks.deeds)])
        case "first_follow_up":
            return owned if clocks.clock_at <= owned else None
        case "no_opportunity":
            return owned if clocks.opportunity_at is None or clocks.opportunity_at < owned else None
        case "stage_stall":
            return None if clocks.stage_at is None else max(owned, clocks.stage_at)
        case "post_contract":
            return None if clocks.order_at is None else max(owned, clocks.order_at)
        case _:
            return owned


def _held(name: str, clocks: Clocks) -> tuple[bool, str]:
    if name == "won":
        return clocks.won_at is not None, ""
    return name in clocks.holds, clocks.holds.get(name, "")


def _due(
    rule: ReclaimRule, start: datetime, rules: SeaRules | LeadPoolRules, clocks: Clocks, calendar: Calendar,
    zone: ZoneInfo,
) -> Deadline:  # fmt: skip
    day_type = rule.day_type or rules.day_type
    made = partial(Count, calendar, business=day_type == "business", rests="holiday" in rule.exempts, away=clocks.away)
    zero = day_of(start, zone)
    count = made(zero)
    last_day = count.later(zero, rule.days)
    steps: list[Step] = []
    for deed in clocks.deeds if rule.extend_days is not None else ():
        longer = count.later(day_of(deed.at, zone), rule.extend_days or 0)
        if longer > last_day:
            last_day = longer
            steps.append(Step(deed.kind, deed.at, longer))
    if rule.max_days is not None:
        owned = day_of(clocks.owned_at, zone)
        most = made(owned).later(owned, rule.max_days)
        if most < last_day:
            last_day = most
            steps.append(Step("max", None, most))
    instant = taken_after(last_day, zone)
    action = ACTIONS[rule.trigger]
    return Deadline(
        rule.trigger, start, rule.days, day_type, last_day, instant, count.skipped(last_day), False, action,
        rule.action, tuple(steps),
    )  # fmt: skip


def _granted(due: Deadline, clocks: Clocks, zone: ZoneInfo) -> Deadline:
    """Under every rule lies what somebody granted."""
    granted = ((clocks.extended_until, "extension"), (clocks.protected_until, clocks.protected_as))
    for until, kind in granted:
        if until is not None and until > due.reclaim_at:
            last_day = day_of(until, zone) - ONE_DAY
            step = Step(kind, None, last_day)
            due = replace(due, last_day=last_day, reclaim_at=until, extended=True, steps=(*due.steps, step))
    return due


def needs(rules: Iterable[ReclaimRule], qualifying: Sequence[str]) -> frozenset[str]:
    """What has to be read besides the record's own row for these rules: departments, deeds, opportunities, orders, and
    named conditions."""
    found: set[str] = set()
    for rule in rules:
        found |= set(rule.exempts) - {"won", "holiday"}
        found |= {"departments"} if rule.departments else set()
        if rule.extend_days is not None or (rule.trigger == "no_follow_up" and tuple(qualifying) != ("follow_up",)):
            found.add("deeds")
        found |= _READ.get(rule.trigger, set())
    return frozenset(found)


_READ = {"no_opportunity": {"opportunities"}, "stage_stall": {"opportunities"}, "post_contract": {"orders"}}
