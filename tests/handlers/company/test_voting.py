"""What a step has come to, without a database: ratios, everyone heard first, signatures added."""

import pytest

from handlers.company.voting import Vote, standing


def votes(*statuses: str) -> list[Vote]:
    return [Vote(number, number, status) for number, status in enumerate(statuses)]


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["approved", "waiting", "waiting"], "open"),
        (["approved", "approved", "waiting"], "agreed"),
        (["approved", "rejected", "waiting"], "open"),
        (["rejected", "rejected", "waiting"], "rejected"),
        (["approved", "rejected", "approved"], "agreed"),
    ],
)
def test_a_ratio_is_reached_or_out_of_reach(statuses: list[str], state: str) -> None:
    assert standing("ratio", votes(*statuses), percent=60).state == state


def test_everyone_is_heard_before_one_no_counts_where_the_step_collects() -> None:
    assert standing("all", votes("rejected", "waiting"), collects=True).state == "open"
    assert standing("all", votes("rejected", "approved"), collects=True).state == "rejected"
    assert standing("all", votes("rejected", "waiting")).state == "rejected"


def test_a_signature_before_wakes_who_asked_for_it() -> None:
    asked = [Vote(1, 0, "held"), Vote(2, 0, "waiting", 1, "before")]
    assert (standing("any", asked).state, standing("any", asked).wake) == ("open", ())
    signed = [Vote(1, 0, "held"), Vote(2, 0, "approved", 1, "before")]
    assert (standing("any", signed).state, standing("any", signed).wake) == ("open", (1,))
    refused = [Vote(1, 0, "held"), Vote(2, 0, "rejected", 1, "before")]
    assert (standing("any", refused).state, standing("any", refused).drop) == ("rejected", (1,))


def test_a_signature_after_comes_before_the_step_is_done() -> None:
    asked = [Vote(1, 0, "waiting"), Vote(2, 0, "next", 1, "after")]
    assert standing("any", asked).wake == ()
    said = [Vote(1, 0, "approved"), Vote(2, 0, "next", 1, "after")]
    assert (standing("any", said).state, standing("any", said).wake) == ("open", (2,))
    waiting = [Vote(1, 0, "approved"), Vote(2, 0, "waiting", 1, "after")]
    assert (standing("any", waiting).state, standing("any", waiting).wake) == ("open", ())
    assert standing("any", [Vote(1, 0, "approved"), Vote(2, 0, "approved", 1, "after")]).state == "agreed"


def test_whoever_sits_beside_decides_in_his_stead() -> None:
    by_the_other = [Vote(1, 0, "waiting"), Vote(2, 0, "approved", 1, "beside"), Vote(3, 1, "waiting")]
    found = standing("all", by_the_other)
    assert (found.state, found.drop) == ("open", (1,))
    by_himself = [Vote(1, 0, "approved"), Vote(2, 0, "waiting", 1, "beside"), Vote(3, 1, "waiting")]
    assert standing("all", by_himself).drop == (2,)
    assert standing("all", [Vote(1, 0, "waiting"), Vote(2, 0, "approved", 1, "beside")]).state == "agreed"


def test_the_next_in_line_waits_for_an_added_signature() -> None:
    line = [Vote(1, 0, "approved"), Vote(3, 0, "waiting", 1, "after"), Vote(2, 1, "next")]
    assert standing("sequential", line).wake == ()
    done = [Vote(1, 0, "approved"), Vote(3, 0, "approved", 1, "after"), Vote(2, 1, "next")]
    assert standing("sequential", done).wake == (2,)
