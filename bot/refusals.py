"""A refusal as it is said in a chat: the rule, the number now, and always what to type next (domain.md E.12.8)."""

from handlers.registry import BY_NAME
from handlers.reply import Reply
from models.base import Json
from models.errors import Duplicate, Forbidden, HaitunError, Invalid, NotFound, Stale


def refused(command: str, args: Json, error: HaitunError) -> Reply:
    """The card of a refusal that no further question can mend."""
    facts = {
        "title": error.title,
        "state": error.detail or None,
        "next": error.next_step or next_step(command, args, error),
    }
    return Reply("refusal", facts)


def next_step(command: str, args: Json, error: HaitunError) -> str:
    """What can be typed where the refusal itself does not say it."""
    said = str(args.get("ref") or args.get("q") or "")
    known = BY_NAME.get(command)
    match error:
        case NotFound() if said:
            return f"请检查编号或名称，也可以说「搜索 {said}」"
        case Forbidden():
            return "需要的话请联系你的上级或管理员"
        case Stale():
            return f"说「查 {said}」看现在的状态，再试一次" if said else "请重新查看后再试"
        case Invalid() | Duplicate() if known is not None:
            return f"请改好后再说一次，例如：{known.examples[0]}"
        case _ if said:
            return f"说「查 {said}」看现在的状态"
        case _ if known is not None:
            return f"例如：{known.examples[0]}"
        case _:
            return "说「帮助」看看我能做什么"
