"""Slots: what kinds of value a command takes, shared by grammar, forms, API schema and validation."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from models.normal import normal_phone, normal_uscc

Kind = Literal[
    "ref",  # names a record or person: code, full name or unambiguous part
    "name",  # a new person's name
    "company",  # a new company's name
    "phone",
    "money",  # yuan
    "rate",  # the rate that remains: 九五折 = 0.95
    "day",  # calendar date
    "instant",  # aware datetime
    "count",
    "choice",  # one of `options`; `synonyms` says how else they are said
    "lines",  # order lines
    "records",  # several records at once, read as a whole (several leads, what somebody wants)
    "words",  # free text: what remains, or what follows the label
    "email",
    "wechat",
    "flag",
    "period",
]


@dataclass(frozen=True)
class Slot:
    """What listening must know about an argument; stands in its annotation's metadata."""

    kind: Kind
    nouns: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()  # (said, meant)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return schema if not self.options else no_info_after_validator_function(self._chosen, schema)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        return {**found, "enum": list(self.options)} if self.options else found

    def _chosen(self, value: str) -> str:
        known = {said.lower(): meant for said, meant in self.synonyms} | {one.lower(): one for one in self.options}
        if value.lower() not in known:
            raise ValueError(f"可选：{'、'.join(self.options)}")
        return known[value.lower()]


class Args(BaseModel):
    """Base of every command's argument model; unknown arguments are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def Arg(label: str, hint: str = "", *, default: Any = ..., labels: tuple[str, ...] = ()) -> Any:  # noqa: N802
    """A field of an argument model: Chinese `label` (asked with), `hint`, further `labels` by which it may be named."""
    extra: dict[str, Any] = {"labels": [label, *labels]}
    return Field(default, title=label, description=hint or None, json_schema_extra=extra)


def slot_of(model: type[Args], name: str) -> Slot:
    """The slot of one field (of `X | None` that of X); plain strings are free words."""
    field = model.model_fields[name]
    return next((slot for slot in _slots(field.annotation, field.metadata)), Slot("words"))


def _slots(annotation: Any, metadata: Iterable[Any] = ()) -> Iterator[Slot]:
    yield from (item for item in metadata if isinstance(item, Slot))
    for inner in get_args(annotation):
        yield from _slots(inner, getattr(inner, "__metadata__", ()))


def labels_of(model: type[Args], name: str) -> list[str]:
    """The Chinese names by which a field may be said (`电话:…`)."""
    extra = model.model_fields[name].json_schema_extra
    labels = extra.get("labels", []) if isinstance(extra, dict) else []
    return [str(label) for label in labels] if isinstance(labels, list) else []


def _phone(value: object) -> str:
    found = normal_phone(str(value))
    if found is None:
        raise ValueError("不是电话号码")
    return found


def _uscc(value: object) -> str:
    found = normal_uscc(str(value))
    if found is None:
        raise ValueError("不是统一社会信用代码：要 18 位数字和字母，或旧的 15 位数字")
    return found


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("里面有不能用的字符")
    return value


LONGEST_NUMBER = 20  # digits before the point; what is longer cannot even be rounded


def _decimal(places: int) -> Callable[[object], Decimal]:
    def convert(value: object) -> Decimal:
        try:
            number = Decimal(str(value).replace(",", "").replace("¥", "").strip())
        except InvalidOperation as error:
            raise ValueError("不是数字") from error
        if not number.is_finite() or number.adjusted() > LONGEST_NUMBER:
            raise ValueError("这个数字太大")
        if number != round(number, places):
            raise ValueError(f"最多 {places} 位小数")
        return number

    return convert


def ref(*nouns: str) -> Slot:
    """A slot that names one record of these nouns."""
    return Slot("ref", nouns=nouns)


def period() -> Slot:
    """A slot for a month, quarter or year: `2026-12`, `2026-Q4`, `2026`."""
    return Slot("period")


def choice(*options: str, **synonyms: str) -> Slot:
    """A slot with fixed options; `synonyms` map what is said to an option."""
    return Slot("choice", options=options, synonyms=tuple(synonyms.items()))


Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_storable)]
CustomerRef = Annotated[Text, ref("customer")]
LeadRef = Annotated[Text, ref("lead")]
OrderRef = Annotated[Text, ref("order")]
PersonRef = Annotated[Text, ref("person")]
SeaRef = Annotated[Text, ref("sea")]
LeadPoolRef = Annotated[Text, ref("lead_pool")]
CustomerRefs = Annotated[list[Text], ref("customer")]
LeadRefs = Annotated[list[Text], ref("lead")]
TodoRef = Annotated[Text, ref("todo")]
DocumentRef = Annotated[Text, ref("order", "payment", "approval")]
DocumentRefs = Annotated[list[Text], ref("order", "payment", "approval")]
SubjectRef = Annotated[Text, ref("customer", "lead", "opportunity")]
OpportunityRef = Annotated[Text, ref("opportunity")]
Name = Annotated[Text, Slot("name")]
Company = Annotated[Text, Slot("company")]
Phone = Annotated[str, BeforeValidator(_phone), Slot("phone")]
Uscc = Annotated[str, BeforeValidator(_uscc), Slot("words")]
Email = Annotated[Text, Slot("email")]
WeChat = Annotated[Text, Slot("wechat")]
Yuan = Annotated[Decimal, BeforeValidator(_decimal(2)), Field(ge=0, le=Decimal("99999999999")), Slot("money")]
Rate = Annotated[Decimal, BeforeValidator(_decimal(4)), Field(gt=0, le=1), Slot("rate")]
Quantity = Annotated[Decimal, BeforeValidator(_decimal(3)), Field(gt=0, le=Decimal("9999999"))]
Day = Annotated[date, Slot("day")]
Instant = Annotated[datetime, Slot("instant")]
Count = Annotated[int, Field(ge=1, le=200), Slot("count")]
Flag = Annotated[bool, Slot("flag")]
Words = Annotated[Text, Slot("words")]
Tags = Annotated[list[Text], Field(min_length=1, max_length=30), Slot("words")]


class OrderLine(Args):
    """One line of an order or quote; `price` in yuan, list price when absent."""

    product: Annotated[Text, ref("product")]
    quantity: Quantity
    price: Yuan | None = None
    discount: Rate | None = None


Lines = Annotated[list[OrderLine], Field(min_length=1, max_length=50), Slot("lines")]
