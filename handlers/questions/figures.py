"""A number together with the rows that sum to it: counted, added up and listed by one and the same condition."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select

from handlers.context import Context
from handlers.nouns import Noun
from handlers.presenting import money
from models.base import Json
from models.rows import Condition, freeze

ROWS = 200  # what a list of rows holds at most; a chat shows the first few and a link to the rest


@dataclass(frozen=True)
class Figure:
    """The rows of `noun` that fit and that the actor may see. Each of them brings `share` (fen), without it it is
    counted as one."""

    key: str
    name: str
    noun: Noun
    where: Sequence[Condition]
    share: ColumnElement[int] | None = None
    order_by: Sequence[Any] = field(default_factory=tuple)

    @property
    def unit(self) -> Literal["yuan", "count"]:
        """Of the number and of every row's share."""
        return "count" if self.share is None else "yuan"

    def total(self, ctx: Context) -> int:
        """Fen, or how many."""
        what = func.count() if self.share is None else func.coalesce(func.sum(self.share), 0)
        return int(ctx.db.execute(select(what).select_from(self.noun.model).where(*self._seen(ctx))).scalar_one())

    def count(self, ctx: Context) -> int:
        """How many rows there are."""
        return int(
            ctx.db.execute(select(func.count()).select_from(self.noun.model).where(*self._seen(ctx))).scalar_one()
        )

    def items(self, ctx: Context, limit: int = ROWS) -> list[Json]:
        """The rows as the API shows them, each with its `noun` and its `share` in the unit of the number."""
        model: Any = self.noun.model
        columns = [*model.__table__.c, *([] if self.share is None else [self.share])]
        width = len(model.__table__.c)
        order = [*self.order_by, model.id]
        found = ctx.db.execute(select(*columns).where(*self._seen(ctx)).order_by(*order).limit(limit)).all()
        shown = self.noun.present(ctx, [freeze(model, row[:width]) for row in found])
        shares = [1 if self.share is None else money(int(row[width])) for row in found]
        return [one | {"noun": self.noun.name, "share": share} for one, share in zip(shown, shares, strict=True)]

    def value(self, ctx: Context) -> str | int:
        """The number as the API shows it."""
        total = self.total(ctx)
        return total if self.share is None else str(money(total))

    def _seen(self, ctx: Context) -> list[Any]:
        return [self.noun.gate(ctx), *self.where]
