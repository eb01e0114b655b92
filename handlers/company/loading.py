"""A company from a file: all or nothing, twice is once (contract.md, Company file)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy import text as sql

from handlers import desk
from handlers.company import loading_organisation, loading_records, loading_roles, loading_rules
from handlers.company.deciding import replace_leaver
from handlers.company.delegations import end_for_leavers
from handlers.company.loading_base import Load
from handlers.company.loading_file import checked
from handlers.company.loading_yaml import read
from handlers.context import Context
from models.company.approval import ApprovalTask
from models.company.people import Person
from models.db import Database
from models.outbox import Outbox
from models.sealed import Seal

_ONE_AT_A_TIME = sql("select pg_advisory_xact_lock(4801022)")
_STEPS = (
    loading_organisation.load_departments,
    loading_roles.load_roles,
    loading_organisation.load_people,
    loading_organisation.load_seas,
    loading_organisation.rebuild,
    loading_organisation.load_products,
    loading_organisation.load_robots,
    loading_rules.load_rules,
    loading_records.move_deadlines,
    loading_records.load_customers,
    loading_records.load_leads,
)
_WORDS = {
    "department": "部门", "person": "人员", "sea": "公海", "lead_pool": "线索池", "product": "产品",
    "robot": "群机器人", "rule": "规则", "customer": "客户", "lead": "线索",
}  # fmt: skip


def load_company(database: Database, text: str, *, now: datetime, timezone: ZoneInfo, seal: Seal) -> str:
    """Loads the file in one transaction and says what was made or changed. Raises `CompanyFileError` with the line.

    `seal` is for the robots' addresses; whoever sends opens them with the same one.
    """
    values, lines = read(text)
    file = checked(values, lines)
    with database.transaction() as db:
        db.execute(_ONE_AT_A_TIME)
        ctx = Context(db, None, now, "import", timezone, command="load")
        load = Load(ctx, seal, file, lines)
        for step in _STEPS:
            step(load)
        _replace_leavers(Context(db, None, now, "import", timezone, command="person.leave"))
    said = [f"{word} {len(load.touched[name])}" for name, word in _WORDS.items() if load.touched[name]]
    return f"已载入：{'，'.join(said)}" if said else "已载入：没有新内容"


def _replace_leavers(ctx: Context) -> None:
    """What waits for somebody who is no longer active waits for his superior from now on (domain.md E.3.6)."""
    waiting = select(ApprovalTask.approver_id).where(ApprovalTask.status.in_(("waiting", "next")))
    gone = select(Person.id).where(Person.id.in_(waiting), Person.is_active.is_(False)).order_by(Person.id)
    for person_id in list(ctx.db.execute(gone).scalars()):
        replace_leaver(ctx, person_id)
    end_for_leavers(ctx)
    _withhold_letters(ctx)
    desk.finish(ctx)


def _withhold_letters(ctx: Context) -> None:
    """What was written to a leaver and has not gone out yet stays here (domain.md E.7); his cards are still closed."""
    gone = select(Person.id).where(Person.is_active.is_(False))
    unsent = (Outbox.kind == "message", Outbox.state.in_(("waiting", "retrying")), Outbox.person_id.in_(gone))
    ctx.db.execute(update(Outbox.__table__).where(*unsent).values(state="cancelled", error="收件人已离职"))
