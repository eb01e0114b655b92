"""Does a follow-up count for the reclaim clock: a pure decision with its reason (domain.md E.1.5)."""

import re
from dataclasses import dataclass

from models.normal import company_key, simplified

MEANINGFUL = 8
LAST = 5
_RUN = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True)
class Effort:
    """`recent` are the normalised contents of the last follow-ups of this record; `is_entitled`: owner, read-write team
    member, or a superior of one."""

    content: str
    recent: tuple[str, ...]
    is_entitled: bool


def content_key(content: str) -> str:
    """What two pasted contents share: width, script, case, spaces and punctuation aside."""
    return company_key(content)


def meaningful(content: str) -> int:
    """Letters, digits and characters; a run of the same one counts once."""
    return len(_RUN.sub(r"\1", company_key(simplified(content))))


def why_not(effort: Effort) -> str | None:
    """Why it does not move the clock, in words for the rep; None when it does. A second one of a day counts too: the
    clock starts at the newest."""
    if not effort.is_entitled:
        return "只有负责人、读写团队成员和他们的上级写的跟进才重新起算"
    count = meaningful(effort.content)
    if count < MEANINGFUL:
        return f"内容太短：有效字数要 {MEANINGFUL} 个以上，现在 {count} 个，补充谈了什么就能计入"
    if content_key(effort.content) in effort.recent:
        return f"和最近 {LAST} 条里的一条一样，写点新的进展就能计入"
    return None
