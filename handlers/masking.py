"""Fields that a role may not read, not read whole, or not change (domain.md E.7): the one place that masks.

Every noun's `present` is wrapped by `masked`, so that list, get, search, card, export and API show the same; history,
filters, notices to others and updates ask here, too.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

from handlers import permits
from handlers.context import Context
from handlers.presenting import masked_phone
from models.base import Json
from models.codes import noun_of
from models.company.grants import Grants, Mode, read
from models.errors import BadRequest, Forbidden

R = TypeVar("R")
Present = Callable[[Context, Sequence[R]], list[Json]]
AMOUNTS = (
    "amount", "list_total", "allowance", "order_total", "payment_total", "pending_payment_total", "refund_total",
    "outstanding_total", "opportunity_total", "price", "list_price", "amount_fen", "list_fen", "allowance_fen",
    "price_fen",
)  # fmt: skip
MARGINS = ("margin", "margin_rate", "cost")
KEYS: dict[str, tuple[str, ...]] = {"amount": AMOUNTS, "margin": MARGINS}
WORDS = {"phone": "电话", "email": "邮箱", "wechat": "微信", "address": "地址", "amount": "金额", "margin": "毛利"}
PARENTS = {"order_line": "order"}
MASKED: dict[str, Callable[..., Any]] = {}  # every wrapped present, by noun; a house test compares it with the nouns


def masked(noun: str) -> Callable[[Present[R]], Present[R]]:
    """Wraps what turns rows of this noun into API objects."""

    def wrap(present: Present[R]) -> Present[R]:
        @wraps(present)
        def shown(ctx: Context, rows: Sequence[R]) -> list[Json]:
            items, hidden = present(ctx, rows), hidden_keys(permits.grants(ctx), noun)
            return [cut(item, hidden) for item in items] if hidden else items

        MASKED[noun] = shown
        return shown

    return wrap


def hidden_keys(grants: Grants, noun: str) -> dict[str, Mode]:
    """What is not shown whole of this noun, by the name under which it stands in an object or a table."""
    stated = grants.fields.get(noun, {})
    unread = {field: mode for field, mode in stated.items() if mode in ("none", "masked")}
    return {key: mode for field, mode in unread.items() for key in KEYS.get(field, (field,))}


def hidden_columns(grants: Grants, table: str) -> frozenset[str]:
    """The same of a table in history: lines are their order's, an approval keeps what was submitted."""
    if table != "approval":
        return frozenset(hidden_keys(grants, PARENTS.get(table, table)))
    amounts = {key for noun in ("approval", "order", "payment") for key in hidden_keys(grants, noun)}
    return frozenset(amounts | {"snapshot"} if amounts else amounts)


def cut(item: Mapping[str, Any], hidden: Mapping[str, Mode]) -> Json:
    """The object without what is hidden, its lines included."""
    return {name: _cut(name, value, hidden) for name, value in item.items()}


def _cut(name: str, value: Any, hidden: Mapping[str, Mode]) -> Any:
    if name in hidden:
        return hide(name, value, hidden[name])
    if name == "lines" and isinstance(value, list):
        return [cut(line, hidden) for line in value]
    return value


def hide(name: str, value: Any, mode: Mode = "masked") -> Any:
    """A value as somebody may see it who may not read it. Amounts have no half way: they are left out."""
    if value is None or mode == "none" or name in AMOUNTS + MARGINS:
        return None
    return masked_phone(str(value)) if name == "phone" else "已隐藏"


def is_hidden(ctx: Context, noun: str, name: str) -> bool:
    """Whether the actor may not read this field, and so not look for its values either."""
    return name in hidden_keys(permits.grants(ctx), noun)


def refuse_filter(ctx: Context, noun: str, name: str) -> None:
    """Raises `BadRequest` for a filter on what is hidden from the actor."""
    if is_hidden(ctx, noun, name):
        raise BadRequest(f"不能按「{WORDS.get(name, name)}」查找", "你的角色看不到这个字段")


def require_edit(ctx: Context, command: str, given: Mapping[str, Any]) -> None:
    """Raises `Forbidden` where an update names a field that the actor's role does not change."""
    noun, _, action = command.partition(".")
    stated = permits.grants(ctx).fields.get(noun, {})
    if action != "update" or not stated:
        return
    for field, mode in stated.items():
        if mode != "edit" and any(given.get(key) is not None for key in KEYS.get(field, (field,))):
            raise Forbidden("没有权限", f"你的角色不能改{WORDS.get(field, field)}", "请联系管理员")


def for_person(grants: str | None, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Facts of a notice as its reader may see them: every record in them is known by its code."""
    own = read(grants)
    return _walked(own, facts) if own.fields else facts


def _walked(grants: Grants, value: Any) -> Any:
    if isinstance(value, list):
        return [_walked(grants, one) for one in value]
    if not isinstance(value, Mapping):
        return value
    noun = noun_of(str(value.get("code", "")))
    item = cut(value, hidden_keys(grants, noun)) if noun is not None else dict(value)
    return {name: _walked(grants, inner) for name, inner in item.items()}
