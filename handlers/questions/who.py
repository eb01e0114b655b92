"""Who is on a customer or lead: owner, team, last follow-up; to members of its sea or pool only that it is taken."""

from typing import Annotated, Any

from sqlalchemy import select

from handlers import permits
from handlers.args import Arg, Args, Text, ref
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import seas
from handlers.customers.customer_view import CUSTOMER
from handlers.customers.customer_view import buttons_for as customer_buttons
from handlers.customers.follow_up_view import seen_of
from handlers.customers.subjects import label
from handlers.finding import find, named, seen
from handlers.nouns import Noun
from handlers.presenting import instant, names, people
from handlers.reply import Reply
from handlers.sales.lead_view import LEAD, find_lead
from models.base import Json
from models.codes import noun_of
from models.customers.activity import FollowUp
from models.customers.customer import Customer, TeamMember
from models.customers.sea import LeadPool, Sea
from models.normal import normal_phone
from models.rows import fetch_all
from models.sales.lead import Lead

WhoRef = Annotated[Text, ref("customer", "lead")]


class AskWho(Args):
    ref: WhoRef = Arg("客户或线索", "编号或名称")


def ask_who(ctx: Context, args: AskWho) -> Reply:
    """What the actor may know of it: everything, or as a member of its sea its state and, where told, its owner."""
    row, noun = _known(ctx, args.ref)
    facts = _about(ctx, noun, row, is_seen=seen(ctx, noun, row.id) is not None)
    buttons = customer_buttons(ctx, row) if noun is CUSTOMER else ()
    return Reply("questions/who", facts, buttons=buttons, result=facts)


def _known(ctx: Context, ref: str) -> tuple[Any, Noun]:
    """A customer first, unless a lead's code or number is given or no customer is called so."""
    is_lead = noun_of(ref) == "lead" or normal_phone(ref) is not None
    if not is_lead and (
        noun_of(ref) == "customer" or named(ctx, CUSTOMER, ref, permits.customers_and_claimed)
        or not named(ctx, LEAD, ref, permits.leads_and_claimed)
    ):  # fmt: skip
        return find(ctx, CUSTOMER, ref, gate=permits.customers_and_claimed), CUSTOMER
    return find_lead(ctx, ref, gate=permits.leads_and_claimed), LEAD


def _about(ctx: Context, noun: Noun, row: Any, *, is_seen: bool) -> Json:
    pool = row.sea_id if noun is CUSTOMER else row.pool_id
    model: Any = Sea if noun is CUSTOMER else LeadPool
    owner = row.owner_id if is_seen or _tells_owner(ctx, row) else None
    facts: Json = {
        "noun": noun.name,
        "code": row.code,
        "name": label(row),
        "status": ("sea" if pool else "owned") if noun is CUSTOMER else row.status,
        "pool": {"name": names(ctx, model, [pool])[pool]} if pool is not None else None,
        "owner": people(ctx, [owner])[owner],
    }
    if not is_seen or row.owner_id is None:
        return facts | {"team": [], "last": None, "next_at": None, "owned_at": None}
    return facts | {
        "team": _team(ctx, row) if noun is CUSTOMER else [],
        "last": _last(ctx, row),
        "next_at": instant(ctx, row.next_follow_up_at),
        "owned_at": instant(ctx, row.owned_at),
    }


def _tells_owner(ctx: Context, row: Any) -> bool:
    if row.model is Lead:
        return False
    return row.home_sea_id is not None and seas.rules_of(ctx, row.home_sea_id)[0].show_owner


def _team(ctx: Context, row: Customer) -> list[Json]:
    members = list(ctx.db.execute(select(TeamMember.person_id).where(TeamMember.customer_id == row.id)).scalars())
    known = people(ctx, members)
    return [known[member] for member in members]


def _last(ctx: Context, row: Any) -> Json | None:
    """The newest follow-up that the actor may read: by whom, when, how."""
    found = fetch_all(ctx.db, FollowUp, seen_of(ctx, row), order_by=[FollowUp.id.desc()], limit=1)
    if not found:
        return None
    last = found[0]
    writer = people(ctx, [last.person_id])[last.person_id]
    return {"person": writer, "at": instant(ctx, last.at), "method": last.method, "content": last.content}


ASK_WHO = Command(
    name="ask.who", title="谁在跟",
    says=(
        "[现在|目前](谁在跟进|谁在跟|谁跟着|谁在负责|谁负责|谁在管|谁管|是谁在跟|谁在对接|谁在维护)[着|的|了][客户|线索]{ref}",
        "[客户|线索]{ref}[现在|目前][是](谁在跟进|谁在跟|谁跟着|谁跟|谁在负责|谁负责|谁在管|谁管|谁在对接|谁在维护|谁跟的)"
        "[着|的|了]",
        "[客户|线索]{ref}[现在|目前](归谁|归谁管|归谁跟|在谁手上|在谁手里|在谁名下|归哪个同事)[了]",
        "[客户|线索]{ref}[的](负责人|owner)[现在|目前]是谁",
        "(哪个同事|哪位同事|谁)在跟进[一下][客户|线索]{ref}",
    ),
    examples=("谁在跟恒通", "云图智能在谁名下"),
    args=AskWho, needs=Permission.BASIC, run=ask_who, reads=True,
)  # fmt: skip

COMMANDS = (ASK_WHO,)
