"""Several claims at once: each decided on after the one before, one transaction, taken back as one."""

from world import World

from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.errors import Conflict, Limit
from models.history import History


def owned(world: World, who: str) -> set[str]:
    return {row.name for row in world.rows(Customer, Customer.owner_id == world.person(who).id)}


def test_a_result_for_each_in_the_order_in_which_they_were_said(world: World) -> None:
    world.run("韩梅梅", "customer.claim", ref="云谷")
    reply = world.run("李雷", "customer.claim", refs=["东港", "云谷", "没有这家", "海纳", "C000003"])
    assert reply.result
    assert [one["ok"] for one in reply.result["results"]] == [True, False, False, True], "东港 is one, twice said"
    assert [item["name"][:4] for item in reply.result["items"]] == ["宁波东港", "上海海纳"]
    assert reply.facts["title"] == "已领取 2 个客户"
    assert "没领到 云谷：苏州云谷医疗器械有限公司 已由韩梅梅领取" in reply.facts["notes"][0]
    assert "没找到客户「没有这家」" in reply.facts["notes"][1]


def test_a_limit_stops_the_rest_but_not_what_was_won(world: World) -> None:
    reply = world.run("李雷", "customer.claim", refs=["海纳", "云谷", "东港", "太湖"])
    assert [one["ok"] for one in (reply.result or {})["results"]] == [True, True, True, False]
    assert "今天已领 3 个" in reply.facts["notes"][0]
    assert len(owned(world, "李雷")) == 4


def test_undo_takes_back_the_whole_batch(world: World) -> None:
    world.run("李雷", "customer.claim", refs=["海纳", "云谷"])
    world.run("李雷", "undo")
    assert owned(world, "李雷") == {"杭州西溪基因有限公司"}
    assert not world.rows(Ownership, Ownership.how == "claim")


def test_all_or_nothing_takes_nothing_where_one_cannot_be_had(world: World) -> None:
    before = world.rows(History)
    refused = world.refused("李雷", "customer.claim", refs=["海纳", "云谷", "东港", "太湖"], all_or_nothing=True)
    assert refused.title == "一个也没领：太湖 领不了"
    assert "今天已领 3 个" in refused.detail
    assert (world.rows(History), owned(world, "李雷")) == (before, {"杭州西溪基因有限公司"})


def test_where_not_one_could_be_had_it_is_a_refusal(world: World) -> None:
    alone = world.refused("李雷", "customer.claim", refs=["没有这家"])
    assert alone.status == 404
    both = world.refused("李雷", "customer.claim", refs=["没有这家", "西溪"])
    assert isinstance(both, Conflict)
    assert "没有这家：没找到客户" in both.detail and "西溪：杭州西溪基因有限公司 已经由你负责" in both.detail
    assert [one["ok"] for one in both.facts["results"]] == [False, False]


def test_the_oldest_few_of_a_sea(world: World) -> None:
    world.run("李雷", "customer.return", ref="西溪", reason="没预算")
    reply = world.run("李雷", "customer.claim", count=2, sea="华东公海")
    assert [item["code"] for item in (reply.result or {})["items"]] == ["C000001", "C000002"]
    rest = world.run("李雷", "customer.claim", count=3)
    assert (rest.result or {})["total"] == 1, "the day's third; his own return is passed over"
    assert "要 3 个，只有 2 个可领" in rest.facts["notes"]
    assert isinstance(world.refused("李雷", "customer.claim", count=1), Limit)
    assert "不是任何公海的成员" in world.refused("钱会计", "customer.claim", count=1).detail
    assert world.refused("李雷", "customer.claim").code == "missing_argument"


def test_leads_by_name_as_well(world: World) -> None:
    world.run("王经理", "lead.register", name="邱枫", phone="13588880009", pool="华东线索池")
    reply = world.run("李雷", "lead.claim", refs=["方敏", "高峰", "邱枫"])
    assert [one["ok"] for one in (reply.result or {})["results"]] == [True, False, True]
    assert "没领到 高峰：线索 高峰 已经由你负责" in reply.facts["notes"][0]
    world.run("李雷", "undo")
    refused = world.refused("李雷", "lead.claim", count=3, all_or_nothing=True)
    assert "现在有 0 条待领取" in refused.detail or "没有可领" in refused.title
