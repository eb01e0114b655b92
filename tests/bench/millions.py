"""A company with a million customers and more, made by SQL: their owners, the ledger, and who is due for what."""

from sqlalchemy import text

from models.db import Database

from .company import REPS, vacuum
from .report import Report

CHUNK = 500_000
# Of a thousand customers 600 are owned, `due` of them due: half for a reclaim of which they were warned, half for a
# warning. Everybody else's deadline is months away. `at` is the instant of the sweep.
_CUSTOMERS = text("""
insert into customer (version, created_at, updated_at, name, name_key, core_key, region_key, kind, phone, tags,
                      sea_id, home_sea_id, entered_sea_at, owner_id, creator_id, owned_at, clock_at,
                      reclaim_at, warn_at, warned_at)
select 1, cast(:at as timestamptz) - interval '90 days', cast(:at as timestamptz),
       region || word || trade || i || '有限公司', region || word || trade || i, word || trade || i, region, 'company',
       '021-' || lpad(i::text, 8, '0'), '[]',
       case when owned then null else sea.id end, sea.id, case when owned then null else cast(:at as timestamptz) end,
       case when owned then person.id end, person.id, case when owned then began end, case when owned then began end,
       case when owned then gone end,
       case when i % 1000 < :due / 2 then null
            when owned then gone - interval '3 days' + interval '7 hours' end,
       case when i % 1000 < :due / 2 then cast(:at as timestamptz) - interval '3 days' end
from generate_series(cast(:first as bigint), cast(:last as bigint)) i
cross join lateral (select
    i % 1000 < 600 as owned,
    (array['上海', '杭州', '苏州', '南京', '宁波', '无锡', '合肥', '福州'])[1 + i % 8] as region,
    (array['海豚', '云图', '蓝鲸', '恒通', '金桥', '锦里', '太湖', '紫金', '东港', '瓯江', '雷峰',
      '西溪'])[1 + i / 8 % 12] as word,
    (array['科技', '机电', '贸易', '医疗', '光学', '检测', '材料', '化工', '物流', '电子'])[1 + i / 96 % 10] as trade,
    (date_trunc('day', cast(:at as timestamptz) at time zone 'Asia/Shanghai') + interval '2 hours'
      + case when i % 1000 < :due / 2 then interval '0 days' when i % 1000 < :due then interval '3 days'
        else interval '10 days' end) at time zone 'Asia/Shanghai' as gone
) as made
cross join lateral (select gone - interval '16 days' + interval '8 hours' as began) as started
join sea on sea.name = '华东公海'
join person on person.name = '销售' || lpad(((hashint8(i)::bigint & 2147483647) % :reps)::text, 3, '0')
""")
_LEDGER = text("""
insert into ownership (version, created_at, updated_at, noun, record_id, owner_id, pool_id, started_at, how)
select 1, owned_at, owned_at, 'customer', id, owner_id, home_sea_id, owned_at, 'claim' from customer
where owner_id is not null and id > :after
""")


_INDEXES = text("""
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
where indrelid in ('customer'::regclass, 'ownership'::regclass) and not indisprimary
""")


def fill(database: Database, report: Report, count: int, *, due_in_thousand: int, at: object) -> None:
    """Adds so many customers and the periods of their owners; indexes are made afterwards."""
    with database.transaction() as db:
        before = int(db.execute(text("select coalesce(max(id), 0) from customer")).scalar_one())
        indexes = db.execute(_INDEXES).all()
        for name, _ in indexes:
            db.execute(text(f"drop index {name}"))
    for first in range(before + 1, before + count + 1, CHUNK):
        last = min(first + CHUNK, before + count + 1) - 1
        given = {"first": first, "last": last, "due": due_in_thousand, "at": at, "reps": REPS}
        with database.transaction() as db:
            db.execute(_CUSTOMERS, given)
        report.say(f"    {last - before:,} of {count:,} customers")
    with database.transaction() as db:
        db.execute(_LEDGER, {"after": before})
        report.say("    the ledger is written, indexes and statistics follow")
        db.execute(text("set local maintenance_work_mem = '512MB'"))
        for _, definition in indexes:
            db.execute(text(definition))
    vacuum(database)
