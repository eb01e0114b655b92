"""Follow-ups: kept always, counted when they say something, and the next contact becomes a todo."""

from datetime import datetime

from world import NOW, ZONE, World

from models.customers.activity import FollowUp, Todo
from models.customers.customer import Customer
from models.errors import Ambiguous, Conflict, Forbidden, Invalid
from models.history import History
from models.sales.lead import Lead

OURS = "杭州西溪基因有限公司"


def customer(world: World) -> Customer:
    return world.row(Customer, Customer.name == OURS)


def test_an_effective_one_moves_the_clock(world: World) -> None:
    before = customer(world)
    world.later(days=2)
    reply = world.run(
        "李雷", "follow_up.add", ref="西溪基因", content="今天电话沟通了采购预算,要正式方案", method="电话"
    )
    after = customer(world)
    assert after.clock_at == after.last_follow_up_at == world.now
    assert before.reclaim_at and after.reclaim_at and (after.reclaim_at - before.reclaim_at).days == 2
    assert reply.facts["uncounted"] is None and reply.result and reply.result["method"] == "电话"
    entry = world.row(History, History.command == "follow_up.add")
    assert entry.ref == after.code and entry.event == "follow_up.added" and entry.customer_id == after.id


def test_an_ineffective_one_is_kept_and_says_why(world: World) -> None:
    before = customer(world)
    world.later(days=2)
    reply = world.run("李雷", "follow_up.add", ref="西溪基因", content="打过电话")
    after = customer(world)
    assert after.last_follow_up_at == world.now, "it was a contact all the same"
    assert (after.clock_at, after.reclaim_at) == (before.clock_at, before.reclaim_at)
    assert "8 个" in str(reply.facts["uncounted"]) and world.row(FollowUp).is_effective is False
    said = "今天电话沟通了采购预算"
    assert world.run("李雷", "follow_up.add", ref="西溪基因", content=said).facts["uncounted"] is None
    assert "一样" in str(world.run("李雷", "follow_up.add", ref="西溪基因", content=f"{said}!").facts["uncounted"])


def test_who_may_write_and_whose_counts(world: World) -> None:
    content = "拜访了实验室主任,谈了明年的采购计划"
    assert world.refused("赵六", "follow_up.add", ref="西溪基因", content=content).status == 404
    assert world.run("陈组长", "follow_up.add", ref="西溪基因", content=content).facts["uncounted"] is None
    assert world.run("王经理", "follow_up.add", ref="西溪基因", content=f"{content}!").facts["uncounted"] is not None
    world.run("李雷", "team.add", ref="西溪基因", person="赵六")
    assert isinstance(world.refused("赵六", "follow_up.add", ref="西溪基因", content=content), Forbidden), "read only"
    world.run("李雷", "team.add", ref="西溪基因", person="赵六", access="read_write")
    member = world.run("赵六", "follow_up.add", ref="西溪基因", content="带着样机去演示了半天,反响不错")
    assert member.facts["uncounted"] is None


def test_the_next_contact_becomes_the_owners_todo(world: World) -> None:
    world.run(
        "陈组长", "follow_up.add", ref="西溪基因", content="客户对方案满意 下次明天下午3点", next_at="2026-11-24T15:00"
    )
    todo = world.row(Todo)
    assert todo.person_id == world.person("李雷").id and todo.title == f"跟进 {OURS}"
    assert todo.due_at == datetime(2026, 11, 24, 15, tzinfo=ZONE) == customer(world).next_follow_up_at
    world.run("李雷", "follow_up.add", ref="西溪基因", content="客户改到下周再谈方案细节", next_at="2026-11-30T10:00")
    assert [t.status for t in world.rows(Todo)] == ["cancelled", "open"], "the new plan takes the place of the old"
    world.now = datetime(2026, 11, 30, 11, tzinfo=ZONE)
    world.run("李雷", "follow_up.add", ref="西溪基因", content="方案细节已经谈完,等客户内部审批")
    assert [t.status for t in world.rows(Todo)] == ["cancelled", "done"] and customer(world).next_follow_up_at is None
    past = world.refused("李雷", "follow_up.add", ref="西溪基因", content="x", next_at="2026-11-01T10:00")
    assert isinstance(past, Invalid) and past.facts["field"] == "next_at"


def test_a_lead_is_taken_up_by_its_first_one(world: World) -> None:
    reply = world.run("李雷", "follow_up.add", ref="高峰", content="打过电话")
    lead = world.row(Lead, Lead.name == "高峰")
    assert lead.status == "following" and lead.last_follow_up_at == NOW
    assert reply.facts["notes"] == ["线索已转为跟进中"]
    assert isinstance(world.refused("王经理", "follow_up.add", ref="方敏", content="在线索池里的也想跟进"), Conflict)


def test_a_name_may_mean_both(world: World) -> None:
    world.run("李雷", "lead.register", name="周工", company="西溪基因分部")
    refused = world.refused("李雷", "follow_up.add", ref="西溪基因", content="今天电话沟通了采购预算")
    assert isinstance(refused, Ambiguous) and {code[0] for code, _ in refused.candidates} == {"C", "L"}
    assert refused.candidates[1][1] == "周工（线索，西溪基因分部）"
    assert world.run("李雷", "follow_up.add", ref=OURS, content="今天电话沟通了采购预算").facts["about"]["name"] == OURS
    assert world.refused("李雷", "follow_up.add", content="没说是谁的").code == "missing_argument"
    asked = world.refused("李雷", "follow_up.add", ref=customer(world).code)
    assert asked.facts["field"] == "content", "the button gives the ref, the next message is the content"


def test_lists(world: World) -> None:
    for content in ("今天电话沟通了采购预算", "客户要求下周给正式方案"):
        world.run("李雷", "follow_up.add", ref="西溪基因", content=content)
    assert world.run("李雷", "follow_up.list", ref="西溪基因").facts["total"] == 2
    assert world.run("王经理", "follow_up.list", person="李雷", period="this_week").facts["total"] == 2
    assert world.run("王经理", "follow_up.list", person="李雷", period="last_week").facts["total"] == 0
    assert world.run("韩梅梅", "follow_up.list", person="李雷").facts["total"] == 0
    assert len(world.items("李雷", "follow_ups", customer=customer(world).code)) == 2
    assert world.items("韩梅梅", "follow_ups") == []
