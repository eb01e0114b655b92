"""Messages that are no command by themselves: an answer that comes too late, a change of what was just done."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.listening.amending import amended
from bot.listening.dialogue import CHOICE, CONFIRM, OpenQuestion, answer
from bot.listening.grammar import Grammar
from bot.listening.normalize import sentence
from bot.listening.politeness import without_politeness
from bot.listening.slots import Field
from bot.listening.understanding import Understanding
from handlers.context import Context
from handlers.registry import BY_NAME
from handlers.reply import Button, Reply
from handlers.undo import WINDOW
from models.base import Json
from models.dialogue import Dialogue
from models.history import History
from models.rows import fetch_all, fetch_one
from models.tables import MODELS

REMEMBERED = timedelta(hours=24)
UNCHANGED = {"payment.create": "撤回 {}", "order.create": "修改 {} 九八折"}


def too_late(ctx: Context, name: str, text: str, grammar: Grammar, now: datetime) -> Reply | None:
    """Where the message answers a question that has expired: it says so, and what to say. A free text is no sign."""
    where = (Dialogue.conversation == name, Dialogue.expires_at <= ctx.now, Dialogue.expires_at > ctx.now - REMEMBERED)
    kept = ctx.db.execute(select(Dialogue.question, Dialogue.asked_at).where(*where)).first()
    if kept is None:
        return None
    question = OpenQuestion.from_json(kept[0])
    if not _answers(question, text, grammar, now):
        return None
    ctx.db.execute(delete(Dialogue.__table__).where(Dialogue.conversation == name))
    asked = kept[1].astimezone(ctx.zone)
    again = BY_NAME[question.command].examples[0] if question.command else "帮助"
    lines = [f"{asked:%H:%M} 问的是：{question.question}", "什么都没有写入", f"请重新说一遍，例如：{again}"]
    return Reply("text", {"text": "这个问题已经过期（只等 10 分钟）", "texts": lines})


def _answers(question: OpenQuestion, text: str, grammar: Grammar, now: datetime) -> bool:
    if question.command is not None and question.asked not in (CHOICE, CONFIRM):
        fields = grammar.fields(question.command)
        if question.asked not in fields or fields[question.asked].slot.kind in ("words", "name", "ref", "company"):
            return False
    outcome = answer(question, text, grammar=grammar, now=now)
    return outcome.kind == "run" or (outcome.kind == "ask" and outcome.open != question)


def changed(ctx: Context, text: str, grammar: Grammar, now: datetime) -> Understanding | Reply | None:
    """金额改成6万, right after something was done: the update command of its noun, else what to do instead."""
    said = without_politeness(sentence(text))
    if not any(word in said.key for word in ("改成", "改为", "换成", "不是", "改到", "应该是")):
        return None
    last = _last(ctx)
    if last is None:
        return None
    update = BY_NAME.get(f"{last.noun}.update")
    if update is None:
        return _instead(last, text)
    fields = {name: one for name, one in grammar.fields(update.name).items() if name != "ref"}
    found = amended(_present(ctx, last, fields), fields, said, now)
    if found is None:
        return None
    present = _present(ctx, last, fields)
    changes = {name: value for name, value in found.items() if present.get(name) != value}
    return Understanding(update.name, {"ref": last.ref, **changes})


def _last(ctx: Context) -> History | None:
    """The newest thing that this person did in the last minutes, if it is still done."""
    own = (History.actor_id == ctx.me.id, History.door != "clock", History.undone_at.is_(None))
    found = fetch_all(ctx.db, History, *own, History.at > ctx.now - WINDOW, order_by=[History.id.desc()], limit=1)
    return found[0] if found and found[0].command != "undo" else None


def _present(ctx: Context, last: History, fields: dict[str, Field]) -> Json:
    """The values that the record has, under the names of the arguments."""
    model: Any = MODELS.get(last.noun)
    row = fetch_one(ctx.db, model, model.__table__.c.id == last.record_id) if model is not None else None
    return {name: value for name in fields if (value := getattr(row, name, None)) is not None}


def _instead(last: History, text: str) -> Reply | None:
    command = BY_NAME.get(last.command)
    if command is None or "改" not in text:
        return None
    way = UNCHANGED.get(last.command, "撤销").format(last.ref)
    buttons = (Button("撤销", "undo", {"walk": last.walk}),) if last.is_undoable else ()
    lines = [f"回复「{way}」，再重新说一遍"]
    return Reply("text", {"text": f"「{command.title}」{last.ref} 不能直接改", "texts": lines}, buttons)
