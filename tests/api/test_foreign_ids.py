"""Every endpoint that takes a code, asked for a record that the caller may not know of, answers as for one that does
not exist: the same status and the same body but for the code that was asked for (domain.md E.7)."""

from typing import Any

import pytest
import requests
from access_table import KINDS, READ, knows
from access_world import PERSONAS, Sample, nobodys, prepare
from command_cases import CASES

from handlers.args import slot_of
from handlers.registry import COMMANDS, NOUNS
from models.base import Json

from .conftest import Api

OUTSIDERS = [persona for persona in PERSONAS if persona not in ("admin", "owner")]
outsider = pytest.mark.parametrize("persona", OUTSIDERS)


@pytest.fixture(scope="module")
def samples(api: Api) -> dict[str, Sample]:
    return prepare(api.house.world)


def same(one: requests.Response, other: requests.Response, sample: Sample) -> bool:
    """Equal but for the code that was said."""
    said = one.text.replace(sample.code, nobodys(sample))
    return (one.status_code, said) == (other.status_code, other.text)


@outsider
def test_reading_by_code(api: Api, samples: dict[str, Sample], persona: str) -> None:
    person = PERSONAS[persona]
    plurals = {noun.name: noun.plural for noun in NOUNS}
    for name, sample in samples.items():
        found = api.get(person, f"{plurals[sample.noun]}/{sample.code}")
        if persona in READ[name]:
            assert (found.status_code, found.json()["code"]) == (200, sample.code), f"{persona} {name}"
        else:
            nothing = api.get(person, f"{plurals[sample.noun]}/{nobodys(sample)}")
            assert found.status_code == 404, f"{persona} {name}"
            assert same(found, nothing, sample), f"{persona} {name}: {found.text} {nothing.text}"


@outsider
def test_commands(api: Api, samples: dict[str, Sample], persona: str) -> None:
    """Only what is refused is sent, so that nothing changes; twice with the headers that guard and repeat."""
    for command in COMMANDS:
        for slot, kind in KINDS[command.name].items():
            if kind == "new":
                continue
            for name, sample in samples.items():
                if sample.noun not in slot_of(command.args, slot).nouns or persona in knows(kind, name):
                    continue
                guarded = {"If_Match": '"1"'} if slot == "ref" else {}
                for headers in ({}, {**guarded, "Idempotency_Key": f"{command.name} {name}"}):
                    found = sent(api, persona, command.name, slot, sample.code, headers)
                    nothing = sent(api, persona, command.name, slot, nobodys(sample), headers, "!")
                    where = f"{persona} {command.name} {slot}={name}: {found.text} {nothing.text}"
                    assert found.status_code == 404, where
                    assert same(found, nothing, sample), where


def sent(
    api: Api, persona: str, command: str, slot: str, code: str, headers: dict[str, str], mark: str = ""
) -> requests.Response:
    given: Json = {key: value for key, value in CASES[command].args.items() if key not in ("ref", "refs", "confirmed")}
    named: Any = [code] if slot == "refs" else code
    more = {"ref": CASES[command].args["ref"]} if slot not in ("ref", "refs") else {}
    own = {key: value + mark if key == "Idempotency_Key" else value for key, value in headers.items()}
    return api.post(PERSONAS[persona], command, given | more | {slot: named}, **own)


def test_the_token_of_somebody_who_left_is_dead_at_once(api: Api) -> None:
    """A token made while he was there; on reads and commands alike, and no different from one never made."""
    assert api.get("秦只读", "customers").status_code == 200
    gone = "people:\n  - {name: 秦只读, department: 华北组, role: staff, wecom: qinzd, active: false}\n"
    api.house.world.load(gone)
    unknown = {"Authorization": "Bearer ht_nobody"}
    for method, path in (("GET", "customers"), ("GET", "customers/C000006"), ("POST", "commands/whoami")):
        url = f"{api.house.url}/api/{path}"
        answers = [requests.request(method, url, headers=h, timeout=20) for h in (api.headers("秦只读"), unknown)]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert answers[0].text == answers[1].text
