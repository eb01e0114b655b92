"""The company of the benchmarks: many reps, one sea, ten group robots; and the customers that lie in the sea."""

from sqlalchemy import text

from models.db import Database

REPS = 400
ROBOTS = 10
QUOTA = 5  # claims a day in the sea of the race
RACE_SEA = "竞赛公海"
_UNLIMITED = "holding_limit: 1000000, daily_claim_limit: 1000000"


def account(number: int) -> str:
    """A rep's WeCom account; numbers beyond the last rep start again."""
    return f"rep{number % REPS}"


def company_text(platform_url: str) -> str:
    """As a company file. The robots post to the emulated platform."""
    people = "\n".join(f"  - {{name: 销售{i:03d}, department: 华东组, wecom: rep{i}}}" for i in range(REPS))
    robot = f"{platform_url}/cgi-bin/webhook/send"
    robots = "\n".join(
        f'  - {{name: 群{i}, kind: wecom, url: "{robot}?key=group{i}", topics: [report.daily]}}' for i in range(ROBOTS)
    )
    return f"""
departments: [{{name: 销售部}}, {{name: 华东组, parent: 销售部}}]
people:
  - {{name: 王经理, department: 销售部, role: dept_manager, wecom: wangjl}}
{people}
seas:
  - {{name: 华东公海, members: [华东组], admins: [王经理], {_UNLIMITED},
     reclaim_after_days: 15, no_deal_after_days: 180, warn_before_days: [3, 1], cooldown_days: 30,
     night_limit: 100000}}
  - {{name: {RACE_SEA}, members: [华东组], admins: [王经理], daily_claim_limit: {QUOTA}, reclaim_after_days: 15}}
lead_pools:
  - {{name: 华东线索池, members: [华东组], admins: [王经理], claimable: true, reclaim_after_days: 7}}
robots:
{robots}
quiet_hours: null
"""


_CUSTOMERS = text("""
insert into customer (version, created_at, updated_at, name, name_key, core_key, kind, tags, sea_id, home_sea_id,
                      entered_sea_at)
select 1, now(), now(), '客户' || mark || i || '有限公司', '客户' || mark || i, '客户' || mark || i, 'company', '[]',
       sea.id, sea.id, now()
from generate_series(1, :count) i, sea, cast(:mark as text) mark where sea.name = :sea returning id
""")


def fill_sea(database: Database, count: int, *, sea: str = "华东公海", mark: str = "") -> list[str]:
    """So many customers more in a sea; their codes."""
    with database.transaction() as db:
        rows = db.execute(_CUSTOMERS, {"count": count, "sea": sea, "mark": mark}).scalars().all()
    vacuum(database)
    return [f"C{ident:06d}" for ident in rows]


def vacuum(database: Database) -> None:
    """What the server does by itself some minutes after so many rows: all tables clean, with fresh statistics."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("vacuum analyze"))
