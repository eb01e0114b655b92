"""wechatpy's message classes completed: the events it does not know, one it maps wrongly, lists that collapse."""

from typing import Any
from xml.parsers.expat import ExpatError

from wechatpy.fields import BaseField, IntegerField, StringField
from wechatpy.messages import BaseMessage, UnknownMessage
from wechatpy.work import parse_message
from wechatpy.work.events import EVENT_TYPES, BaseEvent, BatchJobResultEvent

from bot.channels.base import DoorError

# ExportEvent has the same name and came later.
EVENT_TYPES["batch_job_result"] = BatchJobResultEvent


class TemplateCardEvent(BaseEvent):  # type: ignore[misc]
    """A tap on a button, or a submitted vote or form."""

    event = "template_card_event"
    agent = IntegerField("AgentID", 0)
    key = StringField("EventKey", "")
    task_id = StringField("TaskId", "")
    card_type = StringField("CardType", "")
    response_code = StringField("ResponseCode", "")
    selected_items = BaseField("SelectedItems")

    @property
    def selected(self) -> dict[str, tuple[str, ...]]:
        """Question to chosen options."""
        return {
            plain(item.get("QuestionKey")): tuple(plain(option) for option in listed(item.get("OptionIds"), "OptionId"))
            for item in listed(self.selected_items, "SelectedItem")
            if isinstance(item, dict)
        }


class TemplateCardMenuEvent(TemplateCardEvent):
    """A choice in the menu at a card's corner."""

    event = "template_card_menu_event"


class ChangeContactEvent(BaseEvent):  # type: ignore[misc]
    """The directory changed."""

    event = "change_contact"
    change_type = StringField("ChangeType", "")


class CustomerAcquisitionEvent(BaseEvent):  # type: ignore[misc]
    """An acquisition link or its balance."""

    event = "customer_acquisition"
    change_type = StringField("ChangeType", "")


class ViewMiniprogramEvent(BaseEvent):  # type: ignore[misc]
    """A menu entry opened a mini program."""

    event = "view_miniprogram"
    agent = IntegerField("AgentID", 0)
    key = StringField("EventKey", "")


# Events of the app itself that carry nothing but their name.
for _name in (
    "inactive_alert", "close_inactive_agent", "reopen_inactive_agent", "low_active_alert", "low_active",
    "active_restored", "share_agent_change", "share_chain_change",
):  # fmt: skip
    type(_name, (BaseEvent,), {"event": _name, "agent": IntegerField("AgentID", 0)})


def read_message(text: str) -> BaseMessage:
    """The decrypted XML as wechatpy's object. Raises DoorError(400) where it is none."""
    try:
        message = parse_message(text)
    except (ExpatError, ValueError, KeyError, TypeError, AttributeError):
        raise DoorError(400, "bad_message") from None
    if message is None or not isinstance(message._data, dict):
        raise DoorError(400, "bad_message")
    return message


def is_unknown(message: BaseMessage) -> bool:
    """Whether neither wechatpy nor this file knows the kind."""
    return isinstance(message, UnknownMessage)


def field(message: BaseMessage, name: str) -> str:
    """An element's text as it came; "" where it is absent, empty, repeated or has elements inside."""
    return plain(message._data.get(name))


def plain(value: Any) -> str:
    """Text, or "" for anything else."""
    return value if isinstance(value, str) else ""


def listed(parent: Any, name: str) -> list[Any]:
    """The repeated element inside a parent, which xmltodict makes a list, a single value or nothing."""
    inner = parent.get(name) if isinstance(parent, dict) else None
    if inner is None:
        return []
    return inner if isinstance(inner, list) else [inner]
