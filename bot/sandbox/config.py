"""What a sandbox is told: where the bot is, the two tenants, the people and the groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["wecom", "dingtalk"]

DEFAULT_SUGGESTIONS = (
    "登记线索 张三 13800138000 上海海豚科技有限公司",
    "领取 海豚科技",
    "下单 云图智能 打印机x3 1200 九五折",
    "跟进 云图智能 客户对方案满意 下次明天下午3点",
    "帮助",
    "我的客户",
    "我这个月业绩",
    "撤销",
    "待我审批",
)


@dataclass(frozen=True)
class WeComTenant:
    """A self-built app of one WeCom corporation, as its console shows it."""

    corp_id: str
    agent_id: str
    secret: str
    callback_token: str
    callback_aes_key: str


@dataclass(frozen=True)
class DingTalkTenant:
    """An in-house app with a robot of one DingTalk organisation."""

    app_key: str
    app_secret: str
    robot_code: str
    corp_id: str
    callback_token: str
    callback_aes_key: str


@dataclass(frozen=True)
class Persona:
    """A member with an account on one or both platforms."""

    name: str
    title: str
    wecom: str | None = None
    dingtalk: str | None = None
    suggestions: tuple[str, ...] = ()  # what this person may say; empty: what all may

    def account(self, kind: Kind) -> str | None:
        return self.wecom if kind == "wecom" else self.dingtalk


@dataclass(frozen=True)
class Group:
    """A chat group with a webhook robot. `key` is WeCom's `key` or DingTalk's `access_token`."""

    name: str
    kind: Kind
    key: str
    secret: str | None = None
    keyword: str | None = None

    @property
    def conversation(self) -> str:
        """DingTalk's openConversationId of the group."""
        return f"cid{self.key}"


@dataclass(frozen=True)
class SandboxConfig:
    """`own_url` is where the bot reaches the sandbox; empty means mounted at `{bot_url}/sandbox`."""

    bot_url: str
    wecom: WeComTenant
    dingtalk: DingTalkTenant
    people: tuple[Persona, ...]
    groups: tuple[Group, ...] = ()
    own_url: str = ""
    suggestions: tuple[str, ...] = DEFAULT_SUGGESTIONS
