"""What the clock may take tonight: held where it is too much, rationed for each owner, with a run to its name."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, column, func, select, values

from handlers import notices
from handlers.bulk import batches
from handlers.context import Context, Notice
from handlers.customers.breaker import Share, rationed, trips
from handlers.presenting import people
from handlers.reply import Button, Subject
from models.clock import at, day_of
from models.company.people import Person
from models.company.reclaim_run import ReclaimRun
from models.customers.ownership import Ownership
from models.rows import fetch_all, fetch_one

STARTS = time(2, 0)
WORDS = {"customer": "客户", "lead": "线索"}
SHOWN = 10


@dataclass(frozen=True)
class Due:
    """A record whose instant has come; `is_ready`: its owner was warned before today, or there is no warning to wait
    for."""

    ident: int
    owner_id: int
    pool_id: int | None
    reclaim_at: datetime
    is_ready: bool


@dataclass(frozen=True)
class Pools:
    """What the rules of a home sea or pool say about a night, by its id."""

    limit: Callable[[int], int]
    version: Callable[[int], tuple[str, int]]


def night_of(ctx: Context) -> date:
    """A night begins at two and lasts a day."""
    return day_of(ctx.now - timedelta(hours=STARTS.hour), ctx.zone)


def run_of(ctx: Context, noun: str) -> ReclaimRun | None:
    """Tonight's."""
    return fetch_one(ctx.db, ReclaimRun, noun=noun, night=night_of(ctx))


def allowed(ctx: Context, noun: str, model: Any, due: Sequence[Due], pools: Pools) -> list[list[int]]:
    """The batches to look at: what waits for a warning always, what is ready as far as tonight takes it. Decided before
    anything is taken, and written down with it, so that a second time decides the same."""
    waiting = [(one.ident, one.owner_id) for one in due if not one.is_ready]
    ready = [one for one in due if one.is_ready]
    if not ready or not _may_run(ctx, noun, model, ready, pools):
        return batches(waiting)
    taken = _taken(ctx, noun, {one.owner_id for one in ready})
    limits = {one.ident: pools.limit(one.pool_id) if one.pool_id is not None else 0 for one in ready}
    urgent = sorted(ready, key=lambda one: (one.reclaim_at, one.ident))
    goes = set(rationed([(one.ident, one.owner_id) for one in urgent], taken, limits))
    going = [(one.ident, one.owner_id) for one in ready if one.ident in goes]
    return batches(sorted([*waiting, *going], key=lambda row: (row[1], row[0])))


def _may_run(ctx: Context, noun: str, model: Any, ready: Sequence[Due], pools: Pools) -> bool:
    if fetch_one(ctx.db, ReclaimRun, noun=noun, state="held") is not None:
        return False
    run = run_of(ctx, noun)
    if run is not None and run.state == "discarded":
        return False
    until = _released_until(ctx, noun)
    counted = [one for one in ready if until is None or one.reclaim_at > until]
    shares = _shares(ctx, noun, model, counted) if counted else []
    is_too_much = trips(shares, _at_most(ctx, model, sum(one.due for one in shares)))
    if run is None or is_too_much:
        run = _written(ctx, noun, run, shares, ready, pools, state="held" if is_too_much else "running")
        if is_too_much:
            _ask(ctx, run, shares)
    ctx.write_history()
    notices.post(ctx)
    return not is_too_much


def _written(
    ctx: Context, noun: str, run: ReclaimRun | None, shares: Sequence[Share], ready: Sequence[Due], pools: Pools, *,
    state: str,
) -> ReclaimRun:  # fmt: skip
    by_person = [[one.person_id, one.due, one.owned] for one in shares]
    counts = {"due": len(ready), "until": ctx.now.isoformat(), "by_person": by_person if state == "held" else []}
    rules = dict(pools.version(pool) for pool in sorted({one.pool_id for one in ready if one.pool_id is not None}))
    if run is not None:
        return ctx.save(run, state=state, counts=counts, rules=rules, decided_by=None, decided_at=None)
    return ctx.insert(ReclaimRun, noun=noun, night=night_of(ctx), state=state, counts=counts, rules=rules)


def _released_until(ctx: Context, noun: str) -> datetime | None:
    last = fetch_all(
        ctx.db, ReclaimRun, ReclaimRun.noun == noun, ReclaimRun.state == "released",
        order_by=[ReclaimRun.id.desc()], limit=1,
    )  # fmt: skip
    return datetime.fromisoformat(last[0].counts["until"]) if last else None


def _taken(ctx: Context, noun: str, owners: set[int]) -> Mapping[int, int]:
    """How many left each of them this night."""
    since = at(night_of(ctx), STARTS, ctx.zone)
    tonight = (Ownership.reason_out == "reclaim", Ownership.ended_at >= since, Ownership.noun == noun)
    counts = select(Ownership.owner_id, func.count()).where(*tonight).group_by(Ownership.owner_id)
    return {owner: count for owner, count in ctx.db.execute(counts) if owner in owners}


def _shares(ctx: Context, noun: str, model: Any, ready: Sequence[Due]) -> list[Share]:
    """With what has gone this night already. Nobody's records are counted further than the share needs."""
    due = Counter(one.owner_id for one in ready)
    taken = _taken(ctx, noun, set(due))
    asked = values(column("owner", BigInteger), column("most", BigInteger), name="asked").data(
        [(owner, 5 * count + 1) for owner, count in due.items()]
    )
    some = select(model.id).where(model.owner_id == asked.c.owner).limit(asked.c.most).correlate(asked).subquery()
    counted = select(asked.c.owner, select(func.count()).select_from(some.lateral()).scalar_subquery())
    owned: dict[int, int] = {row[0]: row[1] for row in ctx.db.execute(counted)}
    return [
        Share(owner, count + taken.get(owner, 0), owned.get(owner, 0) + taken.get(owner, 0))
        for owner, count in sorted(due.items())
    ]


def _at_most(ctx: Context, model: Any, due: int) -> int:
    """How many are owned, counted no further than the twentieth needs."""
    some = select(model.id).where(model.owner_id.is_not(None)).limit(20 * due + 1).subquery()
    return int(ctx.db.execute(select(func.count()).select_from(some)).scalar_one())


def facts_of(ctx: Context, run: ReclaimRun) -> dict[str, Any]:
    """The card by which admins decide, and what became of it."""
    word, counts = WORDS[run.noun], run.counts
    shares = [Share(*one) for one in counts["by_person"]]
    shares.sort(key=lambda one: (-one.due / max(one.owned, 1), one.person_id))
    known = people(ctx, [one.person_id for one in shares[:SHOWN]])
    rows = [[known[one.person_id]["name"], f"{one.due} / {one.owned} 个"] for one in shares[:SHOWN]]
    words = {"held": "已暂停，一个都没有收回", "running": "正在回收", "released": "已放行", "discarded": "这次已作废"}
    texts = [f"{words[run.state]}（第 {run.id} 次回收，{run.night:%Y-%m-%d} 夜）"]
    texts += ["超过个人的 20% 或全部的 5%，请确认规则没有设错"] if run.state == "held" else []
    texts += [f"还有 {len(shares) - SHOWN} 人"] if len(shares) > SHOWN else []
    return {"title": f"这次要收回 {counts['due']} 个{word}", "texts": texts, "rows": rows}


def buttons_of(run: ReclaimRun) -> tuple[Button, ...]:
    """What can be decided about it."""
    if run.state != "held":
        return ()
    ref = {"ref": run.code}
    return Button("放行", "reclaim.release", ref, "primary"), Button("作废这次", "reclaim.discard", ref, "danger")


def _ask(ctx: Context, run: ReclaimRun, shares: Sequence[Share]) -> None:
    admins = select(Person.id).where(Person.role == "admin", Person.is_active).order_by(Person.id)
    told = tuple(ctx.db.execute(admins).scalars())
    ctx.record("reclaim.held", run, facts={"due": sum(one.due for one in shares)})
    subject, key = Subject("reclaim_run", run.id, run.version), f"reclaim.held|{run.id}|{run.version}"
    card = facts_of(ctx, run)
    ctx.tell(Notice("reclaim.held", "notice", card, run.code, told, buttons_of(run), subject, robots=False, key=key))
