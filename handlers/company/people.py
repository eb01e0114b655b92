"""Colleagues and departments as the doors see them; who a platform account or an API token is."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from handlers import permits
from handlers.context import Context
from handlers.nouns import Noun
from handlers.presenting import by_name_of, by_person, common, names, people
from models.access import ApiToken
from models.base import Json
from models.codes import noun_of
from models.company.people import ChannelAccount, Department, Person, Sight
from models.db import Database
from models.errors import NotFound
from models.rows import fetch_all, freeze, query
from models.statement import Statement

PLATFORMS = {"wecom": "企业微信", "dingtalk": "钉钉"}


def make_token(database: Database, person: str, now: datetime) -> str:
    """A new API token for the active person with this name, code or account; only its SHA-256 is kept."""
    token = f"ht_{secrets.token_urlsafe(32)}"
    with database.transaction() as db:
        found = _by_any_name(db, person.strip())
        db.execute(insert(ApiToken).values(digest=digest(token), person_id=found.id, created_at=now))
    return token


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _by_any_name(db: Connection, said: str) -> Person:
    if noun_of(said) == "person":
        found = fetch_all(db, Person, Person.id == int(said[1:]), Person.is_active)
    else:
        account = select(ChannelAccount.person_id).where(ChannelAccount.account.in_([said, said.lower()]))
        found = fetch_all(db, Person, Person.name == said, Person.is_active) or fetch_all(
            db, Person, Person.id.in_(account), Person.is_active
        )
    if len(found) != 1:
        known = "、".join(row.name for row in fetch_all(db, Person, Person.is_active, order_by=[Person.id], limit=10))
        why = "没有这个人" if not found else "有几个人"
        raise NotFound(f"{why}：{said}", next_step=f"可以写姓名、编号或账号，例如：{known}")
    return found[0]


def person_by_token(db: Connection, token: str) -> Person | None:
    """Whose token it is; None for an unknown one and for someone who left."""
    row = _BY_TOKEN.first(db, {"digest": digest(token)})
    return None if row is None else freeze(Person, row)


def person_by_account(db: Connection, platform: str, account: str) -> Person | None:
    """Whose account it is; WeCom's are the same in any letter case. None for strangers and for someone who left."""
    row = _BY_ACCOUNT.first(db, {"platform": platform, "account": account_of(platform, account)})
    return None if row is None else freeze(Person, row)


def account_of(platform: str, account: str) -> str:
    """As it stands in the directory."""
    return account.lower() if platform == "wecom" else account


_BY_ACCOUNT = Statement(
    query(Person, Person.is_active)
    .join(ChannelAccount, ChannelAccount.person_id == Person.id)
    .where(ChannelAccount.platform == bindparam("platform"), ChannelAccount.account == bindparam("account"))
)
_BY_TOKEN = Statement(
    query(Person, Person.is_active)
    .join(ApiToken, ApiToken.person_id == Person.id)
    .where(ApiToken.digest == bindparam("digest"))
)


def present_people(ctx: Context, rows: Sequence[Person]) -> list[Json]:
    """Names are known to everyone here; mobile and accounts only to those who see the person's records."""
    if not rows:
        return []
    departments = names(ctx, Department, [row.department_id for row in rows])
    superiors = people(ctx, [row.superior_id for row in rows])
    seen = _seen(ctx, [row.id for row in rows])
    accounts = _accounts(ctx, seen)
    return [
        {
            "code": row.code,
            "name": row.name,
            "department": departments[row.department_id],
            "role": row.custom_role or row.role,
            "duties": row.duties,
            "manager": superiors[row.superior_id],
            "mobile": row.mobile if row.id in seen else None,
            "accounts": accounts.get(row.id, []) if row.id in seen else None,
            "is_active": row.is_active,
            **common(ctx, row),
        }
        for row in rows
    ]


def _seen(ctx: Context, idents: Sequence[int]) -> set[int]:
    if permits.everything(ctx):
        return set(idents)
    return set(ctx.db.execute(permits.people_in_sight(ctx).where(Sight.person_id.in_(idents))).scalars())


def _accounts(ctx: Context, idents: set[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    own = fetch_all(ctx.db, ChannelAccount, ChannelAccount.person_id.in_(idents), order_by=[ChannelAccount.platform])
    for row in reversed(own):
        found.setdefault(row.person_id, []).append(f"{PLATFORMS[row.platform]} {row.account}")
    return found


def present_departments(ctx: Context, rows: Sequence[Department]) -> list[Json]:
    """Departments by name, each with the one above it and its head."""
    above = names(ctx, Department, [row.parent_id for row in rows])
    heads: dict[int, Json] = {}
    leaders = (Person.role == "dept_manager", Person.is_active, Person.department_id.in_([row.id for row in rows]))
    for person in fetch_all(ctx.db, Person, *leaders, order_by=[Person.id]):
        heads.setdefault(person.department_id, {"code": person.code, "name": person.name})
    return [
        {"code": row.code, "name": row.name, "parent": above[row.parent_id], "head": heads.get(row.id)}
        | common(ctx, row)
        for row in rows
    ]


PERSON = Noun(
    name="person", plural="people", title="同事", model=Person, gate=permits.people, present=present_people,
    named=("name",), columns=("name", "role", "is_active"),
    scenes={
        "all": lambda _ctx: Person.id.is_not(None),
        "mine": lambda ctx: Person.id == ctx.me.id,
        "subordinates": lambda ctx: permits.under(ctx, Person.id) & (Person.id != ctx.me.id),
    },
    filters={
        "department": by_name_of(Person.department_id, Department), "manager": by_person(Person.superior_id),
        "duties": lambda _ctx, said: Person.duties.contains([said]),
    },
)  # fmt: skip
DEPARTMENT = Noun(
    name="department", plural="departments", title="部门", model=Department, gate=permits.public,
    present=present_departments, named=("name",), columns=("name",),
    scenes={"all": lambda _ctx: Department.id.is_not(None)},
    filters={"parent": by_name_of(Department.parent_id, Department)},
    by_code=lambda _ctx, code: Department.name == code,
)  # fmt: skip
