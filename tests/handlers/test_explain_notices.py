"""Why was I not told, and once more please."""

from world import ZONE, World

from handlers.explain import explain_lines, resend_one
from models.outbox import Outbox
from models.sent_card import SentCard


def order(world: World) -> str:
    world.run("李雷", "order.create", ref="西溪基因", lines=[{"product": "显微镜", "quantity": 2}])
    return str(world.items("李雷", "orders")[0]["code"])


def state(world: World, sql: str) -> None:
    with world.database.transaction() as db:
        db.exec_driver_sql(f"update outbox set {sql}")


def test_the_recipient_sees_his_own_and_admins_all(world: World) -> None:
    code = order(world)
    asked = world.run("陈组长", "notice.explain", ref=code)
    assert asked.template == "company/notices"
    assert asked.result is not None
    (item,) = asked.result["items"]
    assert item["recipient"]["name"] == "陈组长"
    assert item["state"] == "waiting"
    assert item["why"] == "马上发送"
    everyone = world.run("周总", "notice.explain", ref=code.lower()).result
    assert everyone is not None
    assert {row["recipient"]["name"] for row in everyone["items"]} >= {"陈组长"}


def test_who_was_not_told_hears_why(world: World) -> None:
    code = order(world)
    reply = world.run("李雷", "notice.explain", ref=code)
    assert reply.template == "notice"
    assert "自己做的事不会通知自己" in str(reply.facts)
    foreign = world.run("赵六", "notice.explain", ref=code)
    assert "没有变动过" in str(foreign.facts)


def test_each_state_says_why(world: World) -> None:
    code = order(world)
    for sql, word in (
        ("state = 'retrying', attempts = 2, error = '平台忙', due_at = '2026-11-23T02:05:00Z'", "10:05 再试"),
        ("state = 'dead', attempts = 9, error = '60020'", "60020"),
        ("state = 'merged', merged_into = 7", "并入通知 7"),
        ("state = 'cancelled'", "没有发"),
        ("state = 'sent', maybe_twice = true", "两次"),
        ("state = 'waiting', due_at = '2026-11-24T00:30:00Z'", "11月24日 08:30"),
    ):
        state(world, sql)
        reply = world.run("陈组长", "notice.explain", ref=code)
        assert word in str(reply.facts), sql


def test_a_dead_one_is_sent_again_with_a_card_of_its_own(world: World) -> None:
    code = order(world)
    state(world, "state = 'dead', attempts = 9, error = 'x'")
    reply = world.run("陈组长", "notice.resend", ref=code)
    assert reply.result is not None
    old, new = world.rows(Outbox, Outbox.person_id == world.person("陈组长").id)
    assert str(new.id) == reply.result["notice"]
    assert (new.state, new.attempts, new.due_at) == ("waiting", 0, world.now)
    assert new.facts == old.facts
    assert new.dedupe_key != old.dedupe_key
    first, second = world.rows(SentCard, SentCard.person_id == world.person("陈组长").id)
    assert new.card_id == second.id
    assert first.key != second.key
    assert [b["args"] for b in first.buttons] == [b["args"] for b in second.buttons]
    assert not {b["key"] for b in first.buttons} & {b["key"] for b in second.buttons}


def test_only_the_recipient_or_an_admin_resends(world: World) -> None:
    code = order(world)
    state(world, "state = 'sent', sent_at = now()")
    number = str(world.rows(Outbox, Outbox.person_id == world.person("陈组长").id)[0].id)
    for person in ("李雷", "赵六", "王经理"):
        assert world.refused(person, "notice.resend", ref=number).code == "not_found"
    assert world.refused("李雷", "notice.resend", ref=code).code == "not_found"
    world.run("周总", "notice.resend", ref=f"通知 {number}")
    assert len(world.rows(Outbox, Outbox.person_id == world.person("陈组长").id)) == 2


def test_what_is_on_its_way_is_not_doubled(world: World) -> None:
    code = order(world)
    refusal = world.refused("陈组长", "notice.resend", ref=code)
    assert refusal.code == "conflict"
    assert "路上" in refusal.title
    state(world, "state = 'merged', merged_into = 7")
    assert "重发通知 7" in world.refused("陈组长", "notice.resend", ref=code).next_step


def test_the_command_line_sees_all_of_it(world: World) -> None:
    assert explain_lines(world.database, None, ZONE) == ["还没有通知"]
    assert explain_lines(world.database, "9" * 20, ZONE) == ["没有 99999999999999999999 的通知"]
    code = order(world)
    lines = explain_lines(world.database, code, ZONE)
    (line,) = [line for line in lines if "陈组长" in line]
    assert "waiting" in line
    assert code in line
    state(world, "state = 'dead', error = 'x'")
    number = line.split()[0]
    assert explain_lines(world.database, number, ZONE)[0].startswith(number)
    assert f"通知 {number} 已重发" in resend_one(world.database, number, world.now)


def test_the_ledger_in_the_api(world: World) -> None:
    code = order(world)
    (mine,) = world.items("陈组长", "notices", ref=code)
    assert mine["recipient"]["name"] == "陈组长"
    assert mine["topic"] == "approval.requested"
    assert {"state", "channel", "due_at", "sent_at", "attempts", "error", "maybe_twice", "merged_into", "form"} <= set(
        mine
    )
    assert world.items("李雷", "notices") == []
    assert len(world.items("周总", "notices", recipient="陈组长")) == 1
