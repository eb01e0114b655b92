"""The open question of a conversation: kept in a row, so that a restart forgets nothing."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.listening.dialogue import OpenQuestion
from handlers.context import Context
from models.base import Json
from models.dialogue import Dialogue
from models.statement import Statement

LIFE = timedelta(minutes=10)  # domain.md E.12.3
_ASKED = select(Dialogue.question).where(
    Dialogue.conversation == bindparam("name"), Dialogue.expires_at > bindparam("now")
)
_OPEN, _OPEN_THEN = Statement(_ASKED), Statement(_ASKED.where(Dialogue.asked_at <= bindparam("now")))


def conversation(platform: str, account: str, chat: str) -> str:
    """A private chat and a group are separate conversations, each person's own."""
    return f"{platform}:{account}:{chat}"


def is_group(name: str) -> bool:
    """Whether others read along in the conversation of that name."""
    return not name.endswith(":")


def open_question(ctx: Context, name: str, heard_at: datetime | None = None) -> OpenQuestion | None:
    """What was asked here and not yet answered; a message that was heard before answers no question asked since.
    What the arrival brought with it (`brought`) is not read again."""
    if heard_at is None and (OpenQuestion, name) in ctx.memo:
        found = ctx.memo.pop((OpenQuestion, name))
    else:
        statement = _OPEN if heard_at is None else _OPEN_THEN
        found = statement.scalar(ctx.db, {"name": name, "now": heard_at or ctx.now})
    return None if found is None else OpenQuestion.from_json(found)


def brought(ctx: Context, name: str, question: Json | None) -> None:
    """The event's own statement has found this question, or none, in its conversation."""
    ctx.memo[OpenQuestion, name] = question


def ask(ctx: Context, name: str, question: OpenQuestion) -> None:
    """The newest question replaces an older one."""
    ctx.memo[Dialogue, name] = True
    values = {"question": question.as_json(), "asked_at": ctx.now, "expires_at": ctx.now + LIFE}
    made = insert(Dialogue.__table__).values(conversation=name, **values)
    ctx.db.execute(made.on_conflict_do_update(index_elements=["conversation"], set_=values))


def forget(ctx: Context, name: str) -> None:
    """Answered or left, unless the answer has led to a new question. After the command, whose records are locked first:
    the other way round two messages of one person could wait for each other."""
    if (Dialogue, name) in ctx.memo:
        return
    ctx.db.execute(delete(Dialogue.__table__).where(Dialogue.conversation == name))
