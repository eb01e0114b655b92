"""A house whose API is called over HTTP, by people with tokens of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from conftest import Templates, world_of
from running import House, house_of

from bot.embedded import Stores
from handlers.company.people import make_token
from models.base import Json


@dataclass
class Api:
    """`api.get("李雷", "customers", q="海")` is the answer, `api.items(...)` all pages of it."""

    house: House
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, person: str) -> dict[str, str]:
        if person not in self.tokens:
            self.tokens[person] = make_token(self.house.world.database, person, self.house.world.now)
        return {"Authorization": f"Bearer {self.tokens[person]}"}

    def get(self, person: str, path: str, **query: Any) -> requests.Response:
        return requests.get(f"{self.house.url}/api/{path}", params=query, headers=self.headers(person), timeout=20)

    def items(self, person: str, path: str, **query: Any) -> list[Json]:
        found: list[Json] = []
        while True:
            answer = self.get(person, path, **query)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            query["cursor"] = answer.json()["next"]
            if query["cursor"] is None:
                return found

    def post(self, person: str, command: str, args: Any, **headers: str) -> requests.Response:
        sent = self.headers(person) | {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(f"{self.house.url}/api/commands/{command}", json=args, headers=sent, timeout=20)

    def done(self, person: str, command: str, **args: Any) -> Json:
        answer = self.post(person, command, args)
        assert answer.status_code == 200, answer.text
        result: Json = answer.json()["result"]
        return result


@pytest.fixture(scope="module")
def api(templates: Templates, stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One company for a module, whose clock stands at `world.now`."""
    home = tmp_path_factory.mktemp("home")
    with (
        world_of(templates) as world,
        house_of(world, stores.redis_url, home) as house,
        pytest.MonkeyPatch.context() as patched,
    ):
        for module in ("commands", "reads"):
            patched.setattr(f"bot.api.{module}.utc_now", lambda: world.now)
        yield Api(house)
