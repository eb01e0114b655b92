"""Text made harmless and short enough: what people typed meets a platform's markup and limits here, nowhere else."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ELLIPSIS = "…"
_NEWLINE = re.compile("\r\n|[\r\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_JOINERS = {0x200D, 0xFE0F, 0x20E3}
_WIDE = str.maketrans({"<": "＜", ">": "＞"})
_WIDE_MARKS = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "~": "～", "\\": "＼", "|": "｜"}
)
_LINE_MARKS = str.maketrans({"#": "＃", "-": "－", "=": "＝", "+": "＋"})
_LINE_START = re.compile(r"^[ \t]*([#\-=+]+)?", re.MULTILINE)
_LOOSE_UNDERSCORE = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def clean(text: str) -> str:
    """Without control characters (but newlines), direction overrides and lone surrogates: safe to encode and show."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _DROPPED.sub("", _NEWLINE.sub("\n", text).replace("\t", " ")).strip()


def one_line(text: str) -> str:
    """Clean, with every run of white space made one blank."""
    return " ".join(clean(text).split())


def harmless(text: str) -> str:
    """Clean, and no tag, link or `<@mention>` of plain-text messages can start in it."""
    return clean(text).translate(_WIDE)


def unmarked(text: str) -> str:
    """Clean, and no markdown of either platform takes effect: markup signs become their full-width twins.

    Backslashes would be honest escapes, but WeCom shows them; a full-width sign reads the same everywhere.
    """
    text = _ENTITY.sub("＆", clean(text)).translate(_WIDE_MARKS)
    text = _LOOSE_UNDERSCORE.sub("＿", text)
    return _LINE_START.sub(lambda found: (found[1] or "").translate(_LINE_MARKS), text)


def size(text: str) -> int:
    """Bytes of UTF-8, which is what the platforms count."""
    return len(text.encode())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one … where something was left out."""
    if len(text) <= limit:
        return text
    return _whole(text, limit - 1).rstrip() + ELLIPSIS if limit > 1 else ELLIPSIS[:limit]


def cut_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, ending in … where something was left out; empty when not even … fits."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    if limit < size(ELLIPSIS):
        return ""
    kept = raw[: limit - size(ELLIPSIS)].decode(errors="ignore")
    return _whole(text, len(kept)).rstrip() + ELLIPSIS


def _whole(text: str, end: int) -> str:
    """The first `end` characters or a few fewer: never half of a joined emoji or an accented letter."""
    for kept in range(end, max(end - 12, -1), -1):
        if kept == 0 or not (_joins(text[kept - 1]) or _joins(text[kept]) or unicodedata.combining(text[kept])):
            return text[:kept]
    return text[:end]


def _joins(char: str) -> bool:
    return ord(char) in _JOINERS


@dataclass(frozen=True)
class Piece:
    """A line of a message: `text` may be cut, the markup around it may not."""

    text: str
    before: str = ""
    after: str = ""

    def within(self, limit: int) -> str:
        room = limit - size(self.before) - size(self.after)
        return f"{self.before}{cut_bytes(self.text, room)}{self.after}" if room >= size(ELLIPSIS) else ""

    @property
    def bytes(self) -> int:
        return size(self.before) + size(self.text) + size(self.after)


def fit(pieces: Sequence[Piece], limit: int, separator: str = "\n", *, tail: Sequence[Piece] = ()) -> str:
    """The pieces in `limit` bytes: long ones are shortened first, so that a short one below keeps its place.

    `tail` (what to do next, a mention, a keyword) stays at the end whatever is cut above it; the caller keeps it short.
    """
    end = separator.join(piece.within(limit // 2) for piece in tail if piece.text)
    body = _fit(
        [piece for piece in pieces if piece.text], limit - size(end) - size(separator if end else ""), separator
    )
    return separator.join(filter(None, (body, end)))


def _fit(pieces: Sequence[Piece], limit: int, separator: str) -> str:
    share = limit
    while share > 120 and _total(pieces, share, separator) > limit:
        share = share * 4 // 5
    found: list[str] = []
    left = limit
    for number, piece in enumerate(pieces):
        room = left - (size(separator) if found else 0)
        reserve = size(separator) + size(ELLIPSIS) if number + 1 < len(pieces) else 0
        if min(piece.bytes, share) + reserve > room:
            last = piece.within(min(room, share)) or (ELLIPSIS if room >= size(ELLIPSIS) else "")
            return separator.join([*found, last] if last else found)
        found.append(piece.within(share))
        left = room - size(found[-1])
    return separator.join(found)


def _total(pieces: Sequence[Piece], share: int, separator: str) -> int:
    return sum(min(piece.bytes, share) + size(separator) for piece in pieces)
