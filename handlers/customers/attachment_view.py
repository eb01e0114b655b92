"""Attachments as people and programs see them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, true

from handlers import permits
from handlers.context import Context
from handlers.customers.subjects import NOUNS, abouts
from handlers.nouns import Noun
from handlers.presenting import by_person, common, instant, people
from models.base import Json
from models.codes import noun_of
from models.company.attachment import Attachment


def present(ctx: Context, rows: Sequence[Attachment]) -> list[Json]:
    """As the API shows them; the content is behind `/api/files/{code}/content` once it is stored."""
    if not rows:
        return []
    senders = people(ctx, [row.person_id for row in rows])
    subjects = abouts(ctx, [(row.noun, row.record_id) for row in rows])
    return [
        {
            "code": row.code,
            "about": subjects.get((row.noun, row.record_id)),
            "name": row.name,
            "kind": row.kind,
            "size": row.size,
            "content_type": row.content_type,
            "digest": row.digest,
            "status": row.status,
            "why": row.why,
            "source": row.source,
            "person": senders[row.person_id],
            "at": instant(ctx, row.at),
            **common(ctx, row),
        }
        for row in rows
    ]


def _about(_ctx: Context, said: str) -> ColumnElement[bool]:
    noun = noun_of(said)
    if noun not in NOUNS:
        return Attachment.id.is_(None)
    return (Attachment.noun == noun) & (Attachment.record_id == int(said[1:]))


ATTACHMENT = Noun(
    name="attachment", plural="files", title="附件", model=Attachment, gate=permits.attachments, present=present,
    named=("name",), columns=("name", "kind", "status", "digest", "source", "at"),
    filters={"person": by_person(Attachment.person_id), "about": _about, "ref": _about},
    scenes={"all": lambda _ctx: true(), "mine": lambda ctx: Attachment.person_id == ctx.me.id},
)  # fmt: skip
