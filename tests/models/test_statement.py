"""Statements that the driver runs: the same rows, defaults and faults as through SQLAlchemy's connection."""

import contextlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError, ProgrammingError

from models.base import Base
from models.company.people import Department
from models.db import Database, savepoint
from models.sent_card import SentCard
from models.statement import Statement

NUMERIC = 1700  # what the server calls the type of decimals
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DEPARTMENT = Statement(insert(Department.__table__).returning(Department.__table__.c.id))
NAMES = Statement(select(Department.name).where(Department.name.in_(["甲", "乙"])).order_by(Department.id))
ONE_OF_TWO = Statement(
    select(Department.name).where(Department.name.in_(["甲", "乙"]), Department.name == bindparam("name"))
)
NAMED = Statement(select(Department.created_at).where(Department.name == bindparam("name")))
SLOW = Statement(select(text("pg_sleep(2)")))
CARD = Statement(insert(SentCard.__table__).inline())
CARD_OF_NOBODY = {
    "key": "k", "channel": "wecom", "account": "a", "person_id": 404, "noun": "", "record_id": 0, "subject_version": 0,
    "template": "text", "facts": {}, "buttons": [], "made_at": NOW,
}  # fmt: skip


def department(name: str) -> dict[str, object]:
    return {"name": name, "created_at": NOW, "updated_at": NOW}


def test_columns_need_no_processing_on_their_way_out() -> None:
    """`Statement` gives what the driver loads; a type that SQLAlchemy would convert must not slip in."""
    columns = [column for table in Base.metadata.sorted_tables for column in table.c]
    postgres = create_engine("postgresql+psycopg://").dialect
    types = {str(column): column.type.dialect_impl(postgres) for column in columns}
    assert [name for name, kind in types.items() if kind.result_processor(postgres, NUMERIC) is not None] == []


def test_reads_what_it_wrote_with_the_defaults_of_the_table(database: Database) -> None:
    with database.transaction() as db:
        assert isinstance(DEPARTMENT.scalar(db, department("甲")), int)
        assert DEPARTMENT.run(db, department("乙"), department("丙")) == 2
        assert NAMES.rows(db, {}) == [("甲",), ("乙",)]
        assert NAMED.first(db, {"name": "丙"}) == (NOW,)
        assert ONE_OF_TWO.scalar(db, {"name": "乙"}) == "乙" and ONE_OF_TWO.scalar(db, {"name": "丙"}) is None
        assert NAMED.first(db, {"name": "丁"}) is None and NAMED.scalar(db, {"name": "丁"}) is None
        assert DEPARTMENT.run(db) == 0
        assert db.execute(select(Department.version).where(Department.name == "甲")).scalar_one() == 1


def test_runs_in_the_transaction_of_its_connection(database: Database) -> None:
    with pytest.raises(LookupError), database.transaction() as db:
        DEPARTMENT.run(db, department("甲"))
        raise LookupError
    with database.transaction() as db:
        assert NAMES.rows(db, {}) == []


def test_faults_are_the_ones_that_sqlalchemy_raises(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as db:
        CARD.run(db, CARD_OF_NOBODY)
    with pytest.raises(IntegrityError), database.transaction() as db:
        DEPARTMENT.run(db, department("甲"), department("甲"), department("乙"))
    with database.transaction() as db:
        assert NAMES.rows(db, {}) == []
    with pytest.raises(OperationalError), database.transaction() as db:
        db.execute(text("set local statement_timeout = 50"))
        SLOW.rows(db, {})


def test_what_waits_goes_out_in_its_place(database: Database) -> None:
    with database.transaction() as db:
        DEPARTMENT.later(db, department("甲"))
        assert NAMES.rows(db, {}) == [("甲",)]
        DEPARTMENT.later(db, department("乙"))
        assert db.execute(select(Department.name).order_by(Department.id)).scalars().all() == ["甲", "乙"]
        DEPARTMENT.later(db, department("丙"))
    with database.transaction() as db:
        assert NAMED.first(db, {"name": "丙"}) == (NOW,)


def test_a_late_fault_rolls_everything_back(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as db:
        DEPARTMENT.later(db, department("甲"))
        CARD.later(db, CARD_OF_NOBODY)
    with pytest.raises(LookupError), database.transaction() as db:
        DEPARTMENT.later(db, department("甲"))
        raise LookupError
    with database.transaction() as db:
        assert NAMES.rows(db, {}) == []


def test_a_savepoint_takes_what_waits_with_it(database: Database) -> None:
    with database.transaction() as db:
        DEPARTMENT.later(db, department("甲"))
        with pytest.raises(LookupError), savepoint(db):
            DEPARTMENT.later(db, department("乙"))
            raise LookupError
        with pytest.raises(IntegrityError), savepoint(db):
            DEPARTMENT.later(db, department("甲"))
    with database.transaction() as db:
        assert NAMES.rows(db, {}) == [("甲",)]


def test_a_fault_that_is_passed_over_does_not_end_as_if_all_were_kept(database: Database) -> None:
    with pytest.raises(InternalError), database.transaction() as db:
        DEPARTMENT.run(db, department("甲"))
        with contextlib.suppress(IntegrityError):
            DEPARTMENT.run(db, department("甲"))


def test_what_was_prepared_outlasts_rollbacks(database: Database) -> None:
    for _ in range(8):
        with contextlib.suppress(LookupError), database.transaction() as db:
            assert NAMES.rows(db, {}) == []
            assert db.execute(select(Department.name)).scalars().all() == []
            with contextlib.suppress(IntegrityError), savepoint(db):
                DEPARTMENT.run(db, department("甲"), department("甲"))
            DEPARTMENT.run(db, department("甲"))
            raise LookupError


def test_a_statement_that_cannot_be_prepared_is_tried_again(database: Database) -> None:
    unknown = Statement(select(text("1")).select_from(text("made_up")))
    for _ in range(2):
        with pytest.raises(ProgrammingError), database.transaction() as db:
            unknown.rows(db, {})
    with database.transaction() as db:
        assert NAMES.rows(db, {}) == []


def test_a_broken_connection_does_not_return_to_the_pool(database: Database) -> None:
    with pytest.raises(DBAPIError), database.transaction() as db:
        NAMES.rows(db, {})
        db.connection.driver_connection.close()  # type: ignore[union-attr]
        NAMES.rows(db, {})
    with database.transaction() as db:
        assert NAMES.rows(db, {}) == []
