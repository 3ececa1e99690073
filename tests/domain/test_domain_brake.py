"""The brake: more than both the number and the percentage."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.brake import Brake, Tally

BRAKE = Brake(changes=100, changes_percent=5, ceases=10, ceases_percent=1)


def held(changes, ceases, live):
    return bool(BRAKE.reason(Tally(changes, ceases, live)))


def test_the_examples_of_the_specification():
    assert not held(100, 0, 100), "100 changes are not more than 100"
    assert held(101, 0, 100)
    assert held(101, 0, 2019)
    assert not held(101, 0, 2020), "exactly 5 % is not more than 5 %"
    assert not held(10, 10, 100)
    assert held(11, 11, 100)
    assert not held(11, 11, 1100), "exactly 1 %"
    assert held(11, 11, 1099)


def test_both_reasons_are_told_with_their_numbers():
    reason = BRAKE.reason(Tally(200, 50, 1000))
    assert reason == (
        "200 changes are more than 100 and more than 5 % of 1000 live records; "
        "50 ceases are more than 10 and more than 1 % of 1000 live records"
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**7))
def test_a_night_that_may_go_may_go_with_less_in_it(changes, ceases, live):
    changes += ceases
    if not held(changes, ceases, live):
        assert not held(changes // 2, ceases // 2, live)
        assert not held(changes, ceases, live + 1)
