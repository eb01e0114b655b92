"""Who hears of what becomes of a customer (contract.md Chat)."""

from cards import labels
from handlers.context import Context, Notice
from handlers.presenting import instant, names, people
from models.customers.customer import Customer
from models.customers.sea import Sea

HOW = {
    "customer.claimed": "claim",
    "customer.returned": "return",
    "customer.assigned": "assign",
    "customer.extended": "extend",
}


def _until(ctx: Context, customer: Customer) -> list[str]:
    return [f"现在的回收时间：{labels.when(instant(ctx, customer.reclaim_at))}"] if customer.reclaim_at else []


def announce(
    ctx: Context,
    topic: str,
    customer: Customer,
    *,
    told: tuple[int, ...] = (),
    concerned: int | None = None,
    robots: bool = True,
    reason: str = "",
) -> None:
    sea = names(ctx, Sea, [customer.sea_id])[customer.sea_id]
    by = {"name": ctx.actor.name if ctx.actor else "系统"}
    subject = {"code": customer.code, "name": customer.name}
    to = people(ctx, [customer.owner_id])[customer.owner_id] or sea
    facts = {"noun": "customer", "subject": subject, "how": HOW[topic], "by": by, "to": to}
    group = {**subject, "who": by, "at": instant(ctx, ctx.now), "sea": sea}
    concerned = concerned if concerned is not None else customer.owner_id
    extra = (
        {"tag": "已延期", "title": f"{customer.name} 的回收已延期", "notes": _until(ctx, customer)}
        if topic == "customer.extended"
        else {}
    )
    ctx.tell(
        Notice(
            topic, "customers/owner_changed", {**facts, **extra, "reason": reason or None}, customer.code, told,
            concerned=concerned, robots=robots, group=group,
        )
    )  # fmt: skip
