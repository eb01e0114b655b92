"""The post office's counter: notices become outbox rows, in the transaction that caused them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, bindparam, func, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from handlers.addressees import address, known
from handlers.company import rules
from handlers.context import Context, Notice, unique
from handlers.group_mask import for_group
from handlers.masking import for_person
from handlers.reply import Button, Facts, Subject
from models.base import Json
from models.clock import at, day_of
from models.company.people import ChannelAccount, Person
from models.company.robot import Robot
from models.company.rule import QuietHours
from models.outbox import Outbox
from models.rows import freeze, query
from models.sent_card import CODE_LIFE, SentCard
from models.statement import Statement


def post(ctx: Context) -> int:
    """Writes all queued notices and card refreshes; returns how many outbox rows there are to deliver."""
    known(ctx, (person for notice in ctx.notices for person in notice.people))
    rows = [row for notice in ctx.notices for row in _rows(ctx, notice)]
    rows += refreshes(ctx, ctx.stale_cards)
    ctx.notices, ctx.stale_cards = [], []
    enqueue(ctx, rows)
    return len(rows)


def quiet_until(ctx: Context) -> datetime:
    """`now`, or the end of the quiet hours that `now` lies in."""
    quiet, _ = rules.in_force(ctx, "quiet_hours", QuietHours)
    return awake(ctx.now, quiet, ctx.zone)


def awake(now: datetime, quiet: QuietHours, zone: Any) -> datetime:
    """The first instant from `now` on that is not quiet (domain.md E.12.7)."""
    start, end = quiet.start, quiet.end
    if start is None or end is None or start == end:
        return now
    local: time = now.astimezone(zone).time()
    today = day_of(now, zone)
    if start < end:
        return at(today, end, zone) if start <= local < end else now
    if local >= start:
        return at(today + timedelta(days=1), end, zone)
    return at(today, end, zone) if local < end else now


def make_card(
    ctx: Context,
    account: ChannelAccount,
    template: str,
    facts: Facts,
    buttons: Sequence[Button],
    subject: Subject | None,
) -> SentCard:
    """Enters a card with buttons in the ledger: the platform will carry nothing but random keys."""
    return _enter_card(
        ctx,
        key=f"h{secrets.token_urlsafe(15)}",
        channel=account.platform,
        account=account.account,
        person_id=account.person_id,
        noun=subject.noun if subject else "",
        record_id=subject.ident if subject else 0,
        subject_version=subject.version if subject else 0,
        template=template,
        facts=dict(facts),
        buttons=button_rows(buttons),
        code_until=ctx.now + CODE_LIFE,
        made_at=ctx.now,
    )


def button_rows(buttons: Sequence[Button]) -> list[Json]:
    """The ledger's form of buttons; each gets its own random key."""
    return [
        {"key": secrets.token_urlsafe(9), "text": b.text, "style": b.style, "command": b.command, "args": dict(b.args)}
        for b in buttons
    ]


def _enter_card(ctx: Context, **values: Any) -> SentCard:
    """A ledger row; not history, because nobody undoes a card."""
    return freeze(SentCard, cast(tuple[Any, ...], _CARD.first(ctx.db, values)))


def message_row(
    ctx: Context,
    account: ChannelAccount,
    template: str,
    facts: Facts,
    *,
    key: str,
    topic: str = "reply",
    ref: str = "",
    card: SentCard | None = None,
    due_at: datetime | None = None,
    is_urgent: bool = False,
) -> Json:
    """One outbox row for one person."""
    return {
        "dedupe_key": f"{key}|person:{account.person_id}|{account.platform}",
        "kind": "message",
        "lane": f"person:{account.person_id}",
        "channel": account.platform,
        "account": account.account,
        "person_id": account.person_id,
        "robot_id": None,
        "card_id": card.id if card else None,
        "topic": topic,
        "ref": ref,
        "template": template,
        "facts": dict(facts),
        "is_urgent": is_urgent,
        "due_at": due_at or ctx.now,
        "created_at": ctx.now,
        "history_id": None,
    }


def enqueue(ctx: Context, rows: Sequence[Json]) -> None:
    """Writes outbox rows; one that is there already (same event, recipient, channel) stays as it is."""
    ctx.letters += rows
    if not ctx.keeps_letters:
        flush(ctx)


def flush(ctx: Context) -> None:
    """Writes what a context that keeps its letters has collected, in one statement."""
    if ctx.letters:
        _INSERT.later(ctx.db, *ctx.letters)
        ctx.letters = []


def refreshes(ctx: Context, subjects: Sequence[Subject]) -> list[Json]:
    """Rows that bring the live cards of these subjects to the present state."""
    idents: dict[str, list[int]] = {}
    for subject in dict.fromkeys(subjects):
        idents.setdefault(subject.noun, []).append(subject.ident)
    live = [
        freeze(SentCard, row)
        for noun, own in idents.items()
        for row in _LIVE.rows(ctx.db, {"noun": noun, "idents": own})
    ]
    return [refresh_row(ctx, card) for card in live if card.id != ctx.tapped_card]


def refresh_row(ctx: Context, card: SentCard) -> Json:
    """The outbox row that refreshes one card; rendered at delivery, so that it shows the state of that moment."""
    return {
        "dedupe_key": f"refresh|{card.id}|{secrets.token_hex(6)}",
        "kind": "refresh",
        "lane": f"person:{card.person_id}",
        "channel": card.channel,
        "account": card.account,
        "person_id": card.person_id,
        "robot_id": None,
        "card_id": card.id,
        "topic": "card.refresh",
        "ref": "",
        "template": card.template,
        "facts": {},
        "is_urgent": True,
        "due_at": ctx.now,
        "created_at": ctx.now,
        "history_id": None,
    }


_INSERT = Statement(upsert(Outbox.__table__).on_conflict_do_nothing(index_elements=["dedupe_key"]).inline())
_CARD = Statement(insert(SentCard.__table__).returning(*SentCard.__table__.c))
_ROBOTS = Statement(query(Robot, Robot.is_enabled, Robot.topics.contains(bindparam("topic", type_=JSONB))))
_LIVE = Statement(
    query(SentCard, SentCard.noun == bindparam("noun"), SentCard.state == "active")
    .where(SentCard.record_id == func.any(bindparam("idents", type_=ARRAY(BigInteger))))
    .order_by(SentCard.id)
)


def _rows(ctx: Context, notice: Notice) -> list[Json]:
    key = notice.key or f"{ctx.walk}|{notice.topic}|{notice.ref}"
    due = ctx.now if notice.is_urgent else quiet_until(ctx)
    doer = ctx.actor.id if ctx.actor else None
    rows = []
    addresses = address(ctx, (p for p in notice.people if p != doer), notice.prefer or ctx.platform)
    readers = known(ctx, addresses)
    for ident, account in addresses.items():
        facts = for_person(readers[ident].person.grants, notice.facts)
        card = None
        if notice.buttons:
            card = make_card(ctx, account, notice.template, facts, notice.buttons, notice.subject)
        rows.append(
            message_row(
                ctx, account, notice.template, facts, key=key, topic=notice.topic, ref=notice.ref, card=card,
                due_at=due, is_urgent=notice.is_urgent,
            )
        )  # fmt: skip
    return rows + (_robot_rows(ctx, notice, key, due) if notice.robots else [])


def _robot_rows(ctx: Context, notice: Notice, key: str, due: datetime) -> list[Json]:
    rows: list[Json] = []
    robots = _robots(ctx, notice.topic)
    if not robots:
        return rows
    concerned = _concerned(ctx, notice)
    for robot in robots:
        if robot.department_ids and (concerned is None or concerned.department_id not in robot.department_ids):
            continue
        same = {
            "kind": "robot",
            "lane": f"robot:{robot.id}",
            "channel": "robot",
            "account": robot.name,
            "person_id": None,
            "robot_id": robot.id,
            "card_id": None,
            "topic": notice.topic,
            "template": f"robots/{notice.topic}",
            "is_urgent": False,
            "due_at": due,
            "created_at": ctx.now,
            "history_id": None,
        }
        about = {"amounts": robot.shows_amounts, "mentions": _mentions(ctx, robot, notice)}
        for its, ref, told in _told(notice, key):
            facts = {**for_group(told, amounts=robot.shows_amounts), **about}
            own = {"dedupe_key": f"{its}|robot:{robot.id}|robot", "ref": ref, "facts": facts}
            rows.append({**same, **own})
    return rows


def _told(notice: Notice, key: str) -> list[tuple[str, str, Facts]]:
    """Key, code and facts of each message that a group gets."""
    if notice.groups:
        return [(f"{key}|{facts['code']}", str(facts["code"]), facts) for facts in notice.groups]
    return [(key, notice.ref, notice.group or notice.facts)]


def _robots(ctx: Context, topic: str) -> list[Robot]:
    if (Robot, topic) not in ctx.memo:
        ctx.memo[Robot, topic] = [freeze(Robot, row) for row in _ROBOTS.rows(ctx.db, {"topic": [topic]})]
    found: list[Robot] = ctx.memo[Robot, topic]
    return found


def _concerned(ctx: Context, notice: Notice) -> Person | None:
    if ctx.actor is not None and ctx.actor.id == notice.concerned:
        return ctx.actor
    found = known(ctx, [notice.concerned]) if notice.concerned is not None else {}
    return next((one.person for one in found.values()), None)


def _mentions(ctx: Context, robot: Robot, notice: Notice) -> list[str]:
    """Their accounts on the robot's platform."""
    if not robot.mentions:
        return []
    doer = ctx.actor.id if ctx.actor else None
    meant = (notice.concerned,) if notice.mentioned is None else notice.mentioned
    people = [person for person in unique(meant) if person != doer]
    return [one.accounts[robot.kind].account for one in known(ctx, people).values() if robot.kind in one.accounts]
