"""The permit office: may this person do this verb; may this person see, or write, this row (domain.md E.7).

The same predicates serve list, get, search, count, totals, reports, history, cards and API.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select, true

from handlers.context import Context
from handlers.sightlines import (
    ROLES as ROLES,
)
from handlers.sightlines import (
    anyone as anyone,
)
from handlers.sightlines import (
    asking as asking,
)
from handlers.sightlines import (
    everything as everything,
)
from handlers.sightlines import (
    grants as grants,
)
from handlers.sightlines import (
    in_sight as in_sight,
)
from handlers.sightlines import (
    may as may,
)
from handlers.sightlines import (
    my_pool as my_pool,
)
from handlers.sightlines import (
    my_sea as my_sea,
)
from handlers.sightlines import (
    on_team as on_team,
)
from handlers.sightlines import (
    once as once,
)
from handlers.sightlines import (
    people_in_sight as people_in_sight,
)
from handlers.sightlines import (
    require as require,
)
from handlers.sightlines import (
    shared as shared,
)
from handlers.sightlines import (
    under as under,
)
from models.company.approval import Approval, ApprovalTask
from models.company.attachment import Attachment
from models.company.people import Person
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer
from models.history import History
from models.money.order import Order, Payment
from models.money.target import Target
from models.outbox import Outbox
from models.rows import Column
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity


@once
def customers(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Owned by someone in sight, shared, on the team, or lying in a sea of his (masked); never what was merged away."""
    return _customers(ctx, write=write, team=True)


def _customers(ctx: Context, *, write: bool, team: bool) -> ColumnElement[bool]:
    is_there = Customer.merged_into_id.is_(None)
    if everything(ctx, "" if write else "customer"):
        return is_there
    mine = [in_sight(ctx, Customer.owner_id, write=write)]
    mine += [is_there & one for one in shared(ctx, Customer, write=write)]
    joined = [on_team(ctx, Customer.id, write=write)] if team else []
    return or_(*mine, *joined, my_sea(ctx, Customer.sea_id, admin=write))


@once
def customers_to_hand_on(ctx: Context) -> ColumnElement[bool]:
    """Whose owner one is, or whose owner's superior, or which one's sea holds: neither a team nor a share gives the
    right to transfer or share (domain.md E.7)."""
    if everything(ctx):
        return Customer.merged_into_id.is_(None)
    return or_(under(ctx, Customer.owner_id), my_sea(ctx, Customer.sea_id, admin=True))


@once
def leads_to_hand_on(ctx: Context) -> ColumnElement[bool]:
    """The same of leads."""
    if everything(ctx):
        return true()
    return or_(under(ctx, Lead.owner_id), (Lead.status == "unassigned") & my_pool(ctx, Lead.pool_id, admin=True))


@once
def customers_and_claimed(ctx: Context) -> ColumnElement[bool]:
    """Those of his seas that somebody owns, too: who claims is told that one is taken."""
    return or_(customers(ctx), my_sea(ctx, Customer.home_sea_id))


@once
def leads(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Owned by someone in sight, shared, or lying in a pool of his (masked)."""
    if everything(ctx, "" if write else "lead"):
        return true()
    mine = [in_sight(ctx, Lead.owner_id, write=write), *shared(ctx, Lead, write=write)]
    return or_(*mine, (Lead.status == "unassigned") & my_pool(ctx, Lead.pool_id, admin=write))


@once
def leads_and_claimed(ctx: Context) -> ColumnElement[bool]:
    """Those of his pools that somebody owns, too."""
    return true() if everything(ctx) else or_(leads(ctx), my_pool(ctx, Lead.home_pool_id))


def _of_customer(ctx: Context, column: Column, *, write: bool) -> ColumnElement[bool]:
    """The owner of a customer sees all its children, its team those that are not confidential (E.7); those in a sea
    show their children to admins only."""
    noun = str(column.table.name)
    owned, is_open = Customer.owner_id.is_not(None), noun not in grants(ctx).confidential
    seen = customers(ctx, write=write) if is_open else _customers(ctx, write=write, team=False)
    return exists(select(1).where(Customer.id == column, owned, seen))


def _as_approver(ctx: Context, noun: str, record: Column) -> ColumnElement[bool]:
    task = (
        select(1)
        .select_from(ApprovalTask)
        .join(Approval, Approval.id == ApprovalTask.approval_id)
        .where(Approval.noun == noun, Approval.record_id == record, ApprovalTask.approver_id == ctx.me.id)
        .where(ApprovalTask.status != "next", ApprovalTask.shows)
    )
    return exists(task)


def _as_creator(ctx: Context, model: type[Order] | type[Payment]) -> ColumnElement[bool]:
    """Whoever writes a document for another has it while it is a draft."""
    return (model.creator_id == ctx.me.id) & (model.status == "draft")


@once
def orders(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Own and those in sight, those of one's customers, those one is asked to approve."""
    return _documents(ctx, Order, write=write)


@once
def payments(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Like orders; finance sees all payments."""
    return true() if not write and ctx.actor and "finance" in ctx.me.duties else _documents(ctx, Payment, write=write)


def _documents(ctx: Context, model: type[Order] | type[Payment], *, write: bool) -> ColumnElement[bool]:
    noun = model.__tablename__
    if everything(ctx, "" if write else noun):
        return true()
    mine = or_(in_sight(ctx, model.owner_id, write=write), _as_creator(ctx, model))
    if write:
        return mine
    return or_(mine, _of_customer(ctx, model.customer_id, write=False), _as_approver(ctx, noun, model.id))


@once
def opportunities(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Those of one's customers, and those that are, or were won or lost by, somebody in sight (below, to write)."""
    if everything(ctx, "" if write else "opportunity"):
        return true()
    parent = _of_customer(ctx, Opportunity.customer_id, write=write)
    if write:
        return or_(in_sight(ctx, Opportunity.owner_id, write=True), parent)
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
    is_all = everything(ctx, "" if write else "contact")
    return true() if is_all else _of_customer(ctx, Contact.customer_id, write=write)


@once
def follow_ups(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """One's own and those about visible customers and leads."""
    if everything(ctx, "" if write else "follow_up"):
        return true()
    mine = FollowUp.person_id == ctx.me.id if write else in_sight(ctx, FollowUp.person_id)
    customer = (FollowUp.noun == "customer") & _of_customer(ctx, FollowUp.record_id, write=write)
    lead = exists(select(1).where(Lead.id == FollowUp.record_id, Lead.owner_id.is_not(None), leads(ctx, write=write)))
    opportunity = exists(select(1).where(Opportunity.id == FollowUp.record_id, opportunities(ctx, write=write)))
    return or_(mine, customer, (FollowUp.noun == "lead") & lead, (FollowUp.noun == "opportunity") & opportunity)


@once
def attachments(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Those of the records that one sees with an owner."""
    if everything(ctx, "" if write else "attachment"):
        return true()
    customer = (Attachment.noun == "customer") & _of_customer(ctx, Attachment.record_id, write=write)
    lead = exists(select(1).where(Lead.id == Attachment.record_id, Lead.owner_id.is_not(None), leads(ctx, write=write)))
    opportunity = exists(select(1).where(Opportunity.id == Attachment.record_id, opportunities(ctx, write=write)))
    return or_(customer, (Attachment.noun == "lead") & lead, (Attachment.noun == "opportunity") & opportunity)


@once
def todos(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """One's own, those one gave to others, and those of people in sight."""
    if everything(ctx, "" if write else "todo"):
        return true()
    mine = or_(Todo.person_id == ctx.me.id, Todo.creator_id == ctx.me.id)
    return or_(mine, under(ctx, Todo.person_id)) if write else or_(mine, in_sight(ctx, Todo.person_id))


@once
def approvals(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Submitted by someone in sight, or with a task of one's own."""
    if everything(ctx, "" if write else "approval"):
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
        _looked_at("lead.revealed", Lead, my_pool(ctx, Lead.home_pool_id, admin=True)),
        _looked_at("customer.revealed", Customer, my_sea(ctx, Customer.home_sea_id, admin=True)),
        (History.noun == "opportunity")
        & exists(select(1).where(Opportunity.id == History.record_id, opportunities(ctx))),
        (History.noun == "order") & exists(select(1).where(Order.id == History.record_id, orders(ctx))),
        (History.noun == "payment") & exists(select(1).where(Payment.id == History.record_id, payments(ctx))),
    )


def _looked_at(event: str, model: Any, mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Who looked at a hidden number is known to the admins of its sea or pool, whoever has it now."""
    return (History.event == event) & exists(select(1).where(model.id == History.record_id, mine))


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
