"""A share in words, and a condition read from them."""

import re
from collections.abc import Sequence

from cards import labels
from handlers.context import Context
from handlers.customers.teams import ACCESS
from handlers.presenting import instant, names, people
from handlers.reply import Reply
from models.base import Json
from models.company.people import Department
from models.company.share import Share
from models.customers.customer import Customer
from models.errors import Invalid
from models.rows import fetch_one
from models.sales.lead import Lead

COLUMNS = {"地区": "region", "区域": "region", "行业": "industry", "级别": "level", "等级": "level", "来源": "source"}
OF = {"customer": ("region", "industry", "level"), "lead": ("region", "industry", "source")}
NOUNS = {"customer": "客户", "lead": "线索"}
SHOWN = 20


def read_condition(noun: str, said: str) -> Json:
    """`地区=上海 级别=A` as columns with values; all of them must hold."""
    found: Json = {}
    for part in re.split(r"[\s,，、且和]+", said.strip()):
        name, equal, value = part.partition("=")
        column = COLUMNS.get(name.strip(), name.strip())
        if not equal or not value.strip() or column not in OF[noun]:
            known = "、".join(word for word, column in COLUMNS.items() if column in OF[noun])
            raise Invalid("condition", f"条件「{part}」不对", f"可用：{known}", "例如：地区=上海 级别=A")
        found[column] = value.strip()
    return found


def described(ctx: Context, share: Share) -> str:
    """One line: what is shared with whom, how, until when."""
    until = f"，到 {labels.when(instant(ctx, share.until))} 为止" if share.until is not None else ""
    return f"{_what(ctx, share)} → {_whom(ctx, share)}（{ACCESS[share.access]}{until}）"


def _what(ctx: Context, share: Share) -> str:
    noun = NOUNS[share.noun]
    if share.record_id is not None:
        model: type[Customer] | type[Lead] = Customer if share.noun == "customer" else Lead
        row = fetch_one(ctx.db, model, id=share.record_id)
        return f"{noun} {getattr(row, 'label', None) or getattr(row, 'name', '')} {getattr(row, 'code', '')}".rstrip()
    if share.from_person_id is not None:
        return f"{people(ctx, [share.from_person_id])[share.from_person_id]['name']}的{noun}"
    if share.from_department_id is not None:
        return f"{names(ctx, Department, [share.from_department_id])[share.from_department_id]}的{noun}"
    words = {column: word for word, column in reversed(COLUMNS.items())}
    return f"{'、'.join(f'{words[name]}={value}' for name, value in (share.condition or {}).items())}的{noun}"


def _whom(ctx: Context, share: Share) -> str:
    if share.to_person_id is not None:
        return str(people(ctx, [share.to_person_id])[share.to_person_id]["name"])
    if share.to_department_id is not None:
        return str(names(ctx, Department, [share.to_department_id])[share.to_department_id])
    return f"角色「{share.to_role}」"


def shown_list(ctx: Context, rows: Sequence[Share]) -> Reply:
    """The list of shares, each with its number."""
    lines = [f"共享 {row.code}：{described(ctx, row)}" for row in rows[:SHOWN]]
    more = [f"还有 {len(rows) - SHOWN} 条"] if len(rows) > SHOWN else []
    facts = {"title": f"共享 {len(rows)} 条" if rows else "没有共享", "texts": [*lines, *more]}
    items = [
        {"code": row.code, "noun": row.noun, "access": row.access, "described": described(ctx, row)} for row in rows
    ]
    return Reply("notice", facts, result={"items": items, "total": len(items)})
