"""An account that signed itself up gets no number out before a person has seen that it is theirs (N13)."""

import pytest
from sqlalchemy import update
from stage import number

from app.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.accounts import Account
from app.services.barring import bar_numbers
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers
from app.services.overview import list_numbers
from app.services.reviews import approve_review, list_reviews, return_review
from app.services.vouching import vouch_for, vouched_since


@pytest.fixture
def fresh(stage, directory):
    """The other account signed itself up: nobody vouched for it."""
    assert directory is None
    with stage.system.database.unit_of_work() as work:
        work.session.execute(update(Account).where(Account.id == stage.other_account).values(vouched_at=None))
        work.commit()
    return stage


def claim(stage, place, **columns):
    return stage.register(place, actor=stage.other_customer, **columns)


def codes(judged):
    return {(problem.code, problem.severity) for problem in judged.problems}


def only(stage):
    (review,) = list_reviews(stage.system, stage.staff)
    return review["id"]


def test_a_number_of_a_strangers_own_word_waits_for_a_person_and_then_goes_out(fresh):
    judged = claim(fresh, 1)
    assert (judged.standing, ("N13", "review") in codes(judged)) == ("for_review", True)
    (told,) = [problem for problem in judged.problems if problem.code == "N13"]
    assert "not recorded as yours yet" in told.message
    assert "March 2027" in told.message
    fresh.night()
    assert fresh.sent() == []
    (line,) = list_numbers(fresh.system, fresh.other_customer, fresh.other_account).lines
    assert str(line.status) == "in_review"
    approve_review(fresh.system, fresh.staff, only(fresh))
    fresh.night()
    assert fresh.sent() == [("A", "001")]
    fresh.accept()
    assert fresh.record(1)["status"] == "live"
    judged = claim(fresh, 1, premises="Unit 4")
    assert judged.standing == "accepted", "it is theirs now"
    assert claim(fresh, 2).standing == "for_review", "the first approval vouches for that number alone"


def test_said_twice_it_is_still_claimed(fresh):
    claim(fresh, 1)
    judged = claim(fresh, 1, premises="Unit 4")
    assert (judged.standing, ("N13", "review") in codes(judged)) == ("for_review", True)
    only(fresh)
    fresh.night()
    assert fresh.sent() == []


def test_what_is_claimed_is_not_in_use(fresh):
    claim(fresh, 1)
    for act in (cease_numbers, bar_numbers):
        with pytest.raises(Refused):
            act(fresh.system, fresh.other_customer, [number(1)])


def test_a_claim_keeps_nobody_from_their_number(fresh):
    claim(fresh, 1)
    review = only(fresh)
    assert fresh.register(1).standing == "accepted"
    assert list_reviews(fresh.system, fresh.staff) == []
    with pytest.raises(Conflict):
        approve_review(fresh.system, fresh.staff, review)
    fresh.night()
    assert fresh.sent() == [("A", "001")]
    with pytest.raises(Refused) as refused:
        claim(fresh, 1)
    assert [problem.code for problem in refused.value.problems if problem.severity == "error"] == ["N05"]


def test_the_inventory_says_whose_it_is(fresh, tmp_path):
    claim(fresh, 1)
    table = tmp_path / "numbers.csv"
    account = fresh.other_account
    table.write_text(
        f"kind,start,account,losing_cupid,port_date\nin_use,{number(1)},{fresh.account},,\n"
        f"in_use,{number(2)},{account},,\nported_in,{number(3)},{account},456,{fresh.today}\n"
    )
    load_numbers(fresh.system, fresh.cli, table)
    assert list_reviews(fresh.system, fresh.staff) == []
    assert claim(fresh, 2).standing == "accepted"
    assert claim(fresh, 3).standing == "accepted"
    fresh.night()
    assert sorted(fresh.sent()) == [("A", "002"), ("I", "003")]


def test_a_number_that_was_ceased_is_claimed_too_and_its_end_still_goes_out(fresh):
    fresh.live(1)
    cease_numbers(fresh.system, fresh.customer, [number(1)])
    assert claim(fresh, 1).standing == "for_review"
    fresh.night()
    assert fresh.sent() == [("C", "001")]
    fresh.accept()
    approve_review(fresh.system, fresh.staff, only(fresh))
    fresh.night()
    assert fresh.sent() == [("A", "001")]


def test_returned_it_is_nobodys(fresh):
    claim(fresh, 1)
    return_review(fresh.system, fresh.staff, only(fresh), "This number is not yours.")
    fresh.night()
    assert fresh.sent() == []
    assert fresh.register(1).standing == "accepted"


def test_a_customer_brings_no_number_in_by_their_own_word(fresh):
    for actor in (fresh.customer, fresh.other_customer):
        with pytest.raises(Refused) as refused:
            fresh.register(5, actor=actor, losing_cupid="456")
        assert "R10" in {problem.code for problem in refused.value.problems if problem.severity == "error"}
    fresh.night()
    assert fresh.sent() == []


def test_operations_vouch_for_an_account(fresh):
    account = fresh.other_account
    assert vouched_since(fresh.system, fresh.staff, account) is None
    claim(fresh, 1)
    for actor in (fresh.customer, fresh.other_customer):
        with pytest.raises(NotAllowed):
            vouch_for(fresh.system, actor, account)
    vouch_for(fresh.system, fresh.staff, account)
    assert vouched_since(fresh.system, fresh.staff, account) == fresh.clock.now()
    assert fresh.events()[-1] == "account_vouched"
    assert claim(fresh, 2).standing == "accepted"
    only(fresh)
    fresh.night()
    assert fresh.sent() == [("A", "002")], "what waits for a person goes on waiting"
    with pytest.raises(Conflict):
        vouch_for(fresh.system, fresh.staff, account)
    with pytest.raises(NotFound):
        vouch_for(fresh.system, fresh.staff, 999)
