"""A new lead: one handle is enough; made by a rep it is his, named for a pool it waits there (domain.md A.2)."""

from typing import TYPE_CHECKING, Any

from handlers.context import Context
from handlers.customers import ownership
from handlers.presenting import people
from handlers.reply import Reply
from handlers.sales import assigning, lead_duplicates, lead_notices, lead_pools, scoring
from handlers.sales.lead_view import shown
from models.company.routing import KEYS
from models.customers.sea import LeadPool
from models.errors import MissingArgument
from models.sales.lead import Lead

if TYPE_CHECKING:
    from handlers.sales.lead_args import RegisterLead

HANDLES = ("name", "phone", "company", "wechat", "email")


def register(ctx: Context, args: "RegisterLead") -> Reply:
    """Refused where the phone is known anywhere (`lead_duplicates`); what only looks alike is told after it is made."""
    lead, known = make(ctx, args)
    return shown(ctx, lead, title="已登记", undo=True, notes=[*known, *lead_duplicates.similar(ctx, lead)])


def make(ctx: Context, args: "RegisterLead") -> tuple[Lead, list[str]]:
    """The row, its history and its notices; and what is known of its phone. Raises as `register` does."""
    fields = args.model_dump(exclude={"pool"}, exclude_none=True)
    if not any(fields.get(handle) for handle in HANDLES):
        raise MissingArgument("name", "请告诉我线索的姓名、电话、公司、微信或邮箱（有一个就行）")
    pool = lead_pools.named(ctx, args.pool) if args.pool else None
    if pool is not None:
        ask = f"不写线索池就登记在你名下，或请{pool.name}的管理员登记"
        lead_pools.refuse_outsider(ctx, pool, "只有成员和管理员可以往里登记线索", ask)
    known = lead_duplicates.check_phone(ctx, args.phone) if args.phone is not None else []
    lead = _pooled(ctx, fields, pool) if pool is not None else _own(ctx, fields)
    ctx.record("lead.registered", lead)
    lead_notices.registered(ctx, lead)
    if pool is not None:
        lead = assigning.entered(ctx, lead)
        known += _given(ctx, lead)
    return lead, known


def _given(ctx: Context, lead: Lead) -> list[str]:
    owner = people(ctx, [lead.owner_id])[lead.owner_id]
    return [f"已自动分配给{owner['name']}"] if owner else []


def _own(ctx: Context, fields: dict[str, Any]) -> Lead:
    home = lead_pools.home_of(ctx, ctx.me, **{key: fields.get(key) for key in KEYS})
    home_id = home.id if home else None
    state = {"status": "pending", "owned_at": ctx.now, "clock_at": ctx.now, "home_pool_id": home_id}
    who = {"owner_id": ctx.me.id, "creator_id": ctx.me.id}
    state = lead_pools.clock_changes(ctx, None, **state)
    lead = ctx.insert(Lead, **fields, **who, **state, score=_score(ctx, fields))
    ownership.begin(ctx, lead, ctx.me.id, how="create", pool_id=home_id)
    return lead


def _pooled(ctx: Context, fields: dict[str, Any], pool: LeadPool) -> Lead:
    where = {"pool_id": pool.id, "home_pool_id": pool.id, "entered_pool_at": ctx.now}
    lead_pools.rules_of(ctx, pool.id)  # before any other rule: those of everybody come with it
    return ctx.insert(Lead, **fields, **where, creator_id=ctx.me.id, status="unassigned", score=_score(ctx, fields))


def _score(ctx: Context, fields: dict[str, Any]) -> int:
    return scoring.of_values(ctx, fields, {}, ctx.now).points
