"""Commands of an approver besides yes and no, and of who answers him (domain.md E.3.2)."""

from handlers.args import Arg, Args, Count, DocumentRef, Flag, PersonRef, Words
from handlers.command import Command, Permission
from handlers.company import asking, signing, stepping
from handlers.company.approval_cards import shown
from handlers.company.approval_finding import to_answer, to_decide, to_retrieve
from handlers.company.rounds import round_of
from handlers.context import Context, subject_of
from handlers.finding import find_person
from handlers.reply import Reply
from models.company.approval import Approval
from models.errors import Conflict, Invalid


class AddSign(Args):
    ref: DocumentRef = Arg("单据", "编号")
    to: PersonRef = Arg("请谁加签", labels=("审批人", "加签人"))
    before: Flag | None = Arg("前加签", default=None, labels=("在我之前", "先审", "在前面"))


class ReturnTo(Args):
    ref: DocumentRef = Arg("单据", "编号")
    step: Count | None = Arg("第几步", default=None)
    reason: Words | None = Arg("原因", default=None)


class Ask(Args):
    ref: DocumentRef = Arg("单据", "编号")
    question: Words = Arg("问题", labels=("想问",))


class Answer(Args):
    ref: DocumentRef = Arg("单据", "编号")
    answer: Words = Arg("回答", labels=("答复",))


class Retrieve(Args):
    ref: DocumentRef = Arg("单据", "编号")


def add_sign(ctx: Context, args: AddSign) -> Reply:
    """A further signature, before or after the actor's own; not of the submitter or somebody who sits here already."""
    approval, task = to_decide(ctx, args.ref)
    person = find_person(ctx, args.to)
    if person.id == ctx.me.id:
        raise Invalid("to", "不能请自己加签", next_step="可以直接同意或驳回")
    if person.id == approval.submitter_id:
        raise Invalid("to", f"不能请提交人{person.name}加签", "不能审批自己提交的单据", "请选别的同事")
    if stepping.sits_here(stepping.here(ctx, approval), person.id):
        raise Conflict(f"{person.name}已经在这一步的审批人里", next_step="请选别的同事")
    return shown(ctx, signing.add_sign(ctx, approval, task, person.id, before=bool(args.before)))


def return_to(ctx: Context, args: ReturnTo) -> Reply:
    """To an earlier step, or (no step) to the submitter, who completes it."""
    approval, task = to_decide(ctx, args.ref)
    if args.step is None:
        return shown(ctx, signing.return_to_submitter(ctx, approval, task, args.reason))
    number = _place(approval, args.step)
    return shown(ctx, signing.return_to_step(ctx, approval, task, number, args.reason))


def _place(approval: Approval, step: int) -> int:
    """The index of the step that people call the `step`th: only those that ask somebody count."""
    asking_steps = [n for n, one in enumerate(approval.steps) if round_of(one).kind == "approve" and n < approval.step]
    if step <= len(asking_steps):
        return asking_steps[step - 1]
    if not asking_steps:
        title, rule = f"{approval.ref} 现在就在第一步", "前面没有可以退回的步骤"
        raise Invalid("step", title, rule, f"可以说「{approval.ref} 退回给提交人」，或驳回")
    title, rule = f"不能退回到第 {step} 步", f"只能退回到前面的第 1 到 {len(asking_steps)} 步"
    raise Invalid("step", title, rule, f"例如：{approval.ref} 退回到第 1 步")


def ask(ctx: Context, args: Ask) -> Reply:
    """The submitter is asked; nothing is decided."""
    approval, task = to_decide(ctx, args.ref)
    question = asking.ask(ctx, approval, task, args.question)
    facts = asking.card_facts(ctx, approval, question) | {"closed": "已发出提问"}
    return Reply("company/question", facts, (), subject_of(approval), shown(ctx, approval).result)


def answer(ctx: Context, args: Answer) -> Reply:
    """By submitter or owner; whoever asked gets it, with his buttons."""
    approval = to_answer(ctx, args.ref)
    questions = asking.unanswered(ctx, approval)
    if not questions:
        raise Conflict(f"{approval.ref} 没有要回答的问题", "审批人没有提问", f"可以说「催办 {approval.ref}」")
    asking.answer(ctx, approval, questions, args.answer)
    facts = asking.card_facts(ctx, approval, questions[-1]) | {"answer": args.answer, "answered_by": _me(ctx)}
    return Reply("company/question", facts | {"closed": "已回答"}, (), None, shown(ctx, approval).result)


def _me(ctx: Context) -> dict[str, str]:
    return {"code": ctx.me.code, "name": ctx.me.name}


def retrieve(ctx: Context, args: Retrieve) -> Reply:
    """The actor's own yes, while nobody has gone on from it."""
    approval, task = to_retrieve(ctx, args.ref)
    return shown(ctx, signing.retrieve(ctx, approval, task))


ADD_SIGN = Command(
    name="approval.add_sign", title="加签",
    says=(
        "(加签|请人加签)[订单|回款]{ref}[的][审批]给{to}[{before}]",
        "[订单|回款]{ref}[的][审批][请|让|给|找]{to}{before!}",
        "[把|将|给][订单|回款]{ref}[的][审批]{before!}[给|请|让|找]{to}",
        "[把|将|给][订单|回款]{ref}[的][审批]加签[给|请|让|找]{to}[{before}]",
        "[订单|回款]{ref}[的][审批](请|让|找){to}(加签|一起审|也审一下|也看一下)",
    ),
    examples=("加签 SO20261123-0011 给 林总", "SO20261123-0006 加签给王经理"),
    args=AddSign, needs=Permission.APPROVE, run=add_sign, undo="已请对方加签，可请对方转回",
)  # fmt: skip
RETURN_TO = Command(
    name="approval.return_to", title="退回到某一步",
    says=(
        "[把|将][订单|回款]{ref:code}[的][审批](退回|退|打回)(到|回|至)第{step}(步|级|节点|个节点)[原因[是|为]|因为|{reason}]",
        "(退回|打回)[订单|回款]{ref:code}(到|回|至)第{step}(步|级|节点|个节点)[原因[是|为]|因为|{reason}]",
        "[把|将][订单|回款]{ref:code}[的][审批](退回|退|打回)(给|到|回)(提交人|申请人|发起人)[补充|修改]"
        "[原因[是|为]|因为|{reason}]",
    ),
    examples=("SO20261123-0011 退回到第一步", "SO20261123-0006退回给提交人补充"),
    args=ReturnTo, needs=Permission.APPROVE, run=return_to, undo="已退回，重新审批即可",
)  # fmt: skip
ASK = Command(
    name="approval.ask", title="问一下提交人",
    says=(
        "(问一下|问一句|问问|问下|追问)[订单|回款|审批]{ref:code}[的][审批]{question}",
        "[订单|回款|审批]{ref:code}[的][审批](问一下|问一句|问问|问下|想问|追问)[提交人]{question}",
    ),
    examples=("问一下 SO20261123-0011 交期能保证吗", "SO20261123-0006 问一句 客户付定金了吗"),
    args=Ask, needs=Permission.APPROVE, run=ask, undo="问题已经发出",
)  # fmt: skip
ANSWER = Command(
    name="approval.answer", title="回答审批人的问题",
    says=(
        "(回复|答复|回答)[订单|回款|审批]{ref:code}[的][提问|问题|审批]{answer}",
        "[订单|回款|审批]{ref:code}[的][提问|问题|审批](回复|答复|回答){answer}",
    ),
    examples=("回复 SO20261123-0011 交期没问题", "回答 SO20261123-0006 定金已经到账"),
    args=Answer, needs=Permission.BASIC, run=answer, undo="回答已经发出",
)  # fmt: skip
RETRIEVE = Command(
    name="approval.retrieve", title="取回我的同意",
    says=(
        "(取回|拿回)[我的|我对][订单|回款|审批]{ref:code}[的][审批|同意]",
        "[把|将][订单|回款|审批]{ref:code}[的][审批|同意](取回|拿回)[来|了]",
    ),
    examples=("取回 SO20261123-0011", "把SO20261123-0006的审批取回来"),
    args=Retrieve, needs=Permission.APPROVE, run=retrieve, undo="已取回，可以重新审批",
)  # fmt: skip

COMMANDS = (ADD_SIGN, RETURN_TO, ASK, ANSWER, RETRIEVE,)  # fmt: skip
