"""`POST /api/commands/{name}`: answers, retries, versions, and problems with stable codes."""

import threading
from typing import Any

import pytest
import requests
from sqlalchemy import update

from models.company.people import Person
from models.customers.customer import Customer
from models.history import History

from .conftest import Api

LINES = [{"product": "显微镜", "quantity": 2}]
PROBLEM = "application/problem+json"


def problem(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    """A problem document of this kind, in words that a person can read."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"]) == (status, code), found
    assert found["title"]
    assert not found["title"].isascii()
    assert {"type", "detail"} <= found.keys()
    return found


def test_the_result_is_the_object(api: Api) -> None:
    made = api.post("李雷", "customer.create", {"name": "衢州江山计量院"})
    assert made.json()["ok"] is True
    result = made.json()["result"]
    assert api.get("李雷", f"customers/{result['code']}").json() == result


def test_the_same_key_is_the_same_answer_once(api: Api) -> None:
    args = {"name": "金华婺江试剂行"}
    first = api.post("李雷", "customer.create", args, Idempotency_Key="k1")
    second = api.post("李雷", "customer.create", args, Idempotency_Key="k1")
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert len(api.items("李雷", "customers", q="婺江")) == 1
    problem(api.post("李雷", "customer.create", {"name": "别的公司名"}, Idempotency_Key="k1"), 409, "conflict")
    problem(api.post("李雷", "customer.show", args, Idempotency_Key="k1"), 409, "conflict")
    other = api.post("韩梅梅", "customer.create", {"name": "丽水瓯江实验室"}, Idempotency_Key="k1")
    assert other.status_code == 200, "each person has keys of his own"


def test_a_refusal_is_not_kept_for_its_key(api: Api) -> None:
    problem(api.post("李雷", "customer.claim", {"ref": "宁波东港的"}, Idempotency_Key="k2"), 404, "not_found")
    assert api.post("李雷", "customer.claim", {"ref": "东港检测"}, Idempotency_Key="k2").status_code == 200
    api.done("李雷", "undo")


def test_the_same_key_at_once_does_it_once(api: Api) -> None:
    api.headers("李雷")
    answers: list[requests.Response] = []

    def create() -> None:
        answers.append(api.post("李雷", "customer.create", {"name": "台州椒江光学"}, Idempotency_Key="k3"))

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(api.items("李雷", "customers", q="椒江")) == 1


def test_a_stale_version_changes_nothing(api: Api) -> None:
    made = api.done("李雷", "customer.create", name="舟山定海仪表厂")
    code, version = made["code"], made["version"]
    args = {"ref": code, "level": "A"}
    for header in (str(version), f'"{version}"', f'W/"{version}"', "*"):
        assert api.post("李雷", "customer.update", args | {"note": header}, If_Match=header).status_code in (200, 409)
    found = problem(api.post("李雷", "customer.update", args, If_Match=str(version)), 409, "stale_version")
    assert f"第 {version} 版" in found["detail"]
    now = api.get("李雷", f"customers/{code}").json()["version"]
    assert api.post("李雷", "customer.update", args | {"level": "B"}, If_Match=str(now)).status_code == 200
    problem(api.post("李雷", "customer.update", args, If_Match="soon"), 400, "bad_request")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic bGlsZWk6eA==", "bearer \xa0", f"Bearer {'x' * 5000}"]
)
def test_no_or_a_bad_token(api: Api, header: str) -> None:
    sent = {"Authorization": header.encode("latin-1")} if header else {}
    for answer in (
        requests.get(f"{api.house.url}/api/customers", headers=sent, timeout=5),
        requests.get(f"{api.house.url}/api/customers/C000001", headers=sent, timeout=5),
        requests.post(f"{api.house.url}/api/commands/whoami", headers=sent, timeout=5),
    ):
        problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_leaver_has_no_token_any_more(api: Api) -> None:
    assert api.get("何师傅", "customers").status_code == 200
    with api.house.world.database.transaction() as db:
        db.execute(update(Person.__table__).where(Person.name == "何师傅").values(is_active=False))
    problem(api.get("何师傅", "customers"), 401, "unauthorized")


def test_seen_but_not_ones_to_change_and_not_seen(api: Api) -> None:
    found = problem(api.post("韩梅梅", "customer.assign", {"ref": "太湖光学", "to": "李雷"}), 403, "forbidden")
    assert found["next_step"]
    problem(api.post("赵六", "customer.show", {"ref": "西溪基因"}), 404, "not_found")
    problem(api.post("赵六", "customer.show", {"ref": "C000006"}), 404, "not_found")


def test_an_ambiguous_name_comes_with_candidates_and_the_code_settles_it(api: Api) -> None:
    for number in (1, 2):
        api.done("李雷", "customer.create", name=f"湖州安吉{number}号竹业")
    found = problem(api.post("李雷", "customer.show", {"ref": "安吉"}), 409, "ambiguous")
    assert found["field"] == "ref"
    assert [one["name"] for one in found["candidates"]] == ["湖州安吉1号竹业", "湖州安吉2号竹业"]
    chosen = found["candidates"][1]["code"]
    assert api.done("李雷", "customer.show", ref=chosen)["code"] == chosen


def test_what_must_be_confirmed_goes_ahead_with_its_word(api: Api) -> None:
    order = api.done("李雷", "order.create", ref="西溪基因", lines=LINES)["code"]
    api.done("陈组长", "approval.approve", ref=order)
    args = {"ref": order, "amount": 9999}
    found = problem(api.post("李雷", "payment.create", args), 409, "needs_confirmation")
    assert "2400" in found["question"].replace(",", "")
    assert not api.items("李雷", "payments"), "nothing is written before that"
    problem(api.post("李雷", "payment.create", args | {"confirm": "yes"}), 409, "needs_confirmation")
    done = api.post("李雷", "payment.create", args | {"confirm": found["confirm"]})
    assert done.json()["result"]["amount"] == "9999.00"


def test_duplicates_limits_and_states(api: Api) -> None:
    problem(api.post("李雷", "customer.create", {"name": "杭州西溪基因有限公司"}), 409, "duplicate")
    problem(api.post("赵六", "customer.request_extension", {"ref": "燕山化工", "days": 31}), 429, "limit_reached")
    problem(api.post("李雷", "customer.claim", {"ref": "西溪基因"}), 409, "conflict")


def test_invalid_arguments_name_their_field(api: Api) -> None:
    for command, args, field in (
        ("customer.create", {}, "name"),
        ("customer.create", {"name": ""}, "name"),
        ("customer.create", {"name": 5}, "name"),
        ("customer.create", {"name": "x" * 2001}, "name"),
        ("customer.create", {"name": "含\0的名字"}, "name"),
        ("customer.create", {"name": "好公司名", "kind": "club"}, "kind"),
        ("customer.create", {"name": "好公司名", "colour": "red"}, "colour"),
        ("customer.create", {"name": "好公司名", "sea": "西北公海"}, "sea"),
        ("lead.register", {"name": "甲", "phone": "12"}, "phone"),
        ("payment.create", {"ref": "SO20261123-0001", "amount": "1.234"}, "amount"),
        ("payment.create", {"ref": "SO20261123-0001", "amount": "NaN"}, "amount"),
        ("payment.create", {"ref": "SO20261123-0001", "amount": 1e30}, "amount"),
        ("order.create", {"ref": "西溪基因", "lines": []}, "lines"),
        ("order.create", {"ref": "西溪基因", "lines": [{"product": "显微镜", "quantity": 0}]}, "lines"),
        ("order.create", {"ref": "西溪基因", "lines": LINES, "discount": 1.5}, "discount"),
        ("todo.create", {"title": "x", "due_at": "tomorrow"}, "due_at"),
        ("todo.list", {"when": "someday"}, "when"),
    ):
        answer = api.post("李雷", command, args)
        code = answer.json()["code"]
        assert code in ("invalid_argument", "missing_argument"), answer.text
        assert problem(answer, 422, code)["field"] == field


def test_malformed_bodies(api: Api) -> None:
    url, headers = f"{api.house.url}/api/commands/whoami", api.headers("李雷")
    for body in (b"{", b"[]", b'"x"', b"null", b"\xff", b"{'a': 1}", b'{"a": NaN}', b"[" * 2000):
        problem(requests.post(url, data=body, headers=headers, timeout=5), 400, "bad_request")
    assert requests.post(url, data=b"", headers=headers, timeout=5).status_code == 200


def test_bodies_over_a_mebibyte(api: Api) -> None:
    url, headers = f"{api.house.url}/api/commands/whoami", api.headers("李雷")
    big = b'{"x": "' + b"x" * (1 << 20) + b'"}'
    problem(requests.post(url, data=big, headers=headers, timeout=10), 413, "too_large")
    in_parts = iter([big[:600_000], big[600_000:]])
    problem(requests.post(url, data=in_parts, headers=headers, timeout=10), 413, "too_large")
    small = b'{"topic": "' + b"x" * ((1 << 20) - 13) + b'"}'
    assert len(small) == 1 << 20
    answer = requests.post(url.replace("whoami", "help"), data=small, headers=headers, timeout=10)
    assert answer.status_code == 422


def test_no_such_place_and_no_such_way(api: Api) -> None:
    problem(api.post("李雷", "customer.explode", {}), 404, "not_found")
    problem(api.get("李雷", "unicorns"), 404, "not_found")
    problem(requests.get(f"{api.house.url}/nowhere", timeout=5), 404, "not_found")
    problem(api.get("李雷", "commands/whoami"), 405, "method_not_allowed")


def test_history_names_this_door(api: Api) -> None:
    made = api.done("李雷", "customer.create", name="绍兴柯桥印染检验")
    (entry,) = api.house.world.rows(History, History.ref == made["code"])
    assert (entry.door, entry.command, entry.event) == ("api", "customer.create", "customer.created")
    row = api.house.world.row(Customer, Customer.name == "绍兴柯桥印染检验")
    assert row.created_at == api.house.world.now


def test_a_crash_is_a_number_that_the_log_knows(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.api.reads.page", lambda *_: 1 / 0)
    answer = api.get("李雷", "customers")
    found = problem(answer, 500, "internal_error")
    assert found["reference"] in found["title"]
    assert answer.headers["x-request-id"].upper().startswith(found["reference"])
    assert "ZeroDivision" not in str(found)
