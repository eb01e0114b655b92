"""Sending a notice again: a new row with its own key, a new card with its own buttons; the old ones stay."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, insert

from handlers.notice_ledger import title
from models.base import Json
from models.errors import Conflict
from models.outbox import Outbox
from models.rows import fetch_one
from models.sent_card import SentCard

COPIED = (
    "kind", "lane", "channel", "account", "person_id", "robot_id", "topic", "ref", "template", "facts", "is_urgent",
    "history_id",
)  # fmt: skip
CARD = (
    "channel", "account", "person_id", "noun", "record_id", "subject_version", "template", "facts", "buttons",
    "code_until",
)  # fmt: skip
RESENT = ("sent", "dead", "cancelled")


def send_again(db: Connection, row: Outbox, now: datetime) -> int:
    """The number of the new notice. Raises `Conflict` for one that is still on its way or went with another."""
    refuse(row)
    values: Json = {name: getattr(row, name) for name in COPIED}
    values["card_id"] = None if row.card_id is None else _card_again(db, row.card_id, now)
    key = f"{row.dedupe_key}|again:{secrets.token_hex(4)}"
    made = insert(Outbox.__table__).values(**values, dedupe_key=key, due_at=now, created_at=now)
    return int(db.execute(made.returning(Outbox.__table__.c.id)).scalar_one())


def refuse(row: Outbox) -> None:
    """Why this one cannot be sent again, if it cannot."""
    name = f"通知 {row.id}「{title(row.topic)}」"
    if row.kind == "refresh":
        raise Conflict(f"{name} 只是刷新卡片", next_step="不需要重发")
    if row.state == "merged":
        raise Conflict(f"{name} 已并入通知 {row.merged_into}", next_step=f"可以说「重发通知 {row.merged_into}」")
    if row.state not in RESENT:
        raise Conflict(f"{name} 还在路上", f"已试 {row.attempts} 次", "发送失败后再重发")


def _card_again(db: Connection, card_id: int, now: datetime) -> int | None:
    """The same buttons under new keys: the platform would take the old card for one that it has already."""
    card = fetch_one(db, SentCard, id=card_id)
    if card is None:
        return None
    values: Json = {name: getattr(card, name) for name in CARD}
    values["buttons"] = [button | {"key": secrets.token_urlsafe(9)} for button in card.buttons]
    made = insert(SentCard.__table__).values(**values, key=f"h{secrets.token_urlsafe(15)}", made_at=now)
    return int(db.execute(made.returning(SentCard.__table__.c.id)).scalar_one())
