"""One person before one customer of a sea: what the decision looks at, and the claim itself (domain.md E.1.3)."""

from dataclasses import replace

from handlers import permits
from handlers.context import Context
from handlers.customers import claim_facts, claiming, ownership, seas
from handlers.customers.claim import Claim, Standing
from handlers.customers.sea_notices import announce
from handlers.customers.standing import Asked, standing
from handlers.presenting import people
from models.company.pool_rules import SeaRules
from models.customers.customer import Customer
from models.errors import HaitunError

FROZEN = {"do_not_contact": "客户要求不要联系", "legal_hold": "法务保留"}


def refusal(ctx: Context, customer: Customer) -> HaitunError | None:
    """What forbids the actor to claim it now."""
    return claiming.refusal(claim_of(ctx, customer))


def take(ctx: Context, customer: Customer) -> Customer:
    """It is the actor's now: the ledger, the clock, history and notices."""
    row: Customer = ownership.change(
        ctx, customer, to=ctx.me.id, how="claim", home_id=customer.home_sea_id, **seas.fresh_clock(ctx, customer)
    )
    ctx.record("customer.claimed", row)
    announce(ctx, "customer.claimed", row)
    ctx.refresh_cards("customer", row.id)
    return row


def claim_of(ctx: Context, customer: Customer) -> Claim:
    """Whoever comes too late is told so, whatever his sea and his quotas say: nothing more is read for him."""
    sea_id = customer.home_sea_id
    rules = seas.rules_of(ctx, sea_id)[0] if sea_id is not None else SeaRules()
    owner = people(ctx, [customer.owner_id])[customer.owner_id]
    may_name = rules.show_owner or permits.everything(ctx)
    claim = Claim(
        what=customer.name,
        pool="",
        is_enabled=False,
        is_member=False,
        is_pooled=customer.sea_id is not None,
        is_mine=customer.owner_id == ctx.me.id,
        owner=owner["name"] if owner and may_name else "",
        standing=Standing(),
        rules=rules,
        now=ctx.now,
        zone=ctx.zone,
        again=f"领取 {customer.code}",
    )
    return _before(ctx, customer, claim, rules) if claim.is_pooled else claim


def _before(ctx: Context, customer: Customer, claim: Claim, rules: SeaRules) -> Claim:
    """The same with the sea as the actor stands before it."""
    sea = seas.entry(ctx, customer.home_sea_id)
    daily, holding = claim_facts.company_limits(ctx, "customer", ctx.me)
    level_limit = rules.level_limit(customer.level)
    asked = Asked(
        "customer",
        excludes=rules.holding_excludes,
        overall=daily is not None or holding is not None,
        level=level_limit is not None,
        gap=rules.claim_gap_minutes > 0,
    )
    has = standing(ctx, asked, customer.id, customer.home_sea_id, level=customer.level, person=ctx.me.id)
    return replace(
        claim,
        pool=sea.name,
        is_enabled=sea.is_enabled,
        is_hidden=sea.is_hidden,
        is_member=sea.is_member,
        standing=has,
        entered_at=customer.entered_sea_at,
        frozen=_why_frozen(customer),
        window=claim_facts.priority_window(ctx, "customer", customer, rules),
        proxy=claim_facts.proxy(ctx, "customer", customer.id, rules),
        level=customer.level,
        level_limit=level_limit,
        daily_all=daily,
        holding_all=holding,
    )


def _why_frozen(customer: Customer) -> str:
    return FROZEN.get(customer.frozen["reason"], "已冻结") if customer.frozen else ""
