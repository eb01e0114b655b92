"""What follows from a return besides the owner leaving: the counted reason, and who hears of too many (E.1.6)."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import BigInteger, bindparam, exists, func, select

from handlers.company import rules
from handlers.context import Context, Notice, unique
from models.base import Json
from models.company.claim_rules import Claims
from models.company.people import Person
from models.customers.activity import FollowUp
from models.customers.ownership import Ownership
from models.customers.return_reason import reason_of
from models.rows import fetch_one
from models.statement import Statement

WEEK = timedelta(days=7)
NOUNS = {"customer": "客户", "lead": "线索"}


def facts(said: str) -> Json:
    """What history keeps: the reason of the list, and what else was said."""
    reason, note = reason_of(said)
    return {"reason": reason, "note": note or None}


def watch(ctx: Context, noun: Literal["customer", "lead"], owner_id: int | None) -> None:
    """Tells the superior once a week of somebody who gives back more than the rule allows without having followed
    them (domain.md E.1.6)."""
    limit = rules.in_force(ctx, "claims", Claims)[0].returns_alert
    if owner_id is None or limit is None:
        return
    count = int(_IDLE.scalar(ctx.db, {"person": owner_id, "noun": noun, "since": ctx.now - WEEK}))
    if count <= limit:
        return
    person = fetch_one(ctx.db, Person, id=owner_id)
    if person is None or person.superior_id is None:
        return
    what = NOUNS[noun]
    texts = [f"最近 7 天退回 {count} 个{what}，都没有写过有效跟进（超过 {limit} 个就提醒上级）"]
    told = {"title": f"{person.name} 没跟进就退回的{what}偏多", "texts": texts}
    year, week, _ = ctx.today.isocalendar()
    key = f"returns|{noun}|{owner_id}|{year}-{week}"
    ctx.tell(
        Notice(f"{noun}.returns_idle", "notice", told, person.code, unique([person.superior_id]), robots=False, key=key)
    )


def _idle() -> Statement:
    """The periods of the last week that ended in a return and saw no effective follow-up of their owner."""
    about = (FollowUp.noun == Ownership.noun, FollowUp.record_id == Ownership.record_id)
    own = (FollowUp.person_id == Ownership.owner_id, FollowUp.is_effective)
    within = (FollowUp.at >= Ownership.started_at, FollowUp.at <= Ownership.ended_at)
    mine = (Ownership.owner_id == bindparam("person", type_=BigInteger), Ownership.noun == bindparam("noun"))
    ended = (Ownership.reason_out == "return", Ownership.ended_at > bindparam("since"))
    followed = exists(select(1).where(*about, *own, *within))
    return Statement(select(func.count()).select_from(Ownership).where(*mine, *ended, ~followed))


_IDLE = _idle()
