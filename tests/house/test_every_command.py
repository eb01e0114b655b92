"""Every command of the registry: it works, it refuses, it is closed to strangers, and what it says fits every phone.

Do-then-undo stands in tests/handlers/test_undo_identity.py, the examples in test_examples.py.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from access_table import KINDS, READ, slots_of
from card_forms import outputs, problems, variants
from command_cases import CASES, Case, Step
from sqlalchemy import Connection, select, text
from world import World

from bot.showing import shown
from handlers import desk, permits
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.notices import button_rows
from handlers.registry import BY_NAME, COMMANDS, NOUNS
from handlers.reply import Reply
from models.base import Json
from models.company.people import Person
from models.errors import HaitunError, NeedsConfirmation
from models.outbox import Outbox
from models.rows import fetch_all, fetch_one
from models.sent_card import SentCard
from models.tables import metadata

NAMES = [command.name for command in COMMANDS]
UNCOUNTED = {"query_log"}  # who looked up whom is kept on purpose
every_command = pytest.mark.parametrize("name", NAMES)


def case_of(name: str) -> Case:
    assert name in CASES, f"{name} has no case: add CASES[{name!r}] to tests/command_cases.py"
    return CASES[name]


@contextmanager
def attempt(world: World, steps: Sequence[Step] = (), sql: str = "") -> Iterator[Connection]:
    """A transaction in which `steps` have happened and of which nothing stays."""
    with world.database.engine.connect() as db, db.begin() as running:
        for person, name, args in steps:
            run(world, db, person, name, args)
        if sql:
            db.execute(text(sql))
        yield db
        running.rollback()


def run(world: World, db: Connection, person: str, name: str, args: Json, confirmed: str = "") -> Reply:
    actor = fetch_one(db, Person, Person.name == person)
    assert actor is not None
    given = {key: value for key, value in args.items() if key != "confirmed"}
    ctx = Context(db, actor, world.now, "api", world.zone, confirmed=args.get("confirmed", confirmed))
    return desk.run(ctx, BY_NAME[name], given)


def run_case(world: World, db: Connection, case: Case, name: str) -> Reply:
    """What asks first is confirmed, and has changed nothing before that."""
    if not case.confirms:
        return run(world, db, case.person, name, case.args)
    before = contents(db)
    with pytest.raises(NeedsConfirmation) as asked:
        run(world, db, case.person, name, case.args)
    assert contents(db) == before
    assert not unfit(asked.value.template, asked.value.card)
    return run(world, db, case.person, name, case.args, asked.value.confirm)


def refusal(world: World, db: Connection, person: str, name: str, args: Json) -> HaitunError:
    with pytest.raises(HaitunError) as caught:
        run(world, db, person, name, args)
    return caught.value


def contents(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
    tables = [table for table in metadata.sorted_tables if table.name not in UNCOUNTED]
    return {table.name: sorted(map(tuple, db.execute(select(*table.c))), key=repr) for table in tables}


def unfit(template: str, facts: Any, buttons: Sequence[Json] = ()) -> list[str]:
    """What is wrong with a reply or notice in any form on any platform."""
    return [fault for card in variants(shown(template, facts, buttons)) for fault in problems(outputs(card))]


def test_no_case_is_for_nothing() -> None:
    assert set(CASES) <= set(NAMES)


def test_permissions_of_every_noun_and_command_are_written_down() -> None:
    """Rights are tested by tests/house/test_access_matrix.py from what stands in tests/access_table.py."""
    wanted = {command.name: set(slots_of(command)) for command in COMMANDS}
    assert {name: set(kinds) for name, kinds in KINDS.items()} == wanted, "a line in KINDS for each command"
    nouns = {noun.name for noun in NOUNS}
    assert {name.split()[-1] for name in READ} == nouns, "a line in READ, a sample in tests/access_world.py"


@every_command
def test_it_works_and_everything_it_says_fits(shared_world: World, name: str) -> None:
    case = case_of(name)
    with attempt(shared_world, case.before, case.sql) as db:
        before, last = contents(db), db.execute(text("select coalesce(max(id), 0) from outbox")).scalar_one()
        reply = run_case(shared_world, db, case, name)
        assert (contents(db) == before) == (BY_NAME[name].reads), "a command that `reads` changes nothing"
        assert not unfit(reply.template, reply.facts, button_rows(reply.buttons))
        assert all(button.command in BY_NAME for button in reply.buttons)
        for row in fetch_all(db, Outbox, Outbox.id > last, Outbox.kind != "refresh"):
            card = fetch_one(db, SentCard, SentCard.id == row.card_id) if row.card_id is not None else None
            assert not unfit(row.template, row.facts, card.buttons if card else ()), row.topic
            doer = fetch_one(db, Person, Person.name == case.person)
            assert row.person_id is None or name == "notice.resend" or row.person_id != (doer and doer.id)


@every_command
def test_it_refuses_with_a_stable_code_and_words_that_help(shared_world: World, name: str) -> None:
    case = case_of(name)
    person, args, code = case.refused
    with attempt(shared_world, [*case.before, *case.spoiled]) as db:
        before = contents(db)
        error = refusal(shared_world, db, person, name, args)
        assert (error.code, contents(db)) == (code, before)
        assert error.title
        assert not error.title.isascii()
        assert not unfit("refusal", {"title": error.title, "state": error.detail, "next": error.next_step})


@every_command
def test_a_stranger_gets_nothing_of_it(shared_world: World, name: str) -> None:
    case = case_of(name)
    person, args, code = case.foreign
    with attempt(shared_world, case.before) as db:
        before = contents(db)
        if code is None:
            reply = run(shared_world, db, person, name, args)
            said = f"{reply.facts} {reply.result}"
        else:
            error = refusal(shared_world, db, person, name, args)
            assert error.code == code
            said = f"{error.title} {error.detail} {error.next_step} {error.facts}"
        assert contents(db) == before
        assert not [word for word in case.hidden if word in said], said


@every_command
def test_without_the_permit_it_is_refused_and_with_it_alone_it_works(
    shared_world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case, needs = case_of(name), BY_NAME[name].needs
    with attempt(shared_world, case.before, case.sql) as db:
        before, role = contents(db), shared_world.person(case.person).role
        monkeypatch.setitem(permits.ROLES, role, frozenset(Permission) - {needs})
        error = refusal(shared_world, db, case.person, name, case.args)
        assert (error.code, error.status, contents(db)) == ("forbidden", 403, before)
        monkeypatch.setitem(permits.ROLES, role, frozenset({needs}))
        run_case(shared_world, db, case, name)


def test_every_permit_is_needed_by_something() -> None:
    needed = {command.needs for command in COMMANDS} | {Permission.LEAD_RESTORE}  # asked for by lead.restore itself
    assert needed == set(Permission)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_what_cannot_be_undone_says_why(command: Command) -> None:
    assert command.undo is True or (command.undo and not command.undo.isascii())
