"""Every table, imported once so that the metadata is whole."""

from models import access, codes, dialogue, history, inbox, job_run, outbox, query_log, sent_card
from models.base import Base
from models.company import approval, attachment, leave, people, reclaim_run, request, robot, rule, share
from models.customers import activity, customer, ownership, sea
from models.money import order, product, target
from models.sales import assignment, lead, opportunity, qualification

MODULES = (
    access, codes, dialogue, history, inbox, job_run, outbox, query_log, sent_card,
    approval, attachment, leave, people, reclaim_run, request, robot, rule, share, activity, customer, ownership, sea,
    order, product, lead, opportunity, assignment, qualification, target,
)  # fmt: skip
metadata = Base.metadata
MODELS: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
