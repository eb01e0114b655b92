"""`haitun demo`: `serve` with the sandbox and an invented company."""

import sys
from contextlib import closing

from starlette.applications import Starlette

from bot.cli_errors import START_UP, Stop
from bot.cli_serve import bound, serve_on, stopping_in_order
from bot.demo import DemoCompany, company_text, noted, read_company, sandbox_settings
from bot.demo_sentences import sentences_for
from bot.embedded import stores
from bot.logs import configure
from bot.sandbox.app import build_sandbox
from bot.sandbox.config import DingTalkTenant, Group, Kind, Persona, SandboxConfig, WeComTenant
from bot.settings import Settings, is_loopback, load_settings
from bot.supervise import end_with_starter
from handlers.company.loading import load_company
from models.clock import utc_now
from models.db import Database
from models.migrations import upgrade
from models.sealed import Seal

EVERYWHERE = "0.0.0.0"  # noqa: S104 - only with HAITUN_SANDBOX_PUBLIC


def run_demo(port: int, *, with_parent: bool) -> None:
    if with_parent:
        end_with_starter()
    configure()
    with stopping_in_order():
        settings = load_settings()
        host = EVERYWHERE if settings.sandbox_public else "127.0.0.1"
        with bound(host, port) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            given = sandbox_settings(settings, url)
            settings = load_settings(given)
            check_bases(settings, f"{url}/sandbox")
            company = company_text(f"{url}/sandbox", utc_now().astimezone(settings.timezone))
            _say("海豚正在启动：数据库和队列……")
            with stores(settings, linger=False) as held, noted(settings.home, given):
                _say("海豚正在启动：表结构和演示公司……")
                upgrade(held.database_url)
                seal = Seal(settings.secret_key.get_secret_value())
                with closing(Database(held.database_url)) as database:
                    load_company(database, company, now=utc_now(), timezone=settings.timezone, seal=seal)
                people = read_company(company)
                sandbox = build_sandbox(_config(settings, url, people))
                _say("海豚正在启动：网页、任务和时钟……")
                serve_on(
                    listener, settings, held, sandbox=sandbox, given=given, on_ready=lambda: _say(_banner(url, people))
                )
    _say("\n海豚已停止，数据还在；再次启动：make run")


def own_sandbox(settings: Settings, host: str) -> Starlette:
    """The sandbox of `serve` with HAITUN_SANDBOX, for the people of the demo company. Raises Stop."""
    if not settings.sandbox_public and not is_loopback(f"http://{f'[{host}]' if ':' in host else host}"):
        raise Stop(f"HAITUN_SANDBOX is served on loopback only, not on {host}: HAITUN_SANDBOX_PUBLIC=1", START_UP)
    check_bases(settings, f"{settings.public_url}/sandbox")
    text = company_text(f"{settings.public_url}/sandbox", utc_now())
    return build_sandbox(_config(settings, settings.public_url, read_company(text)))


def check_bases(settings: Settings, sandbox_url: str) -> None:
    """The sandbox never runs beside a real tenant. Raises Stop."""
    for name, wanted, found in (
        ("HAITUN_WECOM_API_BASE", f"{sandbox_url}/wecom", settings.wecom and settings.wecom.api_base),
        ("HAITUN_DINGTALK_API_BASE", f"{sandbox_url}/dingtalk", settings.dingtalk and settings.dingtalk.api_base),
        ("HAITUN_DINGTALK_OAPI_BASE", f"{sandbox_url}/dingtalk", settings.dingtalk and settings.dingtalk.oapi_base),
    ):
        if found != wanted:
            what = f"is {found}" if found else "is missing"
            raise Stop(f"{name} {what}: the sandbox needs {wanted}; for a real tenant use `haitun serve`", START_UP)


def _config(settings: Settings, url: str, company: DemoCompany) -> SandboxConfig:
    wecom, dingtalk = settings.wecom, settings.dingtalk
    if wecom is None or dingtalk is None:
        raise Stop("The sandbox needs the settings of both platforms", START_UP)
    kinds: dict[str, Kind] = {"wecom": "wecom", "dingtalk": "dingtalk"}
    return SandboxConfig(
        bot_url=url,
        wecom=WeComTenant(
            corp_id=wecom.corp_id,
            agent_id=str(wecom.agent_id),
            secret=wecom.secret.get_secret_value(),
            callback_token=wecom.callback_token.get_secret_value(),
            callback_aes_key=wecom.callback_aes_key.get_secret_value(),
        ),
        dingtalk=DingTalkTenant(
            app_key=dingtalk.app_key,
            app_secret=dingtalk.app_secret.get_secret_value(),
            robot_code=dingtalk.robot_code,
            corp_id=dingtalk.corp_id,
            callback_token=dingtalk.callback_token.get_secret_value(),
            callback_aes_key=dingtalk.callback_aes_key.get_secret_value(),
        ),
        people=tuple(
            Persona(person.name, person.title, person.wecom, person.dingtalk, sentences_for(person, company))
            for person in company.reps_first()
        ),
        groups=tuple(
            Group(robot.name, kinds[robot.kind], robot.key, robot.secret, robot.keyword) for robot in company.robots
        ),
    )


def _banner(url: str, company: DemoCompany) -> str:
    people = "\n".join(f"    {person.name}\t{person.title}" for person in company.reps_first())
    return f"""
  海豚 Haitun 已就绪

    沙箱      {url}/sandbox/    几部手机并排，企业微信和钉钉都能切换
    接口文档  {url}/api/docs

  演示公司的人
{people}

  先试试：打开沙箱，用李雷的手机说
    登记线索 张三 13800138000 上海海豚科技有限公司
    领取 海豚科技
    下单 云图智能 打印机x3 九五折        （王经理的手机上会出现审批卡片，点「同意」）
    帮助

  停止：按 Ctrl-C
"""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
