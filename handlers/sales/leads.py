"""Leads: registered, claimed, followed, converted (domain.md A.2)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, case, func, select

from handlers.command import Command, Permission
from handlers.company import rules
from handlers.context import Context
from handlers.customers.attachment_counts import count_of
from handlers.reply import Reply
from handlers.sales import (
    converting,
    lead_claim_batch,
    lead_claims,
    lead_duplicates,
    lead_owners,
    lead_pools,
    lead_states,
    qualifying,
    registering,
    registering_many,
    scoring,
)
from handlers.sales.lead_args import (
    AssignLead,
    ClaimLead,
    ConvertLead,
    ListLeads,
    MarkLead,
    RegisterLead,
    ReturnLead,
    ShowLead,
    UpdateLead,
)
from handlers.sales.lead_view import LEAD, SCENES, find_lead, present, shown
from models.company.score_rules import Scoring
from models.errors import Invalid, MissingArgument
from models.rows import Column, fetch_all
from models.sales.lead import Lead


def register_lead(ctx: Context, args: RegisterLead) -> Reply:
    """See `registering`: one handle is enough, a known phone is refused."""
    return registering.register(ctx, args)


def list_leads(ctx: Context, args: ListLeads) -> Reply:
    """The first page of a scene; where waiting is what matters the better grade first, then the longest waiting."""
    scene = args.scene or ("pool" if args.pool else "mine")
    where = [LEAD.gate(ctx), SCENES[scene](ctx)]
    pool = lead_pools.named(ctx, args.pool) if args.pool else None
    if pool is not None:
        where.append((Lead.pool_id if scene == "pool" else Lead.home_pool_id) == pool.id)
    if args.status:
        where.append(Lead.status == args.status)
    best = _grade(ctx)
    waiting: dict[str, Sequence[Column]] = {
        "pool": [best, Lead.entered_pool_at, Lead.id],
        "todo": [best, Lead.owned_at, Lead.id],
    }
    order = waiting.get(scene, [Lead.id.desc()])
    rows = fetch_all(ctx.db, Lead, *where, order_by=order, limit=ctx.page_size)
    total = ctx.db.execute(select(func.count()).select_from(Lead).where(*where)).scalar_one()
    items = present(ctx, rows)
    named = {"name": pool.name} if pool else None
    facts = {"scene": scene, "status": args.status, "pool": named, "items": items, "total": total}
    return Reply("sales/lead_list", facts, result={"items": items, "total": total})


def _grade(ctx: Context) -> ColumnElement[int]:
    """The place of a lead's grade, the best first; what has no score comes with the last."""
    grades = sorted(rules.in_force(ctx, scoring.SUBJECT, Scoring)[0].grades.values(), reverse=True)
    return case(*[(Lead.score >= least, place) for place, least in enumerate(grades)], else_=len(grades))


def show_lead(ctx: Context, args: ShowLead) -> Reply:
    """The record, masked where it lies in a pool."""
    lead = find_lead(ctx, args.ref)
    reply = shown(ctx, lead, notes=qualifying.notes(ctx, lead), files=count_of(ctx, lead))
    return replace(reply, result={**(reply.result or {}), **qualifying.view(ctx, lead)})


def claim_lead(ctx: Context, args: ClaimLead) -> Reply:
    """One by name, several, or the oldest few of a pool."""
    every = bool(args.all_or_nothing)
    if args.refs:
        return lead_claim_batch.claim_named(ctx, args.refs, all_or_nothing=every)
    if args.ref is not None:
        return lead_claims.claim_one(ctx, args.ref)
    if args.count is None:
        raise MissingArgument("ref", "请告诉我领哪条线索，或要领几条")
    return lead_claim_batch.claim_several(ctx, args.count, args.pool, all_or_nothing=every)


def assign_lead(ctx: Context, args: AssignLead) -> Reply:
    """One or several, to a person."""
    refs = args.refs or ([args.ref] if args.ref else [])
    if not refs:
        raise MissingArgument("ref", "请告诉我是哪条线索")
    return lead_owners.assign(ctx, refs, args.to)


def return_lead(ctx: Context, args: ReturnLead) -> Reply:
    """To the named pool, else the one it came from."""
    return lead_owners.give_back(ctx, args.ref, args.reason, args.pool)


def invalidate_lead(ctx: Context, args: MarkLead) -> Reply:
    """A temporary mark; the next follow-up takes it off again."""
    return lead_states.invalidate(ctx, args.ref, args.reason)


def void_lead(ctx: Context, args: MarkLead) -> Reply:
    """Verified as junk."""
    return lead_states.void(ctx, args.ref, args.reason)


def restore_lead(ctx: Context, args: MarkLead) -> Reply:
    """An invalid one by whoever may write it, a void one by an admin alone."""
    return lead_states.restore(ctx, args.ref, args.reason)


def update_lead(ctx: Context, args: UpdateLead) -> Reply:
    """Changes what is named; a new number must be free."""
    lead = find_lead(ctx, args.ref, lock=True, write=True)
    changes = args.model_dump(exclude={"ref"}, exclude_none=True)
    if not changes:
        raise Invalid("ref", "没说要改什么", next_step="例如：修改线索 L000045 公司 上海海豚科技有限公司")
    is_new = args.phone is not None and args.phone != lead.phone
    known = lead_duplicates.check_phone(ctx, args.phone or "", but=lead.id) if is_new else []
    lead = ctx.save(lead, **changes)
    lead = ctx.save(lead, score=qualifying.scored(ctx, lead).points)
    ctx.record("lead.updated", lead)
    ctx.refresh_cards("lead", lead.id)
    return shown(ctx, lead, title="已修改", undo=True, notes=[*known, *lead_duplicates.similar(ctx, lead)])


def convert_lead(ctx: Context, args: ConvertLead) -> Reply:
    """See `converting`: matched first, made only where there is no such customer."""
    return converting.convert(ctx, args)


REGISTER_LEAD = Command(
    name="lead.register", title="登记线索",
    says=(
        "(登记|新增|新建|录入|录|加|添加|补录|建|报备|登|create|add|register|new)[一下|下][一|几|两|三|四|五|六][个|条][新][客户](线索|潜客|lead|leads)"
        "{...}",
        "[客户](线索|潜客)(登记|录入|新增|报备){...}",
        "[有|来了|来][一][个|条]新[的][客户](线索|潜客){...}",
        "[客户|新](线索|潜客):{...!}",
        "[把]{...!}(登记|录入|录|记|加)[到|成|为|进]线索[里|库]{...}",
        "[把]{...!}(登记|录入|录|记|加)(到|成|为|进)线索[里|库]",
        "(有|来了|来)[一][个|条](线索|潜客){...!}",
    ),
    examples=(
        "登记线索 周小舟 13811112222 成都锦里茶业有限公司 来源展会",
        "新线索：何田田，电话 139 2222 3333，公司是西安秦川机床厂，转介绍",
    ),
    args=RegisterLead, needs=Permission.LEAD_WRITE, run=register_lead,
)  # fmt: skip


LIST_LEADS = Command(
    name="lead.list", title="线索列表",
    says=(
        "[看看|看|查|查看|列出|打开][一下|下]{scene}[的](线索|leads)[列表|有哪些|有多少]",
        "{scene}[里]有(哪些|什么|多少)[条]线索",
        "[有哪些]{status}[的]线索[列表|有哪些]",
        "[看看|看|查|查看|列出][一下|下]{scene}{status}[的]线索",
        "{pool:pool}[里|中][都]有(哪些|什么|多少)[条]线索",
        "{pool:pool}[的|里的]线索",
        "线索(列表|清单)",
        "[看看|看|查|查看]{scene}名下[的]线索",
        "{scene}里[还|都]有(什么|哪些)",
    ),
    examples=("下属的线索", "待跟进的线索有哪些"),
    args=ListLeads, needs=Permission.BASIC, run=list_leads, reads=True,
)  # fmt: skip


SHOW_LEAD = Command(
    name="lead.show", title="查看线索",
    says=(
        "(查|看|看看|查看|查询|打开|show)[一下|下]线索{ref}[[的](详情|情况|资料)]",
        "(查|看|看看|查看|查询|打开|show)[一下|下][lead]{ref:code}[[的](详情|情况|资料)]",
        "线索{ref}[的](详情|情况|资料|怎么样了|什么情况)",
        "[线索]{ref:code}[现在|目前][是](什么情况|怎么样了|详情|情况)",
    ),
    examples=("查线索 L000045", "看线索 周小舟"),
    args=ShowLead, needs=Permission.BASIC, run=show_lead, reads=True,
)  # fmt: skip


CLAIM_LEAD = Command(
    name="lead.claim", title="领取线索",
    says=(
        "(领取|领|认领|捞|抢|claim)[一下|下][这几条]线索{refs:names!}",
        "(领取|领|认领|claim)[一下|下][这几条]{refs}",
        "(把|将)线索{refs:names!}[都](领了|领走|领取|领一下|认领)[了]",
        "(领取|领|认领|捞|抢|claim)[一下|下][这条]线索{ref}",
        "(领取|领|认领|claim)[一下|下]{ref:code}",
        "[把|将][线索]{ref:code}(领了|领走|领取|领一下|认领)[了]",
        "[把|将]线索{ref}(领了|领走|领取|领一下|认领)[了]",
        "[从{pool}[里|中]](领取|领|认领|捞|抢){count}[条|个]线索",
        "从{pool:pool}[里|中](领取|领|认领|捞|抢){count}(条|个)",
        "(领取|领|认领|捞|抢){count}[条|个]{pool:pool}[的|里的|里]线索",
    ),
    examples=("领取线索 L000045", "从华北线索池领两条线索", "领取线索 L000061、L000062"),
    args=ClaimLead, needs=Permission.LEAD_CLAIM, run=claim_lead,
)  # fmt: skip


ASSIGN_LEAD = Command(
    name="lead.assign", title="分配线索",
    says=(
        "(分配|指派|派|分|转|移交|assign)[一下|下]线索{ref}给{to}",
        "assign[lead]{ref:code}to{to}",
        "(分配|指派|派|分|转|移交|assign)[一下|下][线索]{refs}给{to}",
        "[把|将]线索{ref}(分配|分|指派|派|转|移交|转交|交)给{to}[跟进|跟|负责|处理]",
        "[把|将][线索]{ref:code}(分配|分|指派|派|转|移交|转交|交)给{to}[跟进|跟|负责|处理]",
        "[把|将][线索]{refs}(分配|分|指派|派|转|移交|转交|交)给{to}[跟进|跟|负责|处理]",
        "给{to}(分配|分|派)[一条]线索{ref}",
        "线索{ref}给{to}[跟进|跟|负责]",
        "[线索]{ref:code}给{to}[跟进|跟|负责]",
        "(让|叫|由){to}(跟进|跟|负责|来跟)线索{ref}",
        "(让|叫|由){to}(跟进|跟|负责|来跟){ref:code}",
    ),
    examples=("分配线索 L000061 给 王五", "把线索L000062分给王五"),
    args=AssignLead, needs=Permission.LEAD_ASSIGN, run=assign_lead,
)  # fmt: skip


RETURN_LEAD = Command(
    name="lead.return", title="退回线索",
    says=(
        "(退回|退|释放|return)[一下|下]线索{ref}[原因[是|为]|因为|理由[是]]{reason}",
        "(退回|退|释放|return)[lead]{ref:code}[原因[是|为]|因为|理由[是]]{reason}",
        "[把|将][线索]{ref:code}(退回|退了|退掉|放回|扔回|退)[去|到][线索池|池子|池][里|中][了][原因[是|为]|因为|理"
        "由[是]]{reason}",
        "[把|将]线索{ref}(退回|退了|退掉|放回|扔回|退)[去|到][线索池|池子|池][里|中][了][原因[是|为]|因为|理由[是]]"
        "{reason}",
        "[把|将][线索]{ref:code}(退回|退|放回|扔回)[到]{pool:pool}[里][原因[是|为]|因为|理由[是]]{reason}",
        "[线索]{ref:code}不跟了[原因[是|为]|因为|理由[是]]{reason}",
        "[线索]{ref:code}{reason!}(退回去|退回线索池|退回|退了|退掉)",
        "线索{ref}{reason!}(退回去|退回线索池|退回|退了|退掉)",
        "不跟线索{ref}了[退回|退了][原因[是|为]|因为|理由[是]]{reason}",
        "不跟{ref:code}了[退回|退了][原因[是|为]|因为|理由[是]]{reason}",
    ),
    examples=("退回线索 L000063 打了三次都是空号", "把线索L000046退回线索池 原因是没有需求"),
    args=ReturnLead, needs=Permission.LEAD_WRITE, run=return_lead,
)  # fmt: skip


INVALIDATE_LEAD = Command(
    name="lead.invalidate", title="线索无效",
    says=(
        "[把|将][线索]{ref:code}[标记|标|置|设][为|成|是]无效[了][[原因[是]|因为]{reason}]",
        "[把|将]线索{ref}[标记|标|置|设][为|成|是]无效[了][[原因[是]|因为]{reason}]",
        "(标记|标)[一下|下][线索]{ref:code}[为]无效[[原因[是]|因为]{reason}]",
        "无效线索{ref:code}[[原因[是]|因为]{reason}]",
        "[线索]{ref:code}{reason!}[标记|标|置|设][为|成|是]无效[线索]",
    ),
    examples=("线索 L000045 无效 电话打不通", "把线索L000064标为无效"),
    args=MarkLead, needs=Permission.LEAD_WRITE, run=invalidate_lead,
)  # fmt: skip


VOID_LEAD = Command(
    name="lead.void", title="作废线索",
    says=(
        "作废[一下|下]线索{ref}[[原因[是]|因为]{reason}]",
        "作废[一下|下]{ref:code}[[原因[是]|因为]{reason}]",
        "[把|将][线索]{ref:code}作废[了|掉][[原因[是]|因为]{reason}]",
        "[把|将]线索{ref}作废[了|掉][[原因[是]|因为]{reason}]",
        "[线索]{ref:code}{reason!}作废[了|掉]",
    ),
    examples=("作废线索 L000065 录错了", "把线索L000052作废"),
    args=MarkLead, needs=Permission.LEAD_WRITE, run=void_lead,
)  # fmt: skip


RESTORE_LEAD = Command(
    name="lead.restore", title="恢复线索",
    says=(
        "(恢复|还原|激活)[一下|下]线索{ref}[[原因[是]|因为]{reason}]",
        "(恢复|还原|激活)[一下|下]{ref:code}[[原因[是]|因为]{reason}]",
        "[把|将][线索]{ref:code}(恢复|还原|重新激活|捡回来)[了|一下]",
        "[把|将]线索{ref}(恢复|还原|重新激活|捡回来)[了|一下]",
    ),
    examples=("恢复线索 L000052", "把线索L000052恢复"),
    args=MarkLead, needs=Permission.LEAD_WRITE, run=restore_lead,
)  # fmt: skip


UPDATE_LEAD = Command(
    name="lead.update", title="修改线索",
    says=(
        "(修改|更新|改|完善|补充)[一下|下]线索{ref}[的]{...}",
        "(修改|更新|完善|补充)[一下|下]{ref:code}[的]{...}",
        "(把|将)[线索]{ref:code}的{...!}",
        "[把|将][线索]{ref:code}[的](电话|手机|手机号)(改成|改为|换成|更新为|变更为|改){phone}",
        "[把|将][线索]{ref:code}[的](公司|单位)(改成|改为|换成|更新为|变更为){company}",
        "[把|将][线索]{ref:code}[的](备注|需求)(改成|改为|更新为){note}",
    ),
    examples=("修改线索 L000045 公司 杭州西子精工有限公司", "更新线索 L000045 备注 想要二十台打印机"),
    args=UpdateLead, needs=Permission.LEAD_WRITE, run=update_lead,
)  # fmt: skip


CONVERT_LEAD = Command(
    name="lead.convert", title="转换线索",
    says=(
        "[把|将][线索]{ref:code}[可以|要|能](转成|转为|转换成|转换为|转化成|转化为|变成|转)[正式]客户[了]["
        "[和|跟|加|并|并且|同时|以及|还有|再][建|建个|建一个|创建|生成|一个]{opportunity}]",
        "[把|将]线索{ref}[可以|要|能](转成|转为|转换成|转换为|转化成|转化为|变成|转)[正式]客户[了]["
        "[和|跟|加|并|并且|同时|以及|还有|再][建|建个|建一个|创建|生成|一个]{opportunity}]",
        "(转换|转化|转)[一下|下]线索{ref}",
        "(转换|转化|convert)[一下|下]{ref:code}[[和|跟|加|并|同时][建|建个|创建|生成]{opportunity}]",
        "[把|将][线索]{ref:code}(并入|并到|合并到|归到|挂到)[客户]{customer}",
    ),
    examples=("把 L000066 转成客户", "转换线索 L000049"),
    args=ConvertLead, needs=Permission.LEAD_WRITE, run=convert_lead,
)  # fmt: skip


COMMANDS = (
    REGISTER_LEAD, registering_many.REGISTER_LEADS, LIST_LEADS, SHOW_LEAD, CLAIM_LEAD, ASSIGN_LEAD,
    RETURN_LEAD, INVALIDATE_LEAD, VOID_LEAD, RESTORE_LEAD, CONVERT_LEAD, UPDATE_LEAD,
)  # fmt: skip
