"""What a business noun tells the doors that read: its rows, their public shape, scenes and filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from handlers.context import Context
from models.base import Base, Json

Condition = Callable[[Context], ColumnElement[bool]]
Filter = Callable[[Context, str], ColumnElement[bool]]


class Gate(Protocol):
    """A row gate of the permit office."""

    def __call__(self, ctx: Context, /, *, write: bool = False) -> ColumnElement[bool]: ...


@dataclass(frozen=True)
class Noun:
    """`present` turns rows into API objects (contract.md HTTP), in order and masked for the actor.

    `named` are the columns by which a ref or `q` finds a row; `filters` what may stand in the query beside the public
    columns of the table (`columns`); `scenes` the preset views, "all" always among them.
    """

    name: str
    plural: str
    title: str
    model: type[Base]
    gate: Gate
    present: Callable[[Context, Sequence[Any]], list[Json]]
    named: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    scenes: Mapping[str, Condition] = field(default_factory=dict)
    by_code: Filter | None = None


def one(ctx: Context, noun: Noun, row: Any) -> Json:
    """The public shape of a single row."""
    return noun.present(ctx, [row])[0]
