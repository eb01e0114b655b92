"""Interactive cards: routes, instances, delivery, updates. outTrackId is a card's identity."""

from __future__ import annotations

from .fields import Fields, as_fields, part, text, utf8
from .gateway import ApiAnswer, ApiRequest, Endpoint
from .records import CardInstance, Message
from .refusal import v1
from .state import KEPT, State, keep_newest

SPACE = "dtv1.card//"
MODELS = {  # space -> what creating in it and delivering to it needs
    "IM_GROUP": ("imGroupOpenSpaceModel", "imGroupOpenDeliverModel"),
    "IM_ROBOT": ("imRobotOpenSpaceModel", "imRobotOpenDeliverModel"),
}


def register(state: State, request: ApiRequest) -> ApiAnswer:
    key, url = text(request.body, "callbackRouteKey"), text(request.body, "callbackUrl")
    if not key or not url.startswith(("http://", "https://")):
        raise v1("param.empty", "callbackRouteKey and callbackUrl are required")
    known = state.routes.get(key)
    secret = text(request.body, "apiSecret")
    if known and known != (url, secret) and request.body.get("forceUpdate") is not True:
        raise v1("param.callbackRouteKeyExist", f"callbackRouteKey {key!r} exists", violation=False)
    state.routes[key] = (url, secret)
    return ApiAnswer({"success": True, "result": {"callbackUrl": url, "apiSecret": secret}})


def create(state: State, request: ApiRequest) -> ApiAnswer:
    body = request.body
    _check_new(state, body)
    if text(body, "outTrackId") in state.cards:
        raise v1("param.cardAlreadyExist", "outTrackId exists", violation=False)
    card = _make(state, body)
    return ApiAnswer({"success": True, "result": card.out_track_id})


def create_and_deliver(state: State, request: ApiRequest) -> ApiAnswer:
    """Repeated with a known outTrackId it takes no new data and shows no second card."""
    body = request.body
    _check_new(state, body)
    spaces = _spaces(body)
    _check_models(body, spaces, creating=True)
    card = state.cards.get(text(body, "outTrackId"))
    is_new = card is None
    card = card or _make(state, body)
    results = _deliver(state, card, body, spaces)
    answer: Fields = {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}
    return ApiAnswer(answer, absorbed=not is_new, note="" if is_new else "outTrackId 已存在，不再投放")


def deliver(state: State, request: ApiRequest) -> ApiAnswer:
    body = request.body
    card = _find(state, body)
    spaces = _spaces(body)
    _check_models(body, spaces, creating=False)
    return ApiAnswer({"success": True, "result": _deliver(state, card, body, spaces)})


def update(state: State, request: ApiRequest) -> ApiAnswer:
    """Overwrites whole unless cardUpdateOptions say by key."""
    body = request.body
    card = _find(state, body)
    if not part(body, "cardData") and not part(body, "privateData"):
        raise v1("param.cardDataAndPrivateDataBothEmpty", "cardData and privateData are both empty")
    options = part(body, "cardUpdateOptions")
    if part(body, "cardData"):
        new = _parameters(part(body, "cardData"))
        by_key = options.get("updateCardDataByKey") is True
        card.public = {**card.public, **new} if by_key else new
        card.clicker.clear()
    for account, data in part(body, "privateData").items():
        new, old = _parameters(as_fields(data)), card.private.get(account, {})
        card.private[account] = {**old, **new} if options.get("updatePrivateDataByKey") is True else new
    redraw(state, card)
    return ApiAnswer({"success": True, "result": True})


def redraw(state: State, card: CardInstance) -> None:
    for message in [message for message in state.messages if message.card is card]:
        state.changed(message)


def answered(state: State, card: CardInstance, account: str, answer: Fields) -> None:
    """What a callback's answer shows, and only to the person who tapped."""
    options = part(answer, "cardUpdateOptions")
    shown: dict[str, str] = {}
    for name, flag in (("cardData", "updateCardDataByKey"), ("userPrivateData", "updatePrivateDataByKey")):
        data = part(answer, name)
        if data:
            base = {} if options.get(flag) is True or name == "userPrivateData" else dict.fromkeys(card.public, "")
            shown = {**shown, **base, **_parameters(data)}
    if shown:
        card.clicker[account] = {**card.clicker.get(account, {}), **shown}
        redraw(state, card)


def _check_new(state: State, body: Fields) -> None:
    track = text(body, "outTrackId")
    if not track or len(track) > 100:
        raise v1("param.outTrackIdEmpty", "outTrackId is required, at most 100")
    template = text(body, "cardTemplateId")
    if not template:
        raise v1("param.cardTemplateIdEmpty", "cardTemplateId is required")
    if not template.endswith(".schema"):
        raise v1("param.templateNotExist", f"cardTemplateId {template!r}")
    if not part(part(body, "cardData"), "cardParamMap"):
        raise v1("param.cardPublicDataEmpty", "cardData.cardParamMap is required")
    _parameters(part(body, "cardData"))
    kind, route = text(body, "callbackType"), text(body, "callbackRouteKey")
    if kind not in ("", "HTTP", "STREAM"):
        raise v1("param.invalid", f"callbackType {kind!r}")
    if kind == "HTTP" and route not in state.routes:
        raise v1("param.invalid", f"callbackRouteKey {route!r} was never registered")


def _parameters(data: Fields) -> dict[str, str]:
    values = part(data, "cardParamMap")
    wrong = [name for name, value in values.items() if not isinstance(value, str)]
    if wrong:
        raise v1("param.invalid", f"cardParamMap values must be strings: {wrong}")
    if any(utf8(name) > 100 for name in values):
        raise v1("param.invalid", "cardParamMap keys are at most 100 bytes")
    return {name: str(value) for name, value in values.items()}


def _spaces(body: Fields) -> list[tuple[str, str]]:
    raw = text(body, "openSpaceId")
    if not raw:
        raise v1("param.openSpaceIdEmpty", "openSpaceId is required")
    if not raw.startswith(SPACE) or len(raw) > 1000:
        raise v1("param.openSpaceIdInvalid", "openSpaceId")
    spaces = [(kind.upper(), where) for kind, _, where in (s.partition(".") for s in raw[len(SPACE) :].split(";"))]
    if any(kind not in MODELS or not where for kind, where in spaces):
        raise v1("param.openSpaceIdInvalid", f"openSpaceId {raw!r}")
    return spaces


def _check_models(body: Fields, spaces: list[tuple[str, str]], *, creating: bool) -> None:
    for kind, _ in spaces:
        space_model, deliver_model = MODELS[kind]
        if creating and space_model not in body:
            raise v1("param.openSpaceModelInvalid", f"{space_model} is required")
        if deliver_model not in body:
            raise v1("param.openDeliverModelEmpty", f"{deliver_model} is required")
        if kind == "IM_GROUP" and not text(part(body, deliver_model), "robotCode"):
            raise v1("param.openDeliverModelError", "robotCode is required")


def _make(state: State, body: Fields) -> CardInstance:
    private = {account: _parameters(as_fields(data)) for account, data in part(body, "privateData").items()}
    track = text(body, "outTrackId")
    route = text(body, "callbackRouteKey") if text(body, "callbackType") == "HTTP" else ""
    card = CardInstance(
        track, text(body, "cardTemplateId"), _parameters(part(body, "cardData")), private, route,
        text(body, "userIdType") == "2",
    )  # fmt: skip
    state.cards[track] = card
    keep_newest(state.cards, KEPT)
    return card


def _find(state: State, body: Fields) -> CardInstance:
    card = state.cards.get(text(body, "outTrackId"))
    if card is None:
        raise v1("param.cardNotExist", f"no card {text(body, 'outTrackId')!r}")
    return card


def _deliver(state: State, card: CardInstance, body: Fields, spaces: list[tuple[str, str]]) -> list[Fields]:
    """HTTP 200 may hide a space that could not be reached."""
    results: list[Fields] = []
    for kind, where in spaces:
        group = state.group("dingtalk", where) if kind == "IM_GROUP" else None
        account = where.removeprefix("union-") if card.by_union_id else where
        reached = group is not None or (kind == "IM_ROBOT" and state.persona("dingtalk", account) is not None)
        space = f"{kind}.{group.key if group else account}"
        if reached and space not in card.spaces:
            number = next(state.numbers)
            card.spaces[space] = f"carrier{number}"
            state.add(
                Message(
                    number, "dingtalk", group.key if group else account, "app", body, state.clock.now(),
                    group=group is not None, msgid=card.spaces[space], card=card,
                )
            )  # fmt: skip
        results.append(
            {"spaceType": kind, "spaceId": where, "success": reached, "carrierId": card.spaces.get(space, ""),
             "errorMsg": "" if reached else "userIdNotExist"}
        )  # fmt: skip
    return results


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1.0/card/callbacks/register"): register,
    ("POST", "/v1.0/card/instances"): create,
    ("POST", "/v1.0/card/instances/createAndDeliver"): create_and_deliver,
    ("POST", "/v1.0/card/instances/deliver"): deliver,
    ("PUT", "/v1.0/card/instances"): update,
}
