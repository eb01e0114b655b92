"""The desk: every door hands a command over here. Permission, arguments, one run, history, notices."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from handlers import notices, permits, undo
from handlers.args import Args, labels_of
from handlers.command import Command
from handlers.context import Context
from handlers.reply import Reply
from models.errors import Invalid, MissingArgument


def run(ctx: Context, command: Command, values: Mapping[str, Any]) -> Reply:
    """Runs one command in the transaction of `ctx`. Raises `HaitunError` for a refusal, before the first write."""
    permits.require(ctx, command.needs)
    args = read_args(command, values)
    ctx.command = command.name
    ctx.is_undoable = command.undo is True and not command.reads
    reply = command.run(ctx, args)
    finish(ctx)
    return undo.tied(reply, ctx.walk)


def finish(ctx: Context) -> None:
    """Writes what the command collected: history, then what must be told."""
    ctx.write_history()
    notices.post(ctx)


def read_args(command: Command, values: Mapping[str, Any]) -> Args:
    """The command's arguments, or the first fault: a missing one is asked for, a wrong one named."""
    try:
        return command.args.model_validate(dict(values))
    except ValidationError as error:
        first = next((e for e in error.errors() if e["type"] != "missing"), error.errors()[0])
        name = str(first["loc"][0]) if first["loc"] else ""
        known = name in command.args.model_fields
        label = (labels_of(command.args, name) or [name])[0] if known else name
        if first["type"] == "missing":
            raise MissingArgument(name, f"请告诉我{label}") from error
        if not known:
            raise Invalid(name, f"没有「{name}」这个参数") from error
        raise Invalid(name, f"「{label}」不对", _why(first)) from error


def _why(fault: Any) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message if not message.isascii() else f"收到的是 {str(fault.get('input'))[:40]}"
