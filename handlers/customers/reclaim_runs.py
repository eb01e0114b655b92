"""Admins decide about a night that would take too much, and give back what a night has taken (domain.md E.1.5 Job)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, cast, select

from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context, Notice, subject_of, unique
from handlers.customers import ownership, seas
from handlers.customers.reclaim_nights import WORDS, buttons_of, facts_of, night_of
from handlers.presenting import instant, people
from handlers.reply import Reply
from handlers.sales import lead_pools
from models.base import Json
from models.codes import number_of
from models.company.people import Person
from models.company.reclaim_run import ReclaimRun
from models.customers.customer import Customer
from models.errors import Conflict, NotFound
from models.history import History
from models.rows import fetch_all, fetch_one
from models.sales.lead import Lead

WITHIN = timedelta(hours=72)
STATES = {"running": "正常", "held": "等待放行", "released": "已放行", "discarded": "已作废"}


class DecideRun(Args):
    ref: Words | None = Arg("第几次回收", "回收记录里的编号，不写就是最近一次", default=None, labels=("回收编号",))


class ListRuns(Args):
    pass


def release_run(ctx: Context, args: DecideRun) -> Reply:
    """What was due then may go, by the next round of the clock; each owner's ration of a night still holds."""
    run = _run(ctx, args.ref, ("held", "discarded"), "放行")
    return _decided(ctx, run, "released", "reclaim.released")


def discard_run(ctx: Context, args: DecideRun) -> Reply:
    """Nothing is taken this night; the next one is looked at anew."""
    return _decided(ctx, _run(ctx, args.ref, ("held",), "作废"), "discarded", "reclaim.discarded")


def _decided(ctx: Context, run: ReclaimRun, state: str, event: str) -> Reply:
    tonight = night_of(ctx)
    other = fetch_one(ctx.db, ReclaimRun, ReclaimRun.id != run.id, ReclaimRun.noun == run.noun, night=tonight)
    night = run.night if other is not None else tonight
    run = ctx.save(run, state=state, night=night, decided_by=ctx.me.id, decided_at=ctx.now)
    ctx.record(event, run)
    ctx.refresh_cards("reclaim_run", run.id)
    return _shown(ctx, run)


def restore_run(ctx: Context, args: DecideRun) -> Reply:
    """Back to their owners, with a full period, goes what nobody has claimed since."""
    run = _run(ctx, args.ref, tuple(STATES), "恢复")
    taken = _taken(ctx, run)
    if not taken:
        raise Conflict(f"第 {run.id} 次回收没有可以恢复的", "只能恢复 72 小时内收回的", "可以说「回收记录」看看别的")
    back = [row for ident, owner in sorted(taken.items()) if (row := _given_back(ctx, run.noun, ident, owner))]
    if not back:
        raise Conflict(f"第 {run.id} 次回收的都已经有人负责", f"收回 {len(taken)} 个，没有一个还在原处", "不用恢复")
    ctx.record("reclaim.restored", run, facts={"count": len(back)})
    for owner in unique(row.owner_id for row in back):
        mine = [row for row in back if row.owner_id == owner]
        _tell(ctx, run, owner, mine)
    word, left = WORDS[run.noun], len(taken) - len(back)
    texts = [f"还有 {left} 个已经有人负责，或原负责人已离职，没有动"] if left else []
    facts = {"title": f"已恢复 {len(back)} 个{word}，从今天重新计时", "texts": texts}
    codes = [row.code for row in back]
    return Reply("notice", facts, result={"ref": run.code, "restored": codes, "left": left})


def _given_back(ctx: Context, noun: str, ident: int, owner: int) -> Any:
    """The row where it still lies where the night left it, and its owner is still here."""
    model: Any = Customer if noun == "customer" else Lead
    row = fetch_one(ctx.db, model, id=ident, lock=True)
    person = fetch_one(ctx.db, Person, id=owner)
    if row is None or row.owner_id is not None or person is None or not person.is_active:
        return None
    if noun == "lead" and row.status != "unassigned":
        return None
    fresh, home = (seas.fresh_clock, row.home_sea_id) if noun == "customer" else (lead_pools.fresh_clock, None)
    home = row.home_pool_id if noun == "lead" else home
    row = ownership.change(ctx, row, to=owner, how="restore", home_id=home, **fresh(ctx, row, owner))
    ctx.record(f"{noun}.given_back", row)
    ctx.refresh_cards(noun, ident)
    return row


def _tell(ctx: Context, run: ReclaimRun, owner: int, rows: list[Any]) -> None:
    names = "、".join(getattr(row, "label", None) or row.name for row in rows[:5])
    more = f"等 {len(rows)} 个" if len(rows) > 5 else ""
    facts = {"title": f"收回的{WORDS[run.noun]}已还给你", "texts": [f"{names}{more}，从今天重新计时"]}
    ctx.tell(Notice("reclaim.restored", "notice", facts, rows[0].code, (owner,), robots=False))


def _taken(ctx: Context, run: ReclaimRun) -> dict[int, int]:
    """What it took within the last three days, with whose it was."""
    of_it = (History.command == f"{run.noun}.reclaim", cast(History.facts["run"].astext, Integer) == run.id)
    recent = (History.at > ctx.now - WITHIN, History.at <= ctx.now, History.event == f"{run.noun}.reclaimed")
    rows = ctx.db.execute(select(History.record_id, History.owner_id).where(*recent, *of_it))
    return {ident: owner for ident, owner in rows if owner is not None}


def list_runs(ctx: Context, args: ListRuns) -> Reply:
    """The newest nights."""
    rows = fetch_all(ctx.db, ReclaimRun, order_by=[ReclaimRun.id.desc()], limit=ctx.page_size)
    items = [present(ctx, row) for row in rows]
    shown = [{"code": "", "name": f"第 {i['code']} 次 {i['night']}", "brief": i["brief"]} for i in items]
    facts = {"title": "回收记录", "items": shown, "total": len(items), "empty": "还没有回收过"}
    return Reply("list", facts, result={"items": items})


def present(ctx: Context, run: ReclaimRun) -> Json:
    """As the API shows it."""
    due, word = run.counts["due"], WORDS[run.noun]
    return {
        "code": run.code,
        "noun": run.noun,
        "night": run.night.isoformat(),
        "state": run.state,
        "due": due,
        "rules": run.rules,
        "decided_by": people(ctx, [run.decided_by])[run.decided_by],
        "decided_at": instant(ctx, run.decided_at),
        "brief": f"{word} {due} 个 · {STATES[run.state]}",
    }


def run_card(ctx: Context, ident: int) -> Reply | None:
    """The present state for the card on an admin's phone."""
    run = fetch_one(ctx.db, ReclaimRun, id=ident)
    return None if run is None or ctx.me.role != "admin" else _shown(ctx, run)


def _shown(ctx: Context, run: ReclaimRun) -> Reply:
    return Reply("notice", facts_of(ctx, run), buttons_of(run), subject_of(run), present(ctx, run))


def _run(ctx: Context, ref: str | None, states: tuple[str, ...], what: str) -> ReclaimRun:
    """The one with this number, else the newest that can be."""
    if ref is not None:
        number = number_of(ref.strip().removeprefix("第").removesuffix("次").strip())
        run = fetch_one(ctx.db, ReclaimRun, ReclaimRun.id == number, lock=True)
    else:
        rows = fetch_all(
            ctx.db, ReclaimRun, ReclaimRun.state.in_(states), order_by=[ReclaimRun.id.desc()], limit=1, lock=True
        )
        run = rows[0] if rows else None
    if run is None:
        raise NotFound(f"没有可以{what}的回收", next_step="可以说「回收记录」看有哪些")
    if run.state not in states:
        raise Conflict(f"第 {run.id} 次回收不能{what}", f"它的状态是「{STATES[run.state]}」", "可以说「回收记录」看看")
    return run


RELEASE_RUN = Command(
    name="reclaim.release", title="放行回收",
    says=("放行[第]{ref}[次]回收", "放行(回收|这次回收)[第{ref}次]", "放行回收{ref}"),
    examples=("放行回收", "放行回收 12"),
    args=DecideRun, needs=Permission.RULE_WRITE, run=release_run, undo="放行后已经开始回收，可以说「恢复回收」",
)  # fmt: skip
DISCARD_RUN = Command(
    name="reclaim.discard", title="作废回收",
    says=("作废[第]{ref}[次]回收", "作废(回收|这次回收)", "作废回收{ref}"),
    examples=("作废这次回收", "作废回收 12"),
    args=DecideRun, needs=Permission.RULE_WRITE, run=discard_run, undo="可以说「放行回收」",
)  # fmt: skip
RESTORE_RUN = Command(
    name="reclaim.restore", title="恢复回收",
    says=("恢复[第]{ref}[次]回收", "恢复(回收|这次回收|昨晚的回收|上次回收)", "恢复回收{ref}"),
    examples=("恢复回收 12", "恢复上次回收"),
    args=DecideRun, needs=Permission.RULE_WRITE, run=restore_run, undo="恢复的可以逐个退回公海或线索池",
)  # fmt: skip
LIST_RUNS = Command(
    name="reclaim.runs", title="回收记录",
    says=("[看看|看|查|查看][最近的|公海|所有](回收记录|回收批次)", "[看看|看]最近(回收了哪些|有哪些回收)"),
    examples=("回收记录", "看看最近的回收记录"),
    args=ListRuns, needs=Permission.RULE_WRITE, run=list_runs, reads=True,
)  # fmt: skip

COMMANDS = (RELEASE_RUN, DISCARD_RUN, RESTORE_RUN, LIST_RUNS)
