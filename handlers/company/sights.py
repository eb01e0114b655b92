"""Whose records each person sees: superiors, the scopes of roles and sharing, from the organisation (domain.md E.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.base import Json
from models.company.grants import NOTHING, Condition, Grants, Role, Roles, Scope
from models.company.people import Person
from models.company.share import Share

ANY = "*"
BY_KIND: dict[str, Scope] = {"dept_manager": "department_and_below", "staff": "self", "admin": "self"}


@dataclass(frozen=True)
class Organisation:
    """What sights follow from. `above` gives a department and all above it, `departments` ids by name, `chains` a
    person and his superiors, nearest first and no more of them than the rule lets see."""

    people: Sequence[Person]
    above: Mapping[int, Sequence[int]]
    departments: Mapping[str, int]
    chains: Mapping[int, Sequence[int]]
    roles: Roles
    shares: Sequence[Share]

    def role_of(self, person: Person) -> Role:
        """The person's role as the company states it; an unstated one is its kind."""
        wanted = person.custom_role or person.role
        return next((role for role in self.roles.roles if role.name == wanted), Role(name=person.role))

    def within(self, departments: set[int]) -> set[int]:
        """Ids of those who are in one of these departments or below."""
        return {one.id for one in self.people if departments.intersection(self.above[one.department_id])}

    def meant(self, share: Share) -> set[int]:
        """Whom a share is for: active people."""
        if share.to_person_id is not None:
            found = {share.to_person_id}
        elif share.to_department_id is not None:
            found = self.within({share.to_department_id})
        else:
            found = {one.id for one in self.people if share.to_role in (one.custom_role, one.role)}
        return found & {one.id for one in self.people if one.is_active}

    def scope(self, viewer: Person, scope: Scope | tuple[str, ...]) -> set[int]:
        """The people of a scope; superiors see their subordinates in any."""
        match scope:
            case "all":
                return {one.id for one in self.people}
            case "department":
                return {one.id for one in self.people if one.department_id == viewer.department_id}
            case "department_and_below":
                return self.within({viewer.department_id})
            case "self" | "subordinates":
                return set()
            case names:
                return self.within({self.departments[name] for name in names if name in self.departments})


def rows(org: Organisation) -> list[Json]:
    """All of `sight`."""
    active = [one for one in org.people if one.is_active]
    below: dict[int, set[int]] = {one.id: set() for one in org.people}
    for person, line in org.chains.items():
        for superior in line:
            below[superior].add(person)
    found: dict[tuple[int, str, int], bool] = {}
    for viewer in active:
        role = org.role_of(viewer)
        scopes = {ANY: role.scope or BY_KIND[viewer.role], **role.scopes}
        for noun, scope in scopes.items():
            found |= {(viewer.id, noun, person): False for person in org.scope(viewer, scope)}
            found |= {(viewer.id, noun, person): True for person in below[viewer.id]}
    for share in org.shares:
        writes, owners = share.access == "read_write", _owners(org, share)
        for key in ((viewer, share.noun, owner) for viewer in org.meant(share) for owner in owners):
            found[key] = writes or found.get(key, False)
    return [
        {"viewer_id": viewer, "noun": noun, "person_id": person, "writes": writes}
        for (viewer, noun, person), writes in sorted(found.items())
    ]


def _owners(org: Organisation, share: Share) -> set[int]:
    if share.from_person_id is not None:
        return {share.from_person_id}
    return org.within({share.from_department_id}) if share.from_department_id is not None else set()


def shared_rows(org: Organisation) -> list[Json]:
    """All of `shared`: single records."""
    return [
        {
            "share_id": share.id,
            "viewer_id": viewer,
            "noun": share.noun,
            "record_id": share.record_id,
            "writes": share.access == "read_write",
        }
        for share in org.shares
        if share.record_id is not None
        for viewer in sorted(org.meant(share))
    ]


def grants(org: Organisation) -> dict[int, str | None]:
    """What stands in each person's row; None where his role gives what it gives by itself."""
    shares = [(share, org.meant(share)) for share in org.shares]
    return {person.id: _grants(org, person, [s for s, meant in shares if person.id in meant]) for person in org.people}


def _grants(org: Organisation, person: Person, shares: Sequence[Share]) -> str | None:
    role = org.role_of(person)
    scopes = {ANY: role.scope, **role.scopes}
    found = Grants(
        may_not=role.may_not,
        only=role.only,
        scoped=tuple(sorted(role.scopes)),
        everything=tuple(sorted(noun for noun, scope in scopes.items() if scope == "all")),
        confidential=org.roles.confidential,
        fields=role.fields,
        records=tuple(sorted({share.noun for share in shares if share.record_id is not None})),
        shared=tuple(
            Condition(noun=share.noun, equal=share.condition, writes=share.access == "read_write")
            for share in shares
            if share.condition is not None
        ),
    )
    return None if found == NOTHING else found.model_dump_json(exclude_defaults=True)
