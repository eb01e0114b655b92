"""Every command, in the order in which help shows them: an explicit list, no discovery."""

from collections.abc import Callable, Mapping

from handlers import explain, explain_access, help, reports, search
from handlers.command import Command
from handlers.company import approval_moves, approvals, delegations, leave_taking, rule_setting, sharing
from handlers.company.approval_cards import approval_card
from handlers.company.approval_view import APPROVAL
from handlers.company.asking import question_card
from handlers.company.people import DEPARTMENT, PERSON
from handlers.company.request_view import request_card
from handlers.company.robots import ROBOT
from handlers.context import Context
from handlers.customers import (
    aliases,
    attachments,
    check_ins,
    contacts,
    customers,
    deadlines,
    follow_ups,
    freezing,
    handing_over,
    merges,
    moving,
    protecting,
    public_sea,
    reclaim_runs,
    revealing,
    sea_claims,
    tags,
    teams,
    todos,
    visits,
)
from handlers.customers.attachment_view import ATTACHMENT
from handlers.customers.contacts import CONTACT
from handlers.customers.customer_view import CUSTOMER, customer_card
from handlers.customers.follow_up_view import FOLLOW_UP
from handlers.customers.seas import SEA
from handlers.customers.todo_view import TODO, todo_card
from handlers.history import HISTORY
from handlers.money import orders, payments, targets
from handlers.money.order_view import ORDER, order_card
from handlers.money.payment_view import PAYMENT, payment_card
from handlers.money.products import PRODUCT
from handlers.money.target_view import TARGET
from handlers.notice_ledger import NOTICE
from handlers.nouns import Noun
from handlers.questions import added, agenda, deals, detail, left, neglected, who
from handlers.reply import Reply
from handlers.sales import (
    assign_answers,
    assign_explain,
    distributing,
    lead_explain,
    lead_moving,
    lead_revealing,
    leads,
    opportunities,
    qualifying,
)
from handlers.sales.lead_pools import LEAD_POOL
from handlers.sales.lead_view import LEAD, lead_card
from handlers.sales.opportunity_view import OPPORTUNITY, opportunity_card

COMMANDS: tuple[Command, ...] = (
    *leads.COMMANDS,
    *lead_moving.COMMANDS,
    *sea_claims.COMMANDS,
    *lead_explain.COMMANDS,
    *lead_revealing.COMMANDS,
    *revealing.COMMANDS,
    *assign_answers.COMMANDS,
    *assign_explain.COMMANDS,
    *distributing.COMMANDS,
    *qualifying.COMMANDS,
    *public_sea.COMMANDS,
    *handing_over.COMMANDS,
    *moving.COMMANDS,
    *deadlines.COMMANDS,
    *freezing.COMMANDS,
    *protecting.COMMANDS,
    *customers.COMMANDS,
    *aliases.COMMANDS,
    *merges.COMMANDS,
    *tags.COMMANDS,
    *contacts.COMMANDS,
    *teams.COMMANDS,
    *follow_ups.COMMANDS,
    *check_ins.COMMANDS,
    *visits.COMMANDS,
    *attachments.COMMANDS,
    *todos.COMMANDS,
    *opportunities.COMMANDS,
    *orders.COMMANDS,
    *approvals.COMMANDS,
    *approval_moves.COMMANDS,
    *delegations.COMMANDS,
    *payments.COMMANDS,
    *leave_taking.COMMANDS,
    *rule_setting.COMMANDS,
    *reclaim_runs.COMMANDS,
    *sharing.COMMANDS,
    *search.COMMANDS,
    *targets.COMMANDS,
    *reports.COMMANDS,
    *who.COMMANDS,
    *agenda.COMMANDS,
    *left.COMMANDS,
    *neglected.COMMANDS,
    *added.COMMANDS,
    *deals.COMMANDS,
    *detail.COMMANDS,
    *explain.COMMANDS,
    *explain_access.COMMANDS,
    *help.COMMANDS,
)
BY_NAME = {command.name: command for command in COMMANDS}

NOUNS: tuple[Noun, ...] = (
    LEAD, LEAD_POOL, CUSTOMER, SEA, CONTACT, FOLLOW_UP, ATTACHMENT, TODO, OPPORTUNITY, ORDER, PAYMENT, APPROVAL,
    PRODUCT, PERSON, DEPARTMENT, TARGET, ROBOT, NOTICE, HISTORY,
)  # fmt: skip

# What a card about a noun shows now, for whom it was sent to (`ctx.actor`); None when he may not see it any more.
REFRESH: Mapping[str, Callable[[Context, int], Reply | None]] = {
    "lead": lead_card,
    "customer": customer_card,
    "todo": todo_card,
    "opportunity": opportunity_card,
    "order": order_card,
    "payment": payment_card,
    "request": request_card,
    "approval": approval_card,
    "approval_question": question_card,
    "reclaim_run": reclaim_runs.run_card,
}
