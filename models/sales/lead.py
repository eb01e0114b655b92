"""Leads and their six states (domain.md A.2): the table, and each move as a verb that returns what changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, LeadPoolId
from models.codes import plain_code
from models.customers.ownership import Owned
from models.errors import Conflict
from models.grams import INDEXED, gram_index

OPEN = ("unassigned", "pending", "following", "invalid")
ACTIVE = ("pending", "following")
STATES = {
    "unassigned": "未分配", "pending": "待处理", "following": "跟进中", "invalid": "无效", "converted": "已转换",
    "void": "已作废",
}  # fmt: skip
_UNWARNED: dict[str, Any] = {"warned_for": None, "warned_at": None}
_NO_CLOCK: dict[str, Any] = {"clock_at": None, "reclaim_at": None, "next_follow_up_at": None, **_UNWARNED}
_OUT_OF_POOL: dict[str, Any] = {"pool_id": None, "entered_pool_at": None}


class Lead(Owned):
    """`status`: unassigned pending following invalid converted void. A phone is unique among the open ones."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint("status <> 'unassigned' or owner_id is null", name="unassigned_has_no_owner"),
        Index(
            "uq_lead_phone",
            "phone",
            unique=True,
            postgresql_where=text("phone is not null and status not in ('converted', 'void')"),
        ),
        Index(
            "ix_lead_closed_phone",
            "phone",
            postgresql_where=text("phone is not null and status in ('converted', 'void')"),
        ),
        gram_index("ix_lead_name", "name"),
        gram_index("ix_lead_company", "company"),
        Index("ix_lead_owner", "owner_id", "id"),
        Index("ix_lead_pool", "pool_id", "id", postgresql_where=text("status = 'unassigned'")),
        Index("ix_lead_reclaim", "reclaim_at", postgresql_where=text("reclaim_at is not null")),
    )

    name: Mapped[str | None] = mapped_column(info=INDEXED)
    phone: Mapped[str | None]
    company: Mapped[str | None] = mapped_column(info=INDEXED)
    title: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]
    source: Mapped[str | None]
    campaign: Mapped[str | None]
    region: Mapped[str | None]
    industry: Mapped[str | None]
    note: Mapped[str | None]
    status: Mapped[str]
    status_before: Mapped[str | None]
    status_reason: Mapped[str | None]
    pool_id: Mapped[LeadPoolId | None]
    home_pool_id: Mapped[LeadPoolId | None]
    entered_pool_at: Mapped[datetime | None]
    warned_for: Mapped[datetime | None]
    customer_id: Mapped[CustomerId | None]
    score: Mapped[int | None]

    @property
    def code(self) -> str:
        """L000123."""
        return plain_code("lead", self.id)

    @property
    def label(self) -> str:
        """How a lead is called where everyone may hear it: a number or account is never said whole."""
        return self.name or self.company or (f"尾号 {self.phone[-4:]}" if self.phone else self.code)

    def taken(self, at: datetime) -> dict[str, Any]:
        """An owner is set, by claim or assignment: it waits for his first follow-up, with a full period."""
        _only(self, OPEN, "换负责人")
        return {"status": "pending", "status_before": None, "status_reason": None, "clock_at": at, **_OUT_OF_POOL}

    def pooled(self, pool_id: int, at: datetime, reason: str) -> dict[str, Any]:
        """Back to a pool, for others to claim."""
        _only(self, ("pending", "following", "invalid"), "退回线索池")
        into = {"pool_id": pool_id, "home_pool_id": pool_id, "entered_pool_at": at}
        return {"status": "unassigned", "status_before": None, "status_reason": reason, **into, **_NO_CLOCK}

    def followed(self) -> dict[str, Any]:
        """Any follow-up makes a waiting one followed, and brings an invalid one back."""
        _only(self, ("pending", "following", "invalid"), "写跟进")
        return {"status": "following", "status_before": None, "status_reason": None}

    def invalidated(self, reason: str | None) -> dict[str, Any]:
        """A temporary mark: cannot be reached now; its clock rests, so that it is not reclaimed meanwhile."""
        _only(self, ACTIVE, "标记无效")
        changes = {"status": "invalid", "status_before": self.status, "status_reason": reason}
        return changes | {"reclaim_at": None, **_UNWARNED}

    def voided(self, reason: str | None) -> dict[str, Any]:
        """Verified as junk; remembers what it was for an admin's restore."""
        _only(self, OPEN, "作废")
        changes = {"status": "void", "status_before": self.status, "status_reason": reason}
        return changes | _OUT_OF_POOL | _NO_CLOCK

    def restored(self) -> dict[str, Any]:
        """From invalid or void to what it was before."""
        _only(self, ("invalid", "void"), "恢复")
        return {"status": self.status_before or "pending", "status_before": None, "status_reason": None}

    def converted(self, customer_id: int) -> dict[str, Any]:
        """It became a customer; final."""
        _only(self, ACTIVE, "转换")
        return {"status": "converted", "status_before": self.status, "customer_id": customer_id, **_NO_CLOCK}


_NEXT = {
    "unassigned": "请先领取或分配",
    "pending": "可以直接跟进",
    "following": "可以直接跟进",
    "invalid": "可以先写一条跟进，或说「恢复线索 {code}」",
    "converted": "请到转换后的客户上操作",
    "void": "只有管理员可以恢复",
}


def _only(lead: Lead, states: tuple[str, ...], what: str) -> None:
    if lead.status not in states:
        raise Conflict(
            f"线索 {lead.label} 现在不能{what}",
            f"它的状态是{STATES[lead.status]}，只有{'、'.join(STATES[s] for s in states)}的线索可以{what}",
            _NEXT[lead.status].format(code=lead.code),
        )
