"""Which errors of a command are expected, and their one line."""

import sys
from importlib import import_module

# Class by where it lives: only what the command itself imported can have been raised.
START_UP, REFUSED = 2, 1
EXPECTED = {
    ("bot.settings", "SettingsError"): START_UP,
    ("bot.embedded", "StoreError"): START_UP,
    ("models.errors", "CompanyFileError"): REFUSED,
    ("models.errors", "HaitunError"): REFUSED,
    ("sqlalchemy.exc", "OperationalError"): START_UP,
    ("sqlalchemy.exc", "ProgrammingError"): START_UP,
    ("redis.exceptions", "RedisError"): START_UP,
}


class Stop(Exception):
    """The command ends with this line and this exit status."""

    def __init__(self, line: str, status: int = REFUSED) -> None:
        super().__init__(" ".join(line.split()))
        self.status = status


def one_line(error: Exception) -> Stop | None:
    """None for what nobody expects."""
    if isinstance(error, Stop):
        return error
    for (module, name), status in EXPECTED.items():
        if module in sys.modules and isinstance(error, getattr(import_module(module), name)):
            return _worded(error, name, status)
    return None


def _worded(error: Exception, name: str, status: int) -> Stop | None:
    match name:
        case "OperationalError":
            return Stop(f"The database cannot be reached: {_first(getattr(error, 'orig', error))}", status)
        case "ProgrammingError":
            cause = getattr(error, "orig", None)
            # Any other wrong statement is a defect of ours.
            is_unmade = type(cause).__name__ in {"UndefinedTable", "UndefinedColumn"}
            return Stop("The schema is not at head: run `haitun migrate`", status) if is_unmade else None
        case "RedisError":
            return Stop(f"The queue cannot be reached: {error}", status)
        case "HaitunError":
            parts = (str(error), getattr(error, "detail", ""), getattr(error, "next_step", ""))
            return Stop("；".join(part for part in parts if part), status)
        case _:
            return Stop(str(error), status)


def _first(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
