"""Why a record is seen or not: the same answer as the gates', and nothing for whom it does not concern (D21)."""

import pytest
from access_world import PERSONAS, Sample, prepare
from world import World

from handlers.explain_access import NOUNS
from handlers.finding import find, seen
from handlers.grant_paths import paths
from models.company.people import Person

ROLES = """
roles:
  - {name: 审计, scope: all}
  - {name: 片区, scopes: {customer: [华东组], order: self}}
people:
  - {name: 孙出纳, department: 财务部, role: 审计, wecom: suncn}
  - {name: 何师傅, department: 仓储部, role: 片区, wecom: heshifu}
confidential: [payment]
"""


@pytest.fixture
def samples(world: World) -> dict[str, Sample]:
    made = prepare(world)
    world.load(ROLES)
    world.run("李雷", "share.add", ref="高峰", to="何师傅")
    world.run("李雷", "share.add", owner="李雷", to="仓储部")
    world.run("周总", "share.add", condition="地区=上海", to="吴客服")
    return made


def test_the_ways_lead_where_the_gates_are_open(world: World, samples: dict[str, Sample]) -> None:
    everybody = world.rows(Person, Person.is_active)
    compared = 0
    for sample in samples.values():
        if sample.noun not in NOUNS:
            continue
        with world.context("周总") as ctx:
            row = find(ctx, NOUNS[sample.noun], sample.code)
            told = {who for who, _ in paths(ctx, row)}
        for person in everybody:
            with world.context(person.name) as ctx:
                is_open = seen(ctx, NOUNS[sample.noun], row.id) is not None
            assert (person.id in told) == is_open, f"{person.name} {sample}"
            compared += 1
    assert compared > 80


def test_the_owner_is_told_who_sees_it_and_by_what(world: World, samples: dict[str, Sample]) -> None:
    reply = world.run("李雷", "explain.access", ref="西溪基因")
    said = "\n".join(reply.facts["texts"])
    for who, why in (("丁导师", "上级"), ("秦只读", "团队成员（只读）"), ("冯组长", "上级"), ("陈组长", "数据范围")):
        assert any(who in line and why in line for line in said.split("\n")), said
    told = world.run("秦只读", "explain.access", ref="西溪基因")
    assert (told.result or {})["grants"] == ["团队成员（只读）"]
    assert "viewers" not in (told.result or {}), "who may only read it is not told who else does"


def test_of_another_person(world: World, samples: dict[str, Sample]) -> None:
    missing = world.run("李雷", "explain.access", ref="西溪基因", person="赵六")
    assert ((missing.result or {})["sees"], "共享给赵六" in missing.facts["texts"][1]) == (False, True)
    assert world.refused("秦只读", "explain.access", ref="西溪基因", person="赵六").code == "forbidden"


def test_whom_it_does_not_concern_learns_nothing(world: World, samples: dict[str, Sample]) -> None:
    answers = []
    for said in ("西溪基因", "飞天猪肉"):
        refusal = world.refused("赵六", "explain.access", ref=said)
        answers.append([text.replace(said, "?") for text in (refusal.title, refusal.detail, refusal.next_step)])
    assert answers[0] == answers[1]


def test_members_of_its_sea_are_told_who_could_let_them_in(world: World, samples: dict[str, Sample]) -> None:
    reply = world.run(PERSONAS["colleague"], "explain.access", ref="西溪基因")
    assert (reply.result or {})["sees"] is False
    assert "李雷" in "".join(reply.facts["texts"])
    assert samples["customer"].code not in str(reply.facts)
