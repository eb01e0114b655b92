"""Which opportunity is meant, and holding it together with its customer."""

from typing import Any

from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find, named, reread
from handlers.sales.opportunity_view import OPPORTUNITY
from models.codes import noun_of
from models.customers.customer import Customer
from models.errors import Ambiguous, NotFound, Stale
from models.rows import fetch_all, fetch_one
from models.sales.opportunity import Opportunity


def find_opportunity(ctx: Context, ref: str) -> Opportunity:
    """By code or name, else the open one of the customer that is named. Raises as `find` does."""
    is_code = noun_of(ref) == "opportunity"
    if is_code or named(ctx, OPPORTUNITY, ref, OPPORTUNITY.gate):
        found: Opportunity = find(ctx, OPPORTUNITY, ref)
        return found
    theirs = _of_customer(ctx, ref)
    if not theirs:
        raise NotFound(f"没找到商机「{ref}」", next_step="请检查编号或名称，也可以说「我的商机」")
    if len(theirs) > 1:
        raise Ambiguous("ref", ref, [(row.code, row.name) for row in theirs])
    return theirs[0]


def _of_customer(ctx: Context, ref: str) -> list[Opportunity]:
    customers = [row.id for row in named(ctx, CUSTOMER, ref, CUSTOMER.gate)]
    of_them = (Opportunity.customer_id.in_(customers), Opportunity.status == "open")
    return fetch_all(ctx.db, Opportunity, *of_them, OPPORTUNITY.gate(ctx), order_by=[Opportunity.id], limit=6)


def hold(ctx: Context, ref: str, *, write: bool = True) -> tuple[Opportunity, Customer]:
    """The opportunity and its customer, both locked until commit, the customer first; with `write` to be changed."""
    opportunity = find_opportunity(ctx, ref)
    customer: Any = fetch_one(ctx.db, Customer, id=opportunity.customer_id, lock=True)
    row: Opportunity = reread(ctx, opportunity, write=_writable if write else None, noun=OPPORTUNITY)
    if ctx.expected_version not in (None, row.version):
        changed = f"你依据的是第 {ctx.expected_version} 版，现在是第 {row.version} 版"
        raise Stale("刚被别人改过", changed, "请刷新后再试")
    return row, customer


def _writable(ctx: Context) -> Any:
    return OPPORTUNITY.gate(ctx, write=True)
