"""Whose numbers are asked for: one's own, those of somebody or of a department in sight (domain.md E.7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from handlers import permits
from handlers.company.organisation import below
from handlers.context import Context
from handlers.finding import find_department, find_person
from models.company.people import Department, Person, Superior
from models.errors import Forbidden
from models.rows import fetch_all

MY_TEAM = ("团队", "我的团队", "我们团队", "我团队", "本团队")


@dataclass(frozen=True)
class Whose:
    """`name` as it stands over the numbers; `people` all of them, `department` where one is meant."""

    name: str
    people: Sequence[Person]
    department: Department | None = None

    @property
    def idents(self) -> list[int]:
        return [person.id for person in self.people]


def whose(ctx: Context, person: str | None, department: str | None, *, team_first: bool = False) -> Whose:
    """All of them in sight; the actor's own by default, or with `team_first` his team's where he leads one."""
    if department is None and person is None and team_first:
        department = MY_TEAM[0] if _team(ctx) else None
    if department in MY_TEAM and (below_me := _team(ctx)):
        return Whose(f"{ctx.me.name}的团队", below_me)
    if department in MY_TEAM:  # who leads nobody means the team that he belongs to
        department = _own_department(ctx).name
    if department is not None:
        found = find_department(ctx, department)
        people = members(ctx, found)
        _require_sight(ctx, people, found.name)
        return Whose(found.name, people, found)
    one = ctx.me if person is None else find_person(ctx, person, "person")
    _require_sight(ctx, [one], one.name)
    return Whose(one.name, [one])


def members(ctx: Context, department: Department) -> list[Person]:
    """The people of a department and of all below it."""
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    return fetch_all(ctx.db, Person, Person.department_id.in_(below([department.id], parents)), order_by=[Person.id])


def _team(ctx: Context) -> list[Person]:
    """The actor and everybody below him, where there is anybody."""
    below_me = select(Superior.person_id).where(Superior.superior_id == ctx.me.id)
    people = fetch_all(ctx.db, Person, Person.id.in_(below_me), order_by=[Person.id])
    return people if len(people) > 1 else []


def _own_department(ctx: Context) -> Department:
    return fetch_all(ctx.db, Department, Department.id == ctx.me.department_id)[0]


def _require_sight(ctx: Context, people: Sequence[Person], name: str) -> None:
    if permits.everything(ctx):
        return
    seen = set(ctx.db.execute(permits.people_in_sight(ctx)).scalars()) | {ctx.me.id}
    if not {person.id for person in people} <= seen:
        raise Forbidden(
            f"不能看{name}的业绩", "只能看自己、下属和自己管理的部门的业绩", "可以说「我这个月业绩」，或请他的上级查看"
        )
