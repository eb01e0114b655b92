"""The emulated platform as a process of its own: `python -m tests.bench.emulator`, told what to do line by line.

`count` answers with what its own counters say; the end of stdin ends it.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

from bot.sandbox.config import DingTalkTenant, Group, Persona, SandboxConfig, WeComTenant
from bot.sandbox.platform import Platform
from bot.sandbox.server import running

from .company import REPS, ROBOTS, account
from .ground import TENANT, Ground, started

SEND = "/cgi-bin/message/send"
ROBOT = "/cgi-bin/webhook/send"
MARK = re.compile(r"C\d{6,}")


def config() -> SandboxConfig:
    people = tuple(Persona(f"销售{i:03d}", "", account(i)) for i in range(REPS))
    groups = tuple(Group(f"群{i}", "wecom", f"group{i}") for i in range(ROBOTS))
    wecom = WeComTenant(TENANT.corp_id, "1000002", "wecom-secret", TENANT.token, TENANT.aes_key)
    nobody = DingTalkTenant("ding", "secret", "ding", "ding", TENANT.token, TENANT.aes_key)
    return SandboxConfig("http://127.0.0.1:9", wecom, nobody, people, groups)


def counted(platform: Platform) -> dict[str, object]:
    """Robot posts and the subjects that they name, messages to people, and what was refused or swallowed."""
    posts = platform.since(0, ROBOT)
    marks = [f"{call.query.get('key')}/{mark}" for call in posts for mark in MARK.findall(call.text)]
    sent = [mark for call in platform.since(0, SEND) for mark in MARK.findall(call.text)]
    return {
        "posts": len(posts),
        "marks": marks,
        "sent": sent,
        "refusals": len(platform.refusals),
        "violations": list(platform.violations)[:3],
        "dropped": len(platform.dropped),
    }


class Emulator:
    """This side of the pipe."""

    def __init__(self, child: "Popen[bytes]") -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        self._write, self._read = child.stdin, child.stdout
        self.url = str(json.loads(self._read.readline())["url"])

    def count(self) -> dict[str, list[str]]:
        self._write.write(b"count\n")
        self._write.flush()
        found: dict[str, list[str]] = json.loads(self._read.readline())
        return found


@contextmanager
def emulated(ground: Ground) -> Iterator[Emulator]:
    """The platform on a port; the ground's companies and processes are pointed to it meanwhile."""
    before = ground.platform_url
    log = ground.folder / "emulator.log"
    with started(["-m", f"{__package__}.emulator"], {}, log, stdin=PIPE, stdout=PIPE) as child:
        emulator = Emulator(child)
        ground.platform_url = f"{emulator.url}/wecom"
        yield emulator
    ground.platform_url = before


def main() -> None:
    with running(config()) as platform:
        print(json.dumps({"url": platform.own_url}), flush=True)
        for _ in sys.stdin:
            print(json.dumps(counted(platform)), flush=True)


if __name__ == "__main__":
    main()
