"""One token per app: cached, shared, refreshed once."""

import threading
import time

import pytest

from bot.channels.base import PlatformError
from bot.channels.http import Http
from bot.channels.tokens import CACHE_SECONDS, EARLY_SECONDS, Tokens
from bot.channels.wecom_api import WeComClient

from .fake import Asked, Fake, MemoryTokenStore, wecom_account


class Issuer:
    """Counts what it hands out."""

    def __init__(self, seconds: int = 7200, delay: float = 0) -> None:
        self.count, self.seconds, self.delay = 0, seconds, delay

    def __call__(self) -> tuple[str, int]:
        self.count += 1
        time.sleep(self.delay)
        return f"t{self.count}", self.seconds


def stale() -> PlatformError:
    return PlatformError("42001", "refresh", "expired")


def test_a_token_is_fetched_once_and_kept() -> None:
    issuer, store = Issuer(), MemoryTokenStore()
    first, second = Tokens(store, "app", issuer), Tokens(store, "app", issuer)
    assert [first.current(), first.current(), second.current()] == [("t1", 1)] * 3
    assert Tokens(store, "other", issuer).current() == ("t2", 1)


def test_a_token_is_renewed_before_it_expires() -> None:
    now = [1000.0]
    issuer = Issuer(seconds=7200)
    store = MemoryTokenStore(clock=lambda: now[0])
    tokens = Tokens(store, "app", issuer, clock=lambda: now[0])
    tokens.current()
    now[0] += 7200 - EARLY_SECONDS - 1
    assert tokens.current()[0] == "t1"
    now[0] += CACHE_SECONDS + 2
    assert tokens.current() == ("t2", 2)


def test_a_refused_token_is_refreshed_once_and_the_call_repeated_once() -> None:
    issuer, used = Issuer(), []
    tokens = Tokens(MemoryTokenStore(), "app", issuer)

    def call(token: str) -> str:
        used.append(token)
        if token == "t1":
            raise stale()
        return token

    assert tokens.with_token(call) == "t2"
    assert tokens.with_token(call) == "t2"
    assert (used, issuer.count) == (["t1", "t2", "t2"], 2)


def test_never_more_than_one_refresh() -> None:
    issuer, used = Issuer(), []
    tokens = Tokens(MemoryTokenStore(), "app", issuer)

    def call(token: str) -> None:
        used.append(token)
        raise stale()

    with pytest.raises(PlatformError):
        tokens.with_token(call)
    assert (used, issuer.count) == (["t1", "t2"], 2)


def test_another_error_is_not_repeated() -> None:
    used = []
    tokens = Tokens(MemoryTokenStore(), "app", Issuer())

    def call(token: str) -> None:
        used.append(token)
        raise PlatformError("60020", "config", "x")

    with pytest.raises(PlatformError):
        tokens.with_token(call)
    assert used == ["t1"]


def test_what_another_process_has_refreshed_is_used() -> None:
    issuer, store = Issuer(), MemoryTokenStore()
    here, there = Tokens(store, "app", issuer), Tokens(store, "app", issuer)
    here.current()
    there.current()
    assert here.with_token(lambda token: token if token != "t1" else _raise()) == "t2"
    assert there.with_token(lambda token: token if token != "t1" else _raise()) == "t2"
    assert issuer.count == 2


def _raise() -> str:
    raise stale()


def test_a_failed_fetch_passes_through_and_the_next_call_tries_again() -> None:
    answers: list[PlatformError | tuple[str, int]] = [PlatformError("40001", "config", "x"), ("t", 7200)]

    def fetch() -> tuple[str, int]:
        answer = answers.pop(0)
        if isinstance(answer, PlatformError):
            raise answer
        return answer

    tokens = Tokens(MemoryTokenStore(), "app", fetch)
    with pytest.raises(PlatformError):
        tokens.current()
    assert tokens.current()[0] == "t"


def test_many_threads_of_two_processes_refresh_once(fake: Fake) -> None:
    valid = {"token-2"}

    def decide(asked: Asked) -> tuple[int, dict[str, int]]:
        return 200, {"errcode": 0 if asked.query["access_token"] in valid else 42001}

    fake.decide, fake.delay = decide, 0.02
    store = MemoryTokenStore()
    clients = [WeComClient(wecom_account(fake.url), Http(), store) for _ in range(2)]
    errors: list[PlatformError] = []

    def work(client: WeComClient) -> None:
        try:
            client.recall("m")
        except PlatformError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(clients[number % 2],)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, fake.tokens) == ([], 2)
