"""Small pieces of public shape shared by all nouns: people, names of pools, common fields, filters."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, bindparam, func, select

from handlers.context import Context
from models.amounts import yuan
from models.base import Base, Json, Record
from models.clock import at, aware
from models.codes import noun_of
from models.company.people import Person
from models.company.pool_rules import Veil
from models.customers.customer import Customer
from models.errors import BadRequest
from models.normal import normal_phone
from models.statement import Statement

Filter = Callable[[Context, str], ColumnElement[bool]]


def people(ctx: Context, idents: Iterable[int | None]) -> dict[int | None, Any]:
    """`{"code", "name"}` by person id."""
    known = _named(ctx, Person, idents)
    return {None: None} | {ident: {"code": f"U{ident:06d}", "name": name} for ident, name in known.items()}


def names(ctx: Context, model: Any, idents: Iterable[int | None]) -> dict[int | None, str | None]:
    """`name` by id, for seas, pools, customers."""
    return {None: None} | _named(ctx, model, idents)


def _named(ctx: Context, model: Any, idents: Iterable[int | None]) -> dict[int, str]:
    """Only what exists. Customers can be renamed by the very command, so they are asked for every time."""
    wanted = {ident for ident in idents if ident is not None}
    known: dict[int, str] = ctx.memo.setdefault(model, {}) if model is not Customer else {}
    if model is Person and ctx.actor is not None:
        known[ctx.actor.id] = ctx.actor.name
    if missing := wanted - known.keys():
        known.update(_names_of(model).rows(ctx.db, {"ids": list(missing)}))
    return {ident: known[ident] for ident in wanted if ident in known}


@cache
def _names_of(model: Any) -> Statement:
    some = model.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
    return Statement(select(model.id, model.name).where(some))


def instant(ctx: Context, value: datetime | None) -> str | None:
    """ISO 8601 with the company's offset."""
    return None if value is None else value.astimezone(ctx.zone).isoformat()


def common(ctx: Context, row: Record) -> Json:
    """What every object has besides its own fields."""
    return {
        "created_at": instant(ctx, row.created_at),
        "updated_at": instant(ctx, row.updated_at),
        "version": row.version,
    }


def money(amount_fen: int | None) -> str | None:
    """Yuan as the API shows it."""
    return None if amount_fen is None else yuan(amount_fen)


def decimal(value: Decimal | None) -> str | None:
    """A rate or quantity without trailing zeros: `0.95`, `3`."""
    return None if value is None else f"{value.normalize():f}"


def masked_phone(phone: str | None) -> str | None:
    """138****8000."""
    return None if phone is None else f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def veiled(name: str, value: Any, veil: Veil) -> Any:
    """What is left of a field for whoever may not read it (domain.md E.1.4)."""
    if not value or veil == "show":
        return value
    if veil == "hide":
        return "已隐藏"
    if name == "phone":
        return masked_phone(str(value))
    head, at, host = str(value).partition("@")
    return f"{head[: 1 if at else 2]}****{at}{host}" if len(head) > 4 else f"****{at}{host}"


def veiled_fields(own: Mapping[str, Any], veils: Mapping[str, Veil]) -> Json:
    """Those of these fields that are veiled, as they are shown."""
    return {name: veiled(name, own[name], veil) for name, veil in veils.items() if name in own}


def by_person(column: Any) -> Filter:
    """A filter on a person column, by name or code."""

    def condition(ctx: Context, text: str) -> ColumnElement[bool]:
        if noun_of(text) == "person":
            return column == int(text[1:])  # type: ignore[no-any-return]
        return column.in_(select(Person.id).where(Person.name == text))  # type: ignore[no-any-return]

    return condition


def by_name_of(column: Any, model: Any) -> Filter:
    """A filter on a reference by the name of what it refers to, or its code."""

    def condition(ctx: Context, text: str) -> ColumnElement[bool]:
        if noun_of(text) == model.__tablename__ and hasattr(model, "code") and not isinstance(model.code, property):
            return column.in_(select(model.id).where(model.code == text.upper()))  # type: ignore[no-any-return]
        if noun_of(text) == model.__tablename__:
            return column == int(text[1:])  # type: ignore[no-any-return]
        return column.in_(select(model.id).where(model.name == text))  # type: ignore[no-any-return]

    return condition


def by_phone(column: Any) -> Filter:
    """A filter on a phone, normalised as everywhere."""
    return lambda ctx, text: column == (normal_phone(text) or text)


def by_column(model: type[Base], name: str) -> Filter:
    """Equality on a plain column: text, flag, number, yuan (`_fen`), day or instant."""
    column = model.__table__.c[name]
    kind = column.type.python_type

    def condition(ctx: Context, text: str) -> ColumnElement[bool]:
        try:
            if kind is bool:
                return column == {"true": True, "1": True, "false": False, "0": False}[text.lower()]
            if kind is datetime:
                return _within(ctx, column, text)
            value: Any = date.fromisoformat(text) if kind is date else kind(text)
        except (ValueError, KeyError, ArithmeticError) as error:
            raise BadRequest(f"「{name}」的值不对", text[:40]) from error
        return column == value  # type: ignore[no-any-return]

    return condition


def _within(ctx: Context, column: Any, text: str) -> ColumnElement[bool]:
    if len(text) == 10:
        start = at(date.fromisoformat(text), datetime.min.time(), ctx.zone)
        return (column >= start) & (column < start + timedelta(days=1))  # type: ignore[no-any-return]
    instant = aware(datetime.fromisoformat(text.replace(" ", "+")), ctx.zone)
    return column == instant.astimezone(UTC)  # type: ignore[no-any-return]
