"""Who is whose superior, who sees whom, who reaches which sea: derived rows, rebuilt with the organisation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from handlers.company import rules, sights
from models.base import Base, Json
from models.company.grants import Roles
from models.company.people import Department, Person, Sight, Superior
from models.company.share import Share, Shared
from models.customers.sea import LeadPool, LeadPoolReach, Sea, SeaReach
from models.errors import Conflict
from models.locks import hold
from models.rows import fetch_all


def rebuild(db: Connection) -> None:
    """Brings the effective superiors, all closures and everybody's grants to what people, departments, seas, pools,
    roles and shares say now; one at a time.

    Raises `Conflict` when named managers form a ring.
    """
    hold(db, "organisation", "")
    people = fetch_all(db, Person, order_by=[Person.id])
    parents = {row.id: row.parent_id for row in fetch_all(db, Department)}
    above = superiors(people, parents)
    for person in people:
        if above[person.id] != person.superior_id:
            db.execute(update(Person).where(Person.id == person.id).values(superior_id=above[person.id]))
    roles = rules.newest(db, "roles", Roles)
    admins, depth = {p.id for p in people if p.role == "admin"}, roles.superior_depth
    whole = {person.id: chain(person.id, above, admins) for person in people}
    chains = {ident: line if depth is None else line[: depth + 1] for ident, line in whole.items()}
    _replace(db, Superior, _superior_rows(chains))
    _replace(db, SeaReach, _reach_rows("sea_id", fetch_all(db, Sea), people, parents))
    _replace(db, LeadPoolReach, _reach_rows("pool_id", fetch_all(db, LeadPool), people, parents))
    _rebuild_sights(db, people, parents, chains, roles)


def _rebuild_sights(
    db: Connection,
    people: Sequence[Person],
    parents: Mapping[int, int | None],
    chains: Mapping[int, Sequence[int]],
    roles: Roles,
) -> None:
    org = sights.Organisation(
        people=people,
        above={department: upwards(department, parents) for department in parents},
        departments={row.name: row.id for row in fetch_all(db, Department)},
        chains=chains,
        roles=roles,
        shares=fetch_all(db, Share, order_by=[Share.id]),
    )
    _replace(db, Sight, sights.rows(org))
    _replace(db, Shared, sights.shared_rows(org))
    wanted = sights.grants(org)
    for person in people:
        if wanted[person.id] != person.grants:
            db.execute(update(Person).where(Person.id == person.id).values(grants=wanted[person.id]))


def superiors(people: Sequence[Person], parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """The effective superior of each: the one named, else the head of the own department, then of each above, then an
    admin; never oneself, never somebody who left (contract.md)."""
    active = {person.id: person for person in people if person.is_active}
    heads: dict[int, int] = {}
    for person in active.values():
        if person.role == "dept_manager":
            heads.setdefault(person.department_id, person.id)
    admins = [person.id for person in active.values() if person.role == "admin"]
    _refuse_ring(people)
    found: dict[int, int | None] = {}
    for person in people:
        line = [heads.get(department) for department in upwards(person.department_id, parents)]
        choices = [person.manager_id if person.manager_id in active else None, *line, *admins]
        found[person.id] = next((one for one in choices if one is not None and one != person.id), None)
    return found


def upwards(department: int | None, parents: Mapping[int, int | None]) -> list[int]:
    """A department and all above it, nearest first."""
    line: list[int] = []
    while department is not None and department not in line:
        line.append(department)
        department = parents.get(department)
    return line


def below(departments: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    """These departments and all below them."""
    wanted = set(departments)
    return {department for department in parents if wanted.intersection(upwards(department, parents))}


def chain(person: int, above: Mapping[int, int | None], admins: set[int]) -> list[int]:
    """Oneself and everyone above, nearest first. It ends at an admin, who sees all anyway: his own superior gains
    nothing over the people of other departments that report to the admin for want of a head."""
    line = [person]
    following = above.get(person)
    while following is not None and following not in line:
        line.append(following)
        following = None if following in admins else above.get(following)
    return line


def _refuse_ring(people: Sequence[Person]) -> None:
    named = {person.id: person.manager_id for person in people}
    names = {person.id: person.name for person in people}
    for person in people:
        line = [person.id]
        following = named[person.id]
        while following is not None and following not in line:
            line.append(following)
            following = named.get(following)
        if following == person.id:
            ring = " → ".join(names[one] for one in [*line, person.id])
            raise Conflict("上级成了一个环", ring, "请改其中一个人的上级", person=person.name)


def _superior_rows(chains: Mapping[int, Sequence[int]]) -> list[Json]:
    return [
        {"person_id": person, "superior_id": superior, "depth": depth}
        for person, line in chains.items()
        for depth, superior in enumerate(line)
    ]


def _reach_rows(
    column: str, pools: Sequence[Any], people: Sequence[Person], parents: Mapping[int, int | None]
) -> list[Json]:
    rows = []
    for pool in pools:
        members = set() if pool.is_hidden else who(pool.members, people, parents)
        admins = who(pool.admins, people, parents)
        rows += [
            {column: pool.id, "person_id": one, "is_member": one in members, "is_admin": one in admins}
            for one in sorted(members | admins)
        ]
    return rows


def who(declared: Json, people: Sequence[Person], parents: Mapping[int, int | None]) -> set[int]:
    """The active people that `{"departments": ids, "people": ids}` means today."""
    departments = below(declared.get("departments", ()), parents)
    named = set(declared.get("people", ()))
    return {one.id for one in people if one.is_active and (one.id in named or one.department_id in departments)}


def _replace(db: Connection, model: type[Base], rows: list[Json]) -> None:
    db.execute(delete(model))
    if rows:
        db.execute(insert(model.__table__), rows)
