"""What a company's own roles give and take: the rule as it is written, and what it amounts to for one person."""

from functools import lru_cache
from typing import Literal

from pydantic import Field

from models.company.rule import Body

Scope = Literal["self", "subordinates", "department", "department_and_below", "all"]
Mode = Literal["none", "masked", "read", "edit"]
MASKABLE = ("phone", "email", "wechat", "address", "amount", "margin")


class Role(Body):
    """A role beside admin, dept_manager and staff, or one of the last two as this company wants it.

    `like` is the kind that it is one of. `may_not` takes commands away and `only` leaves no others, both by name with
    `*` (`customer.transfer`, `*.delete`, `export.*`). `scope` and, for single nouns, `scopes` say whose records it
    sees: a list names departments (with all below). Own records and subordinates' are seen in any scope."""

    name: str = Field(min_length=1, max_length=50)
    like: Literal["staff", "dept_manager"] | None = None
    may_not: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    scope: Scope | tuple[str, ...] | None = None
    scopes: dict[str, Scope | tuple[str, ...]] = Field(default_factory=dict)
    fields: dict[str, dict[str, Mode]] = Field(default_factory=dict)


class Roles(Body):
    """`superior_depth`: how many levels up somebody's records are seen (None: all). `confidential`: nouns that the
    team of a customer does not see with it."""

    roles: tuple[Role, ...] = ()
    superior_depth: int | None = Field(default=None, ge=1, le=20)
    confidential: tuple[str, ...] = ()


class Condition(Body):
    """Records of a noun whose columns have these values are shared with this person."""

    noun: str
    equal: dict[str, str]
    writes: bool = False


class Grants(Body):
    """What one person's role amounts to. `scoped` are nouns whose scope is stated: their rows of `sight` stand under
    the noun alone; `everything` those of which he sees every record; `records` those of which single ones are shared
    with him, `shared` those that are by a condition."""

    may_not: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    scoped: tuple[str, ...] = ()
    everything: tuple[str, ...] = ()
    confidential: tuple[str, ...] = ()
    fields: dict[str, dict[str, Mode]] = Field(default_factory=dict)
    records: tuple[str, ...] = ()
    shared: tuple[Condition, ...] = ()


NOTHING = Grants()


@lru_cache(5000)
def read(grants: str | None) -> Grants:
    """The person's column as an object."""
    return NOTHING if grants is None else Grants.model_validate_json(grants)
