"""What was approved, in a few characters: a document whose guarded fields are others now is not acted on (E.3.4)."""

import hashlib
import json

from models.base import Json


def fingerprint(snapshot: Json) -> str:
    """Of the guarded fields; the order of keys does not matter."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
