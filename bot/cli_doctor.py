"""`haitun doctor`: one line a finding."""

import typer

from bot.cli_data import opened
from bot.embedded import StoreError
from bot.settings import SettingsError


def run_doctor() -> int:
    """0, or 1 where something fails; what stops every other command is a finding here."""
    from bot.health import examine

    try:
        with opened() as parts:
            findings = examine(parts)
    except SettingsError as error:
        return _shown("settings", str(error), ok=False)
    except StoreError as error:
        return _shown("database", str(error), ok=False)
    return max(_shown(finding.name, finding.detail, ok=finding.ok) for finding in findings)


def _shown(name: str, detail: str, *, ok: bool) -> int:
    typer.echo(f"{'ok  ' if ok else 'FAIL'} {name}: {detail}")
    return 0 if ok else 1
