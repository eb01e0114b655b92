"""How an endpoint says no."""

from __future__ import annotations

from .fields import Fields


class Refusal(Exception):
    """Ends a call with `body`. A violation is a payload that no bot should ever send."""

    def __init__(self, reason: str, body: Fields, *, status: int = 200, violation: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.body, self.status, self.violation = reason, body, status, violation


def errcode(code: int, reason: str, *, violation: bool = False) -> Refusal:
    """WeCom's shape, and that of DingTalk's old host: HTTP 200 with an errcode."""
    return Refusal(f"{code} {reason}", {"errcode": code, "errmsg": reason}, violation=violation)


def v1(code: str, reason: str, *, status: int = 400, violation: bool = True) -> Refusal:
    """The shape of DingTalk's new host."""
    body: Fields = {"code": code, "message": reason, "requestid": "00000000-0000-4000-8000-000000000000"}
    return Refusal(f"{code} {reason}", body, status=status, violation=violation)
