"""One sentence after a visit: the customer or lead, who was there, the follow-up, what is wanted, what to do next.

Nothing is written before its card is confirmed; then it is all one command, which one undo takes back (domain.md D2).
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from cards import labels
from handlers import duplicates
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import contacts, customers, follow_ups, todos
from handlers.customers.customer_view import CUSTOMER
from handlers.customers.subjects import NOUNS, find_subject, label
from handlers.customers.visit_args import LogVisit
from handlers.customers.visit_plan import Known, Plan, Told, drafts, planned
from handlers.finding import seen
from handlers.presenting import instant, money, people
from handlers.reply import Button, Reply
from handlers.sales import lead_duplicates, opportunities, registering
from handlers.sales.lead_args import RegisterLead
from handlers.sales.lead_view import find_lead
from models.amounts import fen
from models.base import Json
from models.clock import aware
from models.customers.customer import Contact, Customer
from models.errors import Conflict, Forbidden, Invalid, MissingArgument, NeedsConfirmation, NotFound
from models.rows import fetch_all
from models.sales.lead import OPEN, Lead


def log_visit(ctx: Context, args: LogVisit) -> Reply:
    """Raises `NeedsConfirmation` with all that would be written, as long as that is not what was confirmed."""
    if args.ref is None and args.contact is None:
        raise MissingArgument("ref", "拜访的是哪个客户？")
    due_at = aware(args.remind_at, ctx.zone) if args.remind_at is not None else None
    if due_at is not None and due_at <= ctx.now:
        raise Invalid(
            "remind_at", "提醒的时间已经过去", f"说的是 {labels.when(instant(ctx, due_at))}", "请说一个以后的时间"
        )
    subject, by_phone = _subject(ctx, args)
    known = _known(ctx, subject, by_phone) if subject is not None else None
    told = _told(args)
    plan = planned(told, known)
    if plan.is_empty and known is not None:
        raise Forbidden("不能记这次拜访", known.bar, f"可以说「查重 {known.name}」，或只建提醒：提醒我 什么时候 做什么")
    rows = _rows(ctx, args, known, due_at)
    confirm = _token(args, known)
    if ctx.confirmed != confirm:
        raise _question(ctx, args, (told, known, plan), rows, confirm)
    return _write(ctx, args, plan, subject)


def _subject(ctx: Context, args: LogVisit) -> tuple[Any, bool]:
    """The record by name, else by phone; raises where several have the name."""
    if args.ref is not None:
        try:
            found = find_subject(ctx, args.ref)
        except NotFound:
            found = None
        if found is not None:
            return (_customer_of(ctx, found), False) if found.model not in (Customer, Lead) else (found, False)
    return (_with_phone(ctx, args.phone), True) if args.phone is not None else (None, False)


def _customer_of(ctx: Context, row: Any) -> Any:
    """Of an opportunity its customer."""
    return seen(ctx, CUSTOMER, row.customer_id)


def _with_phone(ctx: Context, phone: str) -> Any:
    there = lead_duplicates.customer_with(ctx, phone)
    customer = seen(ctx, CUSTOMER, there.id) if there is not None else None
    if customer is not None:
        return customer
    try:
        lead = find_lead(ctx, phone)
    except NotFound:
        return None
    return lead if lead.status in OPEN else None


def _known(ctx: Context, subject: Any, by_phone: bool) -> Known:
    noun = NOUNS[subject.model.__tablename__]
    found: list[tuple[str, str, str]] = []
    if subject.model is Customer:
        rows = fetch_all(ctx.db, Contact, Contact.customer_id == subject.id, order_by=[Contact.id])
        found = [(row.code, row.name, row.phone or "") for row in rows]
    return Known(
        "customer" if subject.model is Customer else "lead",
        subject.code,
        label(subject),
        _bar(ctx, noun, subject),
        by_phone,
        found,
    )


def _bar(ctx: Context, noun: Any, subject: Any) -> str:
    """Why nothing may be written about it."""
    if subject.owner_id is None:
        claim = "领取" if subject.model is Customer else "领取线索"
        return f"{label(subject)} 现在没有负责人，先「{claim} {subject.code}」再记跟进"
    if seen(ctx, noun, subject.id, write=True) is not None:
        return ""
    owner = people(ctx, [subject.owner_id])[subject.owner_id]
    return f"{label(subject)} 由{owner['name'] if owner else '同事'}负责，你不能写跟进、联系人和商机"


def _told(args: LogVisit) -> Told:
    wants = tuple((one.product, f"{one.quantity.normalize():f}") for one in args.wants or ())
    return Told(
        args.ref or "", args.contact or "", args.phone or "", wants, args.amount is not None,
        args.remind_at is not None, args.make or "", args.keep or "",
    )  # fmt: skip


def _rows(
    ctx: Context, args: LogVisit, known: Known | None, due_at: datetime | None
) -> dict[str, list[tuple[str, str]]]:
    """What each draft shows."""
    contact = [("联系人", args.contact or ""), ("电话", args.phone or "")]
    wants = "、".join(f"{product}×{quantity}" for product, quantity in _told(args).wants)
    amount = labels.money(money(fen(args.amount))) if args.amount is not None else ""
    when = labels.when(instant(ctx, due_at)) if due_at is not None else ""
    there = planned(_told(args), known).contact if known is not None else ""
    found = next((f"{name} {code}" for code, name, _ in known.contacts if code == there), "") if known else ""
    return {
        "customer": contact,
        "lead": contact,
        "contact": contact[1:],
        "follow_up": [("方式", args.method or ""), ("联系人", found)],
        "opportunity": [("产品", wants), ("预计金额", amount)],
        "todo": [("什么时候", when), ("做什么", args.remind_title or "")],
    }


def _question(
    ctx: Context,
    args: LogVisit,
    decided: tuple[Told, Known | None, Plan],
    rows: dict[str, list[tuple[str, str]]],
    confirm: str,
) -> NeedsConfirmation:
    told, known, plan = decided
    shown = drafts(told, known, plan, rows)
    notes = list(plan.notes)
    also: list[tuple[str, Json]] = []
    if known is None:
        notes += _alike(ctx, told)
        other = ("建成线索", "lead") if plan.makes == "customer" else ("建成客户", "customer")
        also += [(other[0], {"make": other[1]})] if told.name else []
    elif plan.follow_up and len(shown) > 1:
        also.append(("只记跟进", {"keep": "follow_up"}))
    matched = f"客户已有：{known.name} {known.code}" if known is not None else ""
    question = "；".join(filter(None, [matched, *(f"{labels.noun(one['noun'])} {one['title']}" for one in shown)]))
    facts = {"drafts": shown, "said": args.content, "notes": [*filter(None, [matched]), *notes]}
    return NeedsConfirmation(f"要写下这些吗？{question}", confirm, "confirm", facts, also=also)


def _alike(ctx: Context, told: Told) -> list[str]:
    """What may be the same one already, as far as it may be told (E.8)."""
    found = duplicates.likely(ctx, told.name) if len(told.name) > 1 else []
    found += duplicates.likely(ctx, told.phone) if told.phone else []
    lines = dict.fromkeys(f"可能已有：{labels.noun(one['noun'])} {one['name']}（{one['brief']}）" for one in found)
    return list(lines)[:3]


def _token(args: LogVisit, known: Known | None) -> str:
    """Of what is written: changes with what was said or found, not with which part of it is kept."""
    said = args.model_dump(mode="json", exclude={"keep", "make"})
    found = [known.code, known.bar] if known is not None else []
    return hashlib.sha256(json.dumps([said, found], ensure_ascii=False, default=str).encode()).hexdigest()[:12]


def _write(ctx: Context, args: LogVisit, plan: Plan, subject: Any) -> Reply:
    """In the order of locks: a name or phone that is given, the customer, what hangs on it."""
    made: Json = {}
    if subject is None:
        code = _new(ctx, args, plan, made)
    else:
        code = subject.code
        if plan.new_contact and args.contact is not None:
            given = contacts.CreateContact(ref=code, name=args.contact, phone=args.phone)
            made["contact"] = (contacts.create_contact(ctx, given).result or {})["code"]
    if plan.follow_up:
        note = follow_ups.AddFollowUp(ref=code, content=args.content, method=args.method)
        made["follow_up"] = (follow_ups.add_follow_up(ctx, note).result or {})["code"]
    if plan.opportunity:
        made["opportunity"] = (opportunities.create_opportunity(ctx, _opportunity(args, code)).result or {})["code"]
    if plan.reminder and args.remind_at is not None:
        todo = todos.CreateTodo(title=args.remind_title or "跟进", due_at=args.remind_at, ref=code)
        made["todo"] = (todos.create_todo(ctx, todo).result or {})["code"]
    return _answer(made, code, args)


def _new(ctx: Context, args: LogVisit, plan: Plan, made: Json) -> str:
    if plan.makes == "customer" and args.ref is not None:
        given = customers.CreateCustomer(name=args.ref, contact=args.contact, phone=args.phone)
        made["customer"] = (customers.create_customer(ctx, given).result or {})["code"]
        return str(made["customer"])
    lead, _ = registering.make(ctx, RegisterLead(name=args.contact, phone=args.phone, company=args.ref))
    made["lead"] = lead.code
    return lead.code


def _opportunity(args: LogVisit, code: str) -> opportunities.CreateOpportunity:
    wants = "、".join(f"{product}{quantity}" for product, quantity in _told(args).wants)
    return opportunities.CreateOpportunity(
        ref=code, name=wants[:60] or "新需求", amount=args.amount, products=wants or None
    )


def _answer(made: Json, code: str, args: LogVisit) -> Reply:
    rows = [[labels.noun(noun), str(ref)] for noun, ref in made.items()]
    if not rows:
        raise Conflict("没有可写的内容", next_step="请重新说一遍")
    facts = {"title": f"已记录：{args.ref or args.contact or code}", "rows": rows, "quote": args.content}
    return Reply("notice", facts, buttons=(Button("撤销", "undo"),), result={"ref": code, **made})


LOG_VISIT = Command(
    name="visit.log", title="记拜访",
    says=(),  # read as a whole (bot/listening/compound.py)
    examples=(
        "今天拜访恒通机电李总 13800001111，想要 3 台打印机，预算 2 万，周五报价",
        "和云图智能王经理通了电话，需要硒鼓10个，预算三千，明天发报价",
    ),
    args=LogVisit, needs=Permission.CUSTOMER_WRITE, run=log_visit,
)  # fmt: skip

COMMANDS = (LOG_VISIT,)
