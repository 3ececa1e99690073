"""What of an account waits for whom: each since when, and nobody else's."""

from datetime import timedelta

import pytest
from stage import Stage

from app.errors import NotFound
from app.services.turns import Turns, whose_turn

NOTHING = Turns(None, None, None, 0, None)


def test_nothing_waits_where_nothing_was_said_or_all_is_live(stage: Stage) -> None:
    assert whose_turn(stage.system, stage.customer, stage.account) == NOTHING
    stage.live(1)
    assert whose_turn(stage.system, stage.customer, stage.account) == NOTHING


@pytest.mark.usefixtures("directory")
def test_each_wait_has_its_beginning(stage: Stage) -> None:
    stage.register(1)
    stage.night()
    sent_at = stage.clock.now()
    stage.clock.advance(timedelta(hours=1))
    stage.register(2, postcode="LS2 9JT")  # which has ended: a person looks at it
    checked = stage.clock.now()
    stage.clock.advance(timedelta(hours=1))
    stage.register(3, postcode="LS2 9JT")
    stage.register(4, effective_date=stage.day(9))
    stage.register(5, effective_date=stage.day(7))
    stage.register(6)  # with the next file
    stage.register(11, actor=stage.other_customer, effective_date=stage.day(5))
    found = whose_turn(stage.system, stage.customer, stage.account)
    assert (found.checked_since, found.sent_since) == (checked, sent_at)
    assert found.checked_by == checked + timedelta(days=1)
    assert (found.later, found.first_later) == (2, stage.today + timedelta(days=7))
    other = whose_turn(stage.system, stage.other_customer, stage.other_account)
    assert (other.checked_since, other.sent_since, other.later) == (None, None, 1)


def test_another_accounts_turns_are_not_told(stage: Stage) -> None:
    with pytest.raises(NotFound):
        whose_turn(stage.system, stage.other_customer, stage.account)
