"""Posts to the bot as the platforms do: deadlines, repeats, faults. Called in threads, never in the loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from .config import Kind
from .records import Exchange
from .state import State

RETRY_PAUSE = 0.5
LOST = 0  # no status: never sent, never answered
RAW = 4000  # characters of a raw request or answer that the wire view keeps


@dataclass(frozen=True)
class Post:
    """One HTTP request, made anew for each try: a repeat has a new nonce and a new ciphertext."""

    url: str
    body: bytes
    headers: dict[str, str]
    method: str = "POST"


@dataclass(frozen=True)
class Reply:
    """What the bot said; status 0 where nothing came in time."""

    status: int
    text: str = ""
    tries: int = 1
    millis: int = 0
    why: str = ""


class Courier:
    """One session for all threads' posts; loopback is never reached through a proxy."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._local = threading.local()

    def deliver(
        self, kind: Kind, plain: str, make: Callable[[], Post], *, deadline: float, tries: int,
        read: Callable[[str], str] = lambda raw: raw,
    ) -> Reply:  # fmt: skip
        """Gives the first 200, or the last failure. `read` decrypts an answer for the wire view."""
        fault = self.state.faults.strike_callback()
        if fault.drop:
            reply = Reply(LOST, tries=0, why="回调丢失")
            self._record(kind, make(), plain, reply, "", "dropped", reply.why)
            return reply
        if fault.delay:
            time.sleep(fault.delay)
        reply = self._try(kind, plain, make, deadline, tries, read)
        for _ in range(fault.repeat):
            post = make()
            again = self._once(post, deadline)
            self._record(kind, post, plain, again, _short(read, again), "fault", "故障：同一条消息重复投递")
        return reply

    def _try(
        self, kind: Kind, plain: str, make: Callable[[], Post], deadline: float, tries: int, read: Callable[[str], str]
    ) -> Reply:
        for number in range(1, tries + 1):
            post = make()
            once = self._once(post, deadline)
            reply = Reply(once.status, once.text, number, once.millis, once.why)
            verdict = "ok" if reply.status == 200 else "failed"
            note = reply.why or (f"第 {number} 次" if number > 1 else "")
            self._record(kind, post, plain, reply, _short(read, reply), verdict, note)
            if reply.status == 200:
                break
            if number < tries:
                time.sleep(RETRY_PAUSE)
        return reply

    def _once(self, post: Post, deadline: float) -> Reply:
        """One try under a deadline for the whole answer."""
        started = time.perf_counter()
        try:
            answer = self._session().request(
                post.method, post.url, data=post.body, headers=post.headers, timeout=(deadline, deadline),
                allow_redirects=False,
            )  # fmt: skip
        except requests.Timeout:
            return Reply(LOST, millis=_since(started), why=f"{deadline:g} 秒内没有应答")
        except requests.RequestException:
            return Reply(LOST, millis=_since(started), why="连接不上机器人")
        return Reply(answer.status_code, answer.content.decode(errors="replace"), millis=_since(started))

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if not isinstance(session, requests.Session):
            session = requests.Session()
            session.trust_env = False
            self._local.session = session
        return session

    def _record(
        self, kind: Kind, post: Post, plain: str, reply: Reply, shown: str, verdict: str, note: str
    ) -> None:  # fmt: skip
        path = "/" + post.url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
        self.state.record(
            Exchange(
                next(self.state.numbers),
                kind,
                "to_bot",
                post.method,
                path,
                reply.status,
                reply.millis,
                plain,
                shown,
                self.state.clock.now(),
                verdict,
                note,
                _http(post),
                reply.text[:RAW],
            )
        )


def _http(post: Post) -> str:
    """The request as text: its line, its headers, its body."""
    target = "/" + post.url.split("://", 1)[-1].partition("/")[2]
    head = [f"{post.method} {target}", *(f"{name}: {value}" for name, value in post.headers.items())]
    return "\n".join([*head, "", post.body.decode(errors="replace")])[:RAW]


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


def _short(read: Callable[[str], str], reply: Reply) -> str:
    return read(reply.text) if reply.status == 200 else reply.text[:2000]
