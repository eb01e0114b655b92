"""Departments, people and their accounts, seas and pools, robots, products."""

from typing import Any, TypeVar

import orjson
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, insert

from handlers.company import organisation, rules
from handlers.company.loading_base import Load
from handlers.company.loading_file import LeadPoolItem, PersonItem, RobotItem, SeaItem
from handlers.company.loading_roles import role_of
from handlers.company.loading_yaml import Path
from models.amounts import fen
from models.base import Json
from models.company.people import ChannelAccount, Department, Person
from models.company.pool_rules import LeadPoolRules, SeaRules
from models.company.robot import Robot
from models.company.rule import Body
from models.customers.sea import LeadPool, Sea
from models.errors import Conflict
from models.money.product import Product
from models.rows import fetch_all, fetch_one

P = TypeVar("P", Sea, LeadPool)


def load_departments(load: Load) -> None:
    """All of them first, then who is above whom; a ring is an error."""
    load.refuse_twice("departments", "name")
    for item in load.file.departments:
        load.departments[item.name] = load.keep(Department, {"name": item.name}, {}, parent_id=None).id
    for number, item in enumerate(load.file.departments):
        path = ("departments", number, "parent")
        if "parent" in item.model_fields_set:
            above = load.ident(load.departments, "部门", item.parent, path) if item.parent else None
            load.keep(Department, {"name": item.name}, {"parent_id": above})
    parents = {row.id: row.parent_id for row in fetch_all(load.ctx.db, Department)}
    for number, item in enumerate(load.file.departments):
        own = load.departments[item.name]
        if own in organisation.upwards(parents[own], parents):
            raise load.lines.wrong(("departments", number, "parent"), f"部门「{item.name}」成了自己的上级部门")


def load_people(load: Load) -> None:
    """All of them first, then their managers and accounts."""
    load.refuse_twice("people", "name")
    for number, item in enumerate(load.file.people):
        load.people[item.name] = _person(load, item, ("people", number)).id
    for number, item in enumerate(load.file.people):
        if "manager" in item.model_fields_set:
            path = ("people", number, "manager")
            manager = load.ident(load.people, "同事", item.manager, path) if item.manager else None
            if manager == load.people[item.name]:
                raise load.lines.wrong(path, f"{item.name}不能是自己的上级")
            load.keep(Person, {"name": item.name}, {"manager_id": manager})
        _accounts(load, item, number)


def _person(load: Load, item: PersonItem, path: Path) -> Person:
    stated: dict[str, Any] = item.stated("name", "department", "manager", "wecom", "dingtalk", "active")
    if "active" in item.model_fields_set:
        stated["is_active"] = item.active
    if item.department is not None:
        stated["department_id"] = load.ident(load.departments, "部门", item.department, (*path, "department"))
    elif item.name not in load.people:
        raise load.lines.wrong(path, f"「{item.name}」缺少 department")
    if "role" in stated:
        stated["role"], stated["custom_role"] = role_of(load, item.role, (*path, "role"))
    if "duties" in stated:
        stated["duties"] = list(dict.fromkeys(item.duties))
    return load.keep(Person, {"name": item.name}, stated, role="staff", duties=[], is_active=True)


def _accounts(load: Load, item: PersonItem, number: int) -> None:
    person, db = load.people[item.name], load.ctx.db
    for platform in {"wecom", "dingtalk"} & item.model_fields_set:
        said: str | None = getattr(item, platform)
        account = said.lower() if said is not None and platform == "wecom" else said
        own = fetch_one(db, ChannelAccount, person_id=person, platform=platform)
        if own is not None and own.account == account:
            continue
        of_account = (ChannelAccount.platform == platform, ChannelAccount.account == account)
        other = fetch_one(db, ChannelAccount, *of_account) if account is not None else None
        if other is not None:
            who = next(name for name, ident in load.people.items() if ident == other.person_id)
            raise load.lines.wrong(("people", number, platform), f"账号「{account}」已经是{who}的")
        db.execute(
            delete(ChannelAccount).where(ChannelAccount.person_id == person, ChannelAccount.platform == platform)
        )
        if account is not None:
            db.execute(insert(ChannelAccount).values(platform=platform, account=account, person_id=person))


def load_seas(load: Load) -> None:
    """Seas and lead pools with their rules; rules that are not stated stay."""
    load.refuse_twice("seas", "name")
    for number, sea in enumerate(load.file.seas):
        load.seas[sea.name] = _pool(load, Sea, sea, ("seas", number), SeaRules).id
    load.refuse_twice("lead_pools", "name")
    for number, pool in enumerate(load.file.lead_pools):
        load.lead_pools[pool.name] = _pool(load, LeadPool, pool, ("lead_pools", number), LeadPoolRules).id


def _pool(load: Load, model: type[P], item: SeaItem | LeadPoolItem, path: Path, kind: type[Body]) -> P:
    stated: dict[str, Any] = {}
    for name in {"members", "admins"} & item.model_fields_set:
        stated[name] = _declared(load, getattr(item, name), (*path, name))
    if "enabled" in item.model_fields_set:
        stated["is_enabled"] = item.enabled
    if "visibility" in item.model_fields_set:
        stated["is_hidden"] = item.visibility == "hidden_assign_only"
    row = load.keep(model, {"name": item.name}, stated, members={}, admins={}, is_enabled=True, is_hidden=False)
    subject = f"{model.__tablename__}/{row.id}"
    present = rules.current(load.ctx.db, subject, kind, load.now)[0].model_dump(exclude_unset=True)
    load.put(subject, kind.model_validate(present | item.stated("name", "members", "admins", "enabled", "visibility")))
    if isinstance(item, LeadPoolItem):
        _refuse_unknown(load, item, path)
    return row


def _refuse_unknown(load: Load, pool: LeadPoolItem, path: Path) -> None:
    """Whom the rules of assignment name must exist: they are looked up by name when a lead comes."""
    for kind, name in pool.assignment.named():
        known, what = (load.people, "同事") if kind == "people" else (load.departments, "部门")
        load.ident(known, what, name, (*path, "assignment"))


def _declared(load: Load, names: tuple[str, ...], path: Path) -> Json:
    """Departments or people, as ids."""
    found: dict[str, list[int]] = {"departments": [], "people": []}
    for number, name in enumerate(names):
        if name in load.departments:
            found["departments"].append(load.departments[name])
        else:
            found["people"].append(load.ident(load.people, "部门或同事", name, (*path, number)))
    return found


def rebuild(load: Load) -> None:
    """The closures; a ring of managers names the line of one of them."""
    try:
        organisation.rebuild(load.ctx.db)
    except Conflict as error:
        numbers = [n for n, item in enumerate(load.file.people) if item.manager and item.name in error.detail]
        raise load.lines.wrong(("people", *numbers[:1], "manager"), f"{error.title}：{error.detail}") from error


def load_robots(load: Load) -> None:
    """Address, secret and keyword are sealed; the departments of `only` are kept with all below."""
    load.refuse_twice("robots", "name")
    parents = {row.id: row.parent_id for row in fetch_all(load.ctx.db, Department)}
    for number, item in enumerate(load.file.robots):
        path = ("robots", number, "only", "departments")
        named = [load.ident(load.departments, "部门", n, (*path, i)) for i, n in enumerate(item.only.departments)]
        stated = {
            "kind": item.kind,
            "topics": list(dict.fromkeys(item.topics)),
            "only": {"departments": list(item.only.departments)},
            "department_ids": sorted(organisation.below(named, parents)),
            "shows_amounts": item.amounts,
            "mentions": item.mention,
            "is_enabled": item.enabled,
            "sealed": _sealed(load, item),
        }
        load.keep(Robot, {"name": item.name}, stated)


def _sealed(load: Load, item: RobotItem) -> bytes:
    """What is sealed already stays as it is: the same secret sealed again would look new each time."""
    plain = orjson.dumps({"url": item.url, "secret": item.secret, "keyword": item.keyword})
    row = fetch_one(load.ctx.db, Robot, name=item.name)
    if row is not None:
        try:
            if load.seal.open(row.sealed) == plain:
                return row.sealed
        except InvalidToken:  # sealed with a former secret key
            pass
    return load.seal.seal(plain)


def load_products(load: Load) -> None:
    """Known by their code; a name belongs to one product."""
    load.refuse_twice("products", "code")
    load.refuse_twice("products", "name")
    for number, item in enumerate(load.file.products):
        other = fetch_one(load.ctx.db, Product, Product.name == item.name, Product.code != item.code.upper())
        if other is not None:
            raise load.lines.wrong(("products", number, "name"), f"产品「{item.name}」已经是 {other.code}")
        stated = item.stated("code", "price", "aliases", "active") | {"price_fen": fen(item.price)}
        if "aliases" in item.model_fields_set:
            stated["aliases"] = list(item.aliases)
        if "active" in item.model_fields_set:
            stated["is_active"] = item.active
        load.keep(Product, {"code": item.code.upper()}, stated, aliases=[], is_active=True)
