"""What the parts of a load share: the transaction, the file with its lines, names already known."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from handlers.company import rules
from handlers.company.loading_file import CompanyFile
from handlers.company.loading_yaml import Lines, Path
from handlers.context import Context
from models.base import Record
from models.company.people import Department, Person
from models.company.rule import Body
from models.customers.sea import LeadPool, Sea
from models.rows import fetch_all, fetch_one
from models.sealed import Seal

R = TypeVar("R", bound=Record)


@dataclass
class Load:
    """One file on its way into the database. Loading is set-up, not work: it writes no history and tells nobody."""

    ctx: Context
    seal: Seal
    file: CompanyFile
    lines: Lines
    touched: defaultdict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    changed_rules: set[str] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        return self.ctx.now

    @property
    def zone(self) -> ZoneInfo:
        return self.ctx.zone

    @cached_property
    def departments(self) -> dict[str, int]:
        """Ids by name, of the file and of before; valid from when the section is loaded."""
        return self._names(Department)

    @cached_property
    def people(self) -> dict[str, int]:
        return self._names(Person)

    @cached_property
    def seas(self) -> dict[str, int]:
        return self._names(Sea)

    @cached_property
    def lead_pools(self) -> dict[str, int]:
        return self._names(LeadPool)

    def _names(self, model: Any) -> dict[str, int]:
        return {row.name: row.id for row in self.ctx.db.execute(select(model.name, model.id))}

    def ident(self, known: dict[str, int], what: str, name: str, path: Path) -> int:
        """The id behind a name. Raises `CompanyFileError` with the line."""
        if name not in known:
            raise self.lines.wrong(path, f"没有{what}「{name}」")
        return known[name]

    def refuse_twice(self, section: str, key: str) -> None:
        """A section names each thing once."""
        seen: dict[Any, int] = {}
        for number, item in enumerate(getattr(self.file, section)):
            value, path = getattr(item, key), (section, number, key)
            if value is not None and value in seen:
                raise self.lines.wrong(path, f"「{value}」写了两次，第一次在第 {seen[value]} 行")
            seen[value] = self.lines.of(path)

    def keep(self, model: type[R], known_by: dict[str, Any], stated: dict[str, Any], **defaults: Any) -> R:
        """The row with these keys brought to what is stated; made with `defaults` where it is absent."""
        table = model.__table__
        row = fetch_one(self.ctx.db, model, *(table.c[name] == value for name, value in known_by.items()))
        stamp = {"updated_at": self.now}
        if row is None:
            values = {**defaults, **stated, **known_by, **stamp, "created_at": self.now}
            self.ctx.db.execute(insert(table).values(values))
        else:
            changes = {name: value for name, value in stated.items() if getattr(row, name) != value}
            if not changes:
                return row
            values = {**changes, **stamp, "version": table.c.version + 1}
            self.ctx.db.execute(update(table).where(table.c.id == row.id).values(values))
        there = fetch_all(self.ctx.db, model, *(table.c[name] == value for name, value in known_by.items()))[0]
        self.touched[table.name].add(there.id)
        return there

    def put(self, subject: str, body: Body) -> None:
        """A rule, in a new version only where it says something new."""
        present, version = rules.current(self.ctx.db, subject, type(body), self.now)
        if version == 0 or present != body:
            rules.put(self.ctx.db, subject, body, now=self.now)
            self.changed_rules.add(subject)
            self.touched["rule"].add(subject)
