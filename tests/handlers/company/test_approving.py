"""Who approves next, without a database."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from handlers.company.approving import Colleague, Office, settle, stand_in, with_authority, without
from handlers.company.rounds import Mode, Round, Seat
from handlers.company.voting import Vote, standing

REP, LEAD, BOSS, ADMIN, GONE, FIN, FIN2 = 1, 2, 3, 4, 5, 6, 7
D = Decimal


def office(submitter: int = REP) -> Office:
    rows = [
        Colleague(REP, "李雷", LEAD, True, D("0.95")),
        Colleague(LEAD, "陈组长", BOSS, True, D("0.85")),
        Colleague(BOSS, "王经理", ADMIN, True, D("0.85")),
        Colleague(ADMIN, "周总", BOSS, True, D(0)),
        Colleague(GONE, "郑离职", LEAD, False, D("0.95")),
        Colleague(FIN, "钱会计", ADMIN, True, D("0.95")),
        Colleague(FIN2, "孙出纳", ADMIN, True, D("0.95")),
    ]
    return Office({row.ident: row for row in rows}, (ADMIN,), submitter)


def seats(*people: int, mode: Mode = "any", choice: bool = False) -> Round:
    return Round(mode, tuple(Seat(person, "规则") for person in people), choice)


def names(rounds: tuple[Round, ...]) -> list[tuple[int, ...]]:
    return [one.people for one in rounds]


def test_nobody_approves_his_own() -> None:
    assert names(settle(office(LEAD), [seats(LEAD)])) == [(BOSS,)]
    assert names(settle(office(LEAD), [seats(LEAD, FIN, mode="all")])) == [(BOSS, FIN)]
    assert "提交人不能审批自己" in settle(office(LEAD), [seats(LEAD)])[0].seats[0].why


def test_among_a_group_the_others_do_it() -> None:
    assert names(settle(office(FIN), [seats(FIN, FIN2)])) == [(FIN2,)]


def test_who_left_is_replaced_by_his_superior() -> None:
    (found,) = settle(office(), [seats(GONE)])
    assert found.people == (LEAD,)
    assert "郑离职已离职" in found.seats[0].why


def test_nobody_named_means_the_next_superior_then_an_admin() -> None:
    assert names(settle(office(), [seats()])) == [(LEAD,)]
    assert names(settle(office(BOSS), [seats()])) == [(ADMIN,)]
    assert names(settle(office(ADMIN), [seats()])) == [(BOSS,)], "above an admin is who heads his department"
    alone = Office({ADMIN: Colleague(ADMIN, "周总", None, True, D(0))}, (ADMIN,), ADMIN)
    assert names(settle(alone, [seats()])) == [()], "nobody is left: the caller must ask"


def test_nobody_is_asked_twice_in_a_row() -> None:
    assert names(settle(office(), [seats(BOSS), seats(BOSS)])) == [(BOSS,)]
    assert names(settle(office(), [seats(BOSS), seats(FIN), seats(BOSS)])) == [(BOSS,), (FIN,), (BOSS,)]
    in_turn = seats(LEAD, BOSS, mode="sequential")
    assert names(settle(office(), [in_turn, seats(BOSS, FIN, mode="all")])) == [(LEAD, BOSS), (FIN,)]
    assert names(settle(office(), [seats(LEAD, BOSS), seats(BOSS)])) == [(LEAD, BOSS), (BOSS,)], (
        "it may have been the other"
    )
    assert without(seats(BOSS, FIN), BOSS) is None
    assert without(seats(FIN, BOSS, mode="sequential"), BOSS) == seats(FIN, BOSS, mode="sequential")


def test_authority_adds_the_nearest_superior_who_covers_it() -> None:
    rounds = [seats(FIN, choice=True), seats(FIN2)]
    assert names(with_authority(office(), rounds, D("0.95"), "")) == [(FIN,), (FIN2,)]
    assert names(with_authority(office(), rounds, D("0.9"), "")) == [(FIN,), (LEAD,), (FIN2,)]
    assert names(with_authority(office(), rounds, D("0.5"), "")) == [(FIN,), (ADMIN,), (FIN2,)]
    assert names(with_authority(office(), [seats(LEAD, choice=True)], D("0.9"), "")) == [(LEAD,)], "he is asked already"
    assert names(with_authority(office(), [seats(LEAD, FIN)], D("0.9"), "")) == [(LEAD, FIN), (LEAD,)], (
        "it might be the other"
    )
    assert names(with_authority(office(ADMIN), [seats(BOSS)], D("0.1"), "")) == [(BOSS,)]


def test_any_all_and_one_after_another() -> None:
    waiting = [Vote(1, 0, "waiting"), Vote(2, 1, "waiting")]
    assert standing("any", waiting).state == "open"
    one = [Vote(1, 0, "approved"), Vote(2, 1, "waiting")]
    assert (standing("any", one).state, standing("any", one).drop) == ("agreed", (2,))
    assert standing("all", one).state == "open"
    assert standing("all", [Vote(1, 0, "approved"), Vote(2, 1, "approved")]).state == "agreed"
    line = [Vote(1, 0, "approved"), Vote(3, 2, "next"), Vote(2, 1, "next")]
    assert (standing("sequential", line).state, standing("sequential", line).wake) == ("open", (2,))
    no = [Vote(1, 0, "rejected"), Vote(2, 1, "waiting"), Vote(3, 2, "next")]
    modes: tuple[Mode, ...] = ("any", "all", "sequential")
    for mode in modes:
        assert (standing(mode, no).state, standing(mode, no).drop) == ("rejected", (2, 3))


def test_a_seat_that_was_passed_on_counts_no_more() -> None:
    votes = [Vote(1, 0, "handed_over"), Vote(2, 0, "waiting")]
    assert standing("all", votes).state == "open"
    assert standing("all", [Vote(1, 0, "handed_over"), Vote(2, 0, "approved")]).state == "agreed"


PEOPLE = st.lists(st.sampled_from([REP, LEAD, BOSS, ADMIN, GONE, FIN, FIN2]), max_size=4)
MODES: st.SearchStrategy[Mode] = st.sampled_from(["any", "all", "sequential"])
ROUNDS = st.lists(st.builds(lambda people, mode: seats(*people, mode=mode), PEOPLE, MODES), min_size=1, max_size=4)


@given(ROUNDS, st.sampled_from([REP, LEAD, BOSS, ADMIN, FIN]))
def test_settled_rounds_can_be_asked(rounds: list[Round], submitter: int) -> None:
    room = office(submitter)
    found = settle(room, rounds)
    assert found, "something is always left to ask"
    for one in found:
        assert one.people, "everyone here has somebody above"
        assert len(set(one.people)) == len(one.people)
        assert all(room.may_sit(person) for person in one.people)
    assert settle(room, found) == found, "settling again changes nothing"


@given(st.sampled_from([REP, LEAD, BOSS, ADMIN, GONE, FIN]), st.sampled_from([REP, LEAD, BOSS, ADMIN]))
def test_a_stand_in_works_here_and_did_not_submit(ident: int, submitter: int) -> None:
    found = stand_in(office(submitter), ident)
    assert found is not None
    assert office(submitter).may_sit(found)
