"""A sandbox on a port, with a fake bot behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import requests

from bot.sandbox.config import DingTalkTenant, Group, Persona, SandboxConfig, WeComTenant
from bot.sandbox.platform import Platform
from bot.sandbox.server import running

from .fakebot import AES_KEY, AGENT_ID, CORP_ID, DING_CORP, DING_KEY, DING_SECRET, SECRET, TOKEN, FakeBot, fake_bot

Json = dict[str, object]


def config(bot_url: str) -> SandboxConfig:
    return SandboxConfig(
        bot_url=bot_url,
        wecom=WeComTenant(CORP_ID, AGENT_ID, SECRET, TOKEN, AES_KEY),
        dingtalk=DingTalkTenant(DING_KEY, DING_SECRET, DING_KEY, DING_CORP, TOKEN, AES_KEY),
        people=(
            Persona("李雷", "华东组 销售", "lilei", "1002"),
            Persona("韩梅梅", "华东组 销售", "hanmm", "1003"),
            Persona("王经理", "销售部 经理", "wangjl", "1001"),
            Persona("钱会计", "财务部", "qiankj", None),
        ),
        groups=(
            Group("华东销售群", "wecom", "east-key"),
            Group("钉钉销售群", "dingtalk", "ding-token", "SECsandbox"),
            Group("关键词群", "dingtalk", "keyword-token", None, "海豚"),
        ),
    )


@dataclass
class Api:
    """Calls the platforms as a bot does, with a token of its own."""

    platform: Platform
    _tokens: dict[str, str]

    def wecom(self, path: str, body: Mapping[str, object] | None = None, *, method: str = "POST", **query: str) -> Json:
        url = f"{self.platform.own_url}/wecom/cgi-bin/{path}"
        if not path.startswith("webhook/"):
            query.setdefault("access_token", self.token("wecom"))
        return self._json(requests.request(method, url, params=query, json=body, timeout=10))

    def ding(
        self, path: str, body: Mapping[str, object] | None = None, *, method: str = "POST", token: str | None = None
    ) -> Json:
        url = f"{self.platform.own_url}/dingtalk/v1.0/{path}"
        headers = {"x-acs-dingtalk-access-token": self.token("dingtalk") if token is None else token}
        return self._json(requests.request(method, url, json=body, headers=headers, timeout=10))

    def oapi(self, path: str, body: Mapping[str, object] | None = None, **query: str) -> Json:
        url = f"{self.platform.own_url}/dingtalk/{path}"
        return self._json(requests.post(url, params=query, json=body, timeout=10))

    def text(self, to: str, content: str, **more: object) -> Json:
        body: Json = {"touser": to, "msgtype": "text", "agentid": int(AGENT_ID), "text": {"content": content}, **more}
        return self.wecom("message/send", body)

    def card(self, to: str, card: Json) -> Json:
        body: Json = {"touser": to, "msgtype": "template_card", "agentid": int(AGENT_ID), "template_card": card}
        return self.wecom("message/send", body)

    def token(self, kind: str) -> str:
        if kind not in self._tokens:
            base = self.platform.own_url
            if kind == "wecom":
                query = {"corpid": CORP_ID, "corpsecret": SECRET}
                answer = requests.get(f"{base}/wecom/cgi-bin/gettoken", params=query, timeout=10).json()
                self._tokens[kind] = answer["access_token"]
            else:
                keys = {"appKey": DING_KEY, "appSecret": DING_SECRET}
                answer = requests.post(f"{base}/dingtalk/v1.0/oauth2/accessToken", json=keys, timeout=10).json()
                self._tokens[kind] = answer["accessToken"]
        return self._tokens[kind]

    @staticmethod
    def _json(response: requests.Response) -> Json:
        found: Json = response.json()
        if response.status_code != 200:
            found["status"] = response.status_code
        return found


@pytest.fixture
def bot() -> Iterator[FakeBot]:
    with fake_bot() as made:
        yield made


@pytest.fixture
def platform(bot: FakeBot) -> Iterator[Platform]:
    with running(config(bot.url)) as made:
        yield made


@pytest.fixture
def api(platform: Platform) -> Api:
    return Api(platform, {})
