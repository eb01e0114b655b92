"""By which grants each person sees a record (domain.md D21, E.7): the ways of `permits.py`, each with its name.

The gates say whether, this says why; tests/handlers/test_explain_access.py holds them to the same answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from handlers.company.sharing_words import described
from handlers.context import Context
from handlers.customers.teams import ACCESS
from handlers.presenting import names, people
from models.company.approval import Approval, ApprovalTask
from models.company.grants import Grants, read
from models.company.people import Person, Sight, Superior
from models.company.share import Share, Shared
from models.customers.customer import Customer, TeamMember
from models.customers.sea import LeadPool, LeadPoolReach, Sea, SeaReach
from models.rows import fetch_all, fetch_one

Path = tuple[int, str]  # who, why


@dataclass(frozen=True)
class Viewers:
    """Everybody who works here, with what his role gives him."""

    people: Sequence[Person]

    def grants(self, ident: int) -> Grants:
        return next((read(one.grants) for one in self.people if one.id == ident), Grants())


def paths(ctx: Context, row: Any) -> list[Path]:
    """All of them, of active people, in the order in which they are told."""
    viewers = Viewers(fetch_all(ctx.db, Person, Person.is_active, order_by=[Person.id]))
    active = {one.id for one in viewers.people}
    return list(dict.fromkeys(path for path in _of(ctx, viewers, row) if path[0] in active))


def _of(ctx: Context, viewers: Viewers, row: Any) -> Iterator[Path]:
    noun = row.model.__tablename__
    yield from ((one.id, "管理员可以看全部") for one in viewers.people if one.role == "admin")
    yield from _whole(viewers, noun)
    for ident in dict.fromkeys([row.owner_id, getattr(row, "credited_id", None)]):
        if ident is not None:
            yield from _by_owner(ctx, viewers, noun, ident)
    yield from _shared(ctx, viewers, noun, row)
    if noun == "customer":
        yield from [*_team(ctx, row.id), *_sea(ctx, row.sea_id)]
    elif noun == "lead":
        yield from _pool(ctx, row.pool_id if row.status == "unassigned" else None)
    else:
        yield from _document(ctx, viewers, noun, row)


def _whole(viewers: Viewers, noun: str) -> Iterator[Path]:
    """A role that sees every record of the noun; the finance duty sees all payments."""
    for one in viewers.people:
        own = read(one.grants)
        if noun in own.everything or ("*" in own.everything and noun not in own.scoped):
            yield one.id, f"角色「{one.custom_role or one.role}」可以看全部"
        if noun == "payment" and "finance" in one.duties:
            yield one.id, "财务可以看全部回款"


def _by_owner(ctx: Context, viewers: Viewers, noun: str, owner: int) -> Iterator[Path]:
    yield owner, "负责人"
    name = people(ctx, [owner])[owner]["name"]
    above = select(Superior.superior_id).where(Superior.person_id == owner, Superior.depth > 0)
    superiors = list(ctx.db.execute(above.order_by(Superior.depth)).scalars())
    yield from ((ident, f"负责人{name}的上级") for ident in superiors)
    known = {owner, *superiors}
    seen = select(Sight.viewer_id, Sight.noun).where(Sight.person_id == owner, Sight.noun.in_(("*", noun)))
    for viewer, kind in ctx.db.execute(seen.order_by(Sight.viewer_id)):
        is_stated = noun in viewers.grants(viewer).scoped
        if viewer not in known and (kind == noun or not is_stated):
            yield viewer, f"角色的数据范围包括{name}" if kind == "*" or is_stated else f"{name}的记录共享给他"


def _shared(ctx: Context, viewers: Viewers, noun: str, row: Any) -> Iterator[Path]:
    for one in fetch_all(ctx.db, Shared, Shared.noun == noun, Shared.record_id == row.id):
        share = fetch_one(ctx.db, Share, id=one.share_id)
        if share is not None:
            yield one.viewer_id, f"共享 {share.code}：{described(ctx, share)}"
    for person in viewers.people:
        for condition in read(person.grants).shared:
            fits = all(getattr(row, name, None) == value for name, value in condition.equal.items())
            if condition.noun == noun and fits:
                yield person.id, "按条件共享"


def _team(ctx: Context, customer_id: int) -> Iterator[Path]:
    for member in fetch_all(ctx.db, TeamMember, TeamMember.customer_id == customer_id, order_by=[TeamMember.id]):
        name = people(ctx, [member.person_id])[member.person_id]["name"]
        yield member.person_id, f"团队成员（{ACCESS[member.access]}）"
        above = select(Superior.superior_id).where(Superior.person_id == member.person_id, Superior.depth > 0)
        for ident in ctx.db.execute(above.order_by(Superior.depth)).scalars():
            yield ident, f"团队成员{name}的上级"


def _sea(ctx: Context, sea_id: int | None) -> Iterator[Path]:
    if sea_id is not None:
        title = names(ctx, Sea, [sea_id])[sea_id]
        for reach in fetch_all(ctx.db, SeaReach, SeaReach.sea_id == sea_id, order_by=[SeaReach.person_id]):
            yield reach.person_id, f"{title}的{'管理员' if reach.is_admin else '成员（隐藏字段看不到）'}"


def _pool(ctx: Context, pool_id: int | None) -> Iterator[Path]:
    if pool_id is not None:
        title = names(ctx, LeadPool, [pool_id])[pool_id]
        mine = LeadPoolReach.pool_id == pool_id
        for reach in fetch_all(ctx.db, LeadPoolReach, mine, order_by=[LeadPoolReach.person_id]):
            yield reach.person_id, f"{title}的{'管理员' if reach.is_admin else '成员（隐藏字段看不到）'}"


def _document(ctx: Context, viewers: Viewers, noun: str, row: Any) -> Iterator[Path]:
    """An order, payment or opportunity: also through its customer, as its creator, and as an approver."""
    if row.status == "draft":
        yield row.creator_id, "起草人"
    customer = fetch_one(ctx.db, Customer, id=row.customer_id)
    if customer is not None and customer.owner_id is not None:
        team = set(_team(ctx, customer.id))
        for who, why in _of(ctx, viewers, customer):
            if (who, why) not in team or noun not in viewers.grants(who).confidential:
                yield who, f"客户 {customer.name}：{why}" if why != "管理员可以看全部" else why
    asked = select(ApprovalTask.approver_id).join(Approval, Approval.id == ApprovalTask.approval_id)
    mine = (Approval.noun == noun, Approval.record_id == row.id, ApprovalTask.status != "next", ApprovalTask.shows)
    for ident in ctx.db.execute(asked.where(*mine).order_by(ApprovalTask.id)).scalars():
        yield ident, "审批人"
