"""「明细」 after a question: the rows that sum to one of its numbers."""

from datetime import timedelta

from sqlalchemy import func, select

from handlers import permits
from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.desk import read_args
from handlers.reply import Reply
from models.base import Json
from models.errors import Ambiguous, NotFound
from models.rows import fetch_all
from models.sent_card import SentCard

TEMPLATE = "questions/answer"
NEAR = 5000  # cards of all people among which one's own last question is looked for
LIFE = timedelta(hours=12)


class AskDetail(Args):
    which: Words | None = Arg("哪个数", default=None)


def ask_detail(ctx: Context, args: AskDetail) -> Reply:
    """Asks the last question of this person again, for the rows of one number; the first where none is named."""
    from handlers.registry import BY_NAME  # it lists this command, too

    buttons = _buttons(ctx)
    if not buttons:
        raise NotFound("没有可以看明细的数", "先问一个问题", "例如：今天谁成交了")
    fits = [button for button in buttons if args.which is None or args.which in button["text"]]
    if not fits:
        names = "、".join(button["text"] for button in buttons)
        raise NotFound(f"没有「{args.which}」的明细", next_step=f"可以看：{names}")
    if args.which is not None and len(fits) > 1:
        raise Ambiguous("which", args.which, [(button["text"], button["text"]) for button in fits])
    command = BY_NAME[fits[0]["command"]]
    permits.require(ctx, command.needs)
    return command.run(ctx, read_args(command, fits[0]["args"]))


def _buttons(ctx: Context) -> list[Json]:
    """Those of the last answer with numbers that this person got."""
    near = select(func.max(SentCard.id) - NEAR).scalar_subquery()
    mine = (SentCard.person_id == ctx.me.id, SentCard.template == TEMPLATE, SentCard.id > near)
    recent = SentCard.made_at > ctx.now - LIFE
    found = fetch_all(ctx.db, SentCard, *mine, recent, order_by=[SentCard.id.desc()], limit=1)
    return [button for card in found for button in card.buttons if button["args"].get("part")]


ASK_DETAIL = Command(
    name="ask.detail", title="看明细",
    says=(
        "[看看|看|查看|打开|要]明细",
        "[看看|看|查看|打开|列出]{which}[的]明细",
        "明细{which:apart}",
        "[都]是(哪几笔|哪几单)",
        "(展开|列出)明细",
    ),
    examples=("明细", "逾期的明细"),
    args=AskDetail, needs=Permission.BASIC, run=ask_detail, reads=True,
)  # fmt: skip

COMMANDS = (ASK_DETAIL,)
