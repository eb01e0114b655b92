"""What approval conditions may ask for: looked up only when a condition names it (domain.md E.3.1, E.3.5)."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from handlers.company.conditions import Value
from handlers.context import Context
from handlers.customers.customer_view import totals
from models.company.people import Department
from models.customers.customer import Customer
from models.money.order import Order
from models.rows import fetch_one


class LazyFacts(Mapping[str, Value]):
    """Each fact is asked for once, when it is needed."""

    def __init__(self, sources: Mapping[str, Callable[[], Value]]) -> None:
        self._sources, self._known = dict(sources), dict[str, Value]()

    def __getitem__(self, name: str) -> Value:
        if name not in self._known:
            self._known[name] = self._sources[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def also(self, **sources: Callable[[], Value]) -> "LazyFacts":
        """With further facts."""
        return LazyFacts({**self._sources, **sources})


def about_customer(ctx: Context, customer_id: int | None, amount_fen: int, row: Any = None) -> LazyFacts:
    """Facts of a matter about a customer, or about none; `row` is what the command is about."""

    def customer() -> Any:
        key = ("facts of", customer_id)
        if customer_id is not None and key not in ctx.memo:
            ctx.memo[key] = fetch_one(ctx.db, Customer, id=customer_id)
        return ctx.memo.get(key)

    def outstanding() -> Value:
        if customer_id is None:
            return None
        sums = totals(ctx, [customer_id])[customer_id]
        return Decimal(sums["order"] - sums["payment"]) / 100

    def first_order() -> Value:
        earlier = fetch_one(ctx.db, Order, customer_id=customer_id, status="approved") if customer_id else None
        return earlier is None

    def department() -> Value:
        found = fetch_one(ctx.db, Department, id=ctx.me.department_id)
        return found.name if found is not None else None

    sources: dict[str, Callable[[], Value]] = {
        "amount": lambda: Decimal(amount_fen) / 100,
        "customer_level": lambda: getattr(customer(), "level", None),
        "region": lambda: getattr(customer(), "region", None),
        "industry": lambda: getattr(customer(), "industry", None),
        "outstanding": outstanding,
        "first_order": first_order,
        "department": department,
        "role": lambda: ctx.me.role,
    }
    return LazyFacts(sources | {name: _own(row, name) for name in ("status", "source", "level", "stage")})


def _own(row: Any, name: str) -> Callable[[], Value]:
    return lambda: getattr(row, name, None)
