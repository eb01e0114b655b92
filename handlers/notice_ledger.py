"""The ledger of notices: what was, will be or was not sent, to whom and why (domain.md D8)."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import true

from cards.rows import TOPICS
from handlers import permits
from handlers.context import Context
from handlers.nouns import Noun
from handlers.presenting import by_person, instant, people
from models.base import Json
from models.codes import number_of
from models.outbox import Outbox

TITLES = TOPICS | {
    "reply": "机器人的回答", "card.refresh": "更新卡片", "undone": "已撤销", "todo.due": "待办提醒",
    "customer.assigned": "客户换了负责人", "customer.extended": "客户已延期",
    "customer.extension_requested": "申请延期", "approval.decided": "审批结果", "approval.urged": "催办",
    "lead.assigned": "线索换了负责人",
}  # fmt: skip


def title(topic: str) -> str:
    """What a notice is about, in Chinese."""
    return TITLES.get(topic, topic)


def why(row: Outbox, now: datetime, zone: ZoneInfo) -> str:
    """Why it is where it is, and when something happens next."""
    due = row.due_at.astimezone(zone)
    when = f"{due.month}月{due.day}日 {due:%H:%M}"
    error = row.error or row.error_code or "原因不明"
    match row.state:
        case "waiting":
            return "马上发送" if row.due_at <= now else f"免打扰时段，{when} 发送"
        case "sending":
            return "正在发送"
        case "retrying":
            return f"第 {row.attempts} 次没发出去：{error}，{when} 再试"
        case "dead":
            return f"试了 {row.attempts} 次没发出去：{error}，可以重发"
        case "merged":
            return f"已并入通知 {row.merged_into}"
        case "cancelled":
            return "发送前事情已经变了，没有发"
        case _:
            return "可能收到两次：上次发送时平台没有回答" if row.maybe_twice else ""


def present(ctx: Context, rows: Sequence[Outbox]) -> list[Json]:
    """Rows of the outbox as the API shows them; nothing of their text."""
    recipients = people(ctx, [row.person_id for row in rows])
    return [
        {
            "code": str(row.id),
            "topic": row.topic,
            "title": title(row.topic),
            "ref": row.ref,
            "state": row.state,
            "channel": row.channel,
            "recipient": recipients[row.person_id] or {"code": row.account, "name": row.account},
            "due_at": instant(ctx, row.due_at),
            "sent_at": instant(ctx, row.sent_at),
            "attempts": row.attempts,
            "error": row.error,
            "error_code": row.error_code,
            "why": why(row, ctx.now, ctx.zone),
            "maybe_twice": row.maybe_twice,
            "merged_into": None if row.merged_into is None else str(row.merged_into),
            "form": row.form,
            "created_at": instant(ctx, row.created_at),
            "updated_at": instant(ctx, row.sent_at or row.created_at),
            "version": 1,
        }
        for row in rows
    ]


NOTICE = Noun(
    name="notice", plural="notices", title="通知", model=Outbox, gate=permits.notices, present=present,
    columns=("topic", "state", "channel", "form", "maybe_twice", "kind"),
    scenes={"all": lambda _ctx: true(), "mine": lambda ctx: Outbox.person_id == ctx.me.id},
    filters={"ref": lambda _ctx, said: Outbox.ref.in_([said, said.upper()]), "recipient": by_person(Outbox.person_id)},
    by_code=lambda _ctx, code: Outbox.id == number_of(code),
)  # fmt: skip
