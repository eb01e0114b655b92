"""Pictures, files and voices that come in chat: kept with the record that is being talked about."""

from datetime import timedelta
from typing import Annotated, Any

from sqlalchemy import func, select

from handlers.args import Arg, Args, SubjectRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context, subject_of
from handlers.customers.attachment_counts import of_record
from handlers.customers.attachment_view import ATTACHMENT, present
from handlers.customers.spoken_of import spoken_of
from handlers.customers.subjects import find_subject, label
from handlers.nouns import one
from handlers.reply import Button, Reply
from models.company.attachment import Attachment
from models.customers.customer import Customer
from models.errors import Conflict, Invalid, MissingArgument, WhichOne
from models.media import safe_name
from models.rows import fetch_all
from models.sales.lead import OPEN, Lead

WHERE = "附到哪条记录？"
LAST_SENT = timedelta(minutes=30)
Kind = Annotated[Text, choice("image", "file", "voice", "video")]
NAMES = {"image": "图片", "file": "文件", "voice": "语音", "video": "视频"}
DICTATE = "语音没有变成文字。请点输入框，用键盘上的麦克风说话，变成文字后发给我"


class AttachFile(Args):
    ref: SubjectRef | None = Arg("客户或线索", "编号或名称", default=None)
    media: Words | None = Arg("平台文件号", default=None)
    name: Words | None = Arg("文件名", default=None)
    kind: Kind | None = Arg("种类", default=None)


class ListFiles(Args):
    ref: SubjectRef = Arg("客户或线索", "编号或名称")


def attach_file(ctx: Context, args: AttachFile) -> Reply:
    """Keeps that a file came; its content is fetched afterwards by a job. Without a file it is the last one that the
    actor sent which changes its place."""
    if args.media is None:
        return _moved(ctx, args)
    if ctx.platform is None:
        raise Invalid("media", "文件只能从聊天里发来", next_step="请在企业微信或钉钉里把文件发给海豚")
    subject = find_subject(ctx, args.ref or _meant(ctx, args), lock=True, write=True)
    kind = args.kind or "file"
    row = ctx.insert(
        Attachment, noun=subject.model.__tablename__, record_id=subject.id, person_id=ctx.me.id, kind=kind,
        name=safe_name(args.name or f"{NAMES[kind]}{ctx.now.astimezone(ctx.zone):%m%d%H%M%S}"), source=ctx.platform,
        media=args.media, at=ctx.now, status="waiting", tries=0, due_at=ctx.now,
    )  # fmt: skip
    return _answer(ctx, row, subject, "file.attached", DICTATE if kind == "voice" else None)


def _moved(ctx: Context, args: AttachFile) -> Reply:
    if args.ref is None:
        raise MissingArgument("ref", WHERE)
    subject = find_subject(ctx, args.ref, lock=True, write=True)
    since = ctx.now - LAST_SENT
    own = (Attachment.person_id == ctx.me.id, Attachment.at > since, Attachment.status != "failed")
    last = fetch_all(ctx.db, Attachment, *own, order_by=[Attachment.id.desc()], limit=1)
    if not last:
        raise Conflict("没有刚发来的文件", "半小时内没有收到你的图片或文件", "请把文件发给我，再说附到哪里")
    if (last[0].noun, last[0].record_id) == (subject.model.__tablename__, subject.id):
        raise Conflict(f"{last[0].name} 已经附在 {label(subject)} 上")
    row = ctx.save(last[0], noun=subject.model.__tablename__, record_id=subject.id)
    return _answer(ctx, row, subject, "file.moved")


def _answer(ctx: Context, row: Attachment, subject: Any, event: str, note: str | None = None) -> Reply:
    customer_id = subject.id if subject.model is Customer else getattr(subject, "customer_id", None)
    ctx.record(event, row, ref=subject.code, customer_id=customer_id, owner_id=subject.owner_id)
    view = one(ctx, ATTACHMENT, row)
    facts = {"file": view, "about": view["about"], "note": note}
    return Reply("customers/file", facts, (Button("撤销", "undo"),), subject_of(row), view)


def _meant(ctx: Context, args: AttachFile) -> str:
    """The record that is talked about; a voice is no reason to ask for one."""
    found = spoken_of(ctx)
    if found is not None:
        return str(found.code)
    if args.kind == "voice":
        raise Conflict("没听到文字", DICTATE)
    likely = [*_own(ctx, Customer), *_own(ctx, Lead)]
    if not likely:
        raise MissingArgument("ref", WHERE)
    raise WhichOne("ref", WHERE, likely)


def _own(ctx: Context, model: Any) -> list[tuple[str, str]]:
    where = [model.owner_id == ctx.me.id] + ([Lead.status.in_(OPEN)] if model is Lead else [])
    rows: list[Any] = fetch_all(ctx.db, model, *where, order_by=[model.updated_at.desc()], limit=3)
    return [(row.code, label(row)) for row in rows]


def list_files(ctx: Context, args: ListFiles) -> Reply:
    """The newest first."""
    subject = find_subject(ctx, args.ref)
    where = [of_record(subject), ATTACHMENT.gate(ctx)]
    rows = fetch_all(ctx.db, Attachment, *where, order_by=[Attachment.id.desc()], limit=ctx.page_size)
    total = ctx.db.execute(select(func.count()).select_from(Attachment).where(*where)).scalar_one()
    items = present(ctx, rows)
    facts = {"items": items, "about": {"code": subject.code, "name": label(subject)}, "total": total}
    return Reply("customers/file_list", facts, result={"items": items, "total": total})


ATTACH_FILE = Command(
    name="file.attach", title="附上文件",
    says=(
        "(把|将)[刚才的|刚发的|这个|这张|上面的](文件|图片|照片|附件|语音|视频)(附到|附在|放到|存到|挂到|归到)[客户|线索]{ref}[上|里|下|下面]",
        "(附到|附在)[客户|线索]{ref}[上|里|下]",
    ),
    examples=("附到 西溪基因", "把刚才的图片附到云图智能"),
    args=AttachFile, needs=Permission.CUSTOMER_WRITE, run=attach_file,
)  # fmt: skip
LIST_FILES = Command(
    name="file.list", title="附件",
    says=(
        "[看看|看|查看|查|列出][一下|下][客户|线索]{ref}[的](附件|文件|图片|照片)[有哪些|列表]",
        "[客户|线索]{ref}有(哪些|什么)(附件|文件|图片|照片)",
    ),
    examples=("海豚科技的附件", "看看云图智能的图片"),
    args=ListFiles, needs=Permission.BASIC, run=list_files, reads=True,
)  # fmt: skip

COMMANDS = (ATTACH_FILE, LIST_FILES)
