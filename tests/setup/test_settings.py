"""Settings are read once, completely, and stop the start with one line that names what is wrong."""

import base64
import hashlib
import re
import stat
from pathlib import Path

import pytest

from bot.settings import Environment, SettingsError, child_environment, load_settings

AES_KEY = base64.b64encode(hashlib.sha256(b"key").digest()).decode().rstrip("=")
WECOM = {
    "wecom_corp_id": "any-corp",
    "wecom_agent_id": "1000002",
    "wecom_secret": "wecom-secret",
    "wecom_callback_token": "wecom-token",
    "wecom_callback_aes_key": AES_KEY,
}
DINGTALK = {
    "dingtalk_app_key": "dingkey",
    "dingtalk_app_secret": "ding-secret",
    "dingtalk_robot_code": "dingrobot",
    "dingtalk_corp_id": "dingcorp",
    "dingtalk_callback_token": "ding-token",
    "dingtalk_callback_aes_key": AES_KEY,
}


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in child_environment({}):
        if name.startswith("HAITUN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problem(given: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nothing_set_means_embedded_stores_and_no_platform(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.home, settings.database_url, settings.redis_url) == (tmp_path / "var", "", "")
    assert settings.wecom is None
    assert settings.dingtalk is None
    assert settings.timezone.key == "Asia/Shanghai"


def test_an_api_base_alone_turns_nothing_on() -> None:
    bases = dict.fromkeys(("wecom_api_base", "dingtalk_api_base", "dingtalk_oapi_base"), "http://127.0.0.1:1")
    settings = load_settings(bases)
    assert (settings.wecom, settings.dingtalk) == (None, None)


def test_both_platforms_complete() -> None:
    settings = load_settings(WECOM | DINGTALK | {"wecom_api_base": "http://127.0.0.1:1/wecom/"})
    assert settings.wecom is not None
    assert settings.wecom.api_base == "http://127.0.0.1:1/wecom"
    assert settings.dingtalk is not None
    assert (settings.dingtalk.mode, settings.dingtalk.oapi_base) == ("http", "https://oapi.dingtalk.com")


@pytest.mark.parametrize("missing", [*WECOM, *DINGTALK])
def test_a_platform_configured_in_part_names_what_is_missing(missing: str) -> None:
    given = {name: value for name, value in (WECOM | DINGTALK).items() if name != missing}
    assert problem(given).startswith(f"HAITUN_{missing.upper()} is missing")


def test_stream_mode_needs_no_callback_settings() -> None:
    given = {name: value for name, value in DINGTALK.items() if "callback" not in name}
    settings = load_settings(given | {"dingtalk_mode": "stream"})
    assert settings.dingtalk is not None
    assert settings.dingtalk.mode == "stream"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wecom_callback_aes_key", AES_KEY[:-1]),
        ("wecom_callback_aes_key", AES_KEY + "="),
        ("wecom_callback_aes_key", AES_KEY[:-1] + "-"),
        ("wecom_agent_id", "agent"),
        ("wecom_api_base", "qyapi.weixin.qq.com"),
        ("dingtalk_mode", "websocket"),
        ("public_url", "crm.example.com"),
        ("public_url", "http://[broken"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../etc/passwd"),
        ("database_url", "sqlite:///x.db"),
        ("redis_url", "memory://"),
        ("sandbox", "perhaps"),
        ("secret_key", "short"),
    ],
)
def test_a_malformed_value_is_named(name: str, value: str) -> None:
    said = problem(WECOM | DINGTALK | {name: value})
    assert said.startswith(f"HAITUN_{name.upper()} is malformed")
    assert value not in said or name not in {"wecom_callback_aes_key", "secret_key", "database_url", "redis_url"}


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first.secret_key == second.secret_key
    kept = tmp_path / "var" / "secret.key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret.key"]


def test_a_public_address_needs_a_given_secret_key() -> None:
    assert problem({"public_url": "https://crm.example.com"}).startswith("HAITUN_SECRET_KEY is missing")
    load_settings({"public_url": "https://crm.example.com", "secret_key": "0123456789abcdef"})
    load_settings({"public_url": "http://[::1]:8000"})


def test_no_secret_shows_in_a_representation() -> None:
    url = "postgresql+psycopg://u:database-password@h/d"
    shown = repr(load_settings(WECOM | DINGTALK | {"secret_key": "installation-secret", "database_url": url}))
    for secret in ("wecom-secret", "wecom-token", "ding-secret", "ding-token", AES_KEY, "installation-secret"):
        assert secret not in shown
    assert "database-password" not in shown


def test_a_dotenv_file_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("HAITUN_TIMEZONE=Asia/Tokyo\nHAITUN_PUBLIC_URL=http://localhost:9\n", encoding="utf-8")
    monkeypatch.setenv("HAITUN_PUBLIC_URL", "http://localhost:10")
    settings = load_settings()
    assert (settings.timezone.key, settings.public_url) == ("Asia/Tokyo", "http://localhost:10")


def test_only_settings_read_the_environment() -> None:
    project = Path(__file__).parents[2]
    readers = {
        str(path.relative_to(project))
        for folder in ("bot", "cards", "handlers", "models", "workers")
        for path in (project / folder).rglob("*.py")
        if re.search(r"\b(environ|getenv|BaseSettings)\b", path.read_text(encoding="utf-8"))
    }
    assert readers == {"bot/settings.py"}


def test_the_example_names_every_setting_and_nothing_else() -> None:
    example = (Path(__file__).parents[2] / "deploy" / "env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#(HAITUN_[A-Z_]+)=", example, re.MULTILINE)
    assert sorted(named) == sorted(f"HAITUN_{name.upper()}" for name in Environment.model_fields)
    assert not re.findall(r"^[^#\n]", example, re.MULTILINE)
