"""What the rules in force say of a record, and that a newer version surprises nobody (domain.md E.1.5, D16)."""

from dataclasses import replace
from typing import TypeVar

from handlers.company import rules
from handlers.context import Context
from handlers.customers import reclaim
from models.company.calendar import Calendar
from models.company.pool_rules import LeadPoolRules, SeaRules

P = TypeVar("P", SeaRules, LeadPoolRules)


def judged(ctx: Context, subject: str, kind: type[P], clocks: reclaim.Clocks) -> reclaim.Verdict:
    """By the version in force now; what it takes earlier than the one before it did keeps three business days."""
    present = rules.dated(ctx, subject, kind)
    calendar = rules.in_force(ctx, "calendar", Calendar)[0]
    verdict = reclaim.examine(clocks, present.body, calendar, ctx.zone)
    first, since = verdict.first, present.since
    if first is None or since is None or since <= clocks.owned_at or not present.body.no_retroactive_shortening:
        return verdict
    if first.reclaim_at >= reclaim.grace_ends(since, calendar, ctx.zone):
        return verdict
    return replace(verdict, first=_by_all_versions(ctx, subject, kind, clocks, calendar))


def _by_all_versions(
    ctx: Context, subject: str, kind: type[P], clocks: reclaim.Clocks, calendar: Calendar
) -> reclaim.Deadline | None:
    """From the version under which it was taken on (the first that there ever was, for what is older) to the one in
    force."""
    versions = rules.until_now(ctx, subject, kind)
    before = [one for one in versions if one.since is not None and one.since <= clocks.owned_at]
    start = before[-1] if before else versions[0]
    found = reclaim.examine(clocks, start.body, calendar, ctx.zone).first
    for version in versions[versions.index(start) + 1 :]:
        new = reclaim.examine(clocks, version.body, calendar, ctx.zone).first
        if new is not None and version.since is not None and version.body.no_retroactive_shortening:
            new = reclaim.kept(new, found, version.since, calendar, ctx.zone)
        found = new
    return found
