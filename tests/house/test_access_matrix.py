"""Twelve people x every noun x every way to ask x every command: what each may see and do (domain.md E.7, I11).

The answers stand in tests/access_table.py. Whoever may not see a record is answered as if there were none: the same
refusal, letter by letter, as for a code or name that nobody ever gave.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from access_table import KINDS, POOLS, READ, knows, may, slots_of
from access_world import LEAVER, PERSONAS, SECRETS, Sample, nobodys, prepare
from command_cases import CASES
from conftest import Templates, world_of
from world import World

from bot.api.reads import page, single_object
from handlers import search
from handlers.args import slot_of
from handlers.command import Command
from handlers.company.people import make_token, person_by_account, person_by_token
from handlers.nouns import Noun
from handlers.registry import COMMANDS, NOUNS, REFRESH
from handlers.reply import Reply
from models.base import Json
from models.company.people import Person
from models.errors import HaitunError, NotFound

every_noun = pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
every_persona = pytest.mark.parametrize("persona", PERSONAS)


@pytest.fixture(scope="module")
def world(templates: Templates) -> Iterator[World]:
    with world_of(templates) as made:
        yield made


@pytest.fixture(scope="module")
def samples(world: World) -> dict[str, Sample]:
    return prepare(world)


def of(samples: dict[str, Sample], noun: Noun) -> dict[str, Sample]:
    return {name: sample for name, sample in samples.items() if sample.noun == noun.name}


@every_noun
@every_persona
def test_lists_and_single_records_show_the_same(
    world: World, samples: dict[str, Sample], noun: Noun, persona: str
) -> None:
    person = PERSONAS[persona]
    with world.context(person) as ctx:
        listed = {item["code"]: item for item in page(ctx, noun, {"limit": "200"})["items"]}
    for name, sample in of(samples, noun).items():
        expected = persona in READ[name]
        assert (sample.code in listed) == expected, f"{persona} lists {name}"
        if expected:
            with world.context(person) as ctx:
                assert single_object(ctx, noun, sample.code) == listed[sample.code]
        else:
            said = [refused(world, person, noun, code) for code in (sample.code, nobodys(sample))]
            assert said[0].replace(sample.code, nobodys(sample)) == said[1]


def refused(world: World, person: str, noun: Noun, code: str) -> str:
    with world.context(person) as ctx, pytest.raises(NotFound) as caught:
        single_object(ctx, noun, code)
    return told(caught.value)


def told(error: HaitunError | Reply) -> str:
    if isinstance(error, Reply):
        return f"{error.facts} {error.result}"
    return json.dumps([error.code, error.title, error.detail, error.next_step, error.facts], ensure_ascii=False)


@every_noun
@every_persona
def test_no_filter_and_no_search_finds_what_the_list_does_not_show(
    world: World, samples: dict[str, Sample], noun: Noun, persona: str
) -> None:
    """Every value that an admin reads of a foreign record, put into the filter of the same name."""
    for name, sample in of(samples, noun).items():
        if persona in READ[name]:
            continue
        with world.context(PERSONAS["admin"]) as ctx:
            known = single_object(ctx, noun, sample.code)
        for field in (*noun.columns, *noun.filters):
            value = asked(known.get(field))
            if value is None:
                continue
            with world.context(PERSONAS[persona]) as ctx:
                found = page(ctx, noun, {field: value, "limit": "200"})["items"]
            assert sample.code not in [item["code"] for item in found], f"{persona} finds {name} by {field}"


def asked(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("code")
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else None


@pytest.mark.parametrize("name", [name for name in READ if name.split()[-1] in {n.name for n in search.SEARCHED}])
@every_persona
def test_the_search_finds_what_the_list_shows(
    world: World, samples: dict[str, Sample], name: str, persona: str
) -> None:
    sample = samples[name]
    for said in filter(None, (sample.code, sample.name)):
        reply = world.tried(PERSONAS[persona], "search", q=said)
        assert isinstance(reply, Reply)
        found = [item["code"] for item in (reply.result or {})["items"]]
        assert (sample.code in found) == (persona in READ[name]), f"{persona} searches {said}"


@every_persona
def test_no_secret_reaches_anybody_who_may_not_see_its_record(
    world: World, samples: dict[str, Sample], persona: str
) -> None:
    """Contact data of what 李雷 owns, in everything that the doors show: lists, search, duplicate check, history."""
    person = PERSONAS[persona]
    shown = [json.dumps([world.items(person, noun.plural) for noun in NOUNS], ensure_ascii=False)]
    for said in (*SECRETS, "西溪基因", "黄蓉", samples["customer"].code):
        for command in ("search", "check_duplicate"):
            reply = world.tried(person, command, q=said)
            assert isinstance(reply, Reply)
            shown.append(json.dumps([reply.facts, reply.result], ensure_ascii=False).replace(said, "(asked)"))
    leaked = [secret for secret in SECRETS if secret in "".join(shown)]
    assert bool(leaked) == (persona in READ["contact"]), f"{persona} reads {leaked}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@every_persona
def test_a_command_on_a_record_is_open_to_whom_it_should_be(
    world: World, samples: dict[str, Sample], command: Command, persona: str
) -> None:
    for slot, name, sample in asked_about(command, samples):
        kind, answer = KINDS[command.name][slot], attempt(world, persona, command, slot, sample.code)
        code = answer.code if isinstance(answer, HaitunError) else "ok"
        where = f"{persona} {command.name} {slot}={name}: {answer}"
        if kind == "new":  # what one may not know is taken for the name of a new one, and asked about
            assert persona in READ[name] or (code == "needs_confirmation" and "已有" not in told(answer)), where
        elif persona not in knows(kind, name):
            nothing = attempt(world, persona, command, slot, nobodys(sample))
            assert isinstance(answer, HaitunError), where
            assert isinstance(nothing, HaitunError)
            assert told(answer).replace(sample.code, nobodys(sample)) == told(nothing), where
        elif persona not in may(kind, name):
            refusals = {"forbidden"} | ({"conflict"} if name in POOLS else set()) | OTHER_REFUSALS.get(kind, set())
            assert code in refusals, where
        else:
            assert code not in ("not_found", "forbidden"), where


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@every_persona
def test_a_name_that_one_may_not_know_is_a_name_that_nobody_has(
    world: World, samples: dict[str, Sample], command: Command, persona: str
) -> None:
    for slot, name, sample in asked_about(command, samples):
        kind = KINDS[command.name][slot]
        if sample.name and kind != "new" and persona not in knows(kind, name):
            answers = [attempt(world, persona, command, slot, said) for said in (sample.name, "飞天猪肉铺")]
            said = [told(answer) for answer in answers if isinstance(answer, HaitunError)]
            assert len(said) == 2, f"{persona} {command.name} {slot}={sample.name}"
            assert said[0].replace(sample.name, "飞天猪肉铺") == said[1]


def asked_about(command: Command, samples: dict[str, Sample]) -> Iterator[tuple[str, str, Sample]]:
    """Each argument of the command with each sample that it can name."""
    for slot in slots_of(command):
        nouns = slot_of(command.args, slot).nouns
        yield from ((slot, name, sample) for name, sample in samples.items() if sample.noun in nouns)


def attempt(world: World, persona: str, command: Command, slot: str, said: str) -> Reply | HaitunError:
    """The command with its own example's arguments, but for the record; whatever it does is taken back."""
    given: Json = {key: value for key, value in CASES[command.name].args.items() if key not in NOT_GIVEN}
    named: Any = [said] if slot == "refs" else said
    if slot not in ("ref", "refs"):
        given["ref"] = CASES[command.name].args["ref"]
    given |= OTHERWISE.get(command.name, {})
    if command.name == "customer.merge":  # with itself: the right to each of the two is the same question
        given |= {"ref": said, "into": said}
    return world.tried(PERSONAS[persona], command.name, **(given | {slot: named}))


# What is said to somebody who knows the record: nothing of his to take back, the same record twice.
OTHER_REFUSALS = {"retrieve": {"not_found", "conflict"}, "own": {"invalid_argument"}}
NOT_GIVEN = ("ref", "refs", "confirmed")
OTHERWISE: dict[str, Json] = {"team.remove": {"person": "钱会计"}}  # everybody may leave a team himself


@pytest.mark.parametrize("noun", sorted(set(REFRESH) & {noun.name for noun in NOUNS}))
@every_persona
def test_a_card_shows_its_record_to_whom_the_list_does(
    world: World, samples: dict[str, Sample], noun: str, persona: str
) -> None:
    model = next(one.model for one in NOUNS if one.name == noun)
    for name, sample in samples.items():
        if sample.noun == noun:
            row = next(row for row in world.rows(model) if getattr(row, "code") == sample.code)  # noqa: B009
            with world.context(PERSONAS[persona]) as ctx:
                card = REFRESH[noun](ctx, getattr(row, "id"))  # noqa: B009
            assert (card is not None) == (persona in READ[name]), f"{persona} is shown {name}"


def test_who_left_is_nobody(world: World) -> None:
    token = make_token(world.database, "夏读写", world.now)
    world.load("people:\n  - {name: 夏读写, department: 华北组, role: staff, wecom: xiadx, active: false}\n")
    with world.database.transaction() as db:
        assert person_by_token(db, token) is None
        assert person_by_account(db, "wecom", "xiadx") is None
        assert person_by_account(db, "wecom", "zheng") is None
    assert not world.row(Person, Person.name == LEAVER).is_active
