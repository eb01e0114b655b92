"""The floors that a run measures itself: the bare echo, and pgbench with what a claim must write at the least."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import make_url, text

from bot.embedded.binaries import find_postgresql
from models.db import Database

from .ground import TENANT, Ground, Process, free_port, load, started, wait_for_page
from .load import Figures

CLIENTS = 8
ROWS = 200_000
PEOPLE = 400

_SCHEMA = """
create table floor_customer (id bigint primary key, name text, owner_id bigint,
    version bigint default 1, at timestamptz);
create table floor_person (id bigint primary key, name text);
create table floor_counter (person_id bigint primary key, n bigint);
create table floor_inbox (id bigserial primary key, event_id text unique, reply jsonb);
create table floor_history (id bigserial primary key, record_id bigint, actor_id bigint, at timestamptz, changes jsonb);
create table floor_outbox (id bigserial primary key, lane text, facts jsonb, state text);
create index on floor_customer (owner_id, id);
create index on floor_history (record_id, id);
create index on floor_outbox (lane, id) where state = 'waiting';
insert into floor_customer (id, name) select i, 'customer ' || i from generate_series(1, :rows) i;
insert into floor_person select i, 'person ' || i from generate_series(1, :people) i;
analyze
"""
_VARIABLES = (
    f"\\set record random(1, {ROWS})\n\\set person random(1, {PEOPLE})\n\\set event random(1, 1000000000000)\nbegin;\n"
)
_CLAIM = """update floor_customer set owner_id = :person, version = version + 1, at = now()
    where id = :record returning id;
insert into floor_history (record_id, actor_id, at, changes) values (:record, :person, now(), '[{"owner_id": 1}]');
insert into floor_outbox (lane, facts, state) values ('person', '{"customer": "name"}', 'waiting');
end;
"""
_DOOR = """insert into floor_inbox (event_id, reply) values (:event::text, '{}') on conflict do nothing;
select name from floor_person where id = :person for no key update;
insert into floor_counter values (:person, 1) on conflict (person_id) do update set n = floor_counter.n + 1;
"""
SCRIPTS = {"pgbench, 3 statements": _VARIABLES + _CLAIM, "pgbench, 6 statements": _VARIABLES + _DOOR + _CLAIM}


def make_tables(database: Database) -> None:
    """The floor's own tables, beside the product's."""
    with database.transaction() as db:
        for statement in _SCHEMA.split(";"):
            db.execute(text(statement), {"rows": ROWS, "people": PEOPLE} if ":" in statement else {})


def pgbench(database_url: str, folder: Path, name: str, seconds: int) -> float:
    """Transactions a second of one script, prepared, with the clients that the product gets too."""
    script = folder / "floor.sql"
    script.write_text(SCRIPTS[name], encoding="utf-8")
    url = make_url(database_url)
    where = ["-h", unquote(str(url.query["host"])), "-U", str(url.username), str(url.database)]
    run = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-f", str(script)]
    program = str(find_postgresql() / "pgbench")
    done = subprocess.run([program, *run, *where], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stderr[-1000:])
    return float(found[1])


@contextmanager
def echo(ground: Ground) -> Iterator[Process]:
    """The bare ASGI echo, served as the product is."""
    port = free_port()
    given = {"BENCH_CORP_ID": TENANT.corp_id, "BENCH_TOKEN": TENANT.token, "BENCH_AES_KEY": TENANT.aes_key}
    arguments = [
        "-m",
        "uvicorn",
        f"{__package__}.echo:app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    with started(arguments, given, ground.folder / "echo.log") as child:
        wait_for_page(f"http://127.0.0.1:{port}/", child)
        yield Process(child, port)


def ask_echo(server: Process, seconds: float) -> Figures:
    """Its answers a second come from these figures."""
    return load([server.port], [("rep1", "领取 C000001")] * 20_000, clients=CLIENTS, seconds=seconds)
