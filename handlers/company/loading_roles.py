"""Roles of the company's own: what they may do, whose records they see, which fields (domain.md E.7)."""

import re

from handlers.company import rules
from handlers.company.loading_base import Load
from handlers.company.loading_yaml import Path
from models.company.grants import MASKABLE, Role, Roles

KINDS = ("admin", "dept_manager", "staff")
SCOPED = (
    "lead", "customer", "contact", "opportunity", "quote", "contract", "order", "payment", "refund", "invoice",
    "ticket", "return", "campaign", "follow_up", "todo", "approval", "history",
)  # fmt: skip
_PATTERN = re.compile(r"(\*|[a-z_]+)\.(\*|[a-z_]+)")


def load_roles(load: Load) -> None:
    """Only what the file states; roles that it does not name stay as they are."""
    stated = load.file.model_fields_set & {"roles", "superior_depth", "confidential"}
    if not stated:
        return
    load.refuse_twice("roles", "name")
    for number, role in enumerate(load.file.roles):
        _check(load, role, ("roles", number))
    for number, noun in enumerate(load.file.confidential):
        _check_noun(load, noun, ("confidential", number))
    present = rules.newest(load.ctx.db, "roles", Roles)
    named = {role.name: role for role in (*present.roles, *load.file.roles)}
    changes = {name: getattr(load.file, name) for name in stated - {"roles"}}
    load.put("roles", present.model_copy(update={**changes, "roles": tuple(named.values())}))


def role_of(load: Load, said: str, path: Path) -> tuple[str, str | None]:
    """The kind and the company's own name of a role. Raises `CompanyFileError` for an unknown one."""
    if said in KINDS:
        return said, None
    known = {role.name: role for role in rules.newest(load.ctx.db, "roles", Roles).roles if role.name not in KINDS}
    if said not in known:
        options = ", ".join([*KINDS, *known])
        raise load.lines.wrong(path, f"「role」不能是「{said}」，可选：{options}")
    return known[said].like or "staff", said


def _check(load: Load, role: Role, path: Path) -> None:
    if role.name == "admin":
        raise load.lines.wrong((*path, "name"), "管理员什么都可以做，不能改")
    if role.name in KINDS and role.like is not None:
        raise load.lines.wrong((*path, "like"), f"「{role.name}」是自带的角色，不写 like")
    for key in ("may_not", "only"):
        for place, pattern in enumerate(getattr(role, key) or ()):
            if not _PATTERN.fullmatch(pattern):
                raise load.lines.wrong((*path, key, place), f"「{pattern}」要写成 customer.transfer、*.delete 这样")
    for key, scope in (("scope", role.scope), *role.scopes.items()):
        if key != "scope":
            _check_noun(load, key, (*path, "scopes"))
        for name in scope if isinstance(scope, tuple) else ():
            load.ident(load.departments, "部门", name, (*path, "scope" if key == "scope" else "scopes"))
    for noun, fields in role.fields.items():
        _check_noun(load, noun, (*path, "fields"))
        for name in fields:
            if name not in MASKABLE:
                raise load.lines.wrong((*path, "fields"), f"「{name}」不能遮盖，可选：{', '.join(MASKABLE)}")


def _check_noun(load: Load, noun: str, path: Path) -> None:
    if noun not in SCOPED:
        raise load.lines.wrong(path, f"没有对象「{noun}」，可选：{', '.join(SCOPED)}")
