"""DingTalk's three HMAC signatures, and the hour inside which two of them are good."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping

from bot.channels.base import DoorError

FRESH_SECONDS = 3600
_LONGEST_STAMP = 15


def keyed_twice(stamp: str, secret: str) -> str:
    """Robot callbacks and group robots: the secret is the key and part of the message."""
    return _sign(f"{stamp}\n{secret}", secret)


def keyed_once(stamp: str, secret: str) -> str:
    """Card callbacks: of the bare timestamp."""
    return _sign(stamp, secret)


def check_fresh(stamp: str, now: float) -> None:
    """Raises DoorError(401) unless `stamp` (milliseconds) is within an hour of `now` (seconds)."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
        raise DoorError(401, "bad_timestamp")
    if abs(now - int(stamp) / 1000) > FRESH_SECONDS:
        raise DoorError(401, "stale")


def check_equal(given: str, expected: str) -> None:
    """Raises DoorError(401); in constant time."""
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode()):
        raise DoorError(401, "bad_signature")


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever the case of its name; raises DoorError(401) where it is missing."""
    value = headers.get(name) or next((text for key, text in headers.items() if key.lower() == name), "")
    if not value:
        raise DoorError(401, "missing_signature")
    return value


def _sign(message: str, secret: str) -> str:
    return b64encode(hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest()).decode()
