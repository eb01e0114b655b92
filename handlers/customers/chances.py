"""The open opportunities of a customer that goes back to a sea (domain.md E.1.6)."""

from handlers.context import Context
from models.customers.customer import Customer
from models.errors import Conflict
from models.rows import fetch_all
from models.sales.opportunity import Opportunity

NAMED = 3


def let_go(ctx: Context, customer: Customer, reason: str, *, along: bool) -> None:
    """Closed first, or with `along` taken to the sea and to whoever owns the customer next. The customer is locked."""
    still_open = (Opportunity.customer_id == customer.id, Opportunity.status == "open")
    rows = fetch_all(ctx.db, Opportunity, *still_open, order_by=[Opportunity.id], lock=along)
    if rows and not along:
        named = "、".join(f"{row.name}（{row.code}）" for row in rows[:NAMED])
        more = f"等 {len(rows)} 个" if len(rows) > NAMED else ""
        close = f"先说「{rows[0].code} 输单 原因」，或连同商机一起退：「连同商机退回 {customer.name} {reason}」"
        raise Conflict(f"{customer.name} 还不能退回", f"还有进行中的商机：{named}{more}", close)
    for row in rows:
        ctx.save(row, owner_id=None)
