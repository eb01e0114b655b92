"""What a walk starts from, what it left behind, and how to go back: the database, the phones, the callback itself."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from bot.sandbox.platform import Platform
from models.db import Database
from models.outbox import Outbox
from models.rows import fetch_all
from models.tables import metadata

Task = dict[str, Any]
PLUMBING = ("inbox", "outbox", "sent_card", "platform_token", "heartbeat", "idempotency_key", "query_log")
RANDOM = {"walk", "key", "dedupe_key"}
PHONES = ("messages", "codes", "cards", "seen", "task_ids", "robot_times", "member_times", "calls", "absorbed")


@dataclass
class Phones:
    """Everything that the emulated platforms show and remember, to be put back."""

    platform: Platform
    kept: dict[str, Any] = field(default_factory=dict)

    def keep(self) -> None:
        with self.platform.lock:
            self.kept = copy.deepcopy({name: getattr(self.platform, name) for name in PHONES})

    def put_back(self) -> None:
        with self.platform.lock:
            for name, value in copy.deepcopy(self.kept).items():
                setattr(self.platform, name, value)

    def shown(self) -> dict[str, list[str]]:
        """What stands in each chat, in order."""
        chats: dict[str, list[str]] = {}
        for message in self.platform.messages:
            chat = f"{message.platform}:{message.chat}"
            if message.sender in ("app", "robot"):
                chats.setdefault(chat, []).append(message.text)
        return chats


@dataclass
class Rows:
    """A copy of all tables beside them, to be put back faster than a database is made."""

    database: Database

    def keep(self) -> None:
        with self.database.transaction() as db:
            # The server outlives all kills here: what it has acknowledged needs no disk.
            name = db.execute(text("select current_database()")).scalar_one()
            db.execute(text(f'alter database "{name}" set synchronous_commit = off'))
            db.execute(text("create schema kept"))
            for table in metadata.sorted_tables:
                db.execute(text(f'create table kept."{table.name}" as table "{table.name}"'))

    def put_back(self) -> None:
        with self.database.transaction() as db:
            db.execute(text("set local session_replication_role = replica"))
            db.execute(text("set local synchronous_commit = off"))
            for table in metadata.sorted_tables:
                db.execute(text(f'delete from "{table.name}"'))
                db.execute(text(f'insert into "{table.name}" overriding system value table kept."{table.name}"'))
            rewind(db)

    def business(self) -> dict[str, list[str]]:
        """All business rows, without what is drawn by lot."""
        found = {}
        with self.database.transaction() as db:
            for table in metadata.sorted_tables:
                if table.name not in PLUMBING:
                    columns = [column for column in table.c if column.name not in RANDOM]
                    rows = db.execute(table.select().with_only_columns(*columns)).all()
                    found[table.name] = sorted(_plain(tuple(row)) for row in rows)
        return found

    def outbox(self) -> list[Outbox]:
        """In the order in which it was written."""
        with self.database.transaction() as db:
            return fetch_all(db, Outbox, order_by=[Outbox.id])


_NUMBERED = """select table_name from information_schema.columns where table_schema = 'public' and column_name = 'id'
and (is_identity = 'YES' or column_default like 'nextval%')"""


def rewind(db: Connection) -> None:
    """The numbers that a dead walk took from the sequences are taken again, so that codes can be compared."""
    numbered = _numbered(db)
    for table in metadata.sorted_tables:
        if table.name in numbered:
            last = f'(select coalesce(max(id), 0) + 1 from "{table.name}")'
            db.execute(text(f"select setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), {last}, false)"))


def _numbered(db: Connection) -> set[str]:
    return set(db.execute(text(_NUMBERED)).scalars())


def _plain(row: tuple[Any, ...]) -> str:
    return json.dumps(row, default=str, ensure_ascii=False, sort_keys=True)


@contextmanager
def walker(root: Path) -> Iterator["Walker"]:
    """The warm process."""
    command = [sys.executable, str(Path(__file__).parent / "walker.py")]
    popen = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, env={"PYTHONPATH": str(root)}
    )
    try:
        yield Walker(popen)
    finally:
        assert popen.stdin is not None
        popen.stdin.close()
        popen.wait(20)


@dataclass
class Walker:
    popen: "subprocess.Popen[str]"

    def run(self, task: Task) -> Task:
        """One child's walk and its end."""
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.popen.stdin.write(json.dumps(task) + "\n")
        self.popen.stdin.flush()
        result: Task = json.loads(self.popen.stdout.readline())
        return result
