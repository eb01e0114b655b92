"""Messages of the in-house robot: to people, to groups, and their recall."""

from __future__ import annotations

from .fields import Fields, as_fields, from_json, text, texts, utf8
from .gateway import ApiAnswer, ApiRequest, Endpoint
from .refusal import v1
from .state import State

PARAM_BYTES = 15000
RECALL_SECONDS = 24 * 3600
NEEDED = {
    "sampleText": "content",
    "sampleMarkdown": "title text",
    "sampleImageMsg": "photoURL",
    "sampleLink": "title text messageUrl",
    "sampleActionCard": "title text singleTitle singleURL",
    **{
        f"sampleActionCard{n}": " ".join(["title text", *(f"actionTitle{i} actionURL{i}" for i in range(1, n + 1))])
        for n in range(2, 6)
    },
    "sampleActionCard6": "title text buttonTitle1 buttonUrl1 buttonTitle2 buttonUrl2",
    "sampleAudio": "mediaId duration",
    "sampleFile": "mediaId fileName fileType",
    "sampleVideo": "duration videoMediaId videoType picMediaId",
}


def send_to_people(state: State, request: ApiRequest) -> ApiAnswer:
    payload = _payload(state, request.body)
    users = texts(request.body, "userIds")
    if not users:
        raise v1("invalidParameter.userIds.empty", "userIds")
    if len(users) > 20:
        raise v1("invalidParameter.userIds.overMax", "at most 20 userIds")
    key = f"query{next(state.numbers)}"
    for user in dict.fromkeys(users):
        if state.persona("dingtalk", user):
            state.show("dingtalk", user, "app", payload, msgid=key)
    invalid = [user for user in users if state.persona("dingtalk", user) is None]
    return ApiAnswer({"processQueryKey": key, "invalidStaffIdList": invalid, "flowControlledStaffIdList": []})


def send_to_group(state: State, request: ApiRequest) -> ApiAnswer:
    payload = _payload(state, request.body)
    conversation = text(request.body, "openConversationId")
    if not conversation:
        raise v1("miss.openConversationId", "openConversationId")
    group = state.group("dingtalk", conversation)
    if group is None:
        raise v1("invalid.openConversationId", "openConversationId", violation=False)
    key = f"query{next(state.numbers)}"
    state.show("dingtalk", group.key, "app", payload, group=True, msgid=key)
    return ApiAnswer({"processQueryKey": key})


def recall(state: State, request: ApiRequest) -> ApiAnswer:
    keys = texts(request.body, "processQueryKeys")
    if not 1 <= len(keys) <= 20:
        raise v1("invalidParameter.processQueryKeys", "1 to 20 processQueryKeys")
    done, failed = [], {}
    for key in keys:
        copies = [m for m in state.messages if m.platform == "dingtalk" and key in (m.msgid, _carrier(m.card, m.chat))]
        if not copies or state.clock.now() - copies[0].at > RECALL_SECONDS:
            failed[key] = "messageNotFound"
            continue
        for message in copies:
            message.recalled = True
            state.changed(message)
        done.append(key)
    return ApiAnswer({"successResult": done, "failedResult": failed})


def _carrier(card: object, chat: str) -> str:
    spaces = getattr(card, "spaces", {})
    return next((carrier for space, carrier in spaces.items() if space.endswith(f".{chat}")), "")


def _payload(state: State, body: Fields) -> Fields:
    """The message as a webhook would carry it, or the refusal of its first fault."""
    if text(body, "robotCode") != state.config.dingtalk.robot_code:
        raise v1("invalidParameter.robotCode.invalid", f"robotCode {text(body, 'robotCode')!r}")
    key, raw = text(body, "msgKey"), body.get("msgParam")
    if key not in NEEDED:
        raise v1("invalidParameter.msgKey.invalid", f"msgKey {key!r}")
    parameters = as_fields(from_json(raw)) if isinstance(raw, str) else {}
    if not isinstance(raw, str) or not parameters:
        raise v1("invalidParameter.msgParam.invalid", "msgParam must be a JSON string")
    if utf8(raw) > PARAM_BYTES:
        raise v1("invalidParameter.msgParam.tooLong", f"msgParam is longer than {PARAM_BYTES} bytes")
    missing = [name for name in NEEDED[key].split() if not text(parameters, name)]
    if missing:
        raise v1("invalidParameter.msgParam.invalid", f"msgParam without {missing}")
    return as_message(key, parameters)


def as_message(key: str, parameters: Fields) -> Fields:
    """sampleXyz with its parameters, in the shape of a webhook message."""
    kinds = {"sampleText": "text", "sampleMarkdown": "markdown", "sampleLink": "link", "sampleImageMsg": "image",
             "sampleAudio": "audio", "sampleFile": "file", "sampleVideo": "video"}  # fmt: skip
    if key in kinds:
        return {"msgtype": kinds[key], kinds[key]: parameters}
    card: Fields = {"title": parameters.get("title"), "text": parameters.get("text"), "btnOrientation": "0"}
    if key == "sampleActionCard":
        return {"msgtype": "actionCard", "actionCard": parameters}
    names = [("actionTitle", "actionURL"), ("buttonTitle", "buttonUrl")][key.endswith("6")]
    if key.endswith("6"):
        card["btnOrientation"] = "1"
    card["btns"] = [
        {"title": parameters[f"{names[0]}{n}"], "actionURL": parameters.get(f"{names[1]}{n}")}
        for n in range(1, 6)
        if f"{names[0]}{n}" in parameters
    ]
    return {"msgtype": "actionCard", "actionCard": card}


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1.0/robot/oToMessages/batchSend"): send_to_people,
    ("POST", "/v1.0/robot/groupMessages/send"): send_to_group,
    ("POST", "/v1.0/robot/otoMessages/batchRecall"): recall,
    ("POST", "/v1.0/robot/groupMessages/recall"): recall,
}
