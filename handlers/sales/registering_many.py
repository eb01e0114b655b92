"""Several leads from one message: each is looked up first, and nothing is written before its card is confirmed."""

import hashlib
import json
from typing import Annotated, Any

from pydantic import Field

from handlers.args import Arg, Args, Slot
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Button, Reply
from handlers.sales import lead_duplicates, registering
from handlers.sales.lead_args import RegisterLead
from handlers.sales.lead_view import present
from models.base import Json
from models.errors import Duplicate, HaitunError, NeedsConfirmation
from models.sales.lead import Lead

MOST = 20


class RegisterLeads(Args):
    leads: Annotated[list[RegisterLead], Field(min_length=1, max_length=MOST), Slot("records")] = Arg("线索")


def register_leads(ctx: Context, args: RegisterLeads) -> Reply:
    """Those that are known already are left out and say so; the rest is registered as if each had been said alone.

    Raises `NeedsConfirmation` first, whatever the number: the same list, and the same ones known, go ahead.
    """
    known = _known(ctx, args.leads)
    free = [index for index in range(len(args.leads)) if index not in known]
    if not free:
        first = next(iter(known.values()))
        raise Duplicate("这些线索都已存在", f"{first.title}，{first.detail}".strip("，"), first.next_step)
    rows = [_row(lead, known.get(index)) for index, lead in enumerate(args.leads)]
    confirm = _token(rows)
    if ctx.confirmed != confirm:
        facts = {"leads": rows, "count": len(free), "left_out": len(known)}
        raise NeedsConfirmation(f"要登记这 {len(free)} 条线索吗？", confirm, "sales/leads_draft", facts)
    made = [registering.make(ctx, args.leads[index])[0] for index in free]
    return _answer(ctx, made, rows)


def _known(ctx: Context, leads: list[RegisterLead]) -> dict[int, HaitunError]:
    """Which phones are taken, by place; in the order of the numbers, so that two such lists cannot wait for each
    other."""
    found: dict[int, HaitunError] = {}
    phones = sorted((lead.phone, index) for index, lead in enumerate(leads) if lead.phone is not None)
    for place, (phone, index) in enumerate(phones):
        if place and phones[place - 1][0] == phone:
            found[index] = Duplicate(f"号码 {phone} 说了两次")
            continue
        try:
            lead_duplicates.check_phone(ctx, phone)
        except Duplicate as refusal:
            found[index] = refusal
    return found


def _row(lead: RegisterLead, known: HaitunError | None) -> Json:
    who = [part for part in (lead.name, lead.phone, lead.company, lead.title, lead.source, lead.note) if part]
    return {"brief": " ".join(who), "known": f"{known.title}，{known.detail}".strip("，") if known else None}


def _token(rows: list[Json]) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:12]


def _answer(ctx: Context, made: list[Lead], rows: list[Json]) -> Reply:
    items = present(ctx, made)
    left_out = [f"未登记 {row['brief']}：{row['known']}" for row in rows if row["known"]]
    facts: dict[str, Any] = {
        "leads": [{"code": one["code"], "brief": f"{_brief(one)} {one['code']}"} for one in items],
        "notes": left_out,
    }
    undo = (Button("撤销", "undo"),)
    return Reply("sales/leads_made", facts, buttons=undo, result={"items": items, "left_out": left_out})


def _brief(item: Json) -> str:
    return " ".join(str(item[name]) for name in ("name", "phone", "company") if item.get(name))


REGISTER_LEADS = Command(
    name="lead.register_many", title="登记多条线索",
    says=(),  # read as a whole (bot/listening/several.py)
    examples=(
        "登记线索 周小舟 13811112222；何田田 13922223333",
        "登记线索 来源展会：周小舟 13811112222、何田田 13922223333",
    ),
    args=RegisterLeads, needs=Permission.LEAD_WRITE, run=register_leads,
)  # fmt: skip
