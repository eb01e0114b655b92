"""What counts as a duplicate, and what is done about it (domain.md E.8)."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.company.rule import Body

Level = Literal["block", "warn", "inform"]
Door = Literal["chat", "api", "import", "load"]
What = Literal["phone", "name", "uscc"]
Comparator = Literal["same", "strong", "weak"]
Against = Literal["leads", "closed_leads", "customers", "own_contacts", "other_contacts"]
Noun = Literal["lead", "customer", "contact"]
Key = tuple[Noun, tuple[What, ...], Comparator, Against]

DEFAULTS: dict[Key, Level] = {
    ("lead", ("phone",), "same", "leads"): "block",
    ("lead", ("phone",), "same", "customers"): "block",
    ("lead", ("phone",), "same", "closed_leads"): "inform",
    ("customer", ("uscc",), "same", "customers"): "block",
    ("customer", ("name",), "same", "customers"): "block",
    ("customer", ("name",), "strong", "customers"): "warn",
    ("customer", ("name",), "weak", "customers"): "inform",
    ("contact", ("phone",), "same", "own_contacts"): "block",
    ("contact", ("phone",), "same", "other_contacts"): "inform",
}
# Unique keys of the database hold these, whatever a rule says: two writers at once must not get past it.
UNIQUE = (
    ("lead", ("phone",), "same", "leads"),
    ("customer", ("uscc",), "same", "customers"),
    ("customer", ("name",), "same", "customers"),
    ("contact", ("phone",), "same", "own_contacts"),
)


class Check(Body):
    """One comparison. `level`: block refuses, warn asks for a confirmation, inform tells afterwards; `doors` are those
    at which it is another one."""

    fields: tuple[What, ...]
    comparator: Comparator = "same"
    against: Against = "customers"
    level: Level
    doors: dict[Door, Level] = Field(default_factory=dict)


class DuplicateRules(Body):
    """Checks that are not named keep their level (`DEFAULTS`). `tell` is what is said of a record that the person who
    asks may not open; `per_hour` how many duplicate checks one person has."""

    lead: tuple[Check, ...] = ()
    customer: tuple[Check, ...] = ()
    contact: tuple[Check, ...] = ()
    tell: tuple[Literal["department", "days", "phone"], ...] = ()
    per_hour: int = Field(default=60, ge=1, le=100_000)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for key, check in self._stated():
            said = f"{key[0]} 的 {'、'.join(key[1])}（{key[2]}，{key[3]}）"
            if key not in DEFAULTS:
                raise ValueError(f"没有这样的查重：{said}")
            if key in UNIQUE and {check.level, *check.doors.values()} != {"block"}:
                raise ValueError(f"{said}必须是 block")
        return self

    def level(self, noun: Noun, what: What, comparator: Comparator, against: Against, door: Door) -> Level:
        """What is done about such a match at this door; nobody is there to confirm a line of a file."""
        key: Key = (noun, (what,), comparator, against)
        check = dict(self._stated()).get(key)
        level = DEFAULTS[key] if check is None else check.doors.get(door, check.level)
        return "inform" if level == "warn" and door in ("import", "load") else level

    def _stated(self) -> list[tuple[Key, Check]]:
        by_noun: tuple[tuple[Noun, tuple[Check, ...]], ...] = (
            ("lead", self.lead),
            ("customer", self.customer),
            ("contact", self.contact),
        )
        return [((noun, one.fields, one.comparator, one.against), one) for noun, checks in by_noun for one in checks]
