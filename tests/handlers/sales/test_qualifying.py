"""Budget, authority, need, time: said in a sentence, shown with what is open, taken along."""

import pytest
from world import World

from models.errors import CompanyFileError, Invalid
from models.sales.qualification import LeadCriterion


def test_said_shown_and_corrected(world: World) -> None:
    reply = world.run("李雷", "lead.qualify", ref="高峰", budget="10万", authority="张总")
    assert reply.result and reply.result["score"] >= 25
    assert "预算：10万" in reply.facts["notes"] and "还不清楚：需求、时间" in reply.facts["notes"]
    world.run("李雷", "lead.qualify", ref="高峰", budget="12万")
    (budget, authority) = world.rows(LeadCriterion)
    assert (budget.value, authority.value) == ("12万", "张总")
    shown = world.run("陈组长", "lead.show", ref="高峰").result
    assert shown and [one["value"] for one in shown["qualification"]] == ["12万", "张总", None, None]
    assert shown["qualification"][0]["by"]["name"] == "李雷"


def test_it_goes_along_at_conversion(world: World) -> None:
    world.run("李雷", "lead.qualify", ref="高峰", need="显微镜")
    reply = world.run("李雷", "lead.convert", ref="高峰")
    assert reply.result and reply.result["qualification"] == {"need": "显微镜"}
    assert "需求：显微镜" in reply.facts["notes"]
    closed = world.refused("李雷", "lead.qualify", ref="L000003", need="离心机")
    assert "已转换" in closed.title


def test_criteria_are_the_companys_own(world: World) -> None:
    world.load("qualification: [{key: budget, label: 预算, options: [10万以下, 10万以上]}, {key: rival, label: 竞品}]")
    wrong = world.refused("李雷", "lead.qualify", ref="高峰", budget="很多")
    assert isinstance(wrong, Invalid) and "10万以下、10万以上" in wrong.next_step
    assert "没有「need」" in world.refused("李雷", "lead.qualify", ref="高峰", need="显微镜").title
    world.run("李雷", "lead.qualify", ref="高峰", criteria={"竞品": "蔡司"})
    assert world.row(LeadCriterion).key == "rival"
    with pytest.raises(CompanyFileError, match="只能写一次"):
        world.load("qualification: [{key: budget, label: 预算}, {key: budget, label: 钱}]")


def test_a_member_of_the_pool_reads_no_number_in_it(world: World) -> None:
    world.run("李雷", "lead.qualify", ref="高峰", authority="张总 13712340066")
    world.run("李雷", "lead.return", ref="高峰", reason="没时间")
    shown = world.run("韩梅梅", "lead.show", ref="高峰")
    assert shown.result and "13712340066" not in str(shown.result) + str(shown.facts)
    assert "13712340066" in str(world.run("王经理", "lead.show", ref="高峰").result)
