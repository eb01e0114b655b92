"""Human codes: `L000123`, and dated ones such as `SO20261123-0001` that count within their day."""

import re
from datetime import date

from sqlalchemy import Connection, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.statement import Statement

PLAIN = {
    "lead": "L", "customer": "C", "contact": "K", "opportunity": "O", "todo": "T", "follow_up": "F", "product": "P",
    "person": "U", "attachment": "FL",
}  # fmt: skip
DATED = {"order": "SO", "payment": "PM", "approval": "AP"}
CODE = re.compile(r"^(?:(?P<dated>QT|CT|SO|PM|RF|IV|AP|TK|RT)\d{8}-\d{4,}|(?P<plain>[LCKOGTFPU]|FL)\d{3,18})$", re.I)
_NOUNS = {letters: noun for noun, letters in (PLAIN | DATED).items()}


class CodeCounter(Base):
    """One row per prefix (and day); locked until commit by whoever takes a number."""

    __tablename__ = "code_counter"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int]


_NEXT = Statement(
    text(
        "insert into code_counter (name, last) values (:name, 1) "
        "on conflict (name) do update set last = code_counter.last + 1 returning last"
    )
)


def dated_code(db: Connection, noun: str, day: date) -> str:
    """The next code of a dated noun; no gaps within a day, because the counter rolls back with its document."""
    name = f"{DATED[noun]}{day:%Y%m%d}"
    return f"{name}-{_NEXT.scalar(db, {'name': name}):04d}"


def plain_code(noun: str, ident: int) -> str:
    """The code of a noun whose code is its id."""
    return f"{PLAIN[noun]}{ident:06d}"


def ident_of(code: str) -> int:
    """The id in a code of a plain noun."""
    return int(code.strip().lstrip("LCKOGTFPUlckogtfpu"))


def number_of(said: str) -> int | None:
    """The number of a row that has no code; None for what is none, or more than a column holds."""
    return int(said) if said.isdecimal() and len(said) < 19 else None


def noun_of(code: str) -> str | None:
    """Which noun a code names, or None when it is not a code."""
    match = CODE.match(code.strip())
    return None if match is None else _NOUNS.get((match["dated"] or match["plain"]).upper())
