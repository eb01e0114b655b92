"""Why something was or was not sent, and sending it again."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from handlers import permits
from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find
from handlers.notice_ledger import NOTICE, present, title, why
from handlers.reply import Reply
from handlers.resending import RESENT, send_again
from models.base import Json
from models.codes import noun_of, number_of
from models.company.people import ChannelAccount, Person
from models.db import Database
from models.errors import NotFound
from models.history import History
from models.outbox import Outbox
from models.rows import fetch_all, fetch_one

SHOWN = 20


class ExplainNotice(Args):
    ref: Words = Arg("单据", "编号")


class ResendNotice(Args):
    ref: Words = Arg("通知", "通知号或单据编号")


def explain_notice(ctx: Context, args: ExplainNotice) -> Reply:
    """Which notices there were about it, as far as they went to the actor; admins see all of them (domain.md D8)."""
    about, ref = _about(ctx, args.ref)
    rows = fetch_all(ctx.db, Outbox, about, NOTICE.gate(ctx), _TOLD, order_by=[Outbox.id.desc()], limit=SHOWN)
    items = present(ctx, rows)
    result = {"ref": ref, "items": items}
    if not rows:
        facts = {"title": f"没有给你的 {ref} 通知", "texts": _reasons(ctx, ref)}
        return Reply("notice", facts, result=result | {"reasons": facts["texts"]})
    return Reply("company/notices", {"ref": ref, "items": [_fact(item) for item in items]}, result=result)


def _fact(item: Json) -> Json:
    """A row of the ledger as the card shows it."""
    return {
        "id": item["code"],
        "to": item["recipient"],
        "channel": item["channel"],
        "status": item["state"],
        "at": item["sent_at"] or item["due_at"],
        "title": f"通知 {item['code']} {item['title']}",
        "why": item["why"],
    }


_TOLD = Outbox.kind.in_(["message", "robot"])


def _about(ctx: Context, said: str) -> tuple[ColumnElement[bool], str]:
    """The notices that are meant: one by its number, or all about a document, customer or lead."""
    said = said.strip()
    number = number_of(said.removeprefix("通知").strip())
    if number is not None:
        return Outbox.id == number, str(number)
    ref = said.upper() if noun_of(said) is not None else find(ctx, CUSTOMER, said).code
    return Outbox.ref == ref, ref


def _reasons(ctx: Context, ref: str) -> list[str]:
    """Why the actor was told nothing about it: the rules by which people are told, and which of them held."""
    found = []
    if fetch_one(ctx.db, ChannelAccount, person_id=ctx.me.id) is None:
        found.append("你没有绑定企业微信或钉钉账号，请联系管理员绑定")
    entries = fetch_all(
        ctx.db, History, History.ref == ref, permits.history(ctx), order_by=[History.id.desc()], limit=SHOWN
    )
    if not entries:
        return [*found, f"你能看到的范围内，{ref} 没有变动过"]
    if any(entry.actor_id == ctx.me.id for entry in entries):
        found.append("有你自己做的变动：自己做的事不会通知自己")
    if any(entry.actor_id != ctx.me.id for entry in entries):
        found.append("别人做的变动只通知负责人、提交人、轮到的审批人和订阅的群，你不在其中")
    return found


def resend_notice(ctx: Context, args: ResendNotice) -> Reply:
    """The notice with this number, or the newest about this document; by its recipient or an admin only."""
    about, ref = _about(ctx, args.ref)
    rows = fetch_all(ctx.db, Outbox, about, NOTICE.gate(ctx), _TOLD, order_by=[Outbox.id.desc()], limit=SHOWN)
    if not rows:
        rule = "只能重发给自己的通知，管理员可以重发全部"
        raise NotFound(f"没有可以重发的通知「{ref}」", rule, f"可以问「为什么没收到 {ref} 的通知」")
    row = next((row for row in rows if row.state in RESENT), rows[0])
    number = send_again(ctx.db, row, ctx.now)
    texts = [f"新的通知号 {number}，马上发送"]
    facts = {"title": f"已重发通知 {row.id}「{title(row.topic)}」", "texts": texts}
    return Reply("notice", facts, result={"notice": str(number), "resent": str(row.id)})


def explain_lines(database: Database, ref: str | None, zone: ZoneInfo) -> list[str]:
    """The ledger for the command line: number, state, recipient, what, why. Without a ref the newest ones."""
    with database.transaction() as db:
        where = _TOLD if ref is None else _numbered(ref)
        rows = fetch_all(db, Outbox, where, order_by=[Outbox.id.desc()], limit=SHOWN * 5)
        people = {row.id: row.name for row in fetch_all(db, Person)}
    return _lines(rows, people, zone) or [f"没有 {ref} 的通知" if ref else "还没有通知"]


def _numbered(ref: str) -> ColumnElement[bool]:
    number = number_of(ref)
    return Outbox.ref == ref.upper() if number is None else Outbox.id == number


def _lines(rows: Sequence[Outbox], people: dict[int, str], zone: ZoneInfo) -> list[str]:
    lines = []
    for row in rows:
        who = people.get(row.person_id or 0) or row.account
        moment = (row.sent_at or row.due_at).astimezone(zone)
        words = [str(row.id), row.state, f"{row.channel}:{who}", f"{moment:%Y-%m-%d %H:%M}", row.ref or "-"]
        lines.append("  ".join([*words, title(row.topic), why(row, row.created_at, zone)]).rstrip())
    return lines


def resend_one(database: Database, ident: str, now: datetime) -> str:
    """Sends the notice with this number again and says the new number."""
    with database.transaction() as db:
        row = fetch_one(db, Outbox, id=number_of(ident))
        if row is None:
            raise NotFound(f"没有通知「{ident}」", next_step="haitun notices 的第一列是通知号")
        number = send_again(db, row, now)
    return f"通知 {row.id} 已重发，新的通知号 {number}"


EXPLAIN_NOTICE = Command(
    name="notice.explain", title="通知去哪了",
    says=(
        "(为什么|为啥|怎么)[我]没[有]收到{ref}[的][审批|订单|回款](通知|消息|提醒)",
        "{ref}[的][审批|订单|回款](通知|消息|提醒)"
        "(发了没|发了吗|发了没有|去哪了|去哪儿了|怎么没收到|为什么没收到|没收到|发没发)",
        "[我]没[有]收到{ref:code}[的][审批|订单|回款](通知|消息|提醒)",
        "(查|看|查看)[一下|下]{ref:code}[的]通知",
    ),
    examples=("为什么没收到 SO20261123-0001 的通知", "SO20261123-0001的通知去哪了"),
    args=ExplainNotice, needs=Permission.NOTICE, run=explain_notice, reads=True,
)  # fmt: skip
RESEND_NOTICE = Command(
    name="notice.resend", title="重发通知",
    says=(
        "(重发|再发|补发|重新发送|resend)[一下|一遍|一次]{ref:code}[的][通知|消息|提醒]",
        "(重发|再发|补发|重新发送)[一下|一遍|一次]{ref}[的][审批|订单|回款](通知|消息|提醒)",
        "(重发|补发)通知{ref}",
        "[把|将]{ref:code}[的][审批|订单|回款](通知|消息|提醒)(重发|再发|补发|重新发)[一次|一遍|一下]",
    ),
    examples=("重发 SO20261123-0001 的通知", "重发通知 12"),
    args=ResendNotice, needs=Permission.NOTICE, run=resend_notice, undo="通知已重新发出",
)  # fmt: skip

COMMANDS = (EXPLAIN_NOTICE, RESEND_NOTICE,)  # fmt: skip
