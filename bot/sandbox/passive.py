"""WeCom's passive replies: CamelCase XML into the JSON that message/send would carry."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from .fields import Fields

REPEATED = frozenset(
    ["HorizontalContentList", "JumpList", "ActionList", "VerticalContentList", "ButtonList", "OptionList", "SelectList"]
)
NAMES = {"KeyName": "keyname", "AppId": "appid", "PagePath": "pagepath", "UserId": "userid", "CheckBox": "checkbox",
         "PicUrl": "picurl"}  # fmt: skip


def as_message(root: Element) -> Fields | None:
    """A text, news or media reply as a message payload; None for the two card replies."""
    kind = root.findtext("MsgType") or ""
    if kind == "text":
        return {"msgtype": "text", "text": {"content": root.findtext("Content") or ""}}
    if kind == "news":
        articles = [as_json(item) for item in root.iterfind("Articles/item")]
        return {"msgtype": "news", "news": {"articles": articles}}
    if kind in ("image", "voice", "video"):
        return {"msgtype": kind, kind: {"media_id": root.findtext(f"{kind.title()}/MediaId") or ""}}
    return None


def as_json(element: Element) -> Fields:
    """A TemplateCard (or an article) with the names of the JSON API."""
    found: Fields = {}
    for child in element:
        value: object = as_json(child) if len(child) else child.text or ""
        name = NAMES.get(child.tag) or re.sub(r"(?<!^)(?=[A-Z])", "_", child.tag).lower()
        if child.tag in REPEATED:
            rows = found.setdefault(name, [])
            if isinstance(rows, list):
                rows.append(value)
        else:
            found[name] = {"true": True, "false": False}.get(str(value), value)
    return found
