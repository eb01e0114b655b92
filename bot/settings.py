"""The one place that reads the environment: every knob of a deployment, checked before anything starts."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.secret_key import find_secret_key

Mode = Literal["http", "stream"]

PREFIX = "HAITUN_"
# The public button template: protocols/dingtalk.md 4.2 B.
PUBLIC_CARD_TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"
SHORTEST_SECRET_KEY = 16
# 43 characters of base64; the last one may carry spare bits, so nothing is decoded here.
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")


class SettingsError(Exception):
    """One line that names the setting that is missing or malformed."""


class Environment(BaseSettings):
    """What stands in the environment or in `.env`, as written; an empty value is as good as none."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    home: str = ""
    database_url: str = Field(default="", repr=False)
    redis_url: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)
    public_url: str = ""
    timezone: str = ""
    sandbox: str = ""
    sandbox_public: str = ""

    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_secret: str = Field(default="", repr=False)
    wecom_callback_token: str = Field(default="", repr=False)
    wecom_callback_aes_key: str = Field(default="", repr=False)
    wecom_api_base: str = ""

    dingtalk_app_key: str = ""
    dingtalk_app_secret: str = Field(default="", repr=False)
    dingtalk_robot_code: str = ""
    dingtalk_corp_id: str = ""
    dingtalk_callback_token: str = Field(default="", repr=False)
    dingtalk_callback_aes_key: str = Field(default="", repr=False)
    dingtalk_mode: str = ""
    dingtalk_card_template_id: str = ""
    dingtalk_api_base: str = ""
    dingtalk_oapi_base: str = ""

    def text(self, name: str, default: str = "") -> str:
        return str(getattr(self, name)).strip() or default

    def needed(self, name: str, because: str) -> str:
        value = self.text(name)
        if not value:
            raise SettingsError(f"{_setting(name)} is missing: {because}")
        return value

    def url(self, name: str, default: str) -> str:
        """An absolute http(s) address without the slash at its end."""
        value = self.text(name, default).rstrip("/")
        if not _host(value) or urlsplit(value).scheme not in {"http", "https"}:
            raise SettingsError(f"{_setting(name)} is malformed: an address like {default} is expected")
        return value

    def aes_key(self, name: str, because: str) -> SecretStr:
        value = self.needed(name, because)
        if not _AES_KEY.fullmatch(value):
            raise SettingsError(f"{_setting(name)} is malformed: 43 letters and digits are expected, not {len(value)}")
        return SecretStr(value)

    def flag(self, name: str) -> bool:
        value = self.text(name, "0").lower()
        if value not in {"0", "1", "false", "true", "no", "yes", "off", "on"}:
            raise SettingsError(f"{_setting(name)} is malformed: 1 or 0 is expected")
        return value in {"1", "true", "yes", "on"}

    def configures(self, platform: str) -> bool:
        """Whether anything of a platform is given; its API base alone does not count."""
        names = [name for name in type(self).model_fields if name.startswith(platform)]
        return any(self.text(name) for name in names if not name.endswith("api_base"))


@dataclass(frozen=True)
class WeComSettings:
    corp_id: str
    agent_id: int
    secret: SecretStr
    callback_token: SecretStr
    callback_aes_key: SecretStr
    api_base: str


@dataclass(frozen=True)
class DingTalkSettings:
    """In stream mode nothing is called back: token and AES key may then be empty."""

    app_key: str
    app_secret: SecretStr
    robot_code: str
    corp_id: str
    callback_token: SecretStr
    callback_aes_key: SecretStr
    mode: Mode
    card_template_id: str
    api_base: str
    oapi_base: str


@dataclass(frozen=True)
class Settings:
    """An empty database or Redis address means the embedded one under `home`."""

    home: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: SecretStr
    public_url: str
    timezone: ZoneInfo
    sandbox: bool
    sandbox_public: bool
    wecom: WeComSettings | None
    dingtalk: DingTalkSettings | None


def load_settings(given: Mapping[str, str] | None = None) -> Settings:
    """`given` (names without prefix, lower case) goes before the environment. Raises SettingsError.

    Makes the secret key under HOME where none is given and none may be asked for.
    """
    read = Environment(**dict(given or {}))
    home = Path(read.text("home", "var")).expanduser().absolute()
    public_url = read.url("public_url", "http://127.0.0.1:8000")
    wecom = _wecom(read) if read.configures("wecom") else None
    dingtalk = _dingtalk(read) if read.configures("dingtalk") else None
    return Settings(
        home=home,
        database_url=_store_url(read, "database_url", {"postgresql+psycopg"}),
        redis_url=_store_url(read, "redis_url", {"redis", "rediss"}),
        secret_key=_secret_key(read, home, public_url),
        public_url=public_url,
        timezone=_timezone(read),
        sandbox=read.flag("sandbox"),
        sandbox_public=read.flag("sandbox_public"),
        wecom=wecom,
        dingtalk=dingtalk,
    )


def child_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment in which a child process loads the same settings."""
    return {**os.environ, **{_setting(name): value for name, value in given.items()}}


def load_timezone() -> ZoneInfo:
    """The only setting that a command without stores needs."""
    return _timezone(Environment())


def is_loopback(url: str) -> bool:
    host = _host(url)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _wecom(read: Environment) -> WeComSettings:
    because = "WeCom is configured in part"
    agent_id = read.needed("wecom_agent_id", because)
    if not (agent_id.isascii() and agent_id.isdigit()):
        raise SettingsError(f"{_setting('wecom_agent_id')} is malformed: a number like 1000002 is expected")
    return WeComSettings(
        corp_id=read.needed("wecom_corp_id", because),
        agent_id=int(agent_id),
        secret=SecretStr(read.needed("wecom_secret", because)),
        callback_token=SecretStr(read.needed("wecom_callback_token", because)),
        callback_aes_key=read.aes_key("wecom_callback_aes_key", because),
        api_base=read.url("wecom_api_base", "https://qyapi.weixin.qq.com"),
    )


def _dingtalk(read: Environment) -> DingTalkSettings:
    because = "DingTalk is configured in part"
    mode = _mode(read)
    called_back = mode == "http" or read.text("dingtalk_callback_token") or read.text("dingtalk_callback_aes_key")
    token = read.needed("dingtalk_callback_token", because) if called_back else ""
    return DingTalkSettings(
        app_key=read.needed("dingtalk_app_key", because),
        app_secret=SecretStr(read.needed("dingtalk_app_secret", because)),
        robot_code=read.needed("dingtalk_robot_code", because),
        corp_id=read.needed("dingtalk_corp_id", because),
        callback_token=SecretStr(token),
        callback_aes_key=read.aes_key("dingtalk_callback_aes_key", because) if called_back else SecretStr(""),
        mode=mode,
        card_template_id=read.text("dingtalk_card_template_id", PUBLIC_CARD_TEMPLATE),
        api_base=read.url("dingtalk_api_base", "https://api.dingtalk.com"),
        oapi_base=read.url("dingtalk_oapi_base", "https://oapi.dingtalk.com"),
    )


def _mode(read: Environment) -> Mode:
    match read.text("dingtalk_mode", "http"):
        case "http":
            return "http"
        case "stream":
            return "stream"
        case _:
            raise SettingsError(f"{_setting('dingtalk_mode')} is malformed: http or stream is expected")


def _secret_key(read: Environment, home: Path, public_url: str) -> SecretStr:
    given = read.text("secret_key")
    if given:
        if len(given) < SHORTEST_SECRET_KEY:
            raise SettingsError(f"{_setting('secret_key')} is malformed: it needs {SHORTEST_SECRET_KEY} characters")
        return SecretStr(given)
    if not is_loopback(public_url):
        raise SettingsError(f"{_setting('secret_key')} is missing: {_setting('public_url')} is not loopback")
    try:
        return SecretStr(find_secret_key(home))
    except OSError as error:
        raise SettingsError(f"{_setting('home')} cannot be used: {error.strerror}: {home}") from error


def _store_url(read: Environment, name: str, schemes: set[str]) -> str:
    value = read.text(name)
    if value and value.partition("://")[0] not in schemes:
        raise SettingsError(f"{_setting(name)} is malformed: it starts with {' or '.join(sorted(schemes))}://")
    return value


def _timezone(read: Environment) -> ZoneInfo:
    name = read.text("timezone", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise SettingsError(f"{_setting('timezone')} is malformed: {name} is not a time zone") from error


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _setting(name: str) -> str:
    return PREFIX + name.upper()
