"""The permit office: may this person do this verb; may this person see, or write, this row (domain.md E.7).

The same predicates serve list, get, search, count, totals, reports, history, cards and API.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import BigInteger, ColumnElement, bindparam, exists, false, or_, select, true

from handlers.command import Permission
from handlers.context import Context
from models.company.approval import Approval, ApprovalTask
from models.company.people import Person, Sight, Superior
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer, TeamMember
from models.customers.sea import LeadPoolReach, SeaReach
from models.errors import Forbidden
from models.history import History
from models.money.order import Order, Payment
from models.money.target import Target
from models.outbox import Outbox
from models.rows import Column
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity

_ALL = frozenset(Permission)
_STAFF = _ALL - {Permission.LEAD_RESTORE, Permission.RULE_WRITE}
ROLES: dict[str, frozenset[Permission]] = {"admin": _ALL, "dept_manager": _STAFF, "staff": _STAFF}
_WHO = {Permission.LEAD_RESTORE: "管理员", Permission.RULE_WRITE: "管理员"}
_MOST = 10_000
_ME = bindparam("me", type_=BigInteger)
P = ParamSpec("P")
Gate = Callable[Concatenate[Context, P], ColumnElement[bool]]


def once(gate: Gate[P]) -> Gate[P]:
    """For gates that hold nothing but who asks: the expression is built once for each person, and being the same
    object every time, so can be the statements around it."""
    made: dict[Any, ColumnElement[bool]] = {}

    @wraps(gate)
    def asked(ctx: Context, /, *args: P.args, **more: P.kwargs) -> ColumnElement[bool]:
        if ctx.actor is None:
            return gate(ctx, *args, **more)
        key = (ctx.actor.id, ctx.actor.role, *ctx.actor.duties, None, *args, *more.items())
        if key not in made:
            if len(made) >= _MOST:
                made.clear()
            made[key] = gate(ctx, *args, **more)
        return made[key]

    return asked


def anyone(ctx: Context) -> Context:
    """The same question, asked by whoever the parameter `me` names: its gates fit all who have this role and these
    duties, and so does a statement that holds them."""
    if ctx.actor is None:
        return ctx
    if "anyone" not in ctx.memo:
        ctx.memo["anyone"] = replace(ctx, actor=replace(ctx.actor, id=_ME))  # type: ignore[type-var]
    asking: Context = ctx.memo["anyone"]
    return asking


def asking(ctx: Context) -> dict[str, int]:
    """The value of the parameter of `anyone`'s gates."""
    return {} if ctx.actor is None else {"me": ctx.actor.id}


def require(ctx: Context, permission: Permission) -> None:
    """First gate: the verb. The clock may do everything."""
    if ctx.actor is not None and permission not in ROLES[ctx.actor.role]:
        who = _WHO.get(permission, "管理员")
        raise Forbidden("没有权限", f"只有{who}可以这样做", f"请联系{who}")


def in_sight(ctx: Context, person_column: Column) -> ColumnElement[bool]:
    """The person in this column is one whose records the actor sees by role."""
    return exists(select(1).where(Sight.viewer_id == ctx.me.id, Sight.person_id == person_column))


def under(ctx: Context, person_column: Column) -> ColumnElement[bool]:
    """The actor himself or one of his subordinates at any depth."""
    return exists(select(1).where(Superior.superior_id == ctx.me.id, Superior.person_id == person_column))


def everything(ctx: Context) -> bool:
    """Admins and the clock see and write all rows."""
    return ctx.actor is None or ctx.actor.role == "admin"


def on_team(ctx: Context, customer: Column, *, write: bool) -> ColumnElement[bool]:
    """The actor or somebody below him is a team member of the customer (A.0: rights propagate up the chain)."""
    member = select(1).where(TeamMember.customer_id == customer, under(ctx, TeamMember.person_id))
    return exists(member.where(TeamMember.access == "read_write") if write else member)


@once
def my_sea(ctx: Context, sea_column: Column, *, admin: bool = False) -> ColumnElement[bool]:
    """The actor is a member (or admin) of the sea in this column."""
    reach = select(1).where(SeaReach.person_id == ctx.me.id, SeaReach.sea_id == sea_column)
    return exists(reach.where(SeaReach.is_admin) if admin else reach)


@once
def my_pool(ctx: Context, pool_column: Column, *, admin: bool = False) -> ColumnElement[bool]:
    """The actor is a member (or admin) of the lead pool in this column."""
    reach = select(1).where(LeadPoolReach.person_id == ctx.me.id, LeadPoolReach.pool_id == pool_column)
    return exists(reach.where(LeadPoolReach.is_admin) if admin else reach)


@once
def customers(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Owned by someone in sight, on the team, or lying in a sea of his (masked); never what was merged away."""
    if everything(ctx):
        return Customer.merged_into_id.is_(None)
    if write:
        owned = under(ctx, Customer.owner_id)
        return or_(owned, on_team(ctx, Customer.id, write=True), my_sea(ctx, Customer.sea_id, admin=True))
    return or_(in_sight(ctx, Customer.owner_id), on_team(ctx, Customer.id, write=False), my_sea(ctx, Customer.sea_id))


@once
def customers_and_claimed(ctx: Context) -> ColumnElement[bool]:
    """Those of his seas that somebody owns, too: who claims is told that one is taken."""
    return or_(customers(ctx), my_sea(ctx, Customer.home_sea_id))


@once
def leads(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Owned by someone in sight, or lying in a pool of his (masked)."""
    if everything(ctx):
        return true()
    pooled = Lead.status == "unassigned"
    if write:
        return or_(under(ctx, Lead.owner_id), pooled & my_pool(ctx, Lead.pool_id, admin=True))
    return or_(in_sight(ctx, Lead.owner_id), pooled & my_pool(ctx, Lead.pool_id))


@once
def leads_and_claimed(ctx: Context) -> ColumnElement[bool]:
    """Those of his pools that somebody owns, too."""
    return true() if everything(ctx) else or_(leads(ctx), my_pool(ctx, Lead.home_pool_id))


def _of_customer(ctx: Context, column: Column, *, write: bool) -> ColumnElement[bool]:
    """The owner of a customer sees all its children (E.7); those in a sea show their children to admins only."""
    owned = Customer.owner_id.is_not(None)
    inner = select(1).where(Customer.id == column, owned, customers(ctx, write=write))
    return exists(inner)


def _as_approver(ctx: Context, noun: str, record: Column) -> ColumnElement[bool]:
    task = (
        select(1)
        .select_from(ApprovalTask)
        .join(Approval, Approval.id == ApprovalTask.approval_id)
        .where(Approval.noun == noun, Approval.record_id == record, ApprovalTask.approver_id == ctx.me.id)
        .where(ApprovalTask.status != "next")
    )
    return exists(task)


@once
def orders(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Own and those in sight, those of one's customers, those one is asked to approve."""
    if everything(ctx):
        return true()
    if write:
        return under(ctx, Order.owner_id)
    parent = _of_customer(ctx, Order.customer_id, write=False)
    return or_(in_sight(ctx, Order.owner_id), parent, _as_approver(ctx, "order", Order.id))


@once
def payments(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Like orders; finance sees all payments."""
    if everything(ctx) or (not write and "finance" in ctx.me.duties):
        return true()
    if write:
        return under(ctx, Payment.owner_id)
    parent = _of_customer(ctx, Payment.customer_id, write=False)
    return or_(in_sight(ctx, Payment.owner_id), parent, _as_approver(ctx, "payment", Payment.id))


@once
def opportunities(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Those of one's customers, and those that are, or were won or lost by, somebody in sight (below, to write)."""
    if everything(ctx):
        return true()
    parent = _of_customer(ctx, Opportunity.customer_id, write=write)
    if write:
        return or_(under(ctx, Opportunity.owner_id), parent)
    return or_(in_sight(ctx, Opportunity.owner_id), in_sight(ctx, Opportunity.credited_id), parent)


@once
def targets(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Of people in sight (below, to write), and of departments in which one sees somebody."""
    if everything(ctx):
        return true()
    if write:
        return under(ctx, Target.person_id) & (Target.person_id != ctx.me.id)
    someone = exists(select(1).where(Person.department_id == Target.department_id, in_sight(ctx, Person.id)))
    return or_(in_sight(ctx, Target.person_id), someone)


@once
def contacts(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Those of customers that one sees with an owner."""
    return true() if everything(ctx) else _of_customer(ctx, Contact.customer_id, write=write)


@once
def follow_ups(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """One's own and those about visible customers and leads."""
    if everything(ctx):
        return true()
    mine = FollowUp.person_id == ctx.me.id if write else in_sight(ctx, FollowUp.person_id)
    customer = (FollowUp.noun == "customer") & _of_customer(ctx, FollowUp.record_id, write=write)
    lead = exists(select(1).where(Lead.id == FollowUp.record_id, Lead.owner_id.is_not(None), leads(ctx, write=write)))
    opportunity = exists(select(1).where(Opportunity.id == FollowUp.record_id, opportunities(ctx, write=write)))
    return or_(mine, customer, (FollowUp.noun == "lead") & lead, (FollowUp.noun == "opportunity") & opportunity)


@once
def todos(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """One's own, those one gave to others, and those of people in sight."""
    if everything(ctx):
        return true()
    mine = or_(Todo.person_id == ctx.me.id, Todo.creator_id == ctx.me.id)
    return or_(mine, under(ctx, Todo.person_id)) if write else or_(mine, in_sight(ctx, Todo.person_id))


@once
def approvals(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Submitted by someone in sight, or with a task of one's own."""
    if everything(ctx):
        return true()
    task = exists(
        select(1).where(
            ApprovalTask.approval_id == Approval.id,
            ApprovalTask.approver_id == ctx.me.id,
            ApprovalTask.status != "next",
        )
    )
    return or_(Approval.submitter_id == ctx.me.id if write else in_sight(ctx, Approval.submitter_id), task)


@once
def history(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """What one did, what people in sight did or owned, and what happened to records that one sees."""
    if everything(ctx):
        return true()
    if write:
        return false()
    lead = exists(select(1).where(Lead.id == History.record_id, Lead.owner_id.is_not(None), leads(ctx)))
    return or_(
        History.actor_id == ctx.me.id,
        in_sight(ctx, History.actor_id),
        _of_customer(ctx, History.customer_id, write=False),
        (History.noun == "lead") & lead,
        (History.noun == "opportunity")
        & exists(select(1).where(Opportunity.id == History.record_id, opportunities(ctx))),
        (History.noun == "order") & exists(select(1).where(Order.id == History.record_id, orders(ctx))),
        (History.noun == "payment") & exists(select(1).where(Payment.id == History.record_id, payments(ctx))),
    )


@once
def notices(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """One's own notices; admins see the whole ledger."""
    return true() if everything(ctx) else Outbox.person_id == ctx.me.id


@once
def people(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Colleagues know each other by name; contact data is shown to those with sight."""
    return true() if not write or everything(ctx) else Person.id == ctx.me.id


@once
def public(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """What everyone here may read and admins write: products, departments, seas, pools."""
    return true() if not write or everything(ctx) else false()


@once
def admins_only(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Robots and other plumbing."""
    return true() if everything(ctx) else false()
