"""What would be written after a visit, decided before anything is: pure, from what was said and what is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.base import Json

TITLES = (
    "总经理",
    "总监",
    "经理",
    "主任",
    "老板",
    "老师",
    "先生",
    "女士",
    "小姐",
    "院长",
    "总",
    "董",
    "工",
    "姐",
    "哥",
)


@dataclass(frozen=True)
class Known:
    """The record that was found. `bar` says why nothing may be written about it, "" where it may."""

    noun: Literal["customer", "lead"]
    code: str
    name: str
    bar: str = ""
    by_phone: bool = False
    contacts: Sequence[tuple[str, str, str]] = ()  # (code, name, phone)


@dataclass(frozen=True)
class Told:
    """What the sentence told."""

    name: str = ""
    contact: str = ""
    phone: str = ""
    wants: Sequence[tuple[str, str]] = ()  # (product, quantity)
    has_amount: bool = False
    has_reminder: bool = False
    make: str = ""
    keep: str = ""


@dataclass(frozen=True)
class Plan:
    """`makes` is the noun of a new record; `contact` an existing one's code; the rest says what else is written."""

    makes: Literal["customer", "lead", ""] = ""
    contact: str = ""
    new_contact: bool = False
    follow_up: bool = True
    opportunity: bool = False
    reminder: bool = False
    unsure: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.follow_up or self.reminder)


def planned(told: Told, known: Known | None) -> Plan:
    """A deal in sight needs a customer; without one somebody new becomes a lead, unless it is said otherwise."""
    if known is not None and known.bar:
        return Plan(follow_up=False, reminder=told.has_reminder and told.keep != "follow_up", notes=[known.bar])
    has_deal = bool(told.wants) or told.has_amount
    makes: Literal["customer", "lead", ""] = ""
    if known is None:
        makes = (
            "lead" if told.make == "lead" or (told.make != "customer" and not (has_deal and told.name)) else "customer"
        )
    if told.keep == "follow_up":
        return Plan(makes=makes)
    is_customer = makes == "customer" or (known is not None and known.noun == "customer")
    there = same_contact(told, known.contacts) if known is not None and is_customer else ""
    unsure = ["联系人"] if there and told.contact and not told.phone else []
    return Plan(
        makes=makes,
        contact=there,
        new_contact=is_customer and not there and bool(told.contact),
        opportunity=is_customer and has_deal,
        reminder=told.has_reminder,
        unsure=unsure,
        notes=_notes(told, known, is_customer, has_deal),
    )


def _notes(told: Told, known: Known | None, is_customer: bool, has_deal: bool) -> list[str]:
    notes = [f"按电话 {told.phone} 找到"] if known is not None and known.by_phone else []
    if has_deal and not is_customer:
        notes.append("线索没有商机：转成客户后再建，需求先记在跟进里")
    if is_customer and told.phone and not told.contact:
        notes.append("说了电话没说是谁，电话留在跟进里；可以说「联系人是王总」")
    return notes


def same_contact(told: Told, contacts: Sequence[tuple[str, str, str]]) -> str:
    """The code of the contact that is meant: by phone, by name, or the only one of that surname (王总)."""
    for code, _, phone in contacts:
        if told.phone and phone == told.phone:
            return code
    for code, name, _ in contacts:
        if told.contact and name == told.contact:
            return code
    title = next((title for title in TITLES if told.contact.endswith(title)), "")
    surname = told.contact.removesuffix(title) if title else ""
    if not surname or told.phone:
        return ""
    alike = [code for code, name, _ in contacts if name.startswith(surname)]
    return alike[0] if len(alike) == 1 else ""


def drafts(told: Told, known: Known | None, plan: Plan, rows: dict[str, list[tuple[str, str]]]) -> list[Json]:
    """The confirmation card's rows, one for each record; `rows` gives the values of each noun."""
    who = known.name if known is not None else told.name or told.contact
    titles = {"customer": who, "lead": who, "contact": told.contact, "follow_up": who, "opportunity": who, "todo": who}
    kinds: list[str] = [plan.makes] if plan.makes else []
    kinds += ["contact"] if plan.new_contact and plan.makes != "customer" else []
    kinds += [noun for noun, is_made in (("follow_up", plan.follow_up), ("opportunity", plan.opportunity)) if is_made]
    kinds += ["todo"] if plan.reminder else []
    prefix = {plan.makes: "新", "contact": "新"}
    return [
        {
            "noun": noun,
            "title": f"{prefix.get(noun, '')}{titles[noun]}" if noun in prefix else titles[noun],
            "rows": [list(row) for row in rows.get(noun, []) if row[1]],
            "unsure": plan.unsure if noun == "follow_up" else [],
        }
        for noun in kinds
    ]
