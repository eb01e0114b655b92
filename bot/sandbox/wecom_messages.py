"""message/send, message/update_template_card, message/recall."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable

from . import wecom_cards, wecom_limits
from .fields import Fields, part, text, texts
from .gateway import ApiAnswer, ApiRequest
from .records import Message
from .refusal import errcode
from .state import KEPT, State, keep_newest
from .wecom_limits import bad

PER_MINUTE, PER_HOUR = 30, 1000
RECALL_SECONDS = 24 * 3600
DUPLICATE_SECONDS, DUPLICATE_MOST = 1800, 4 * 3600
ROOT_PARTY = "1"


def send(state: State, request: ApiRequest) -> ApiAnswer:
    body = request.body
    _agent(state, body)
    receivers, invalid, invalid_party = _receivers(state, body)
    wecom_limits.check(body, robot=False)
    if not receivers:
        raise errcode(81013, "user & party & tag all invalid")
    if _is_repeat(state, body):
        return ApiAnswer({"errcode": 0, "errmsg": "ok"}, absorbed=True, note="重复内容，平台不再发送")
    card = part(body, "template_card")
    _take_task_id(state, card)
    msgid = f"msg{next(state.numbers)}"
    dropped = [receiver for receiver in receivers if not _within_rate(state, receiver)]
    for receiver in receivers:
        if receiver not in dropped:
            state.show("wecom", receiver, "app", body, msgid=msgid)
    state.dropped.extend(f"{receiver}: {msgid}" for receiver in dropped)
    answer: Fields = {"errcode": 0, "errmsg": "ok", "invaliduser": invalid, "invalidparty": invalid_party,
                      "invalidtag": "", "unlicenseduser": "", "msgid": msgid}  # fmt: skip
    if card and wecom_cards.has_code(card):
        answer["response_code"] = state.new_code(msgid)
    return ApiAnswer(answer, note=f"超过每人每分钟 {PER_MINUTE} 条，平台静默丢弃" if dropped else "")


def update_card(state: State, request: ApiRequest) -> ApiAnswer:
    """Spends a response_code; changes the card on the phones named, of those that got it."""
    body = request.body
    _agent(state, body)
    if len(texts(body, "userids")) > 1000 or not (
        any(body.get(name) for name in ("userids", "partyids", "tagids")) or text(body, "atall") == "1"
    ):
        raise bad("userids, partyids, tagids or atall: 1 to 1000")
    replace_name, card = text(part(body, "button"), "replace_name"), part(body, "template_card")
    if bool(replace_name) == bool(card):
        raise bad("either button.replace_name or template_card")
    found = wecom_cards.problem(card, update=True) if card else None
    if found:
        raise bad(found)
    code = state.spend_code(text(body, "response_code"))
    if code is None:
        raise bad("response_code is unknown, expired or already used")
    copies = [message for message in state.messages if message.platform == "wecom" and message.msgid == code.msgid]
    wanted = _wanted(state, body)
    for message in copies:
        if wanted is None or message.chat in wanted:
            apply_update(state, message, replace_name, card)
    invalid = sorted((wanted or set()) - {message.chat for message in copies})
    unknown = [user for user in texts(body, "userids") if state.account("wecom", user) is None]
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "invaliduser": [*unknown, *invalid]})


def apply_update(state: State, message: Message, replace_name: str, card: Fields) -> None:
    if card:
        kept = {"task_id": message.task_id}
        message.payload = {**message.payload, "template_card": {**kept, **card}}
        message.dead = ""
    else:
        message.dead = replace_name
    state.changed(message)


def recall(state: State, request: ApiRequest) -> ApiAnswer:
    msgid = text(request.body, "msgid")
    copies = [m for m in state.messages if m.platform == "wecom" and m.msgid == msgid and m.sender == "app"]
    if not copies or state.clock.now() - copies[0].at > RECALL_SECONDS:
        raise bad("msgid is unknown or older than 24 hours")
    for message in copies:
        message.recalled = True
        state.changed(message)
    return ApiAnswer({"errcode": 0, "errmsg": "ok"})


def _agent(state: State, body: Fields) -> None:
    agent = text(body, "agentid")
    if not agent:
        raise bad("agentid is missing", 41011)
    if agent != state.config.wecom.agent_id:
        raise bad("invalid agentid", 40056)


def _receivers(state: State, body: Fields) -> tuple[list[str], str, str]:
    users = [user for user in text(body, "touser").split("|") if user]
    parties = [party for party in text(body, "toparty").split("|") if party]
    if not users and not parties and not text(body, "totag"):
        raise bad("touser, toparty and totag are all empty", 40035)
    if len(users) > 1000 or len(parties) > 100:
        raise bad("touser holds at most 1000, toparty at most 100")
    if users == ["@all"]:
        return state.accounts("wecom"), "", ""
    known = [account for user in users if (account := state.account("wecom", user))]
    if ROOT_PARTY in parties:
        known += state.accounts("wecom")
    invalid = [user.lower() for user in users if state.account("wecom", user) is None]
    return list(dict.fromkeys(known)), "|".join(invalid), "|".join(p for p in parties if p != ROOT_PARTY)


def _is_repeat(state: State, body: Fields) -> bool:
    if text(body, "enable_duplicate_check") != "1":
        return False
    mark, now = json.dumps(body, sort_keys=True), state.clock.now()
    interval = min(float(text(body, "duplicate_check_interval") or DUPLICATE_SECONDS), DUPLICATE_MOST)
    if state.seen.get(mark, 0) > now:
        return True
    state.seen[mark] = now + interval
    keep_newest(state.seen, KEPT)
    return False


def _take_task_id(state: State, card: Fields) -> None:
    task_id = text(card, "task_id")
    if task_id and task_id in state.task_ids:
        raise bad(f"task_id {task_id} was used before")
    if task_id:
        state.task_ids[task_id] = None
        keep_newest(state.task_ids, KEPT)


def _within_rate(state: State, receiver: str) -> bool:
    now, times = state.clock.now(), state.member_times.setdefault(receiver, deque(maxlen=PER_HOUR))
    if sum(now - at < 60 for at in times) >= PER_MINUTE or (len(times) == PER_HOUR and now - times[0] < 3600):
        return False
    times.append(now)
    return True


def _wanted(state: State, body: Fields) -> set[str] | None:
    """None: everyone who got the card."""
    if text(body, "atall") == "1" or ROOT_PARTY in texts(body, "partyids"):
        return None
    return {account for user in texts(body, "userids") if (account := state.account("wecom", user))}


ENDPOINTS: dict[str, Callable[[State, ApiRequest], ApiAnswer]] = {
    "/cgi-bin/message/send": send,
    "/cgi-bin/message/update_template_card": update_card,
    "/cgi-bin/message/recall": recall,
}
