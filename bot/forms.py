"""Questions that WeCom can put as a form card; everywhere else, and beside it, the answer is typed.

A form asks only, and nothing that could only be refused. What it sends back runs the command, whose own checks decide.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.listening.dialogue import OpenQuestion
from bot.showing import SUBMIT
from handlers.context import Context
from handlers.customers import public_sea
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find
from handlers.reply import Button, Reply
from handlers.sales import lead_owners
from handlers.sales.lead_view import find_lead
from models.base import Json
from models.customers.return_reason import REASONS
from models.customers.sea import LeadPool, Sea
from models.errors import Ambiguous
from models.rows import fetch_all

FIELDS = "__fields__"  # in a submit button: which select answers which argument
PLACES = 10  # options that one select of WeCom holds


def form_for(ctx: Context, question: OpenQuestion) -> Reply | None:
    """The form of an open question; None where its words must do.

    Raises what the command could only be refused for, whatever the answer: then nothing need be asked.
    """
    make = FORMS.get((question.command or "", question.asked))
    try:
        form = make(ctx, question.args) if make is not None else None
    except Ambiguous:  # the command asks itself which is meant
        return None
    return form if ctx.platform == "wecom" else None


def _return_customer(ctx: Context, args: Json) -> Reply:
    customer = find(ctx, CUSTOMER, str(args.get("ref") or ""))
    public_sea.refuse_return(ctx, customer)
    subject = {"code": customer.code, "name": customer.name}
    seas = _places(ctx, Sea, said=args.get("sea"), home=customer.home_sea_id)
    return _return_form("customer", subject, seas, "sea", args)


def _return_lead(ctx: Context, args: Json) -> Reply:
    lead = find_lead(ctx, str(args.get("ref") or ""))
    lead_owners.refuse_return(ctx, lead)
    subject = {"code": lead.code, "name": lead.label}
    home, said = lead.home_pool_id, args.get("pool")
    # One that came from no pool goes where the command finds it belongs.
    pools = [] if home is None and not said else _places(ctx, LeadPool, said=said, home=home)
    return _return_form("lead", subject, pools, "pool", args)


def _return_form(noun: str, subject: Json, places: list[Json], field: str, args: Json) -> Reply:
    facts = {"noun": noun, "subject": subject, "reasons": list(REASONS), "seas": places}
    given = {**args, "ref": subject["code"], FIELDS: {"reason": "reason", "sea": field}}
    return Reply("customers/return_form", facts, (Button(SUBMIT, f"{noun}.return", given, "primary"),))


def _places(ctx: Context, model: type[Sea] | type[LeadPool], *, said: Any, home: int | None) -> list[Json]:
    """Where it may go, by name; what was said first, else where it came from."""
    rows: list[Any] = list(fetch_all(ctx.db, model, model.is_enabled, order_by=[model.id]))
    rows.sort(key=lambda row: (not (said and str(said) in row.name), row.id != home))
    return [{"name": row.name} for row in rows[:PLACES]]


FORMS: Mapping[tuple[str, str], Callable[[Context, Json], Reply]] = {
    ("customer.return", "reason"): _return_customer,
    ("lead.return", "reason"): _return_lead,
}
