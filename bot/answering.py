"""From a message or a tap to a command at the desk, and from its reply to what the person gets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from bot.afterwards import changed, too_late
from bot.conversations import ask, conversation, forget, is_group, open_question
from bot.forms import FIELDS, form_for
from bot.handing_out import hand_out
from bot.inbound import Joined, Said, Tapped
from bot.listening.dialogue import CHOICE, CONFIRM, OpenQuestion, answer, put, question_of
from bot.listening.small_talk import small_talk
from bot.listening.understanding import NOTHING, Understanding
from bot.not_understood import not_understood
from bot.page_links import linked
from bot.refusals import refused
from bot.showing import SUBMIT
from bot.wiring import Parts
from bot.wordless import meant
from handlers import desk
from handlers.args import labels_of
from handlers.context import Context
from handlers.notices import enqueue, refresh_row
from handlers.registry import BY_NAME
from handlers.reply import Button, Reply
from models.base import Json
from models.errors import Ambiguous, HaitunError, MissingArgument, NeedsConfirmation
from models.rows import fetch_one
from models.sent_card import CODE_LIFE, SentCard

ASKING = ("question", "customers/return_form")  # templates of a reply that waits for an answer
HEARD = 100  # letters of what the platform made of a voice, repeated in the answer
EDIT = "chat.edit"  # a button that is no command: 修改 on a confirmation


class RefusedLate(Exception):
    """A refusal after the first write: everything is rolled back, then only the answer is kept."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.template)
        self.reply = reply


def said(parts: Parts, ctx: Context, message: Said) -> Reply | None:
    """A message: answers an open question, is a command, or is nothing."""
    if message.chat and not message.mentioned:
        return None
    name = conversation(message.platform, message.account, message.chat)
    if message.text.strip():
        reply = _said(parts, ctx, name, message)
    else:
        found = meant(message)
        reply = found if isinstance(found, Reply) else _run(parts, ctx, name, *found)
    if message.kind == "voice" and message.text:
        reply = replace(reply, facts={**reply.facts, "heard": message.text[:HEARD]})
    return hand_out(ctx, message, reply)


def _said(parts: Parts, ctx: Context, name: str, message: Said) -> Reply:
    text, local = message.text, (message.heard_at or ctx.now).astimezone(ctx.zone)
    speaker, asked = ctx.me.name, open_question(ctx, name, message.heard_at)
    if asked is None:
        return _understood(parts, ctx, name, parts.grammar.understand(text, now=local, speaker=speaker), text)
    outcome = answer(asked, text, grammar=parts.grammar, now=local, speaker=speaker)
    match outcome.kind:
        case "cancel":
            forget(ctx, name)
            return Reply("text", {"text": "好的，已取消"})
        case "ask":
            return _ask(ctx, name, outcome.open or asked)
        case "other":
            reply = _understood(parts, ctx, name, outcome.understood, text)
            if outcome.understood.command == "help":
                return replace(reply, facts={**reply.facts, "open": _still_open(asked)})
            if outcome.open is None:
                forget(ctx, name)
            return reply
        case "run":
            reply = _understood(parts, ctx, name, outcome.understood, text)
            forget(ctx, name)
            return reply


def _still_open(asked: OpenQuestion) -> str:
    """The question that waits, at the head of the help that was asked for while it did."""
    return f"还在等你回答：{asked.question}（回复「取消」离开，「上一步」回到前一问）"


def _understood(parts: Parts, ctx: Context, name: str, understood: Understanding, text: str) -> Reply:
    question = question_of(understood)
    if question is not None:
        return _ask(ctx, name, question)
    if understood.command is None or understood == NOTHING:
        if small_talk(text) == "decide":  # 同意, and nothing else: what there is to decide
            return _run(parts, ctx, name, "approval.list", {})
        late = too_late(ctx, name, text, parts.grammar, ctx.now.astimezone(ctx.zone))
        change = late or changed(ctx, text, parts.grammar, ctx.now.astimezone(ctx.zone))
        if isinstance(change, Understanding) and change.command is not None:
            return _run(parts, ctx, name, change.command, change.args)
        if isinstance(change, Reply):
            return change
        return not_understood(ctx, text, in_group=is_group(name))
    return _run(parts, ctx, name, understood.command, understood.args)


def _ask(ctx: Context, name: str, question: OpenQuestion) -> Reply:
    """Keeps the question, so that the next message answers it, and puts it as a form where there is one."""
    try:
        form = form_for(ctx, question)
    except HaitunError as denied:
        forget(ctx, name)
        return _refused(ctx, name, question.command or "", question.args, denied)
    ask(ctx, name, question)
    return form or _question(question)


def _question(question: OpenQuestion) -> Reply:
    """The open question in words; a guess carries its card, on which nothing is written before 确认."""
    if question.asked == CONFIRM and question.command is not None:
        buttons = (Button("确认", question.command, dict(question.args), "primary"), Button("修改", EDIT))
        facts = {"question": f"{BY_NAME[question.command].title}：请确认", "detail": question.question}
        return Reply("question", facts, buttons)
    if question.asked == CHOICE:
        shown = [{"name": reading.title} for reading in question.readings]
        shown = shown or [{"code": code, "name": name} for code, name in question.candidates]
        return Reply("question", {"question": question.question.partition(" 1.")[0], "candidates": shown})
    about = BY_NAME[question.command].title if question.command else ""
    return Reply("question", {"question": question.question, "about": about})


def tapped(parts: Parts, ctx: Context, tap: Tapped) -> Reply | None:
    """A tap is a sentence already understood; foreign, unknown and outlived buttons change nothing."""
    card = fetch_one(ctx.db, SentCard, key=tap.card.partition("@")[0], lock=True)
    if card is None or card.person_id != ctx.me.id or card.channel != tap.platform:
        parts.metrics.count("taps_ignored", platform=tap.platform)
        return None
    _keep_code(ctx, card, tap.response_code)
    ctx.tapped_card = card.id
    button = next((b for b in card.buttons if b["key"] == tap.key), None)
    facts: Json = {"tapped": True, "closed": _closing(button)}
    has_asked = False
    if button is not None:
        reply = _tap(parts, ctx, tap, card, button)
        if button["text"] == SUBMIT and reply is not None and reply.template == "refusal":
            is_open = open_question(ctx, conversation(tap.platform, tap.account, "")) is not None
            facts |= {"closed": "没有提交", "again": is_open}
        if reply is not None:
            hand_out(ctx, tap, reply, always=True)
            has_asked = tap.platform == "wecom" and button["text"] != SUBMIT and reply.template in ASKING
    # WeCom's right to one update is kept for what the answer to the question will change.
    if not has_asked:
        enqueue(ctx, [{**refresh_row(ctx, card), "facts": facts}])
    return None


def joined(ctx: Context, event: Joined) -> Reply | None:
    """A first subscription is welcomed; coming and going is not talked about."""
    return hand_out(ctx, event, desk.run(ctx, BY_NAME["help"], {}), always=True) if event.how == "subscribe" else None


def _tap(parts: Parts, ctx: Context, tap: Tapped, card: SentCard, button: Json) -> Reply | None:
    name = conversation(tap.platform, tap.account, "")
    if button["command"] == EDIT:
        return _edited(open_question(ctx, name))
    args = _with_chosen(button, tap.selected)
    is_form = button.get("text") == SUBMIT
    asked = open_question(ctx, name) if is_form else None
    reply = _run(parts, ctx, name, button["command"], args)
    if asked is not None and reply.template == "refusal":
        ask(ctx, name, asked)  # the form stays, and so does what it asks
    elif is_form or "confirm" in args:
        forget(ctx, name)
    done = reply.subject is not None and (reply.subject.noun, reply.subject.ident) == (card.noun, card.record_id)
    return None if done and ctx.has_changed else reply


def _edited(asked: OpenQuestion | None) -> Reply:
    """修改: what was to be confirmed stays open, so that only what differs need be said."""
    if asked is None or asked.asked != CONFIRM or asked.command is None:
        return Reply("text", {"text": "好的，请把改好的内容重新发给我"})
    label = next(iter(labels_of(BY_NAME[asked.command].args, _amount_like(asked))), "")
    ways = [f"例如：{label}改成…" if label else "", "不是A是B", "回复「取消」放弃，「确认」照办，或整句重新说"]
    return Reply("text", {"text": "请说要改什么", "texts": [way for way in ways if way]})


def _amount_like(asked: OpenQuestion) -> str:
    """The argument of the example: one that was said."""
    return next((name for name in ("amount", "phone", "contact", "name", "ref") if name in asked.args), "ref")


def _with_chosen(button: Json, selected: Mapping[str, tuple[str, ...]]) -> Json:
    """The button's arguments with what was picked in a vote or form; other selects mean nothing."""
    args: Json = dict(button["args"])
    for key, path in (args.pop(FIELDS, None) or {}).items():
        if selected.get(key):
            args = put(args, path, selected[key][0])
    return args


def _keep_code(ctx: Context, card: SentCard, code: str) -> None:
    if code:
        values = {"response_code": code, "code_until": ctx.now + CODE_LIFE}
        ctx.db.execute(update(SentCard.__table__).where(SentCard.id == card.id).values(**values))


def _closing(button: Json | None) -> str:
    """What stands on a card that has no buttons any more."""
    if button is None:
        return "已更新"
    return "已提交" if button["text"] == SUBMIT else f"已点「{button['text']}」"


def _run(parts: Parts, ctx: Context, name: str, command: str, args: Mapping[str, Any]) -> Reply:
    """Runs it; what is missing, ambiguous or to be confirmed becomes the conversation's open question."""
    given = {key: value for key, value in args.items() if key != "confirm"}
    ctx.confirmed = str(args.get("confirm") or "")
    try:
        reply = desk.run(ctx, BY_NAME[command], given)
    except HaitunError as error:
        parts.metrics.count("commands", command=command, outcome=error.code)
        refused = _refused(ctx, name, command, given, error)
        if ctx.has_changed:
            raise RefusedLate(refused) from error
        return refused
    parts.metrics.count("commands", command=command, outcome="ok")
    return linked(parts.settings, ctx.me, BY_NAME[command], given, reply)


def _refused(ctx: Context, name: str, command: str, args: Json, error: HaitunError) -> Reply:
    match error:
        case NeedsConfirmation():
            return _confirmation(ctx, name, command, {**args, **error.settles, "confirm": error.confirm}, error)
        case Ambiguous():
            pairs = tuple((code, shown) for code, shown in error.candidates)
            ask(
                ctx, name, OpenQuestion(command, args, CHOICE, slot=error.field, candidates=pairs, question=error.title)
            )
            return _choice(command, args, error)
        case MissingArgument():
            missing = (error.field,)
            return _ask(ctx, name, OpenQuestion(command, args, error.field, missing=missing, question=error.title))
        case _:
            return refused(command, args, error)


def _confirmation(ctx: Context, name: str, command: str, args: Json, error: NeedsConfirmation) -> Reply:
    """Kept as the open question, so that each of its buttons can be typed."""
    also = tuple((said, {**args, **changes}) for said, changes in error.also)
    ask(ctx, name, OpenQuestion(command, args, CONFIRM, question=error.question, also=also))
    ways = [Button("确认", command, args, "primary"), *(Button(said, command, given) for said, given in also)]
    return Reply(error.template or "text", error.card or {"text": error.question}, (*ways, Button("修改", EDIT)))


def _choice(command: str, args: Json, error: Ambiguous) -> Reply:
    """A vote where the platform has one; its numbers can be typed everywhere."""
    candidates = [{"code": code, "name": name} for code, name in error.candidates]
    submit = Button(SUBMIT, command, {**args, FIELDS: {"choice": error.field}}, "primary")
    facts = {"question": error.question, "candidates": candidates, "said": str(args.get(error.field) or "")}
    return Reply("company/choice", facts, (submit,))
