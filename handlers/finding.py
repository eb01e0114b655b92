"""From what was said to a row: code, full name, or an unambiguous part of the name, among the rows one may see."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, select

from handlers import permits
from handlers.context import Context
from handlers.naming import called_so, list_named, master_of
from handlers.nouns import Condition, Noun
from models.base import Record
from models.codes import PLAIN, ident_of, noun_of
from models.company.people import Department, Person
from models.customers.customer import Customer
from models.errors import Ambiguous, Forbidden, NotFound, Stale
from models.normal import company_key
from models.rows import Column, fetch_all, fetch_one, freeze, query
from models.statement import Statement

R = TypeVar("R", bound=Record)


def find(
    ctx: Context,
    noun: Noun,
    ref: str,
    *,
    field: str = "ref",
    lock: bool = False,
    write: bool = False,
    gate: Condition | None = None,
) -> Any:
    """The row that `ref` names, locked until commit on request.

    `gate` is what may be found where that is not what may be seen. Raises `NotFound`, `Ambiguous`, with `write` also
    `Forbidden` (seen but not one's to change), and `Stale` on an If-Match that failed.
    """
    rows = named(ctx, noun, ref, gate or noun.gate, lock=lock)
    if not rows:
        raise NotFound(f"没找到{noun.title}「{ref}」", next_step=f"请检查编号或名称，也可以说「搜索 {ref}」")
    if len(rows) > 1:
        raise Ambiguous(field, ref, [(row.code, _label(row)) for row in rows])
    row = rows[0]
    is_held = lock and noun_of(ref) == noun.name
    if write or (lock and not is_held):
        row = reread(ctx, row, write=partial(noun.gate, write=True) if write else None, noun=noun, is_held=is_held)
    if ctx.expected_version is not None and field == "ref" and row.version != ctx.expected_version:
        raise Stale(
            "刚被别人改过", f"你依据的是第 {ctx.expected_version} 版，现在是第 {row.version} 版", "请刷新后再试"
        )
    return row


def find_to_claim(ctx: Context, look: Callable[..., Any], gate: Condition, owner: Column) -> Any:
    """What `look` finds behind the gate; of several the one that is not the actor's own, which he cannot mean to claim.

    `owner` is the column that names whose it is. Raises as `find` does.
    """
    try:
        return look(gate=gate)
    except Ambiguous as several:
        try:
            return look(gate=lambda asking: gate(asking) & owner.is_distinct_from(asking.me.id))
        except NotFound:
            raise several from None


def seen(ctx: Context, noun: Noun, ident: int, *, write: bool = False) -> Any:
    """The row with this id, or None where the actor may not see it (or, with `write`, not change it)."""
    rows = _passing(ctx, noun.model, "id", ident, partial(noun.gate, write=True) if write else noun.gate)
    return rows[0] if rows else None


def reread(ctx: Context, row: Any, *, write: Condition | None, noun: Noun, is_held: bool = False) -> Any:
    """The same row locked (unless it `is_held` already), its write gate checked under the lock."""
    locked = row if is_held else fetch_one(ctx.db, row.model, id=row.id, lock=True)
    if locked is None:
        raise NotFound(f"没找到{noun.title}「{row.code}」")
    if write is not None:
        require_write(ctx, noun, row, write)
    return locked


def require_write(ctx: Context, noun: Noun, row: Any, gate: Condition | None = None) -> None:
    """Raises `Forbidden` where the row may be seen but is not the actor's to change."""
    if not _passing(ctx, row.model, "id", row.id, gate or partial(noun.gate, write=True)):
        raise Forbidden("没有权限", f"{_label(row)} 不由你负责", _who_could(ctx, row))


def named(ctx: Context, noun: Noun, ref: str, gate: Condition, limit: int = 6, *, lock: bool = False) -> Sequence[Any]:
    """Rows behind `gate` that `ref` may mean: the one with that code, else the exact names, else those that contain it.

    `lock` holds the one that a code names; what only a name fits is locked when it is known to be the one."""
    model: Any = noun.model
    ref = ref.strip()
    if noun_of(ref) == noun.name:
        if noun.name in PLAIN and noun.name != "product":
            found = _passing(ctx, model, "id", ident_of(ref), gate, lock=lock)
            master = master_of(ctx, int(ref[1:])) if not found and model is Customer else None
            return found if master is None else _passing(ctx, model, "id", master, gate, lock=lock)
        return _passing(ctx, model, "code", ref.upper(), gate, lock=lock)
    key = company_key(ref)
    if not key or not noun.named:
        return []
    rows = list_named(ctx, noun, ref, gate(ctx), limit)
    hits = [row for row in rows if any(_said(row, name) in (key, ref) for name in noun.named)]
    if not hits and len(rows) > 1 and model is Customer:
        hits = called_so(ctx, rows, ref)
    return hits or rows


def find_person(ctx: Context, ref: str, field: str = "to") -> Person:
    """A colleague by name, code or account; 李总 means the one active person whose surname is 李."""
    ref = ref.strip()
    if noun_of(ref) == "person":
        found = fetch_all(ctx.db, Person, Person.id == int(ref[1:]), Person.is_active)
    else:
        found = fetch_all(ctx.db, Person, Person.name == ref, Person.is_active) or _people_like(ctx, ref)
    if not found:
        raise NotFound(f"没找到同事「{ref}」", next_step="请说全名")
    if len(found) > 1:
        raise Ambiguous(field, ref, [(person.code, person.name) for person in found])
    return found[0]


def find_department(ctx: Context, ref: str) -> Department:
    """A department by its name or a part of it."""
    found = fetch_all(ctx.db, Department, Department.name == ref) or fetch_all(
        ctx.db, Department, Department.name.contains(ref, autoescape=True), limit=6
    )
    if len(found) != 1:
        raise NotFound(f"没找到部门「{ref}」", next_step="请说完整的部门名称")
    return found[0]


def _people_like(ctx: Context, ref: str) -> list[Person]:
    for title in ("总监", "经理", "主管", "总", "老师", "姐", "哥"):
        if ref.endswith(title) and 1 <= len(ref) - len(title) <= 2:
            surname = ref.removesuffix(title)
            return fetch_all(ctx.db, Person, Person.name.startswith(surname, autoescape=True), Person.is_active)
    return fetch_all(ctx.db, Person, Person.name.contains(ref, autoescape=True), Person.is_active, limit=6)


def _passing(ctx: Context, model: Any, column: str, value: Any, gate: Condition, *, lock: bool = False) -> list[Any]:
    """What has this value and passes the gate. Gates that are `permits.once` make one statement for everybody."""
    statement = _behind(model, column, gate(permits.anyone(ctx)), lock)
    return [freeze(model, row) for row in statement.rows(ctx.db, {"value": value, **permits.asking(ctx)})]


@lru_cache(1000)
def _behind(model: Any, column: str, gate: ColumnElement[bool], lock: bool) -> Statement:
    statement = query(model, getattr(model, column) == bindparam("value"), gate)
    return Statement(statement.with_for_update(key_share=True) if lock else statement)


def _said(row: Any, column: str) -> str:
    return getattr(row, column) or ""


def _label(row: Any) -> str:
    return str(getattr(row, "label", None) or getattr(row, "name", None) or getattr(row, "title", None) or row.code)


def _who_could(ctx: Context, row: Any) -> str:
    owner = getattr(row, "owner_id", None)
    if owner is None and getattr(row, "customer_id", None) is not None:  # whose its customer is
        owner = ctx.db.execute(select(Customer.owner_id).where(Customer.id == row.customer_id)).scalar()
    person = fetch_one(ctx.db, Person, id=owner) if owner is not None else None
    return f"可以联系负责人{person.name}" if person else "请联系管理员"
