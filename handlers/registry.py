"""Every command, in the order in which help shows them: an explicit list, no discovery."""

from handlers import explain, help, reports, search
from handlers.command import Command
from handlers.company import approvals
from handlers.customers import contacts, customers, follow_ups, public_sea, teams, todos
from handlers.money import orders, payments
from handlers.sales import leads

COMMANDS: tuple[Command, ...] = (
    *leads.COMMANDS,
    *public_sea.COMMANDS,
    *customers.COMMANDS,
    *contacts.COMMANDS,
    *teams.COMMANDS,
    *follow_ups.COMMANDS,
    *todos.COMMANDS,
    *orders.COMMANDS,
    *approvals.COMMANDS,
    *payments.COMMANDS,
    *search.COMMANDS,
    *reports.COMMANDS,
    *explain.COMMANDS,
    *help.COMMANDS,
)
BY_NAME = {command.name: command for command in COMMANDS}
