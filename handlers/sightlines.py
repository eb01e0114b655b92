"""What all gates are made of: rights of a role, whose records somebody sees, what is shared with him (E.7)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, exists, select

from handlers.command import Permission
from handlers.context import Context
from models.company.grants import NOTHING, Grants, read
from models.company.people import Sight, Superior
from models.company.share import Shared
from models.customers.customer import TeamMember
from models.customers.sea import LeadPoolReach, SeaReach
from models.errors import Forbidden
from models.rows import Column

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
        key = (ctx.actor.id, ctx.actor.role, ctx.actor.grants, *ctx.actor.duties, None, *args, *more.items())
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


def may(ctx: Context, permission: Permission, command: str = "") -> bool:
    """First gate: the verb, as the role gives it and the company's own rule leaves it. The clock may do everything."""
    if ctx.actor is None:
        return True
    own = grants(ctx)
    is_left = own.only is None or permission is Permission.BASIC or _fits(command, own.only)
    return permission in ROLES[ctx.actor.role] and is_left and not _fits(command, own.may_not)


def require(ctx: Context, permission: Permission, command: str = "") -> None:
    """Raises `Forbidden` where the actor may not."""
    if not may(ctx, permission, command):
        who = _WHO.get(permission, "管理员")
        if ctx.actor is not None and ctx.actor.custom_role:
            raise Forbidden("没有权限", f"你的角色「{ctx.actor.custom_role}」不能这样做", f"请联系{who}")
        raise Forbidden("没有权限", f"只有{who}可以这样做", f"请联系{who}")


def _fits(command: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(command, pattern) for pattern in patterns)


def grants(ctx: Context) -> Grants:
    """What the actor's role and the sharing with him amount to besides the defaults."""
    return NOTHING if ctx.actor is None else read(ctx.actor.grants)


def in_sight(ctx: Context, person_column: Column, *, write: bool = False) -> ColumnElement[bool]:
    """The person in this column is one whose records of the column's noun the actor sees (or changes): by role, as
    superior, or because they are shared with him."""
    noun = str(person_column.table.name)
    kinds = (noun,) if noun in grants(ctx).scoped else ("*", noun)
    seen = select(1).where(Sight.viewer_id == ctx.me.id, Sight.noun.in_(kinds), Sight.person_id == person_column)
    return exists(seen.where(Sight.writes) if write else seen)


def people_in_sight(ctx: Context) -> Select[int]:
    """Ids of those whose records the actor sees whatever they are; himself among them."""
    return select(Sight.person_id).where(Sight.viewer_id == ctx.me.id, Sight.noun == "*")


def under(ctx: Context, person_column: Column) -> ColumnElement[bool]:
    """The actor himself or one of his subordinates at any depth."""
    return exists(select(1).where(Superior.superior_id == ctx.me.id, Superior.person_id == person_column))


def everything(ctx: Context, noun: str = "") -> bool:
    """Admins and the clock see and write all rows; of `noun` also whose role sees all of it (those only see)."""
    if ctx.actor is None or ctx.actor.role == "admin":
        return True
    own = grants(ctx)
    return bool(noun) and (noun in own.everything or ("*" in own.everything and noun not in own.scoped))


def shared(ctx: Context, model: Any, *, write: bool) -> list[ColumnElement[bool]]:
    """Single records that are shared with the actor, and those that are by a condition."""
    own, noun = grants(ctx), model.__tablename__
    found: list[ColumnElement[bool]] = []
    if noun in own.records:
        it = select(1).where(Shared.viewer_id == ctx.me.id, Shared.noun == noun, Shared.record_id == model.id)
        found.append(exists(it.where(Shared.writes) if write else it))
    for one in own.shared:
        if one.noun == noun and (one.writes or not write):
            columns = model.__table__.c
            found.append(and_(*[columns[name] == value for name, value in one.equal.items() if name in columns]))
    return found


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
