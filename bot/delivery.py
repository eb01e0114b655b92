"""Sends what the post office hands out: to people, to groups, and updates of cards that are on phones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
import structlog
from sqlalchemy import Connection, DateTime, bindparam, func, update

from bot import post_office
from bot.channels.base import Channel, PlatformError, Receipt
from bot.channels.robots import ROBOT_LIMIT, ROBOT_SECONDS, RobotTarget, robot_budget_key
from bot.showing import closed, present_state, shown
from bot.wiring import Parts
from cards.card import Card
from handlers.context import Context
from handlers.customers.still_due import MODELS as PERISHABLE
from handlers.customers.still_due import about_told, still_due
from models.bulk import altered
from models.clock import utc_now
from models.company.people import ChannelAccount, Person
from models.company.robot import Robot
from models.outbox import Outbox
from models.rows import fetch_one
from models.sent_card import CODE_LIFE, SentCard
from models.statement import Statement

log = structlog.get_logger(__name__)
KEEP_SINGLE = 3  # so many waiting messages of one robot are still sent one by one
DIGEST = 30
WECOM_REMEMBERS = timedelta(minutes=14)  # a little less than its duplicate check


_CARD_SENT = Statement(
    update(SentCard.__table__)
    .where(SentCard.id == bindparam("row_id"))
    .values(
        message_id=bindparam("message"),
        response_code=func.coalesce(bindparam("code"), SentCard.response_code),
        code_until=func.coalesce(bindparam("until", type_=DateTime(True)), SentCard.code_until),
    )
)


@dataclass(frozen=True)
class Sent:
    """What the platform said, and the card of the ledger that it was about."""

    receipt: Receipt
    card: SentCard | None = None


def work_lane(parts: Parts, rows: Sequence[Outbox], now: datetime) -> None:
    """Sends the claimed rows of one lane in order; the first failure holds back the rest."""
    left = _as_it_stands(parts, rows)
    if left and left[0].kind == "robot":
        _robot_lane(parts, left, now)
        return
    while left:
        row = left.pop(0)
        if not _one(parts, row, now, [other.id for other in left]):
            return
        if left:
            with parts.database.transaction() as db:
                post_office.extend(db, [other.id for other in left], utc_now())


def _as_it_stands(parts: Parts, rows: Sequence[Outbox]) -> list[Outbox]:
    """The rows with what is still true of them; what is moot is cancelled. What may have been sent goes again as it
    was, or not at all: a platform that has it must recognise it."""
    doubted = post_office.in_flight(rows)
    asked = [row for row in rows if row.topic in PERISHABLE and (row.kind != "robot" or row.id not in doubted)]
    if not asked:
        return list(rows)
    with parts.database.transaction() as db:
        now = still_due(db, asked)
        changed = {ident: facts for ident, facts in now.items() if facts is None or ident not in doubted}
        for row in asked:
            if row.id in changed and (facts := changed[row.id]) is None:
                post_office.cancel(db, row, "期限已变，不用再提醒")
            elif row.id in changed:
                db.execute(update(Outbox.__table__).where(Outbox.id == row.id).values(facts=facts))
    kept = [row for row in rows if row.id not in changed or changed[row.id] is not None]
    return [altered(row, {"facts": changed[row.id]}) if row.id in changed else row for row in kept]


def _one(parts: Parts, row: Outbox, now: datetime, behind: list[int]) -> bool:
    """One row to its person. False: it failed and everything behind it was put back."""
    try:
        sent = _refresh(parts, row, now) if row.kind == "refresh" else _message(parts, row)
    except PlatformError as error:
        return _unsent(parts, row, now, error, behind)
    with parts.database.transaction() as db:
        if sent is None:
            post_office.cancel(db, row, "nothing left to say")
            return True
        receipt, once = sent.receipt, _was_recognised(row, sent.receipt)
        if sent.card is not None:
            _remember(db, sent.card, receipt, now)
        post_office.mark_sent(db, row.id, now, message_id=receipt.message_id, form=receipt.form, is_once=once)
    return True


def _was_recognised(row: Outbox, receipt: Receipt) -> bool:
    """Whether a repeat came once all the same: WeCom names no message for one that it knows, and knows them for a
    quarter of an hour; DingTalk makes a card once; an update is the same twice."""
    if row.kind == "refresh" and not receipt.message_id:
        return receipt.form == "card"
    if row.channel != "wecom":
        return receipt.form == "card"
    is_recent = row.lease_until is not None and utc_now() - row.lease_until < WECOM_REMEMBERS
    return not receipt.message_id or is_recent


def _message(parts: Parts, row: Outbox) -> Sent | None:
    channel = parts.channels.get(row.channel)
    if channel is None:
        raise PlatformError("not_configured", "config", f"{row.channel} is not configured", wait=600)
    card = _ledger_card(parts, row.card_id)
    buttons = about_told(row, card.buttons) if card is not None else ()
    content = shown(row.template, row.facts, buttons)
    if row.kind == "session":
        return Sent(_into_group(parts, channel, row, content))
    try:
        key = card.key if card is not None else f"h{row.id}"
        receipt = channel.send(row.account, content, card_key=key, idempotency_key=f"h{row.id}")
    except PlatformError as error:
        if error.remedy not in ("bug", "fallback"):
            raise
        log.warning("card_refused", outbox=row.id, code=error.code)
        receipt = channel.send_text(row.account, content, idempotency_key=f"h{row.id}t")
    return Sent(receipt, card)


def _into_group(parts: Parts, channel: Channel, row: Outbox, content: Card) -> Receipt:
    """By the address that came with the question or, where that is good no more, to the person himself."""
    try:
        return channel.reply(row.account, content, idempotency_key=f"h{row.id}")
    except PlatformError as error:
        with parts.database.transaction() as db:
            own = (ChannelAccount.person_id == row.person_id, ChannelAccount.platform == row.channel)
            account = fetch_one(db, ChannelAccount, *own)
        if error.remedy not in ("bug", "fallback", "drop") or account is None:
            raise
    return channel.send_text(account.account, content, idempotency_key=f"h{row.id}t")


def _remember(db: Connection, card: SentCard, receipt: Receipt, now: datetime) -> None:
    """The right to one update came with the send; a newer one from a tap stays."""
    code, until = (receipt.response_code, now + CODE_LIFE) if receipt.response_code else (None, None)
    _CARD_SENT.run(db, {"row_id": card.id, "message": receipt.message_id, "code": code, "until": until})


def _refresh(parts: Parts, row: Outbox, now: datetime) -> Sent | None:
    """Brings a card to the present state. Without the right to update, who tapped gets a fresh card."""
    card = _ledger_card(parts, row.card_id)
    channel = parts.channels.get(row.channel)
    if card is None or channel is None:
        return None
    content, code = _present(parts, card, row, now)
    if content is None:
        return None
    if row.channel == "wecom" and not code:
        # A task id is good for one card; what stands before the @ is the ledger's key.
        receipt = channel.send(row.account, content, card_key=f"{card.key}@{row.id}", idempotency_key=f"h{row.id}")
        return Sent(receipt, card)
    try:
        channel.update(row.account, content, card_key=card.key, response_code=code)
    except PlatformError as error:
        if error.remedy not in ("bug", "fallback", "drop"):
            raise
        if post_office.in_flight([row]):
            return Sent(Receipt(form="card"))  # this row's right to one update was used before its process died
        log.info("card_not_updated", card=card.id, code=error.code)
        if not row.facts.get("tapped"):
            return None
        return Sent(channel.send_text(row.account, content, idempotency_key=f"h{row.id}t"))
    return Sent(Receipt(form="card"))


def _present(parts: Parts, card: SentCard, row: Outbox, now: datetime) -> tuple[Card | None, str]:
    """The card as it should be, and WeCom's right to update, which now belongs to this row until it has been used."""
    with parts.database.transaction() as db:
        locked = fetch_one(db, SentCard, id=card.id, lock=True)
        person = fetch_one(db, Person, id=card.person_id)
        if locked is None or person is None:
            return None, ""
        ctx = Context(db, person, now, "clock", parts.settings.timezone, command="card.refresh")
        found = present_state(ctx, locked)
        word = str(row.facts.get("closed") or "已更新")
        if found is None and row.facts.get("again"):
            found = shown(locked.template, locked.facts, locked.buttons), list(locked.buttons)
        content, buttons = (closed(locked, word), []) if found is None else found
        code = locked.response_code if locked.code_until is None or locked.code_until > now else ""
        code = code or str(row.facts.get("response_code") or "")
        values = {"buttons": buttons, "state": "active" if buttons else "done", "response_code": ""}
        db.execute(update(SentCard.__table__).where(SentCard.id == card.id).values(**values))
        if code:
            facts = {**row.facts, "response_code": code}
            db.execute(update(Outbox.__table__).where(Outbox.id == row.id).values(facts=facts))
        is_unable = row.channel == "wecom" and not code and not row.facts.get("tapped")
        return None if is_unable else content, code


def _ledger_card(parts: Parts, ident: int | None) -> SentCard | None:
    if ident is None:
        return None
    with parts.database.transaction() as db:
        return fetch_one(db, SentCard, id=ident)


def _unsent(parts: Parts, row: Outbox, now: datetime, error: PlatformError, behind: list[int]) -> bool:
    """What the error's remedy asks for. Only what can never arrive is buried, and then the lane goes on."""
    why = f"{error.detail}（{error.setting}）" if error.setting else error.detail
    log.warning("not_sent", outbox=row.id, code=error.code, remedy=error.remedy, attempts=row.attempts)
    with parts.database.transaction() as db:
        if error.remedy in ("drop", "bug"):
            post_office.bury(db, row, code=error.code, why=why)
            return True
        if error.code == "budget":
            post_office.release(db, [row.id, *behind], now + timedelta(seconds=max(1.0, error.wait)))
            return False
        wait = error.wait or (600.0 if error.remedy == "config" else 0.0)
        post_office.retry(db, row, now, code=error.code, why=why, wait=wait, uncertain=error.uncertain, others=behind)
    return False


def _robot_lane(parts: Parts, rows: Sequence[Outbox], now: datetime) -> None:
    """One robot's messages within its budget; what does not fit goes into a digest that names every event."""
    with parts.database.transaction() as db:
        robot = fetch_one(db, Robot, id=rows[0].robot_id)
    if robot is None or not robot.is_enabled:
        with parts.database.transaction() as db:
            for row in rows:
                post_office.bury(db, row, code="robot_disabled", why="机器人已停用")
        return
    target = RobotTarget(robot.kind, **orjson.loads(parts.seal.open(robot.sealed)))  # type: ignore[arg-type]
    groups = _groups(rows)
    while groups:
        group = groups.pop(0)
        behind = [row.id for other in groups for row in other]
        if not _post(parts, target, group, now, behind):
            return
        if behind:
            with parts.database.transaction() as db:
                post_office.extend(db, behind, utc_now())


def _groups(rows: Sequence[Outbox]) -> list[list[Outbox]]:
    """What goes into one message each: first, unchanged, what may have been sent before, then a few rows one by one or
    many in digests."""
    doubted = post_office.in_flight(rows)
    again = [[row for row in rows if row.id in doubted]] if doubted else []
    fresh = [row for row in rows if row.id not in doubted]
    size = 1 if len(fresh) <= KEEP_SINGLE else DIGEST
    return again + [fresh[i : i + size] for i in range(0, len(fresh), size)]


def _post(parts: Parts, target: RobotTarget, group: list[Outbox], now: datetime, behind: list[int]) -> bool:
    head, rest = group[0], [row.id for row in group[1:]]
    try:
        grant = parts.budget.take(robot_budget_key(target), ROBOT_LIMIT, ROBOT_SECONDS, after_loss=1.0)
    except PlatformError as error:
        return _unsent(parts, head, now, error, [*rest, *behind])
    if not grant.allowed:
        with parts.database.transaction() as db:
            post_office.release(db, [head.id, *rest, *behind], now + timedelta(seconds=max(0.2, grant.wait)))
        return False
    card = shown(head.template, head.facts) if not rest else _digest(group)
    with parts.database.transaction() as db:
        post_office.merge(db, [head.id, *rest], head.id)
    try:
        receipt = parts.robots.post(target, card, idempotency_key=f"h{head.id}" + (f"-{group[-1].id}" if rest else ""))
    except PlatformError as error:
        grant.settle(1 if error.uncertain or error.remedy == "later" else 0)
        if not error.uncertain:
            with parts.database.transaction() as db:
                post_office.merge(db, [head.id, *rest], None)
        return _unsent(parts, head, now, error, [*rest, *behind])
    grant.settle()
    is_once = target.kind == "dingtalk"  # it knows our messages by their msgUuid
    with parts.database.transaction() as db:
        post_office.mark_sent(db, head.id, now, message_id=receipt.message_id, form=receipt.form, is_once=is_once)
        if rest:
            post_office.mark_merged(db, rest, head.id, now, is_once=is_once)
    return True


def _digest(group: list[Outbox]) -> Card:
    events = [{"topic": row.topic, **{k: row.facts.get(k) for k in ("code", "name", "who", "at")}} for row in group]
    mentions = list(dict.fromkeys(m for row in group for m in row.facts.get("mentions") or ()))
    return replace(shown("robots/digest", {"events": events}), mentions=tuple(mentions))
