"""The OpenAPI document is one, and tells every command and every list."""

import re
from typing import Any

import pytest
import requests
from fastapi.openapi.models import OpenAPI

from handlers.registry import COMMANDS, NOUNS

from .conftest import Api


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    answer = requests.get(f"{api.house.url}/api/openapi.json", timeout=10)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in refs(inner)]
    return [ref for inner in value for ref in refs(inner)] if isinstance(value, list) else []


def test_it_is_valid_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert re.match(r"3\.1\.\d", document["openapi"])
    OpenAPI.model_validate(document)
    for ref in refs(document):
        there: Any = document
        for part in ref.removeprefix("#/").split("/"):
            assert part in there, ref
            there = there[part]
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_with_its_arguments(document: dict[str, Any], command: Any) -> None:
    operation = document["paths"][f"/api/commands/{command.name}"]["post"]
    assert operation["summary"] == command.title
    assert all(example in operation["description"] for example in command.examples)
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema.get("properties", {})) == set(command.args.model_fields)
    needed = {name for name, field in command.args.model_fields.items() if field.is_required()}
    assert set(schema.get("required", [])) == needed
    assert all(part.get("title") for part in schema.get("properties", {}).values())


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.plural)
def test_every_noun_with_what_may_be_asked(document: dict[str, Any], noun: Any) -> None:
    listing = document["paths"][f"/api/{noun.plural}"]["get"]
    names = {parameter["name"] for parameter in listing["parameters"]}
    assert {"q", "scene", "limit", "cursor", *noun.columns, *noun.filters} == names
    assert f"/api/{noun.plural}/{{code}}" in document["paths"]


def test_its_page_is_there(api: Api) -> None:
    answer = requests.get(f"{api.house.url}/api/docs", timeout=10)
    assert answer.status_code == 200
    assert "openapi.json" in answer.text
