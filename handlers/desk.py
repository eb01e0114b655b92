"""The desk: every door hands a command over here. Permission, arguments, one run, history, notices."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from handlers import masking, notices, permits, undo
from handlers.args import Args, labels_of
from handlers.command import Command
from handlers.company import requests
from handlers.context import Context
from handlers.customers.settling import settle
from handlers.reply import Reply
from models.errors import Invalid, MissingArgument


def run(ctx: Context, command: Command, values: Mapping[str, Any]) -> Reply:
    """Runs one command in the transaction of `ctx`. Raises `HaitunError` for a refusal, before the first write."""
    permits.require(ctx, command.needs, command.name)
    args = read_args(command, values)
    masking.require_edit(ctx, command.name, values)
    ctx.command = command.name
    ctx.is_undoable = command.undo is True and not command.reads
    kept = None if command.reads else requests.submitted(ctx, command, args)
    reply = kept if kept is not None else command.run(ctx, args)
    finish(ctx)
    return undo.tied(reply, ctx.walk)


def finish(ctx: Context) -> None:
    """Writes what the command collected: what follows for deadlines, history, then what must be told."""
    settle(ctx)
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


# pydantic's own words are English; what it compares with stands in `ctx`.
WHY = {
    "string_too_short": "不能空着",
    "string_too_long": "最多 {max_length} 个字",
    "too_short": "至少要有一项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "要大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "要小于 {lt}",
    "less_than_equal": "不能大于 {le}",
}
PARTS = {"product": "产品", "quantity": "数量", "price": "单价", "discount": "折扣"}


def _why(fault: Any) -> str:
    """What is wrong, in words; of an order line with the part that it is about."""
    message = str(fault["msg"]).removeprefix("Value error, ")
    where = PARTS.get(str(fault["loc"][-1]), "") if len(fault["loc"]) > 1 else ""
    if fault["type"] in WHY:
        return where + WHY[fault["type"]].format_map(fault.get("ctx", {}))
    return message if not message.isascii() else f"{where}收到的是 {str(fault.get('input'))[:40]}"
