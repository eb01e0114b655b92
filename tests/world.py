"""One small invented company, alone in its database, with a clock that tests move: 远山仪器 sells instruments.

`world.run("李雷", "customer.claim", ref="海纳")` is what every door does; `world.rows(Customer)` looks behind it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from handlers import desk
from handlers.company.loading import load_company
from handlers.context import Context, Door
from handlers.nouns import Noun
from handlers.registry import BY_NAME, NOUNS
from handlers.reply import Reply
from models.base import Base, Json
from models.company.people import Person
from models.db import Database
from models.errors import HaitunError
from models.rows import fetch_all, fetch_one
from models.sealed import Seal

R = TypeVar("R", bound=Base)
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)  # a Monday
SECRET_KEY = "a-secret-key-of-the-tests"

COMPANY = """
departments:
  - {name: 总经办}
  - {name: 销售部}
  - {name: 华东组, parent: 销售部}
  - {name: 华北组, parent: 销售部}
  - {name: 财务部}
  - {name: 仓储部}
people:
  - {name: 周总, department: 总经办, role: admin, wecom: zhouzong, dingtalk: "9001", mobile: "13900000009"}
  - {name: 王经理, department: 销售部, role: dept_manager, wecom: wangjl, dingtalk: "1001", mobile: "13900000001"}
  - {name: 陈组长, department: 华东组, role: dept_manager, wecom: chenzz, mobile: "13900000010"}
  - {name: 李雷, department: 华东组, role: staff, wecom: lilei, dingtalk: "1002", mobile: "13900000002"}
  - {name: 韩梅梅, department: 华东组, role: staff, wecom: HanMM, mobile: "13900000003"}
  - {name: 赵六, department: 华北组, role: staff, dingtalk: "1004", mobile: "13900000004"}
  - {name: 钱会计, department: 财务部, role: staff, duties: [finance], wecom: qiankj, dingtalk: "1005"}
  - {name: 孙出纳, department: 财务部, role: staff, duties: [finance], wecom: suncn}
  - {name: 何师傅, department: 仓储部, role: staff, duties: [warehouse], wecom: heshifu}
  - {name: 吴客服, department: 总经办, role: staff, duties: [service, order_admin], manager: 周总, wecom: wukefu}
  - {name: 郑离职, department: 华东组, role: staff, wecom: zheng, active: false}
seas:
  - {name: 华东公海, members: [华东组], admins: [王经理], holding_limit: 6, daily_claim_limit: 3,
     reclaim_after_days: 15, no_deal_after_days: 180, warn_before_days: [3, 1], cooldown_days: 30,
     hidden_fields: [phone, address]}
  - {name: 华北公海, members: [华北组], admins: [王经理], reclaim_after_days: 10, warn_before_days: [2],
     show_owner: false, day_type: business}
lead_pools:
  - {name: 华东线索池, members: [华东组], admins: [王经理], claimable: true,
     reclaim_after_days: 7, daily_claim_limit: 4}
  - {name: 华北线索池, members: [华北组], admins: [王经理], claimable: false}
products:
  - {code: P001, name: 显微镜, price: 1200, unit: 台, stock: 100, aliases: [光学显微镜]}
  - {code: P002, name: 离心机, price: 5600, unit: 台, stock: 20}
  - {code: P003, name: 载玻片, price: 3.5, unit: 盒, stock: 2}
discounts:
  - {role: staff, min_rate: 0.95}
  - {role: dept_manager, min_rate: 0.85}
approval_flows:
  - {subject: order, when: "amount >= 200000", steps: [{people: [陈组长, 王经理], mode: sequential}, {duty: finance}]}
  - {subject: order, when: "amount >= 50000", steps: [{people: [王经理, 钱会计], mode: all}]}
  - {subject: order, when: "amount >= 20000", steps: [{people: [王经理, 陈组长], mode: any}]}
  - {subject: order, steps: [{approver: submitter_choice, default: manager}]}
  - {subject: payment, steps: [{duty: finance, mode: any}]}
robots:
  - {name: 华东群, kind: wecom, url: "http://127.0.0.1:1/cgi-bin/webhook/send?key=east", only: {departments: [华东组]},
     topics: [lead.registered, lead.claimed, customer.claimed, customer.reclaimed, order.approved], mention: true}
  - {name: 财务群, kind: dingtalk, url: "http://127.0.0.1:1/robot/send?access_token=money", secret: SECmoney,
     amounts: true, topics: [payment.approved, order.approved]}
customers:
  - {name: 上海海纳生物科技有限公司, sea: 华东公海, phone: "021-55550001", region: 上海, address: 张江路1号}
  - {name: 苏州云谷医疗器械有限公司, sea: 华东公海, phone: "0512-55550002"}
  - {name: 宁波东港检测技术有限公司, sea: 华东公海}
  - {name: 无锡太湖光学有限公司, sea: 华东公海}
  - {name: 天津渤海药业有限公司, sea: 华北公海, phone: "022-55550003"}
  - {name: 杭州西溪基因有限公司, owner: 李雷, phone: "0571-55550004"}
  - {name: 南京紫金材料有限公司, owner: 韩梅梅, owned_at: "2026-11-10T09:00:00+08:00"}
  - {name: 北京燕山化工有限公司, owner: 赵六, phone: "010-55550005"}
leads:
  - {name: 方敏, phone: "13588880001", company: 绍兴越城化验所, pool: 华东线索池}
  - {name: 邓超, phone: "13588880002", pool: 华北线索池}
  - {name: 高峰, phone: "13588880003", company: 湖州南浔质检站, owner: 李雷}
  - {name: 罗兰, phone: "13588880004", owner: 赵六, pool: 华北线索池}
quiet_hours: null
calendar: {holidays: ["2026-12-25"], workdays: ["2026-11-28"]}
"""


def load(database: Database, text: str = COMPANY, now: datetime = NOW) -> str:
    """A company file into this database."""
    return load_company(database, text, now=now, timezone=ZONE, seal=Seal(SECRET_KEY, "robot"))


@dataclass
class World:
    """A database with the company in it, and business time."""

    database: Database
    url: str
    now: datetime = NOW
    zone: ZoneInfo = ZONE
    seal: Seal = field(default_factory=lambda: Seal(SECRET_KEY, "robot"))

    def later(self, **span: float) -> datetime:
        """Moves the clock by a timedelta's arguments."""
        self.now += timedelta(**span)
        return self.now

    def load(self, text: str) -> str:
        """More of the company."""
        return load(self.database, text, self.now)

    def person(self, name: str) -> Person:
        """By the full name."""
        return self.rows(Person, Person.name == name)[0]

    @contextmanager
    def context(self, person: str | None, *, door: Door = "api", **more: Any) -> Iterator[Context]:
        """A transaction of this person's; None is the clock."""
        with self.database.transaction() as db:
            actor = None if person is None else fetch_one(db, Person, Person.name == person)
            assert person is None or actor is not None, f"there is no {person}"
            yield Context(db, actor, self.now, door, self.zone, **more)

    def run(
        self,
        person: str | None,
        name: str,
        /,
        *,
        door: Door = "api",
        expected_version: int | None = None,
        confirmed: str = "",
        **args: Any,
    ) -> Reply:
        """One command, committed."""
        with self.context(person, door=door, expected_version=expected_version, confirmed=confirmed) as ctx:
            return desk.run(ctx, BY_NAME[name], args)

    def tried(self, person: str | None, name: str, /, *, door: Door = "api", **args: Any) -> Reply | HaitunError:
        """The answer of a command whose every effect is taken back."""
        with self.database.engine.connect() as db, db.begin() as running:
            actor = fetch_one(db, Person, Person.name == person) if person else None
            ctx = Context(db, actor, self.now, door, self.zone)
            try:
                return desk.run(ctx, BY_NAME[name], args)
            except HaitunError as refusal:
                return refusal
            finally:
                running.rollback()

    def refused(self, person: str | None, name: str, /, **args: Any) -> HaitunError:
        """The refusal of a command that must be refused."""
        with pytest.raises(HaitunError) as refusal:
            self.run(person, name, **args)
        return refusal.value

    def rows(self, model: type[R], *where: Any) -> list[R]:
        """What the table holds, by id."""
        key = next(iter(model.__table__.primary_key))
        with self.database.transaction() as db:
            return fetch_all(db, model, *where, order_by=[key])

    def row(self, model: type[R], *where: Any) -> R:
        """The only one."""
        (found,) = self.rows(model, *where)
        return found

    def items(self, person: str, plural: str, scene: str = "all", **filters: str) -> list[Json]:
        """`GET /api/{plural}` without its pages."""
        noun = self.noun(plural)
        with self.context(person) as ctx:
            where = [noun.gate(ctx), *(noun.filters[key](ctx, value) for key, value in filters.items())]
            if scene != "all":
                where.append(noun.scenes[scene](ctx))
            model: Any = noun.model
            return noun.present(ctx, fetch_all(ctx.db, model, *where, order_by=[model.id]))

    def api_view(self, person: str, plural: str, code: str) -> Json | None:
        """`GET /api/{plural}/{code}`; None for a 404."""
        return next((item for item in self.items(person, plural) if item["code"] == code), None)

    def noun(self, plural: str) -> Noun:
        """By its name in the API."""
        return next(noun for noun in NOUNS if noun.plural == plural)
