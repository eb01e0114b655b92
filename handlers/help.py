"""Help, who am I, and undo."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from handlers import permits
from handlers.args import Arg, Args, Words, labels_of
from handlers.command import Command, Permission
from handlers.company.people import PERSON
from handlers.context import Context
from handlers.nouns import one
from handlers.reply import Button, Reply
from handlers.undo import undo_last
from models.base import Json
from models.customers.customer import Customer
from models.customers.sea import LeadPool, LeadPoolReach, Sea, SeaReach
from models.errors import NotFound
from models.normal import simplified
from models.sales.lead import OPEN, Lead

AREAS = {
    "线索": ("lead.", "assignment."), "客户和公海": ("customer.",), "联系人和团队": ("contact.", "team.", "share."),
    "跟进和待办": ("follow_up.", "visit.", "todo.", "file."), "商机": ("opportunity.",),
    "订单和回款": ("order.", "payment."), "审批": ("approval.",),
    "查找和报表": ("search", "check_duplicate", "report.", "target.", "ask.", "explain."),
    "其他": ("notice.", "help", "whoami", "undo", "leave."),
}  # fmt: skip
# With these people start; the rest of an area comes behind them.
FIRST = (
    "lead.register", "lead.claim", "customer.claim", "customer.show", "contact.create", "team.add", "follow_up.add",
    "todo.create", "order.create", "payment.create", "approval.list", "approval.approve", "check_duplicate",
    "report.show", "undo", "notice.explain",
)  # fmt: skip
SCOPES = {"admin": "全公司", "dept_manager": "自己、下属，和本部门及下级部门", "staff": "自己和下属"}
ENOUGH = 0.34


class Help(Args):
    topic: Words | None = Arg("主题", default=None)


class WhoAmI(Args):
    pass


class Undo(Args):
    walk: Words | None = Arg("哪一次", "撤销按钮所属的操作", default=None)


def show_help(ctx: Context, args: Help) -> Reply:
    """Everything that this person may do, by area with one example each; or how one thing is said."""
    from handlers import registry  # it lists help itself

    mine = [command for command in registry.COMMANDS if _may(ctx, command)]
    if args.topic is None:
        topics = [{"title": area, "examples": _examples(mine, prefixes)} for area, prefixes in AREAS.items()]
        facts: Json = {"topics": [topic for topic in topics if topic["examples"]]}
        result = facts | {"commands": [{"name": command.name, "title": command.title} for command in mine]}
        return Reply("help", facts, result=result)
    found = matching(args.topic, mine)
    if not found:
        raise NotFound(f"不知道怎么「{args.topic}」", next_step="说「帮助」看看我能做什么")
    return Reply("help_topic", facts := _topic(found), result=facts | {"commands": [command.name for command in found]})


def _may(ctx: Context, command: Command) -> bool:
    return permits.may(ctx, command.needs, command.name)


def _examples(commands: Iterable[Command], prefixes: tuple[str, ...]) -> list[str]:
    of_area = [command for command in commands if command.name.startswith(prefixes)]
    of_area.sort(key=lambda command: FIRST.index(command.name) if command.name in FIRST else len(FIRST))
    return [command.examples[0] for command in of_area]


def matching(topic: str, commands: Sequence[Command]) -> list[Command]:
    """The commands that a topic means, best first: by title, else by how much of it stands in title and examples."""
    said = simplified(topic).strip().rstrip("?？吗呢啊")
    exact = [command for command in commands if command.title == said or command.name == said]
    if exact:
        return exact
    scores = {command.name: _likeness(said, command) for command in commands}
    best = max(scores.values(), default=0.0)
    return [command for command in commands if best >= ENOUGH and scores[command.name] >= best * 0.9][:3]


def _likeness(said: str, command: Command) -> float:
    """Which part of the topic's neighbouring characters the command's title has, its examples counting less."""
    pairs = _pairs(said)
    in_title, in_examples = _pairs(command.title), set[str]().union(*map(_pairs, command.examples))
    if not pairs:
        return 0.0
    whole = (said in command.title or command.title in said) * 0.5
    return whole + len(pairs & in_title) / len(pairs) + 0.5 * len(pairs & (in_examples - in_title)) / len(pairs)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or ({text} if text else set())


def _topic(found: Sequence[Command]) -> Json:
    first = found[0]
    examples = list(dict.fromkeys(example for command in found for example in command.examples))
    return {
        "topic": first.title,
        "about": _undoing(first),
        "examples": examples,
        "parts": _parts(first.args),
    }


def _undoing(command: Command) -> str:
    if command.reads:
        return "只是查看，不会改动任何内容"
    return "做错了可以说「撤销」（10 分钟内）" if command.undo is True else f"不能撤销：{command.undo}"


def _parts(model: type[Args]) -> list[list[str]]:
    """What must be said, and what may be."""
    labels = {name: (labels_of(model, name) or [name])[0] for name in model.model_fields}
    needed = {name for name, field in model.model_fields.items() if field.is_required()}
    rows = [["要说", "、".join(labels[name] for name in labels if name in needed)]]
    rows.append(["还可以说", "、".join(labels[name] for name in labels if name not in needed)])
    return [row for row in rows if row[1]]


def who_am_i(ctx: Context, args: WhoAmI) -> Reply:
    """Name, department, role, superior, scope, and where one may claim."""
    person = one(ctx, PERSON, ctx.me)
    counts = [["负责客户", _owned(ctx, Customer)], ["负责线索", _owned(ctx, Lead)]]
    claims = [["可领取的公海", _reached(ctx, Sea)], ["可领取的线索池", _reached(ctx, LeadPool)]]
    facts = {
        "person": person,
        "scope": SCOPES[ctx.me.role] + ("；全部回款" if "finance" in ctx.me.duties else ""),
        "counts": [row for row in [*counts, *claims] if row[1] not in ("", None)],
    }
    return Reply("company/whoami", facts, buttons=(Button("帮助", "help"),), result=facts)


def _owned(ctx: Context, model: type[Customer] | type[Lead]) -> str:
    where = [model.owner_id == ctx.me.id] + ([Lead.status.in_(OPEN)] if model is Lead else [])
    return str(ctx.db.execute(select(func.count()).select_from(model).where(*where)).scalar_one())


def _reached(ctx: Context, model: type[Sea] | type[LeadPool]) -> str:
    reach, column = (SeaReach, SeaReach.sea_id) if model is Sea else (LeadPoolReach, LeadPoolReach.pool_id)
    mine = select(column).where(reach.person_id == ctx.me.id, reach.is_member)
    names = ctx.db.execute(select(model.name).where(model.id.in_(mine), model.is_enabled).order_by(model.id))
    return "、".join(names.scalars())


def undo(ctx: Context, args: Undo) -> Reply:
    """The last command of ten minutes, or the one that the button belongs to."""
    return undo_last(ctx, args.walk)


HELP = Command(
    name="help", title="帮助",
    says=(
        "(帮助|使用帮助|使用说明|怎么用|怎么使用|help|菜单|功能|功能列表|指令|命令列表)",
        "你(能|会|可以)[帮我](干|做)(什么|啥|些什么|哪些)",
        "我(能|会|可以)(干|做|说)(什么|啥|些什么|哪些)",
        "你(会|有)(什么|啥|哪些)[功能|本事]",
        "(怎么|如何|怎样|咋){topic:topic}",
        "{topic:topic}(怎么用|怎么弄|怎么操作|怎么做|怎么写)",
        "(help|帮助){topic:topic}",
    ),
    examples=("帮助", "怎么登记线索"),
    args=Help, needs=Permission.BASIC, run=show_help, reads=True,
)  # fmt: skip
WHO_AM_I = Command(
    name="whoami", title="我是谁",
    says=(
        "我(是|叫)(谁|什么名字|哪位|什么角色)",
        "(whoami|who am i)",
        "我的(身份|账号|角色|权限)[是什么]",
        "我有(什么|哪些)权限",
    ),
    examples=("我的身份", "whoami"),
    args=WhoAmI, needs=Permission.BASIC, run=who_am_i, reads=True,
)  # fmt: skip
UNDO = Command(
    name="undo", title="撤销",
    says=(
        "(撤销|undo|回滚)[一下|下][刚才|上一步|上一条|上一个|刚刚][的][操作|那条|那个|那步|动作]",
        "撤回(上一步|刚才|上一条|刚刚|上一个)[的][操作|那条|那个]",
        "(刚才|上一步|刚刚|上一条|上一个)[的|那个|那条][操作](撤销|撤了|不算)",
    ),
    examples=("撤销上一步", "undo"),
    args=Undo, needs=Permission.BASIC, run=undo, undo="撤销本身不能再撤销",
)  # fmt: skip

COMMANDS = (HELP, WHO_AM_I, UNDO,)  # fmt: skip
