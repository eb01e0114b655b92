"""The `haitun` command. What a command needs is imported when it runs: `haitun parse` answers at once."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli_errors import Stop, one_line
from models.clock import aware

app = typer.Typer(
    help="海豚 Haitun: a chat-first SCRM for WeCom and DingTalk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Now = Annotated[str, typer.Option("--now", metavar="ISO8601", help="Business time, instead of the real clock.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]
ParentPipe = Annotated[int, typer.Option(hidden=True)]


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Worker and clock as child processes.")] = True,
) -> None:
    """Callbacks and API, with worker and clock."""
    from bot.cli_serve import run_serve

    run_serve(host, port, with_worker=worker)


@app.command()
def worker(
    beat: Annotated[bool, typer.Option("--beat", help="With the clock.")] = False,
    parent_pipe: ParentPipe = -1,
) -> None:
    """Celery worker, for a deployment that runs `serve --no-worker`."""
    from bot.cli_worker import run_worker

    run_worker(beat=beat, parent_pipe=parent_pipe)


@app.command()
def demo(port: Port = 8000, with_parent: Annotated[bool, typer.Option(hidden=True)] = False) -> None:
    """`serve` with the sandbox and the demo company."""
    from bot.cli_demo import run_demo

    run_demo(port, with_parent=with_parent)


@app.command()
def migrate() -> None:
    """Brings the schema to head; safe to run twice."""
    from bot.cli_data import run_migrate

    run_migrate()


@app.command()
def load(file: Annotated[Path, typer.Argument(metavar="FILE.yaml")]) -> None:
    """A company from a file, all or nothing."""
    from bot.cli_data import run_load

    typer.echo(run_load(file))


@app.command()
def token(person: Annotated[str, typer.Argument(help="Name or account.")]) -> None:
    """Prints an API token for that person as the last line."""
    from bot.cli_data import run_token

    typer.echo(run_token(person))


@app.command()
def parse(
    text: Annotated[str, typer.Argument(help="A sentence.")],
    speaker: Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Who says it.")] = None,
    now: Now = "",
) -> None:
    """What the bot would understand, as one JSON line."""
    from bot.listening.parse import parse_line
    from bot.settings import load_timezone

    typer.echo(parse_line(text, speaker=speaker, now=_instant(now, load_timezone())))


@app.command()
def tick(now: Now = "") -> None:
    """Runs every timed job that is due, once, and delivers what is due by then."""
    from bot.cli_jobs import run_tick

    run_tick(lambda zone: _instant(now, zone))


@app.command()
def notices(ref: Annotated[str | None, typer.Argument(help="A code, such as SO20261123-0001.")] = None) -> None:
    """Why something was or was not sent."""
    from bot.cli_data import run_notices

    for line in run_notices(ref):
        typer.echo(line)


@app.command()
def resend(ident: Annotated[str, typer.Argument(metavar="ID", help="The first column of `haitun notices`.")]) -> None:
    """Sends a notice again."""
    from bot.cli_data import run_resend

    typer.echo(run_resend(ident))


@app.command()
def rerun(
    number: Annotated[str | None, typer.Argument(help="As the person was told it; without: all.")] = None,
) -> None:
    """Messages that wait or failed; runs a failed one again."""
    from bot.cli_data import run_rerun

    for line in run_rerun(number):
        typer.echo(line)


@app.command()
def doctor() -> None:
    """Checks settings, database, queue and platform tokens; exit 1 where something fails."""
    from bot.cli_doctor import run_doctor

    raise typer.Exit(run_doctor())


def _instant(written: str, zone: ZoneInfo) -> datetime:
    """Aware; without an offset it is local to the company."""
    if not written:
        return datetime.now(zone)
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise Stop(f"--now is malformed: {written} is not like 2026-11-23T09:00:00+08:00", 2) from None
    return aware(instant, zone)


def main() -> None:
    """Every expected problem is one line on stderr; only a defect shows a traceback."""
    try:
        app()
    except Exception as error:
        stop = one_line(error)
        if stop is None:
            raise
        sys.stderr.write(f"haitun: {stop}\n")
        sys.exit(stop.status)


if __name__ == "__main__":
    main()
