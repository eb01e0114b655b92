"""Parts of names by an index: every two neighbouring characters of a name are a key of it, and its first one alone.

A trigram index knows nothing of two characters, and two are what a Chinese name is called by. A single character is
looked for at the beginning of names only.
"""

from typing import Any

from sqlalchemy import ColumnElement, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

INDEXED: dict[str, Any] = {"grams": True}  # what `mapped_column(info=...)` says of a column with such an index
Name = ColumnElement[Any] | InstrumentedAttribute[Any]


def gram_index(name: str, column: str) -> Index:
    """Its list of pending entries is short: whoever writes the entry that fills it waits, and each search reads it."""
    return Index(name, text(f"name_grams({column})"), postgresql_using="gin", postgresql_with=_WITH)


def is_indexed(column: Name) -> bool:
    return bool(getattr(column, "info", {}).get("grams"))


def may_contain(column: Name, said: ColumnElement[str]) -> ColumnElement[bool]:
    """What the index finds; the text itself has to be compared besides."""
    grams = func.name_grams(column, type_=ARRAY(Text))
    found: ColumnElement[bool] = grams.contains(func.name_part(said, type_=ARRAY(Text)))
    return found


_WITH = {"gin_pending_list_limit": "256"}
