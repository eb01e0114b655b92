"""When a token was used last: to the hour."""

from datetime import timedelta

from sqlalchemy import update

from bot.api import identity
from handlers.company.people import digest
from models.access import ApiToken
from models.clock import utc_now

from .conftest import Api


def token_of(api: Api, person: str) -> ApiToken:
    api.get(person, "customers")
    return api.house.world.row(ApiToken, ApiToken.digest == digest(api.tokens[person]))


def test_the_first_use_is_noted_and_the_next_hour_costs_no_write(api: Api) -> None:
    first = token_of(api, "李雷").last_used_at
    assert first is not None and utc_now() - first < timedelta(minutes=1)
    identity._noted.clear()  # another process
    assert token_of(api, "李雷").last_used_at == first
    with api.house.world.database.transaction() as db:
        db.execute(update(ApiToken.__table__).values(last_used_at=first - timedelta(hours=2)))
    assert token_of(api, "李雷").last_used_at == first - timedelta(hours=2), "this process has noted it"
    identity._noted.clear()
    again = token_of(api, "李雷").last_used_at
    assert again is not None and again >= first


def test_a_token_that_is_not_used_stays_unused(api: Api) -> None:
    api.headers("赵六")
    assert api.house.world.row(ApiToken, ApiToken.digest == digest(api.tokens["赵六"])).last_used_at is None
