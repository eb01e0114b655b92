"""P1: one callback from raw bytes to the encrypted reply, our door beside wechatpy alone."""

import time
from collections.abc import Callable

from wechatpy.work import create_reply, parse_message
from wechatpy.work.crypto import WeChatCrypto

from bot.channels.wecom import WeComDoor
from bot.channels.wecom_api import WeComAccount
from cards.card import Card

from .ground import TENANT, Ground
from .report import Report
from .sealing import callback, message

ROUNDS = 7
SECONDS = 0.5
ANSWER = "已领取：上海海豚科技有限公司"


def measure(ground: Ground, report: Report) -> None:
    """In turns, in this process and one thread."""
    query, body = callback(TENANT, message("rep1", "领取 C000001", 1))
    ours, theirs = _ours(query, body), _theirs(query, body)
    rounds: dict[str, list[float]] = {"wechatpy alone, a callback": [], "our channel, a callback": []}
    for _ in range(ROUNDS):
        rounds["wechatpy alone, a callback"].append(_microseconds(theirs))
        rounds["our channel, a callback"].append(_microseconds(ours))
    floor = report.floor("wechatpy alone, a callback", rounds["wechatpy alone, a callback"], "µs")
    mine = report.floor("our channel, a callback", rounds["our channel, a callback"], "µs")
    report.add("P1.callback", mine / floor, f"{mine:.0f} µs beside {floor:.0f} µs")


def _ours(query: dict[str, str], body: bytes) -> Callable[[], object]:
    account = WeComAccount(TENANT.corp_id, 1000002, "secret", TENANT.token, TENANT.aes_key, "http://127.0.0.1:9")
    door, card = WeComDoor(account), Card(title=ANSWER)
    return lambda: door.answer(door.open({}, query, body), card)


def _theirs(query: dict[str, str], body: bytes) -> Callable[[], object]:
    crypto = WeChatCrypto(TENANT.token, TENANT.aes_key, TENANT.corp_id)
    signed = (query["msg_signature"], query["timestamp"], query["nonce"])

    def run() -> object:
        said = parse_message(crypto.decrypt_message(body, *signed))
        return crypto.encrypt_message(create_reply(ANSWER, said).render(), query["nonce"], query["timestamp"])

    return run


def _microseconds(run: Callable[[], object]) -> float:
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < SECONDS:
        run()
        count += 1
    return took / count * 1e6
