"""One thing that a person can do, declared once: every door is made from this object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from handlers.args import Args
from handlers.reply import Reply

if TYPE_CHECKING:
    from handlers.context import Context


class Permission(StrEnum):
    """The right to do a kind of thing at all; which rows is the permit office's second gate."""

    BASIC = "basic"
    LEAD_WRITE = "lead.write"
    LEAD_CLAIM = "lead.claim"
    LEAD_ASSIGN = "lead.assign"
    LEAD_RESTORE = "lead.restore"
    CUSTOMER_WRITE = "customer.write"
    CUSTOMER_CLAIM = "customer.claim"
    CUSTOMER_ASSIGN = "customer.assign"
    OPPORTUNITY_WRITE = "opportunity.write"
    ORDER_WRITE = "order.write"
    PAYMENT_WRITE = "payment.write"
    TARGET_WRITE = "target.write"
    APPROVE = "approval.decide"
    REPORT = "report.show"
    NOTICE = "notice.show"
    RULE_WRITE = "rule.write"
    SHARE = "share"


@dataclass(frozen=True)
class Command:
    """`says` is the grammar (docs/grammar.md), `examples` are run as tests, `needs` is the first permission gate.

    `undo` is True when history can be played back, else the Chinese reason why not.
    `reads` marks a command that changes nothing: no history, no idempotency record.
    """

    name: str
    title: str
    says: tuple[str, ...]
    examples: tuple[str, ...]
    args: type[Args]
    needs: Permission
    run: Callable[[Context, Any], Reply]
    undo: bool | str = True
    reads: bool = False
