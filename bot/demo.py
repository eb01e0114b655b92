"""The invented company of `haitun demo` and the tenants that it has in the sandbox."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml
from pydantic import BaseModel

from bot.settings import Settings, load_settings
from models.sealed import derived_key

# Beside the package in a checkout, inside it in a wheel.
PLACES = (Path(__file__).parents[1] / "deploy" / "demo.yaml", Path(__file__).parent / "demo.yaml")
NOTE = "demo.json"
ROLES = {"admin": "总经理", "dept_manager": "经理", "staff": "销售"}
DUTIES = {"finance": "财务", "warehouse": "仓库", "service": "客服", "order_admin": "订单管理员"}


class DemoPerson(BaseModel):
    name: str
    department: str
    role: str
    duties: list[str] = []
    manager: str | None = None
    wecom: str | None = None
    dingtalk: str | None = None

    @property
    def title(self) -> str:
        return f"{self.department} · {DUTIES[self.duties[0]] if self.duties else ROLES[self.role]}"


class DemoRobot(BaseModel):
    name: str
    kind: str
    url: str
    secret: str | None = None
    keyword: str | None = None

    @property
    def key(self) -> str:
        query = parse_qs(urlsplit(self.url).query)
        return (query.get("key") or query.get("access_token") or [""])[0]


class DemoSea(BaseModel):
    name: str
    members: list[str]


class DemoCustomer(BaseModel):
    name: str
    region: str | None = None
    owner: str | None = None
    sea: str | None = None


class DemoCompany(BaseModel):
    """Of the file what the sandbox shows; the rest of it is the loader's business."""

    people: list[DemoPerson]
    robots: list[DemoRobot]
    seas: list[DemoSea]
    customers: list[DemoCustomer]

    def reps_first(self) -> list[DemoPerson]:
        order = {"staff": 0, "dept_manager": 1, "admin": 3}
        return sorted(self.people, key=lambda person: 2 if person.duties else order[person.role])


def company_text(sandbox_url: str, now: datetime) -> str:
    """The company file with the sandbox's address and with days counted back from `now`."""
    text = next(place for place in PLACES if place.exists()).read_text(encoding="utf-8")
    text = text.replace("{sandbox}", sandbox_url)
    return re.sub(r"\{ago:(\d+)\}", lambda found: (now - timedelta(days=int(found[1]))).isoformat("T", "minutes"), text)


def read_company(text: str) -> DemoCompany:
    return DemoCompany.model_validate(yaml.safe_load(text))


def sandbox_settings(settings: Settings, bot_url: str) -> dict[str, str]:
    """Settings by which the bot takes the sandbox for the platforms; those the user pointed there himself stay.

    The credentials are the same at every start of one installation.
    """
    key = settings.secret_key.get_secret_value()
    base = f"{bot_url}/sandbox"
    given = {"public_url": bot_url, "sandbox": "1"}
    if settings.wecom is None:
        given |= {
            "wecom_corp_id": f"ww{_derived(key, 'wecom-corp')[:16]}",
            "wecom_agent_id": "1000002",
            "wecom_secret": _derived(key, "wecom-secret"),
            "wecom_callback_token": _derived(key, "wecom-token")[:32],
            "wecom_callback_aes_key": _aes_key(key, "wecom-aes"),
            "wecom_api_base": f"{base}/wecom",
        }
    if settings.dingtalk is None:
        app_key = f"ding{_derived(key, 'dingtalk-app')[:16]}"
        given |= {
            "dingtalk_app_key": app_key,
            "dingtalk_app_secret": _derived(key, "dingtalk-secret"),
            "dingtalk_robot_code": app_key,
            "dingtalk_corp_id": f"ding{_derived(key, 'dingtalk-corp')[:28]}",
            "dingtalk_callback_token": _derived(key, "dingtalk-token")[:32],
            "dingtalk_callback_aes_key": _aes_key(key, "dingtalk-aes"),
            "dingtalk_mode": "http",
            "dingtalk_api_base": f"{base}/dingtalk",
            "dingtalk_oapi_base": f"{base}/dingtalk",
        }
    return given


@contextmanager
def noted(home: Path, given: Mapping[str, str]) -> Iterator[None]:
    """While the demo runs, other commands on its home find its settings."""
    note = home / NOTE
    note.touch(mode=0o600)
    note.write_text(json.dumps(dict(given)), encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def load_settings_beside() -> Settings:
    """The settings for a command on this home: those of the demo while it runs there. Raises SettingsError."""
    settings = load_settings()
    try:
        given = json.loads((settings.home / NOTE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return settings
    return load_settings(given)


def _derived(key: str, what: str) -> str:
    return derived_key(key, f"sandbox/{what}").hex()


def _aes_key(key: str, what: str) -> str:
    # The last of 43 characters carries two spare bits; A leaves them empty.
    return _derived(key, what)[:42] + "A"
