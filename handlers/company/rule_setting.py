"""Rules are changed by admins, in versions with a day on which they begin (domain.md E.1.5 Rule change, D16)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from sqlalchemy import func, select

from cards import labels
from handlers.args import Arg, Args, Instant, Slot, Text, Words, choice
from handlers.command import Command, Permission
from handlers.company import rules
from handlers.context import Context
from handlers.presenting import instant, people
from handlers.reply import Button, Reply
from models.base import Json
from models.clock import aware, day_start
from models.company.calendar import Calendar
from models.company.flow import Discounts, Flows
from models.company.pool_rules import LeadPoolRules, SeaRules
from models.company.rule import Body, QuietHours, Rule, WonWhen
from models.customers.sea import LeadPool, Pool, Sea
from models.errors import Conflict, Invalid, NotFound
from models.rows import fetch_all

KINDS: Mapping[str, type[Body]] = {
    "sea": SeaRules, "lead_pool": LeadPoolRules, "flow": Flows, "calendar": Calendar, "quiet_hours": QuietHours,
    "won_when": WonWhen, "discounts": Discounts,
}  # fmt: skip
TITLES = {"calendar": "工作日历", "quiet_hours": "免打扰时段", "won_when": "成交条件", "discounts": "折扣权限"}
SETTINGS = {
    "reclaim_after_days": "未跟进回收天数", "no_deal_after_days": "未成交回收天数", "cooldown_days": "冷却天数",
    "holding_limit": "保有量上限", "daily_claim_limit": "每天领取上限", "night_limit": "每晚回收上限",
    "lock_limit": "保护上限",
}  # fmt: skip


def _json(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


Document = Annotated[Text, BeforeValidator(_json), Slot("words")]
Setting = Annotated[
    Text,
    choice(
        *SETTINGS,
        **{title: key for key, title in SETTINGS.items()},
        回收天数="reclaim_after_days", 回收期="reclaim_after_days", 回收期限="reclaim_after_days",
        未跟进天数="reclaim_after_days", 未成交天数="no_deal_after_days", 成交期限="no_deal_after_days",
        冷却期="cooldown_days", 持有上限="holding_limit", 保有量="holding_limit", 每日领取上限="daily_claim_limit",
        领取上限="daily_claim_limit",
    ),
]  # fmt: skip
Number = Annotated[int, Field(ge=0, le=100_000), Slot("count")]


class SetRule(Args):
    subject: Words = Arg("哪条规则", "公海或线索池的名称，或 calendar、discounts 等")
    body: Document = Arg("内容", "JSON，只写要改的键；null 表示不限")
    effective_at: Instant | None = Arg("生效时间", "不写就是明天 0 点", default=None)


class TuneRule(Args):
    subject: Words = Arg("公海或线索池")
    setting: Setting = Arg("哪一项")
    value: Number = Arg("改成多少", labels=("天数",))
    effective_at: Instant | None = Arg("生效时间", default=None)


class ListRules(Args):
    pass


class ShowRule(Args):
    subject: Words = Arg("哪条规则", "公海或线索池的名称，或 calendar、discounts 等")


def set_rule(ctx: Context, args: SetRule) -> Reply:
    """A new version: what the body does not name stays as it is."""
    try:
        body = json.loads(args.body)
    except ValueError as error:
        raise Invalid("body", "内容不是 JSON", str(error), '例如：{"reclaim_after_days": 20}') from error
    if not isinstance(body, dict):
        raise Invalid("body", "内容要写成 {键: 值}", args.body[:40], '例如：{"reclaim_after_days": 20}')
    return _put(ctx, args.subject, body, args.effective_at)


def tune_rule(ctx: Context, args: TuneRule) -> Reply:
    """One number of a sea or pool, as it is said in a chat."""
    return _put(ctx, args.subject, {args.setting: args.value}, args.effective_at)


def _put(ctx: Context, said: str, changes: Json, at: datetime | None) -> Reply:
    subject, title, kind = _subject(ctx, said)
    begins = aware(at, ctx.zone) if at is not None else day_start(ctx.now + timedelta(days=1), ctx.zone)
    if begins < ctx.now:
        raise Invalid(
            "effective_at", "生效时间已经过去", f"收到的是 {labels.when(instant(ctx, begins))}", "最早从现在起"
        )
    newest = fetch_all(ctx.db, Rule, Rule.subject == subject, order_by=[Rule.version.desc()], limit=1)
    before = newest[0].body if newest else {}
    body = _checked(kind, before | changes)
    if body == before:
        raise Conflict(f"{title}的规则已经是这样", _words(changes), "不用再改")
    last = ctx.db.execute(select(func.max(Rule.version)).where(Rule.subject == subject)).scalar_one()
    values: Json = {"subject": subject, "version": (last or 0) + 1, "effective_at": begins, "body": body}
    row = ctx.insert(Rule, **values, created_at=ctx.now, created_by=ctx.me.id)
    ctx.record("rule.set", row, ref=subject, facts={"diff": _diff(before, body)})  # type: ignore[arg-type]
    texts = [*_diff(before, body), f"{labels.when(instant(ctx, begins))} 生效，之前的规则到那时为止"]
    facts = {"title": f"{title}：第 {row.version} 版", "texts": texts}
    return Reply("notice", facts, buttons=(Button("撤销", "undo"),), result=_view(ctx, row, before))


def _checked(kind: type[Body], body: Json) -> Json:
    try:
        return kind.model_validate(body).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        why = said if not said.isascii() else f"收到的是 {str(first.get('input'))[:40]}"
        raise Invalid("body", f"「{where}」不对" if where else "内容不对", why, "请检查键名和取值") from error


def list_rules(ctx: Context, args: ListRules) -> Reply:
    """Each rule's version in force, and the one to come."""
    rows = fetch_all(ctx.db, Rule, order_by=[Rule.subject, Rule.version])
    titles = _titles(ctx)
    items: list[Json] = []
    for subject in dict.fromkeys(row.subject for row in rows):
        of_it = [row for row in rows if row.subject == subject]
        now = [row for row in of_it if row.effective_at <= ctx.now]
        coming = [row for row in of_it if row.effective_at > ctx.now]
        brief = f"第 {now[-1].version} 版" if now else "还没有生效"
        brief += (
            f"，第 {coming[-1].version} 版 {labels.when(instant(ctx, coming[-1].effective_at))} 生效" if coming else ""
        )
        version, later = now[-1].version if now else None, coming[-1].version if coming else None
        item = {"subject": subject, "title": titles.get(subject, subject), "version": version, "coming": later}
        items.append(item | {"brief": brief})
    shown = [{"code": "", "name": item["title"], "brief": item["brief"]} for item in items]
    facts = {"title": "规则", "items": shown, "total": len(items), "empty": "还没有规则"}
    return Reply("list", facts, result={"items": items})


def show_rule(ctx: Context, args: ShowRule) -> Reply:
    """The version in force whole, and who changed what when."""
    subject, title, kind = _subject(ctx, args.subject)
    rows = fetch_all(ctx.db, Rule, Rule.subject == subject, order_by=[Rule.version])
    body, version = rules.current(ctx.db, subject, kind, ctx.now)
    before: Json = {}
    versions: list[Json] = []
    for row in rows:
        versions.append(_view(ctx, row, before))
        before = row.body
    present = body.model_dump(mode="json", exclude_unset=True)
    texts = [f"现在：第 {version} 版"] + [
        f"{SETTINGS.get(key, key)}：{_shown(value)}" for key, value in present.items()
    ]
    texts += [_told(one) for one in reversed(versions[-4:])]
    result = {"subject": subject, "title": title, "version": version, "body": present, "versions": versions}
    return Reply("notice", {"title": f"{title}的规则", "texts": texts[:14]}, result=result)


def _told(one: Json) -> str:
    who = one["by"]["name"] if one["by"] else "公司文件"
    return f"第 {one['version']} 版 {labels.when(one['effective_at'])} 生效（{who}）：{'；'.join(one['diff'][:4])}"


def _view(ctx: Context, row: Rule, before: Json) -> Json:
    return {
        "subject": row.subject,
        "version": row.version,
        "effective_at": instant(ctx, row.effective_at),
        "created_at": instant(ctx, row.created_at),
        "by": people(ctx, [row.created_by])[row.created_by],
        "body": row.body,
        "diff": _diff(before, row.body),
    }


def _diff(before: Json, after: Json) -> list[str]:
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return [f"{SETTINGS.get(key, key)}：{_shown(before.get(key))} → {_shown(after.get(key))}" for key in changed]


def _words(changes: Json) -> str:
    return "，".join(f"{SETTINGS.get(key, key)} {_shown(value)}" for key, value in changes.items())


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "不限" if value is None else text if len(text) <= 60 else f"{text[:60]}…"


def _subject(ctx: Context, said: str) -> tuple[str, str, type[Body]]:
    """The rule's subject, its title and the model of its body."""
    said = said.strip()
    noun, _, name = said.partition("/")
    if noun in KINDS and (bool(name) == (noun in ("sea", "lead_pool", "flow"))):
        if noun == "flow":
            return said, f"{labels.noun(name)}审批流程", KINDS[noun]
        if not name:
            return said, TITLES[noun], KINDS[noun]
        found = _pools(ctx, Sea if noun == "sea" else LeadPool, name)
    else:
        by_title = [key for key, title in TITLES.items() if title == said]
        if by_title:
            return by_title[0], said, KINDS[by_title[0]]
        found = _pools(ctx, Sea, said) or _pools(ctx, LeadPool, said)
    if len(found) != 1:
        known = "、".join(_titles(ctx).values())
        what = f"「{said}」有好几个" if found else f"没有规则「{said}」"
        raise NotFound(what, next_step=f"可选：{known}" if known else "")
    model, pool = found[0]
    noun = model.__tablename__
    return f"{noun}/{pool.id}", pool.name, KINDS[noun]


def _pools(ctx: Context, model: type[Sea] | type[LeadPool], name: str) -> list[tuple[type[Pool], Pool]]:
    rows: list[Any] = fetch_all(ctx.db, model)
    exact = [row for row in rows if name in (row.name, str(row.id))]
    return [(model, row) for row in exact or [row for row in rows if name in row.name]]


def _titles(ctx: Context) -> dict[str, str]:
    pools = {
        f"{model.__tablename__}/{row.id}": row.name for model in (Sea, LeadPool) for row in fetch_all(ctx.db, model)
    }
    return pools | TITLES


SET_RULE = Command(
    name="rule.set", title="设置规则",
    says=("设置规则{subject}内容:{body}", "设置规则{subject}"),
    examples=('设置规则 华东公海 内容:{"reclaim_after_days": 20}', '设置规则 quiet_hours 内容:{"start": "22:00"}'),
    args=SetRule, needs=Permission.RULE_WRITE, run=set_rule,
)  # fmt: skip
TUNE_RULE = Command(
    name="rule.tune", title="调整规则",
    says=(
        "(把|将){subject}[的]{setting}(改成|改为|改到|调成|调到|调整为|设成|设为|设置为){value}[天|个|条]",
        "{subject}[的]{setting}(改成|改为|改到|调成|调到|调整为|设成|设为|设置为){value}[天|个|条]",
    ),
    examples=("把华东公海的回收天数改成20天", "华东线索池的冷却期改为7天"),
    args=TuneRule, needs=Permission.RULE_WRITE, run=tune_rule,
)  # fmt: skip
LIST_RULES = Command(
    name="rule.list", title="规则列表",
    says=("[看看|看|查|查看](有哪些规则|规则列表|所有规则|全部规则)",),
    examples=("有哪些规则", "规则列表"),
    args=ListRules, needs=Permission.RULE_WRITE, run=list_rules, reads=True,
)  # fmt: skip
SHOW_RULE = Command(
    name="rule.show", title="查看规则",
    says=("(看看|看|查|查看){subject}[的]规则", "{subject}的规则[是什么|是啥]", "查看规则{subject}"),
    examples=("查看华东公海的规则", "华东线索池的规则"),
    args=ShowRule, needs=Permission.RULE_WRITE, run=show_rule, reads=True,
)  # fmt: skip

COMMANDS = (SET_RULE, TUNE_RULE, LIST_RULES, SHOW_RULE)
