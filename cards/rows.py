"""One record in one line or two: how the lists, choices and merged messages of the templates read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cards import labels
from cards.fit import cut, one_line
from cards.wording import group_safe, join

Record = Mapping[str, Any]
ROW = 120
DIGEST = 30  # events that one merged message names
TOPICS = {
    "lead.registered": "新线索", "lead.claimed": "领取线索", "lead.returned": "退回线索",
    "lead.reclaim_warning": "线索将回收", "lead.reclaimed": "线索已回收",
    "customer.claimed": "领取客户", "customer.returned": "退回客户",
    "customer.reclaim_warning": "客户将回收", "customer.reclaimed": "客户已回收", "order.approved": "订单通过",
    "order.rejected": "订单驳回", "order.to_ship": "待发货", "approval.requested": "待审批",
    "payment.approved": "回款到账", "opportunity.won": "赢单", "report.daily": "日报", "report.weekly": "周报",
}  # fmt: skip


def lead(row: Record, _now: object = None) -> list[str]:
    who = row.get("label") or join(row.get("name"), row.get("company"))
    owner = labels.name(row.get("owner")) or labels.name(row.get("pool"))
    return [
        join(who, row.get("code"), by=" "),
        join(labels.status(row.get("status"), "lead"), owner, row.get("source")),
    ]


def customer(row: Record, now: object = None) -> list[str]:
    sea = row.get("sea")
    due = f"{labels.day(row['reclaim_at'], now)}将回收" if row.get("reclaim_at") else ""
    return [
        join(labels.name(row), row.get("code"), by=" "),
        join(f"{labels.name(sea)}·可领取" if sea else labels.name(row.get("owner")), row.get("level"), due),
    ]


def opportunity(row: Record, now: object = None) -> list[str]:
    is_open = row.get("status") == "open"
    state = (
        join(row.get("stage"), f"{row.get('probability')}%", by=" ")
        if is_open
        else labels.status(row.get("status"), "opportunity")
    )
    due = f"预计{labels.day(row['expected_close'], now)}" if is_open and row.get("expected_close") else ""
    about = join(labels.name(row.get("customer")), labels.money(row.get("amount")))
    return [join(labels.name(row), row.get("code"), by=" "), join(about, state, due, labels.name(row.get("owner")))]


def move(row: Record, now: object = None) -> list[str]:
    """One step of an opportunity: 需求确认 → 方案报价."""
    ended = labels.status(row.get("status"), "opportunity") if row.get("status") != "open" else ""
    step = join(row.get("from"), ended or row.get("to"), by=" → ")
    lasted = f"用了 {row['days']} 天" if row.get("days") is not None else ""
    return [join(labels.day(row.get("at"), now), step, lasted, labels.name(row.get("by")), row.get("feedback"))]


def aim(row: Record, _now: object = None) -> list[str]:
    """A target and what was reached of it; money has two decimals, everything else none."""
    figure = labels.money if "." in str(row.get("target")) else labels.quantity
    passed, ahead = labels.percent(row.get("elapsed")), row.get("pipeline")
    return [
        join(row.get("name"), f"{figure(row.get('actual'))} / {figure(row.get('target'))}", by=" "),
        join(
            f"完成 {labels.percent(row['rate'])}" if row.get("rate") else "",
            f"还差 {figure(row.get('gap'))}" if row.get("gap") not in (0, "0.00") else "已达成",
            f"工作日已过 {passed}" if row.get("pace") else "",
            f"进度 {labels.percent(row['pace'])}" if row.get("pace") else "",
            f"在谈预计 {labels.money(ahead)}" if ahead not in (None, "0.00") else "",
        ),
    ]


def funnel_stage(row: Record, _now: object = None) -> list[str]:
    """Those that entered a stage, and how many of them came further."""
    further = f"{row.get('further')} 个往下走（{labels.percent(row['rate'])}）" if row.get("rate") else ""
    amount = labels.money(row.get("amount")) if row.get("entered") else ""
    return [join(row.get("stage"), f"{row.get('entered')} 个", amount, further)]


def standing(row: Record, _now: object = None) -> list[str]:
    return [join(row.get("stage"), f"{row.get('count')} 个", labels.money(row.get("amount")))]


def expected(row: Record, _now: object = None) -> list[str]:
    """What a month is expected to bring."""
    name = join(row.get("month") or "未定日期", "已过期" if row.get("is_overdue") else "", by=" ")
    sums = f"加权 {labels.money(row.get('weighted'))} / 全部 {labels.money(row.get('best'))}"
    return [join(name, f"{row.get('count')} 个", sums)]


def order(row: Record, _now: object = None) -> list[str]:
    state = join(labels.status(row.get("status")), labels.status(row.get("fulfilment"), "fulfilment"))
    return [
        join(row.get("code"), labels.name(row.get("customer")), by=" "),
        join(labels.money(row.get("amount")), state, labels.name(row.get("owner"))),
    ]


def payment(row: Record, now: object = None) -> list[str]:
    paid = labels.day(row.get("paid_at"), now)
    state = labels.status(row.get("status"))
    return [
        join(row.get("code"), labels.name(row.get("customer")), by=" "),
        join(labels.money(row.get("amount")), row.get("method"), paid, state),
    ]


def line(row: Record, _now: object = None) -> list[str]:
    """A line of an order: 打印机 3台 × ¥1,200.00 95折 = ¥3,420.00."""
    product = row.get("product")
    unit = row.get("unit") or (product.get("unit") if isinstance(product, Mapping) else None) or ""
    rate = row.get("discount")
    reduced = rate is not None and labels.rate(rate) != "无折扣"
    count = f"{labels.quantity(row.get('quantity'))}{unit}"
    price = f"× {labels.money(row['price'])}" if row.get("price") is not None else ""
    total = f"= {labels.money(row['amount'])}" if row.get("amount") is not None else ""
    return [join(labels.name(product), count, price, labels.rate(rate) if reduced else "", total, by=" ")]


def approval(row: Record, _now: object = None) -> list[str]:
    what = join(labels.name(row.get("submitter")), labels.noun(row.get("subject")), by="的")
    return [
        join(row.get("ref") or row.get("code"), labels.name(row.get("customer")), by=" "),
        join(what, labels.money(row.get("amount")), labels.status(row.get("status"), "approval")),
    ]


def todo(row: Record, now: object = None) -> list[str]:
    late = "已逾期" if row.get("overdue") else ""
    state = labels.status(row.get("status"), "todo") if row.get("status") not in (None, "open", "pending") else late
    return [
        join(row.get("title"), row.get("code"), by=" "),
        join(labels.when(row.get("due_at"), now), labels.name(row.get("about")), labels.name(row.get("person")), state),
    ]


def follow_up(row: Record, now: object = None) -> list[str]:
    who = labels.name(row.get("person") or row.get("owner") or row.get("created_by"))
    head = join(labels.when(row.get("at") or row.get("created_at"), now), who, row.get("method"))
    ahead = f"下次 {labels.when(row['next_at'], now)}" if row.get("next_at") else ""
    return [head, join(row.get("content"), ahead)]


def contact(row: Record, _now: object = None) -> list[str]:
    return [join(labels.name(row), row.get("code"), by=" "), join(row.get("title"), row.get("role"), row.get("phone"))]


def product(row: Record, _now: object = None) -> list[str]:
    return [join(labels.name(row), row.get("code"), by=" "), labels.money(row.get("price"))]


def found(row: Record, now: object = None) -> list[str]:
    """Any record, from a search or a duplicate check: by its `noun`, or with a ready second line `brief`."""
    kind = KINDS.get(str(row.get("noun") or ""))
    if kind is None or "brief" in row:
        head = join(labels.name(row) if row.get("name") else "", row.get("code"), by=" ")
        return [join(labels.noun(row.get("noun")), head, by=" "), labels.name(row.get("brief"))]
    head, *rest = kind(row, now)
    return [f"{labels.noun(row.get('noun'))} {head}", *rest]


def deadline(row: Record, now: object = None) -> list[str]:
    """A customer that is about to be reclaimed."""
    left = labels.relative(row.get("reclaim_at"), now)
    due = f"{labels.when(row.get('reclaim_at'), now)} 回收{f'（{left}）' if left else ''}"
    last = f"最后跟进 {labels.day(row['last_follow_up_at'], now)}" if row.get("last_follow_up_at") else "还没有跟进"
    return [join(labels.name(row), row.get("code"), by=" "), join(due, last)]


def reclaimed(row: Record, _now: object = None) -> list[str]:
    """A customer that is in the sea again."""
    return [join(labels.name(row), row.get("code"), by=" "), labels.name(row.get("sea"))]


def counted(row: Record, now: object = None) -> list[str]:
    """A follow-up as the reclaim clock sees it."""
    verdict = "计入" if row.get("counted") else f"未计入（{row.get('why') or '不是有效跟进'}）"
    return [join(labels.when(row.get("at"), now), verdict), cut(one_line(str(row.get("content") or "")), 40)]


def skipped(row: Record, now: object = None) -> list[str]:
    """A day that the clock does not count."""
    shown, why = labels.day(row.get("day"), now), labels.name(row.get("why"))
    return [shown if why in shown else f"{shown} {why}"]


def other_rule(row: Record, now: object = None) -> list[str]:
    """A further rule of a reclaim and its later deadline."""
    return [join(f"{row.get('rule') or ''}：", labels.when(row.get("deadline"), now), by="")]


def decision(row: Record, now: object = None) -> list[str]:
    """Why a lead was given, offered or kept waiting, and who was passed over."""
    by = f"{row['rule']}，第{row.get('rule_version')}版" if row.get("rule") else ""
    passed = "；".join(f"{labels.name(one)}{one.get('why')}" for one in row.get("skipped") or [])
    return [
        join(labels.when(row.get("at"), now), row.get("state"), labels.name(row.get("person"))),
        join(by, row.get("why"), row.get("reason")),
        f"跳过：{passed}" if passed else "",
    ]


def notice(row: Record, now: object = None) -> list[str]:
    """A message of the outbox and what became of it."""
    channel = labels.status(row.get("channel"), "platform")
    state = labels.status(row.get("status"), "notice")
    at = labels.when(row.get("at"), now)
    return [join(labels.name(row.get("to")), channel, state, at), join(row.get("title"), row.get("why"))]


def credited(row: Record, now: object = None) -> list[str]:
    """An order or payment of a report; the customer's name only where it may be seen."""
    who = labels.name(row.get("customer")) or "客户不在你的查看范围"
    return [
        join(who, row.get("code"), by=" "),
        join(labels.money(row.get("amount")), labels.day(row.get("approved_at"), now)),
    ]


def ranked(row: Record, _now: object = None) -> list[str]:
    return [join(labels.name(row), labels.money(row.get("amount")), row.get("value"), by=" ")]


def ranked_bare(row: Record, _now: object = None) -> list[str]:
    return [join(group_safe(row), row.get("value"), by=" ")]


def drafted(row: Record, _now: object = None) -> list[str]:
    """A lead that is not written yet, and why it will not be."""
    return [str(row.get("brief")), f"不登记：{row['known']}" if row.get("known") else ""]


def source(row: Record, _now: object = None) -> list[str]:
    """A source of leads: how many came, how many became customers, and how fast."""
    rate = labels.percent(row["rate"]) if row.get("rate") is not None else "—"
    fast = "，".join(f"{days}天内 {row.get(f'converted_{days}')}" for days in (30, 60, 90))
    return [f"{row.get('source')}：{row.get('converted')} / {row.get('created')} = {rate}", fast]


def event(row: Record, _now: object = None) -> list[str]:
    """One event of a merged message, short enough that DIGEST of them fit into one robot message."""
    who = cut(one_line(labels.name(row.get("who"))), 6)
    what = cut(one_line(group_safe(row.get("name"))), 10)
    head = join(TOPICS.get(str(row.get("topic")), ""), cut(one_line(str(row.get("code"))), 20), what, by=" ")
    return [f"{head}（{who}）" if who else head]


def file(row: Record, now: object = None) -> list[str]:
    state = {"waiting": "正在保存", "failed": row.get("why") or "没有保存"}.get(str(row.get("status")), "")
    who = join(labels.when(row.get("at"), now), labels.name(row.get("person")), state)
    return [join(row.get("name"), row.get("code"), by=" "), who]


def summed(row: Record, now: object = None) -> list[str]:
    """A row of a number: the record, and what it brings where that is an amount."""
    head, *rest = KINDS[str(row.get("noun"))](row, now) if row.get("noun") in KINDS else [labels.name(row)]
    share = row.get("share")
    return [head, join(*rest, f"计 {labels.money(share)}" if isinstance(share, str) else "")]


def period(row: Record, now: object = None) -> list[str]:
    """How a customer or lead left its owner."""
    who = join(labels.name(row.get("person")), row.get("how"), by=" ")
    return [
        join(labels.name(row), row.get("code"), by=" "),
        join(labels.when(row.get("at"), now), who, labels.name(row.get("sea")), row.get("reason")),
    ]


def planned(row: Record, now: object = None) -> list[str]:
    """What somebody does at a time."""
    return [
        join(labels.when(row.get("at"), now), labels.name(row.get("about")) or row.get("title"), by=" "),
        join(labels.name(row.get("person")), row.get("title") if row.get("about") else "", row.get("code")),
    ]


def person(row: Record, now: object = None) -> list[str]:
    last = labels.when(row.get("last_at"), now)
    return [
        join(labels.name(row), row.get("value"), by=" "),
        join(labels.name(row.get("department")), f"上次跟进 {last}" if last else ""),
    ]


KINDS: dict[str, Callable[..., list[str]]] = {
    "lead": lead, "customer": customer, "opportunity": opportunity, "move": move, "aim": aim,
    "funnel_stage": funnel_stage, "standing": standing, "expected": expected,
    "order": order, "payment": payment, "line": line, "approval": approval,
    "todo": todo, "follow_up": follow_up, "contact": contact, "file": file,
    "product": product, "found": found, "deadline": deadline,
    "reclaimed": reclaimed, "other_rule": other_rule, "counted": counted, "skipped": skipped,
    "decision": decision, "notice": notice,
    "credited": credited, "ranked": ranked, "ranked_bare": ranked_bare, "event": event,
    "drafted": drafted,
    "source": source,
    "summed": summed, "period": period, "planned": planned, "person": person,
}  # fmt: skip


def numbered(rows: Sequence[Record], kind: str, now: object = None, *, shown: int = 10) -> list[str]:
    """The first `shown` rows as "1. …", a second line below where the kind has one."""
    make = KINDS[kind]
    texts = ("\n　".join(_short(make(row, now))) for row in rows[:shown])
    return [f"{number}. {text}" for number, text in enumerate(texts, 1)]


def listed(rows: Sequence[Record], kind: str, now: object = None, *, shown: int = 10) -> list[str]:
    """As `numbered`, but one row alone has no number."""
    if len(rows) == 1:
        return ["\n".join(_short(KINDS[kind](rows[0], now)))]
    return numbered(rows, kind, now, shown=shown)


def plain(rows: Sequence[Record], kind: str, now: object = None, *, shown: int = 10) -> list[str]:
    """The first `shown` rows without numbers, each in one line."""
    return [" · ".join(_short(KINDS[kind](row, now))) for row in rows[:shown]]


def _short(texts: Sequence[str]) -> list[str]:
    """Each in one line that leaves room for its neighbours."""
    return [cut(one_line(text), ROW) for text in texts if text]
