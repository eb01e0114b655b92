"""Undo is history played back: every row gets its `before`, where it is still the one that was left (design.md 14)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, literal, update
from sqlalchemy.exc import IntegrityError

from handlers.context import Context, Notice
from handlers.reply import Reply
from models.base import Base, Json, Record, plain, unplain
from models.company.approval import Approval
from models.company.attachment import Attachment
from models.company.people import Person
from models.customers.activity import FollowUp, Todo
from models.customers.ownership import Ownership
from models.db import savepoint
from models.errors import Conflict, HaitunError, NotFound
from models.history import History
from models.outbox import Outbox
from models.rows import fetch_all, fetch_one
from models.tables import MODELS

WINDOW = timedelta(minutes=10)
REFERRING: tuple[type[Any], ...] = (FollowUp, Todo, Ownership, Approval, Attachment)
LOCKED_FIRST = ("approval", "payment", "order", "lead", "customer")
WORDS = {
    "follow_up": "写了跟进", "attachment": "附了文件", "todo": "建了待办", "ownership": "换了负责人",
    "approval": "提交了审批",
    "contact": "加了联系人", "opportunity": "建了商机", "opportunity_move": "推进了商机",
    "assignment": "自动分配过",
    "order": "下了订单", "payment": "登记了回款", "team_member": "改了团队", "lead": "改了线索", "customer": "改了客户",
}  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """What one command did: its history entries and all row changes in the order in which they were made."""

    entries: Sequence[History]
    changes: Sequence[Json]

    @property
    def main(self) -> History:
        """The entry that names it."""
        return self.entries[0]


def undo_last(ctx: Context, walk: str | None = None) -> Reply:
    """Takes back the actor's last command of ten minutes, or the one of this walk. Raises what stands in between."""
    found = _walk(ctx, walk)
    what = _title(found.main.command)
    _lock_unchanged(ctx, found, what)
    _refuse_referred(ctx, found, what)
    rows = _play_back(ctx, found, what)
    ids = [entry.id for entry in found.entries]
    ctx.db.execute(update(History).where(History.id.in_(ids)).values(undone_at=ctx.now))
    facts = _facts(ctx, found, what, rows)
    _record(ctx, found, rows)
    _follow(ctx, found)
    _tell(ctx, found, facts)
    return Reply("undone", facts, result=facts | {"events": [entry.event for entry in found.entries]})


def _follow(ctx: Context, walk: Walk) -> None:
    """What follows from rows without being their history: a leave's clocks."""
    away = {entry.owner_id for entry in walk.entries if entry.noun == "leave" and entry.owner_id is not None}
    if away:
        from handlers.customers.clocks import of_person  # which reads nouns that list undo

        for person in sorted(away):
            of_person(ctx, person)


def tied(reply: Reply, walk: str) -> Reply:
    """The reply with its 撤销 button tied to this walk: on an old card it must not take back something newer."""
    if not any(button.command == "undo" for button in reply.buttons):
        return reply
    buttons = (replace(b, args={"walk": walk}) if b.command == "undo" and not b.args else b for b in reply.buttons)
    return replace(reply, buttons=tuple(buttons))


def _walk(ctx: Context, walk: str | None) -> Walk:
    own = [History.actor_id == ctx.me.id, History.door != "clock"]
    if walk is not None:
        own.append(History.walk == walk)
    else:
        own += [History.undone_at.is_(None), History.command != "undo"]
    newest = fetch_all(ctx.db, History, *own, order_by=[History.id.desc()], limit=1, lock=True)
    if not newest or newest[0].at > ctx.now:
        raise NotFound("没有可以撤销的操作", f"只能撤销自己 {_minutes()} 分钟内的操作")
    last = newest[0]
    what = _title(last.command)
    if last.undone_at is not None:
        raise Conflict(f"「{what}」已经撤销过了")
    if not last.is_undoable:
        raise Conflict(f"「{what}」不能撤销", _why_not(last.command), _instead(last))
    if ctx.now - last.at > WINDOW:
        ago = int((ctx.now - last.at).total_seconds() // 60)
        raise Conflict(
            f"「{what}」不能撤销了", f"只能撤销 {_minutes()} 分钟内的操作，这是 {ago} 分钟前的", "请直接修改"
        )
    entries = fetch_all(ctx.db, History, History.walk == last.walk, order_by=[History.id])
    return Walk(entries, [change for entry in entries for change in entry.changes])


def _minutes() -> int:
    return int(WINDOW.total_seconds() // 60)


def _command(name: str) -> Any:
    from handlers.registry import BY_NAME  # the registry lists undo itself

    return BY_NAME.get(name)


def _title(name: str) -> str:
    command = _command(name)
    return str(command.title) if command is not None else name


def _why_not(name: str) -> str:
    command = _command(name)
    return command.undo if command is not None and isinstance(command.undo, str) else "它没有可以放回的内容"


def _instead(last: History) -> str:
    if _why_not(last.command).endswith("可以撤回"):
        return f"可以说「撤回 {last.ref}」"
    return f"可以说「查 {last.ref}」看现在的状态"


def _lock_unchanged(ctx: Context, walk: Walk, what: str) -> None:
    """Locks the rows that are still there, in the order of all commands; each must have the version left to it."""
    left: dict[tuple[str, int], Json] = {}
    for change in walk.changes:
        left[change["table"], change["id"]] = change
    blocked: list[str] = []
    for (table, ident), change in sorted(left.items(), key=_lock_order):
        model = MODELS[table]
        row: Any = fetch_one(ctx.db, model, model.__table__.c.id == ident, lock=True)
        was_removed = change["after"] is None
        if was_removed != (row is None) or (row is not None and row.version != change["version"]):
            blocked += _since(ctx, walk, table, ident) or [f"{_label(row) or walk.main.ref} 之后又改过"]
    if blocked:
        raise _blocked(what, blocked)


def _lock_order(item: tuple[tuple[str, int], Json]) -> tuple[int, str, int]:
    (table, ident), _ = item
    return (LOCKED_FIRST.index(table) if table in LOCKED_FIRST else len(LOCKED_FIRST), table, ident)


def _blocked(what: str, lines: Sequence[str]) -> HaitunError:
    lines = list(dict.fromkeys(lines))[:5]
    return Conflict(f"「{what}」不能撤销了", "；".join(lines), "请先处理之后的变动，或直接修改", blocked=lines)


def _since(ctx: Context, walk: Walk, table: str, ident: int) -> list[str]:
    """Who did what to this row after the walk."""
    touched = History.changes.op("@>")(literal([{"table": table, "id": ident}], History.changes.type))
    later = fetch_all(
        ctx.db, History, History.id > walk.entries[-1].id, touched, History.undone_at.is_(None), order_by=[History.id]
    )
    lines = []
    for entry in later[:3]:
        local = entry.at.astimezone(ctx.zone)
        person = fetch_one(ctx.db, Person, id=entry.actor_id) if entry.actor_id is not None else None
        lines.append(f"{local:%H:%M} {person.name if person else '系统'}又做了「{_title(entry.command)}」")
    return [f"之后{line}" for line in lines]


def _refuse_referred(ctx: Context, walk: Walk, what: str) -> None:
    """What was made may have got children that no foreign key knows (todos, follow-ups, approvals)."""
    made = _made(walk)
    lines = []
    for table, ident in made:
        for model in REFERRING:
            own = [change["id"] for change in walk.changes if change["table"] == model.__tablename__]
            about = (model.noun == table, model.record_id == ident, model.id.not_in(own))
            other = fetch_one(ctx.db, model, *about)
            if other is not None:
                lines.append(f"之后{WORDS[model.__tablename__]} {_label(other)}".rstrip())
    if lines:
        raise _blocked(what, lines)


def _made(walk: Walk) -> list[tuple[str, int]]:
    removed = {(c["table"], c["id"]) for c in walk.changes if c["after"] is None}
    made = [(c["table"], c["id"]) for c in walk.changes if c["before"] is None]
    return [key for key in made if key not in removed]


def _play_back(ctx: Context, walk: Walk, what: str) -> dict[tuple[str, int], Any]:
    """The changes backwards, one by one; returns what is left of each row (of a removed one what it was)."""
    rows: dict[tuple[str, int], Any] = {}
    try:
        with savepoint(ctx.db):
            for change in reversed(walk.changes):
                key = (change["table"], change["id"])
                rows[key] = step_back(ctx, MODELS[change["table"]], change) or rows.get(key)
    except IntegrityError as error:
        table = str(getattr(getattr(error.orig, "diag", None), "table_name", "") or "")
        raise _blocked(what, [f"之后又{WORDS.get(table, '有了别的记录')}"]) from error
    return rows


def step_back(ctx: Context, model: type[Base], change: Json) -> Any:
    """Puts one row change back; returns the row as it is then, of a deleted one what it was."""
    table, ident, before = model.__table__, change["id"], change["before"]
    present: Any = fetch_one(ctx.db, model, table.c.id == ident)
    if before is None:
        ctx.db.execute(delete(table).where(table.c.id == ident))
        ctx._change(present, {column.key: plain(getattr(present, column.key)) for column in table.c}, None)
        return present
    values = {name: unplain(model, name, value) for name, value in before.items()}
    if change["after"] is None:
        ctx.db.execute(insert(table).values(**values))
        again: Any = fetch_one(ctx.db, model, table.c.id == ident)
        ctx._change(again, None, before)
        return again
    stamp = {"version": table.c.version + 1} | ({"updated_at": ctx.now} if issubclass(model, Record) else {})
    ctx.db.execute(update(table).where(table.c.id == ident).values(**values, **stamp))
    after: Any = fetch_one(ctx.db, model, table.c.id == ident)
    ctx._change(after, {name: plain(getattr(present, name)) for name in values}, before)
    return after


def _record(ctx: Context, walk: Walk, rows: dict[tuple[str, int], Any]) -> None:
    """One entry a thing: what was taken back, under the command undo."""
    for entry in walk.entries:
        row = rows.get((entry.noun, entry.record_id)) or next(iter(rows.values()), None)
        if row is not None:
            ctx.record(
                f"{entry.event}.undone", row, ref=entry.ref, customer_id=entry.customer_id, owner_id=entry.owner_id
            )
    for table, ident in rows:
        ctx.refresh_cards(table, ident)


def _facts(ctx: Context, walk: Walk, what: str, rows: dict[tuple[str, int], Any]) -> Json:
    main = (walk.main.noun, walk.main.record_id)
    row = rows.get(main)
    # A follow-up's entry is filed under its customer: what is gone is named by its own code, a member has none.
    code, label = str(getattr(row, "code", None) or walk.main.ref), _label(row)
    back = f"{code} 恢复到 {_clock(ctx, walk)} 之前的样子"
    if main in _made(walk):
        back = f"{code} 已删除" if getattr(row, "code", None) else "已恢复原样"
    changes = [back]
    if len(walk.entries) > 1:
        changes.append("，".join(dict.fromkeys(entry.ref for entry in walk.entries)))
    subject = {"code": code, "name": "" if label == code else label}
    return {"what": what, "subject": subject, "changes": changes, "by": ctx.me.name}


def _clock(ctx: Context, walk: Walk) -> str:
    return f"{walk.main.at.astimezone(ctx.zone):%H:%M}"


def _label(row: Any) -> str:
    if row is None:
        return ""
    return str(getattr(row, "name", None) or getattr(row, "title", None) or getattr(row, "code", None) or "")


def _tell(ctx: Context, walk: Walk, facts: Json) -> None:
    """Who was told is told; what has not left yet does not leave."""
    prefix = f"{walk.main.walk}|"
    rows = fetch_all(ctx.db, Outbox, Outbox.dedupe_key.startswith(prefix, autoescape=True), order_by=[Outbox.id])
    stop = update(Outbox).where(Outbox.id.in_([row.id for row in rows]), Outbox.state == "waiting")
    stopped = set(ctx.db.execute(stop.values(state="cancelled").returning(Outbox.id)).scalars())
    told = dict.fromkeys(row.person_id for row in rows if row.person_id is not None and row.id not in stopped)
    people = tuple(person for person in told if person is not None)
    if people:
        shown = facts | {"changes": [f"由{ctx.me.name}撤销", *facts["changes"]]}
        ctx.tell(Notice("undone", "undone", shown, walk.main.ref, people, robots=False))
