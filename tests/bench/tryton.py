"""Tryton, the ERP whose lead is a sales opportunity: installed into a folder of its own, on our PostgreSQL."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from .ground import START_SECONDS, Ground, free_port, started

# What was newest when this was written. It may be replaced by a newer one; the figure is told with its version.
PINNED = ("trytond[PostgreSQL]==8.2.1", "trytond-sale-opportunity==8.2.0", "gunicorn==27.0.1")
DATABASE = "tryton"
PASSWORD = "a-password-of-the-benchmarks"
PROCESSES, THREADS = 2, 4
# A company with a currency, and the administrator working for it: the least for which a lead can be written.
_COMPANY = """
currency, = pool.get("currency.currency").create([{"name": "Renminbi", "code": "CNY", "numeric_code": "156",
    "symbol": "CNY"}])
party, = pool.get("party.party").create([{"name": "Bench"}])
company, = pool.get("company.company").create([{"party": party.id, "currency": currency.id}])
User = pool.get("res.user")
admin, = User.search([("login", "=", "admin")])
groups = [group.id for group in pool.get("res.group").search([])]
User.write([admin], {"companies": [("add", [company.id])], "company": company.id, "groups": [("add", groups)]})
transaction.commit()
print("company", company.id)
"""


@dataclass(frozen=True)
class Tryton:
    """A running server, and who asks it."""

    port: int
    session: str
    company: int

    def lead(self, number: int) -> bytes:
        """The request that creates one: a description, a company, and who it is in the comment."""
        values = {
            "company": self.company,
            "description": f"第{number}仪器有限公司",
            "comment": f"赵{number} 139{number:08d} 展会",
        }
        body = _call("model.sale.opportunity.create", [[values], {"company": self.company}])
        return http_post(f"/{DATABASE}/rpc/", body, f"Session {self.session}", self.port)


def install(folder: Path, uv: str, python: str) -> Path:
    """The folder of its programs; what is there already is left alone."""
    room = folder / "tryton"
    if not (room / "bin" / "gunicorn").exists():
        subprocess.run([uv, "venv", "--quiet", "--python", python, str(room)], check=True)
        given = [uv, "pip", "install", "--quiet", "--python", str(room / "bin" / "python"), *PINNED]
        subprocess.run(given, check=True)
    return room / "bin"


@contextmanager
def served(ground: Ground, programs: Path) -> Iterator[Tryton]:
    """Its database made anew, two processes of four threads behind gunicorn."""
    environment, company = _make(ground, programs)
    port = free_port()
    arguments = [
        "trytond.application:app", "--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES),
        "--worker-class", "gthread", "--threads", str(THREADS), "--keep-alive", "60",
    ]  # fmt: skip
    with started(arguments, environment, ground.folder / "tryton.log", program=str(programs / "gunicorn")) as child:
        _wait(port, child)
        yield Tryton(port, _login(port), company)


def count_leads(ground: Ground) -> int:
    """How many there are."""
    return int(_admin(ground, DATABASE, "select count(*) from sale_opportunity"))


def _make(ground: Ground, programs: Path) -> tuple[dict[str, str], int]:
    _admin(ground, None, f"drop database if exists {DATABASE} with (force)", f"create database {DATABASE}")
    url = make_url(ground.stores.database_url)
    settings = ground.folder / "trytond.conf"
    settings.write_text(f"[database]\nuri = postgresql:///\npath = {ground.folder / 'tryton-files'}\n")
    password = ground.folder / "tryton.password"
    password.write_text(PASSWORD)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PGHOST": str(url.query["host"]), "PGUSER": str(url.username), "TRYTOND_CONFIG": str(settings),
        "TRYTONPASSFILE": str(password), "TRYTOND_DATABASE_NAMES": DATABASE,
    }  # fmt: skip
    admin = [str(programs / "trytond-admin"), "-c", str(settings), "-d", DATABASE, "--email", "admin@example.com"]
    for more in (["--all"], ["-u", "sale_opportunity", "--activate-dependencies"]):
        _run([*admin, *more], environment)
    script = ground.folder / "company.py"
    script.write_text(_COMPANY)
    told = _run(
        [str(programs / "trytond-console"), "-c", str(settings), "-d", DATABASE, "-f", str(script)], environment
    )
    return environment, int(told.rpartition("company ")[2].split()[0])


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    return done.stdout + done.stderr


def _wait(port: int, child: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("Tryton does not start")


def _login(port: int) -> str:
    """What stands in the header of each call."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{DATABASE}/rpc/",
        _call("common.db.login", ["admin", {"password": PASSWORD}]),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        user, session, *_ = json.loads(answer.read())["result"]
    return base64.b64encode(f"admin:{user}:{session}".encode()).decode()


def _call(method: str, params: list[Any]) -> bytes:
    return json.dumps({"id": time.monotonic_ns(), "method": method, "params": params}).encode()


def http_post(path: str, body: bytes, authorization: str, port: int) -> bytes:
    """The whole request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Authorization: {authorization}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _admin(ground: Ground, database: str | None, *statements: str) -> str:
    url = make_url(ground.stores.database_url)
    engine = create_engine(
        url.set(database=database) if database else url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as db:
        found = [db.execute(text(statement)) for statement in statements][-1]
        return str(found.scalar_one()) if found.returns_rows else ""
