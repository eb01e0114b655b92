"""The rules of every other WeCom message type (90236, 99110)."""

from __future__ import annotations

import re

from . import wecom_cards
from .fields import Fields, part, parts, text, utf8
from .refusal import Refusal, errcode

APP_TYPES = ("text", "markdown", "textcard", "news", "template_card", "image", "voice", "file", "video")
ROBOT_TYPES = ("text", "markdown", "markdown_v2", "news", "template_card", "image", "voice", "file")
WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:\S+", re.IGNORECASE)


def bad(reason: str, code: int = 40058) -> Refusal:
    return errcode(code, reason, violation=True)


def check(body: Fields, *, robot: bool) -> None:
    """Raises the Refusal of the first rule that a payload breaks."""
    kind = text(body, "msgtype")
    if kind not in (ROBOT_TYPES if robot else APP_TYPES):
        raise bad(f"invalid message type {kind!r}", 40008)
    content = part(body, kind)
    if not content:
        raise bad(f"no part for msgtype {kind}")
    if kind in ("text", "markdown", "markdown_v2"):
        _content(content, kind, 4096 if robot and kind != "text" else 2048)
    elif kind == "textcard":
        _textcard(content)
    elif kind == "news":
        _news(body, content)
    elif kind == "template_card":
        found = wecom_cards.problem(content, robot=robot)
        if found:
            raise bad(found)
    elif kind == "image" and robot:
        if not text(content, "base64") or not text(content, "md5"):
            raise bad("image needs base64 and md5")
    elif not text(content, "media_id"):
        raise bad("media_id is required", 40007)


def _content(content: Fields, kind: str, limit: int) -> None:
    value = text(content, "content")
    if not value.strip():
        raise bad(f"{kind}.content is empty", 44004)
    if utf8(value) > limit:
        raise bad(f"{kind}.content is longer than {limit} bytes", 45002)


def _textcard(content: Fields) -> None:
    title, description, url = (text(content, name) for name in ("title", "description", "url"))
    if not title or len(title) > 128 or not description or len(description) > 512:
        raise bad("textcard: title 1 to 128, description 1 to 512 characters")
    if not WITH_SCHEME.fullmatch(url) or utf8(url) > 2048:
        raise bad("textcard.url needs a scheme and at most 2048 bytes")
    if len(text(content, "btntxt")) > 4:
        raise bad("textcard.btntxt is longer than 4")


def _news(body: Fields, content: Fields) -> None:
    articles = parts(content, "articles")
    if text(body, "safe") not in ("", "0"):
        raise bad("news cannot be safe", 40074)
    if not 1 <= len(articles) <= 8:
        raise bad("articles must hold 1 to 8")
    for article in articles:
        if not 1 <= utf8(text(article, "title")) <= 128 or utf8(text(article, "description")) > 512:
            raise bad("article: title 1 to 128, description up to 512 bytes")
        if not text(article, "url") and not text(article, "appid"):
            raise bad("article without url")
