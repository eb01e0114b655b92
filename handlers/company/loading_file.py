"""What a company file may say (contract.md, Company file); an absent key leaves an existing row as it is."""

import re
from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from handlers.company.loading_yaml import Lines
from models.company.calendar import Calendar
from models.company.duplicate_rules import DuplicateRules
from models.company.flow import ApprovalLimits, Discount, Flow
from models.company.grants import Role
from models.company.pool_rules import LeadPoolRules, SeaRules
from models.company.qualify_rules import Criterion, Qualification
from models.company.robot import TOPICS
from models.company.rule import QuietHours, Receivables
from models.company.score_rules import Scoring
from models.errors import CompanyFileError
from models.normal import normal_phone
from models.sales.process import Stage

Duty = Literal["finance", "warehouse", "service", "order_admin"]
Visibility = Literal["visible_claimable", "hidden_assign_only"]
Won = Literal["order_approved", "opportunity_won", "contract_signed"]
NULLABLE = ("quiet_hours", "superior_depth")  # null is a value of theirs
HANDLES = ("name", "phone", "company", "email", "wechat")


def _phone(text: str) -> str:
    found = normal_phone(text)
    if found is None:
        raise ValueError(f"「{text}」不是电话号码")
    return found


def _topic(text: str) -> str:
    if text not in TOPICS:
        raise ValueError(f"没有主题「{text}」，可选：{'、'.join(TOPICS)}")
    return text


def _url(text: str) -> str:
    if not re.match(r"https?://[^\s/]+", text):
        raise ValueError("url 要以 https:// 开头")
    return text


def _each_once(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    return Qualification(criteria=criteria).criteria


def _sane(instant: datetime) -> datetime:
    if not 1970 <= instant.year <= 2100:
        raise ValueError("年份要在 1970 到 2100 之间")
    return instant


Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Phone = Annotated[str, AfterValidator(_phone)]
Topic = Annotated[str, AfterValidator(_topic)]
Url = Annotated[str, AfterValidator(_url)]
Instant = Annotated[datetime, AfterValidator(_sane)]
Days = Annotated[int, Field(ge=0, le=3650)]
Few = Annotated[int, Field(ge=0, le=1_000_000)]


class Item(BaseModel):
    """Base of everything in the file: unknown keys are errors, and true is not a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_flag_as_number(cls, value: Any, info: Any) -> Any:
        if isinstance(value, bool) and "bool" not in str(cls.model_fields[info.field_name].annotation):
            raise ValueError("这里不能写 true 或 false")
        return value

    def stated(self, *without: str) -> dict[str, Any]:
        """What the file says, and no defaults."""
        return {name: getattr(self, name) for name in self.model_fields_set if name not in without}


class DepartmentItem(Item):
    name: Name
    parent: Name | None = None


class PersonItem(Item):
    name: Name
    department: Name | None = None
    role: Name = "staff"
    duties: tuple[Duty, ...] = ()
    manager: Name | None = None
    wecom: Name | None = None
    dingtalk: Name | None = None
    mobile: Phone | None = None
    active: bool = True


class SeaItem(Item, SeaRules):
    name: Name
    members: tuple[Name, ...] = ()
    admins: tuple[Name, ...] = ()
    enabled: bool = True
    visibility: Visibility = "visible_claimable"
    cooldown_days: Days = 30
    warn_before_days: tuple[Days, ...] = (7, 3, 1)


class LeadPoolItem(Item, LeadPoolRules):
    name: Name
    members: tuple[Name, ...] = ()
    admins: tuple[Name, ...] = ()
    enabled: bool = True
    visibility: Visibility = "visible_claimable"
    cooldown_days: Days = 30


class ProductItem(Item):
    code: Name
    name: Name
    price: Decimal = Field(ge=0, le=Decimal("99999999999"), decimal_places=2)
    unit: Name | None = None
    stock: int | None = Field(default=None, ge=0, le=10**12)
    aliases: tuple[Name, ...] = ()
    active: bool = True


class Only(Item):
    departments: tuple[Name, ...] = ()


class RobotItem(Item):
    name: Name
    kind: Literal["wecom", "dingtalk"]
    url: Url
    secret: Name | None = None
    keyword: Name | None = None
    topics: tuple[Topic, ...] = ()
    only: Only = Only()
    mention: bool = False
    amounts: bool = False
    enabled: bool = True


class OwnLimitsItem(Item):
    person: Name | None = None
    role: Role | None = None
    department: Name | None = None
    noun: Literal["customer", "lead"] | None = None
    daily_limit: Few | None = None
    holding_limit: Few | None = None


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Values = Annotated[tuple[Name, ...], BeforeValidator(_listed)]


class RouteItem(Item):
    region: Values = ()
    industry: Values = ()
    level: Values = ()
    source: Values = ()
    priority: Few = 100
    sea: Name | None = None
    pool: Name | None = None


class RoutingItem(Item):
    rules: tuple[RouteItem, ...] = ()
    default_sea: Name | None = None
    default_pool: Name | None = None


class ClaimsItem(Item):
    daily_limit: Few | None = None
    holding_limit: Few | None = None
    limits: tuple[OwnLimitsItem, ...] = ()
    returns_alert: Few | None = None


class CustomerItem(Item):
    name: Name
    kind: Literal["company", "individual"] = "company"
    sea: Name | None = None
    owner: Name | None = None
    owned_at: Instant | None = None
    phone: Phone | None = None
    region: Text | None = None
    industry: Text | None = None
    level: Literal["A", "B", "C", "D"] | None = None
    address: Text | None = None
    note: Text | None = None
    tags: tuple[Name, ...] = ()


class LeadItem(Item):
    name: Name | None = None
    phone: Phone | None = None
    company: Name | None = None
    title: Text | None = None
    email: Name | None = None
    wechat: Name | None = None
    source: Literal["展会", "转介绍", "官网", "广告", "电话", "外购", "活动", "自拓", "其他"] | None = None
    campaign: Text | None = None
    region: Text | None = None
    industry: Text | None = None
    note: Text | None = None
    pool: Name | None = None
    owner: Name | None = None
    owned_at: Instant | None = None


class CompanyFile(Item):
    """The whole file; any part may be left out."""

    roles: tuple[Role, ...] = ()
    superior_depth: int | None = Field(default=None, ge=1, le=20)
    confidential: tuple[Name, ...] = ()

    departments: tuple[DepartmentItem, ...] = ()
    people: tuple[PersonItem, ...] = ()
    seas: tuple[SeaItem, ...] = ()
    lead_pools: tuple[LeadPoolItem, ...] = ()
    products: tuple[ProductItem, ...] = ()
    discounts: tuple[Discount, ...] = ()
    approval_flows: tuple[Flow, ...] = ()
    approval_limits: ApprovalLimits = ApprovalLimits()
    won_when: tuple[Won, ...] = ()
    sales_process: tuple[Stage, ...] = ()
    robots: tuple[RobotItem, ...] = ()
    customers: tuple[CustomerItem, ...] = ()
    leads: tuple[LeadItem, ...] = ()
    quiet_hours: QuietHours = QuietHours()
    receivables: Receivables = Receivables()
    calendar: Calendar = Calendar()
    lead_scoring: Scoring = Scoring()
    qualification: Annotated[tuple[Criterion, ...], AfterValidator(_each_once)] = ()
    claims: ClaimsItem = ClaimsItem()
    duplicates: DuplicateRules = DuplicateRules()
    routing: RoutingItem = RoutingItem()

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def _hours(cls, value: Any) -> Any:
        """`21:00-08:30`, or null for never."""
        if value is None:
            return QuietHours(start=None, end=None)
        found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*[-–~至]\s*(\d{1,2}):(\d{2})\s*", str(value))
        if found is None:
            raise ValueError("要写成 21:00-08:30，或 null")
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        if start_hour > 23 or end_hour > 23 or start_minute > 59 or end_minute > 59:
            raise ValueError("没有这样的钟点")
        return QuietHours(start=time(start_hour, start_minute), end=time(end_hour, end_minute))


def checked(values: dict[str, Any], lines: Lines) -> CompanyFile:
    """The file's parts, each checked by its model. Raises `CompanyFileError` for the first fault by line."""
    empty = [name for name, part in values.items() if part is None and name not in NULLABLE]
    try:
        return CompanyFile.model_validate({name: part for name, part in values.items() if name not in empty})
    except ValidationError as error:
        faults = [lines.wrong(tuple(fault["loc"]), _worded(fault)) for fault in error.errors()]
        raise min(faults, key=_line) from error


def _line(error: CompanyFileError) -> int:
    return error.line


def _worded(fault: ErrorDetails) -> str:
    names = [part for part in fault["loc"] if isinstance(part, str) and "[" not in part]  # no kinds of a union
    name, kind = names[-1] if names else "", fault["type"]
    said = str(fault.get("input"))[:40]
    match kind:
        case "missing":
            return f"缺少「{name}」"
        case "extra_forbidden":
            return f"不认识「{name}」"
        case "literal_error":
            options = str(fault.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
            return f"「{name}」不能是「{said}」，可选：{options}"
        case "value_error":
            return f"「{name}」不对：{str(fault['msg']).removeprefix('Value error, ')}"
        case "tuple_type" | "list_type" | "frozen_set_type":
            return f"「{name}」要写成列表"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"「{name}」的每一项要写成 {{键: 值}}"
        case _:
            return f"「{name}」的值不对：收到「{said}」"
