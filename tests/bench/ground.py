"""Where the benchmarks run: a folder, real stores, databases, and the product's processes as they are in production."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil  # type: ignore[import-untyped]
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from bot.embedded import Stores
from bot.embedded import stores as open_stores
from handlers.company.loading import load_company
from models.clock import utc_now
from models.db import Database
from models.migrations import upgrade
from models.sealed import Seal

from .company import company_text
from .load import Figures, Job
from .sealing import Tenant

ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]
TENANT = Tenant("wwbench", "benchtoken", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aB")
SECRET_KEY = "a-secret-key-of-the-benchmarks"
CALLBACK = "/callbacks/wecom"
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True)
class Addresses:
    """What the embedded stores are asked for."""

    home: Path
    database_url: str = ""
    redis_url: str = ""


@dataclass
class Ground:
    """`platform_url` is where the emulated WeCom listens; nobody does where none is started."""

    folder: Path
    stores: Stores
    platform_url: str = "http://127.0.0.1:9/wecom"

    def company(self, name: str) -> tuple[str, Database]:
        """A fresh database with the company in it: its address, and itself opened."""
        url = make_url(self.stores.database_url)
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            db.execute(text(f'drop database if exists "{name}" with (force)'))
            db.execute(text(f'create database "{name}"'))
        made = url.set(database=name).render_as_string(hide_password=False)
        upgrade(made)
        database = Database(made, threads=4)
        company = company_text(self.platform_url)
        load_company(database, company, now=utc_now(), timezone=ZONE, seal=Seal(SECRET_KEY))
        return made, database

    def environment(self, database_url: str) -> dict[str, str]:
        """The settings of a deployment on these stores."""
        given = {
            "HOME": str(self.folder / "home"), "DATABASE_URL": database_url, "REDIS_URL": self.stores.redis_url,
            "SECRET_KEY": SECRET_KEY, "WECOM_CORP_ID": TENANT.corp_id, "WECOM_AGENT_ID": "1000002",
            "WECOM_SECRET": "wecom-secret", "WECOM_CALLBACK_TOKEN": TENANT.token,
            "WECOM_CALLBACK_AES_KEY": TENANT.aes_key, "WECOM_API_BASE": self.platform_url,
        }  # fmt: skip
        return {f"HAITUN_{name}": value for name, value in given.items()}

    @contextmanager
    def web(self, database_url: str) -> Iterator["Process"]:
        """One web process without a worker."""
        port = free_port()
        arguments = ["-P", "-m", "bot.cli", "serve", "--no-worker", "--port", str(port)]
        with started(arguments, self.environment(database_url), self.folder / f"web-{port}.log") as child:
            wait_for_page(f"http://127.0.0.1:{port}/readyz", child)
            yield Process(child, port)

    @contextmanager
    def worker(self, database_url: str, *, beat: bool = True) -> Iterator["Process"]:
        """One worker process, with the clock."""
        arguments = ["-P", "-m", "bot.cli", "worker", *(["--beat"] if beat else [])]
        log = self.folder / f"worker-{secrets.token_hex(3)}.log"
        with started(arguments, self.environment(database_url), log) as child:
            yield Process(child, 0)


@dataclass
class Process:
    """A running part of the product."""

    child: "subprocess.Popen[bytes]"
    port: int

    def cpu_seconds(self) -> float:
        """User and system time so far, of all its threads."""
        times = psutil.Process(self.child.pid).cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        """What is resident of this process alone."""
        return float(psutil.Process(self.child.pid).memory_info().rss) / 1e6


def family_mb(root: int, home: Path) -> tuple[int, float]:
    """How many processes the one with this id and its children are, with the stores of its home, which belong to a
    keeper of their own; and what all of them take. PostgreSQL's share most of what is resident, so shared pages count
    once where the system tells them apart."""
    found = [psutil.Process(root)]
    everyone = psutil.process_iter(["cmdline"])
    found += [one for one in everyone if any(str(home) in word for word in one.info["cmdline"] or ())]
    family = {one.pid: one for process in found for one in (process, *process.children(recursive=True))}
    infos = [process.memory_full_info() for process in family.values()]
    return len(family), sum(float(getattr(info, "pss", info.rss)) for info in infos) / 1e6


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Stores of this run's own; they end with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_stores(Addresses(folder / "home"), linger=False) as held:
        yield Ground(folder, held)


@contextmanager
def started(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path, *, program: str = sys.executable, **more: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """A child with these arguments, of Python where no other program is named, ended with the block."""
    with log.open("wb") as written:
        outputs = {"stdout": written, "stderr": written, **more}
        child = subprocess.Popen([program, *arguments], cwd=ROOT, env={**os.environ, **environment}, **outputs)
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_for_page(url: str, child: "subprocess.Popen[bytes]") -> None:
    """Until it is served. Raises RuntimeError where the child ends or takes too long."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"{url} is not served")


def free_port() -> int:
    """Nobody's at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def load(ports: list[int], messages: list[tuple[str, str]], **how: Any) -> Figures:
    """Sends them from a process of its own; message ids never come twice in a run."""
    first = time.time_ns() // 1000  # a run takes more microseconds than it has messages
    job = Job(TENANT, ports, CALLBACK, messages, first, **how)
    command = [sys.executable, "-m", f"{__package__}.load"]
    done = subprocess.run(command, input=json.dumps(asdict(job)).encode(), capture_output=True, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return Figures(**json.loads(done.stdout))
