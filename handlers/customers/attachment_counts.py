"""Which attachments belong to a record, and how many of them somebody sees."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from handlers import permits
from handlers.context import Context
from models.company.attachment import Attachment
from models.customers.customer import Customer
from models.sales.lead import Lead


def of_record(row: Any) -> ColumnElement[bool]:
    """Those of a record, with a customer also those of the leads that became it."""
    own = and_(Attachment.noun == row.model.__tablename__, Attachment.record_id == row.id)
    if row.model is not Customer:
        return own
    became = select(Lead.id).where(Lead.customer_id == row.id)
    return or_(own, and_(Attachment.noun == "lead", Attachment.record_id.in_(became)))


def count_of(ctx: Context, row: Any) -> int:
    """How many of them the actor may see."""
    seen = select(func.count()).select_from(Attachment).where(of_record(row), permits.attachments(ctx))
    return int(ctx.db.execute(seen.where(Attachment.status != "failed")).scalar_one())
