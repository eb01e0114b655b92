"""The clock climbs the ladder: owner, superior, the offer to hand over; and marks what is at high risk (D9, E.1.5)."""

from collections import defaultdict
from collections.abc import Sequence

from handlers.bulk import Bulk, locked, owned_batches
from handlers.context import Context, Notice, unique
from handlers.customers import ladder, seas
from handlers.reply import Button
from models.company.people import Person
from models.company.reclaim_rules import Step
from models.customers.customer import Customer
from models.rows import fetch_all

TOPIC = "customer.escalated"
SHOWN = 10
EXTENSION = 7  # days that the button of a superior's card grants
Rung = tuple[Customer, Step]


def due(ctx: Context) -> list[list[int]]:
    """Customers with a rung or a mark whose instant has come, an owner's together."""
    return owned_batches(ctx, Customer, Customer.nudge_at <= ctx.now, whole=True)


def nudge(ctx: Bulk, idents: Sequence[int]) -> None:
    """One card a person and rung; of rungs that passed unsaid the last one is said."""
    rows = locked(ctx, Customer, idents, Customer.nudge_at <= ctx.now)
    facts = seas.facts_of_rows(ctx, rows)
    found: dict[int, list[Rung]] = defaultdict(list)
    marked: dict[int, list[Customer]] = defaultdict(list)
    for row in rows:
        clocks, verdict = seas.clocks_of(ctx, row, facts[row.id]), seas.verdict_of(ctx, row, facts[row.id])
        if clocks is None or verdict is None or row.nudge_at is None:
            continue
        steps = ladder.rungs(clocks, seas.rules_of(ctx, row.home_sea_id or 0)[0], seas.calendar(ctx), ctx.zone)
        passed = [step for instant, step in steps if row.nudge_at <= instant <= ctx.now]
        mark = verdict.mark
        if mark is not None and mark.reclaim_at <= ctx.now and not ladder.is_marked(clocks, mark):
            row = ctx.save(row, marked_at=ctx.now)
            ctx.record("customer.marked", row, facts={"rule": mark.rule, "days": mark.days})
            marked[row.owner_id or 0].append(row)
        row = ctx.amend(row, **seas.clock_changes(ctx, row, facts[row.id]))
        if passed:
            found[row.owner_id or 0].append((row, passed[-1]))
    owners = {*found, *marked}
    for person in fetch_all(ctx.db, Person, Person.id.in_(owners)) if owners else ():
        _say(ctx, person, found[person.id])
        _say_marked(ctx, person, marked[person.id])


def _say(ctx: Context, person: Person, rungs: Sequence[Rung]) -> None:
    by_step: dict[Step, list[Customer]] = defaultdict(list)
    for row, step in rungs:
        by_step[step].append(row)
    for step, rows in by_step.items():
        to = person.id if step.to == "owner" or person.superior_id is None else person.superior_id
        alone = rows[0].name if len(rows) == 1 else f"{len(rows)} 个客户"
        title = f"{alone} 已经 {step.day} 天没有有效跟进"
        texts = [f"{row.name}（{row.code}）" for row in rows[:SHOWN]] if len(rows) > 1 else []
        if to == person.id:
            texts.append(f"可回复：跟进 {rows[0].code} 内容 / {rows[0].code} 申请延期10天 原因")
            buttons = _of_owner(rows)
        else:
            title = f"{person.name}：{title}" + ("，建议改派" if step.offer else "")
            texts.append(f"可回复：{rows[0].code} 延期{EXTENSION}天 / 把 {rows[0].code} 转给某人")
            buttons = _of_superior(rows)
        facts = {"title": title, "texts": texts}
        key = f"escalated|{person.id}|{step.day}|{ctx.now.isoformat()}"
        ctx.tell(Notice(TOPIC, "notice", facts, rows[0].code, (to,), buttons, robots=False, key=key))


def _of_owner(rows: Sequence[Customer]) -> tuple[Button, ...]:
    if len(rows) == 1:
        ref = {"ref": rows[0].code}
        return Button("写跟进", "follow_up.add", ref, "primary"), Button("延期", "customer.request_extension", ref)
    return tuple(Button(f"写跟进 {row.name[:8]}", "follow_up.add", {"ref": row.code}) for row in rows[:6])


def _of_superior(rows: Sequence[Customer]) -> tuple[Button, ...]:
    """For one customer the two words; for several each names its customer (six buttons fit a card)."""
    found: list[Button] = []
    for row in rows[:3]:
        name = f" {row.name[:8]}" if len(rows) > 1 else ""
        granted = {"ref": row.code, "days": EXTENSION}
        found.append(Button(f"同意延期{name}", "customer.request_extension", granted))
        found.append(Button(f"转给…{name}", "customer.transfer", {"ref": row.code}))
    return tuple(found)


def _say_marked(ctx: Context, person: Person, rows: Sequence[Customer]) -> None:
    if not rows:
        return
    texts = [f"{row.name}（{row.code}）" for row in rows[:SHOWN]]
    facts = {"title": f"{person.name}的 {len(rows)} 个客户已标记为高风险", "texts": texts}
    key = f"marked|{person.id}|{ctx.now.isoformat()}"
    told = unique([person.id, person.superior_id])
    ctx.tell(Notice("customer.marked", "notice", facts, rows[0].code, told, robots=False, key=key))
