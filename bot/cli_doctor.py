"""`haitun doctor`: one line a finding."""

import typer

from bot.cli_data import opened
from bot.health import examine


def run_doctor() -> int:
    """0, or 1 where something fails."""
    with opened() as parts:
        findings = examine(parts)
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.name}: {finding.detail}")
    return 0 if all(finding.ok for finding in findings) else 1
