"""One slot: the shape by which it is found in a sentence and the value that is read from it."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args, get_origin

from bot.listening import numbers
from bot.listening.date_words import DATE, SPAN
from bot.listening.dates import Moment, instant, is_no_day, read_moment
from bot.listening.months import PERIOD, read_period
from bot.listening.normalize import SEPARATORS, Sentence
from bot.listening.numbers import Doubt
from bot.listening.people_and_places import is_company, is_person
from handlers.args import Args, Slot, labels_of, slot_of
from models.normal import normal_phone

_LETTERS = {
    "lead": "l", "customer": "c", "contact": "k", "opportunity": "o", "campaign": "g", "todo": "t", "follow_up": "f",
    "product": "p", "person": "u", "quote": "qt", "contract": "ct", "order": "so", "payment": "pm", "refund": "rf",
    "invoice": "iv", "approval": "ap", "ticket": "tk", "return": "rt",
}  # fmt: skip
_ONLY_BY_CODE = {"quote", "contract", "order", "payment", "refund", "invoice", "approval", "ticket", "return"}
CODE = r"(?:(?:[lckogtfpu]|fl)\d{3,9}|(?:qt|ct|so|pm|rf|iv|ap|tk|rt)\d{8}-\d{1,6})(?![a-z\d\-])"
PHONE = (
    r"(?<![\d+])(?:\(?(?:\+|00)?86\)?[ \-]?)?1[3-9](?:[ \-.]?\d){9}(?!\d)"
    r"|(?<!\d)(?:(?:\+|00)86[ \-]?)?\(?0\d{2,3}\)?[ \-]?\d{3,4}[ \-]?\d{4}(?:(?:转|#|-|ext)\s?\d{1,6})?(?!\d)"
    r"|(?<!\d)[48]00[ \-]?\d{3}[ \-]?\d{4}(?!\d)|\+\d{7,15}(?!\d)"
)
_ONE_NAME = r"[^\s,、;。!?]{2,30}?"
NAMES = rf"{_ONE_NAME}(?:(?:{SEPARATORS}*(?:、|和|与|及|跟){SEPARATORS}*){_ONE_NAME})+"
EMAIL = r"[a-z0-9._%+\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"
WECHAT = r"[a-z][a-z0-9_\-]{5,19}"
FREE = ("ref", "name", "company", "words", "lines")

# What names nothing: pronouns, question words, everyday things that small talk speaks of.
_EVERYDAY = (
    "老婆|老公|爱人|朋友|同学|家人|天气|快递|外卖|电影|新闻|股票|机票|车票|时间|航班|资料|消息|手机|微信|电脑|东西|问题|情况|红包|工资|礼品|奖品|优惠券|会议室?|附近|路况|作业|午饭|晚饭"
    "|饭|水|咖啡|奶茶|客户|线索|订单|商机|公海|待办|审批|跟进|联系人|合同|报价|回款|发票|报销|任务|同事|老板|领导|文件|邮件|电话|人|包裹|证书|治疗|记录|日程|无效|作废|修改|更新|删除"
)
_RECORDS = (
    "客户|线索|订单|商机|合同|报价单?|回款|发票|工单|待办|日程|业绩|团队|跟进|审批|通知|快递|电话|微信|联系人|负责人"
)
_NOT_A_NAME = re.compile(
    rf".*(?:联系不上|打不通|没人接|不接电话|空号|停机|什么|怎么|啥|咋|为何|为什么|多少|哪里|哪儿|哪个|不了|没有|已经|昨天|今天|明天|是不是|有没有|能不能).*"
    rf"|(?:[他她它你您谁]|我们|咱|我(?!爱|武|友)|这|那(?!曲|英)|哪|了|过(?!桥)|吗|个|点儿?|一下|一[点个]).*|.*[了吗呢吧着过的啊呀么]"
    rf"|(?:{_EVERYDAY})[了的]?|.*(?:的|全部|所有)(?:{_RECORDS})|[\d.,:/%\-+ ]+"
)
# 太慢了, 不了, 好像 begin no name; 太湖, 不二家, 好利来 do.
_UNLIKELY_START = re.compile(
    r"不要|别(?!克|样|墅)|先别|如果|假如|如何|怎么|去(?!哪儿)|来(?!宾|电|安|凤|益|伊份|福|酷)|不(?!二|凡|倒翁|锈钢)|[没就也又很]|再(?!生|鼎)|都(?!江|匀|昌|市|乐|城)|太(?![湖平原阳仓古极行和钢康子空])"
    r"|好(?!利来|未来|孩子|丽友|莱|医生|大夫|想你|视|易|时|享|兄弟|邻居|当家|德|美|彩)|还(?!珠)|到(?!家)|在(?!线)|有点|刚才|回去|回来|一起(?!装修)|大家(?!乐)"
)
_SEVERAL = re.compile(r".+?(?:、|或者?|还是|要么).+")
_CODES_ALONE = re.compile(rf"(?:{CODE}|{SEPARATORS}|和|与|跟|及|都)+")
_PARTICLES = re.compile(r"(?:[了吗呢吧么啊呀的哦嘛嗯]|没有?|一下|不|好|[?!.])+")
_POINTING = re.compile(r"(?<=..)(?:这个|这家|那个|那家)(?:客户|公司|单位|线索)?$")
_POINTED = re.compile(r"(?:那个|那家|这家|这个)(?:客户|公司|线索)?(?=..)")
_NOUN_WORD = {"customer": "客户", "lead": "线索", "order": "订单", "todo": "待办", "person": "同事"}


@dataclass(frozen=True)
class Field:
    """An argument as listening sees it."""

    name: str
    slot: Slot
    labels: tuple[str, ...]
    hint: str
    required: bool
    many: bool


@dataclass(frozen=True)
class Found:
    value: Any
    rest: str


@lru_cache(maxsize=512)
def fields_of(model: type[Args]) -> tuple[Field, ...]:
    """The arguments of a command in declared order, which is the order of asking."""
    return tuple(
        Field(
            name,
            slot_of(model, name),
            tuple(label.lower() for label in labels_of(model, name)),
            info.description or "",
            info.is_required(),
            slot_of(model, name).kind not in ("lines", "records") and _is_list(info.annotation),
        )
        for name, info in model.model_fields.items()
    )


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(_is_list(inner) for inner in get_args(annotation))


@lru_cache(maxsize=2048)
def meanings(slot: Slot) -> dict[str, str]:
    """What is said (lower case) to what is meant, for a choice."""
    said = {option.lower(): option for option in slot.options}
    return said | {word.lower(): meant for word, meant in slot.synonyms}


@lru_cache(maxsize=2048)
def shape(slot: Slot, labels: tuple[str, ...] = (), many: bool = False) -> str:
    """A regular expression without groups; free kinds are anything, as short as the rest allows."""
    if slot.kind == "choice":
        return _longest_first(meanings(slot))
    if slot.kind == "flag":
        return _longest_first(labels)
    if slot.kind == "ref":
        return _ref_shape(slot, many)
    shapes = {
        "phone": PHONE, "email": EMAIL, "wechat": WECHAT, "money": numbers.MONEY, "rate": numbers.RATE, "day": DATE,
        "instant": DATE, "count": numbers.COUNT, "period": PERIOD,
    }  # fmt: skip
    return shapes.get(slot.kind, r".+?")


def _longest_first(words: Any) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _ref_shape(slot: Slot, many: bool) -> str:
    if many:
        return rf"{CODE}(?:(?:{SEPARATORS}|和|与|跟|及)+{CODE})+"
    return CODE if set(slot.nouns) <= _ONLY_BY_CODE and slot.nouns else rf"{CODE}|.+?"


def is_free(slot: Slot, many: bool = False) -> bool:
    """Whether its shape says nothing about where it ends."""
    return slot.kind in FREE and not many and not (slot.kind == "ref" and _ref_shape(slot, False) == CODE)


def read(field: Field, said: Sentence, now: datetime) -> Any | Doubt | None:
    """The JSON value of a piece that is wholly this argument; None where it cannot be."""
    kind = field.slot.kind
    key = said.key
    if not key:
        return None
    if kind == "ref":
        return _refs(field, said) if field.many else several(said) or ref_value(field.slot, said)
    if kind in ("name", "company"):
        return said.text if is_name(said) else None
    if kind == "words" and field.many:
        return _words(said)
    if kind in ("words", "wechat"):
        is_codes = not field.required and _CODES_ALONE.fullmatch(key)  # further records, not a remark
        return None if is_codes or _PARTICLES.fullmatch(key) else said.text
    if kind in ("day", "instant"):
        return date_value(field, key, now)
    if kind == "period":
        return read_period(key, now)
    if kind == "choice":
        return meanings(field.slot).get(key)
    return _plain_value(field, key)


def _words(said: Sentence) -> list[str] | None:
    """Several short texts beside each other: VIP 华东, 重点、老客户和华东."""
    pieces = re.split(rf"(?:{SEPARATORS})+|(?<=..)[和与跟及](?=..)", said.text)
    return [piece for piece in pieces if piece] or None


def _plain_value(field: Field, key: str) -> Any | Doubt | None:
    kind = field.slot.kind
    if kind == "flag":
        return True if key in field.labels else None
    if kind == "phone":
        return normal_phone(key)
    if kind == "email":
        return key if re.fullmatch(EMAIL, key) else None
    if kind == "rate":
        rate = numbers.rate(key)
        return None if rate is None else numbers.plain(rate)
    if kind == "count":
        return numbers.count(key)
    amount = numbers.money(key)
    return amount if amount is None or isinstance(amount, Doubt) else numbers.plain(amount)


def date_value(field: Field, key: str, now: datetime) -> str | Doubt | None:
    """The day or instant; `Doubt` for a day that is not in the calendar, or on the wrong side of now."""
    moment = read_moment(key, now, past=looks_back(field))
    if moment is None:
        return Doubt(key, "日历上没有这一天") if is_no_day(key) else None
    return fitting(field, key, moment, now)


def fitting(field: Field, said: str, moment: Moment, now: datetime) -> str | Doubt:
    """A plan lies ahead, what is told of a payment behind: anything else is asked about with the date that was read."""
    if field.slot.kind == "day":
        if looks_back(field) and moment.day > now.date():
            return Doubt(said, f"是 {moment.day.isoformat()}，还没有到")
        return moment.day.isoformat()
    when = instant(moment, now)
    if when < now and field.name.startswith(("due", "next", "remind")):
        return Doubt(said, f"是 {when:%Y-%m-%d %H:%M}，已经过去")
    return when.isoformat(timespec="seconds")


def looks_back(field: Field) -> bool:
    """Payments have arrived, deliveries were received: their dates lie in the past."""
    return field.name.startswith(("paid", "received", "happened", "shipped", "visited"))


def _refs(field: Field, said: Sentence) -> list[str] | None:
    if not re.match(CODE, said.key):
        return _names(field.slot, said)
    codes = [said.text[m.start() : m.end()] for m in re.finditer(CODE, said.key)]
    allowed = all(_fits_noun(field.slot, code.lower()) for code in codes)
    return codes if codes and allowed else None


def _names(slot: Slot, said: Sentence) -> list[str] | None:
    """Names with 、 between; with 和 only where each of them looks like a company: 和平饭店 is one."""
    parts = [said.cut(*match.span()) for match in re.finditer(r"[^、]+", said.key)]
    if len(parts) == 1 or re.search("[和与及跟]", parts[-1].key):
        *before, last = parts
        two = [last.cut(*match.span()) for match in re.finditer("[^和与及跟]+", last.key)]
        parts = [*before, *(two if len(two) == 2 and all(is_company(one.key) for one in two) else [last])]
    found = [ref_value(slot, part) for part in parts]
    return [name for name in found if name] if len(found) > 1 and all(found) else None


def _fits_noun(slot: Slot, code: str) -> bool:
    letters = re.match(r"[a-z]+", code)
    return not slot.nouns or any(letters and _LETTERS.get(noun) == letters[0] for noun in slot.nouns)


def ref_value(slot: Slot, said: Sentence) -> str | None:
    """A code of the right noun, or something that could be a name where the noun has names."""
    if re.fullmatch(CODE, said.key):
        return said.text if _fits_noun(slot, said.key) else None
    if (slot.nouns and set(slot.nouns) <= _ONLY_BY_CODE) or re.search(CODE, said.key):
        return None
    for noun in slot.nouns:
        word = _NOUN_WORD.get(noun, "\0")
        if said.key.startswith(word) and len(said.key) > len(word) + 1:
            said = said.cut(len(word))
    if pointing := _POINTING.search(said.key):
        said = said.cut(0, pointing.start())
    if pointing := _POINTED.match(said.key):
        said = said.cut(pointing.end())
    if {"customer", "lead"} & set(slot.nouns) and re.fullmatch(r".*(?:公海|线索池)里?", said.key):
        return None
    if slot.nouns == ("person",) and not _is_person_like(said.key):
        return None
    if re.fullmatch(numbers_and_spans(), said.key):
        return None
    return said.text if is_name(said) else None


def several(said: Sentence) -> Doubt | None:
    """李四或者王五, 海豚科技、云图智能: more than one where one is meant."""
    if _SEVERAL.fullmatch(said.key) is None:
        return None
    parts = [part for part in re.split(r"、|或者?|还是|要么", said.key) if part]
    named = [is_person(part) or is_company(part) for part in parts]
    return Doubt(said.text, "不止一个") if len(parts) > 1 and all(named) else None


@lru_cache(maxsize=1)
def numbers_and_spans() -> re.Pattern[str]:
    """A length of time names nobody: 申请延期10天."""
    return re.compile(rf"{SPAN}|-?\d+天")


def _is_person_like(key: str) -> bool:
    return len(key) <= 12 and not re.search(r"[组部队池]$|公海|客户|线索|订单|季度|[本上下这]个?[周月年]|[,、\d]", key)


def is_name(said: Sentence) -> bool:
    """Whether this could name a person, company or record: not a pronoun, a question, a number or an everyday thing."""
    key = said.key
    if (
        not 2 <= len(key) <= 60
        or re.search(r"[?;。!、]|[\u4e00-\u9fff][ ,]+[\u4e00-\u9fff]", key)
        or _NOT_A_NAME.fullmatch(key)
    ):
        return False
    return _UNLIKELY_START.match(key) is None or is_company(key)


def is_shaped(field: Field, said: Sentence) -> bool:
    """Whether a name shows by itself what it is, so that it needs no space before it."""
    if field.slot.kind == "name":
        return is_person(said.key)
    return is_company(said.key) or is_person(said.key)
