"""The brake and the hold: nothing is numbered, two people release, urgent corrections still go (F3)."""

from datetime import timedelta

import pytest
from stage import number

from app.domain.transactions import TransactionState
from app.errors import Conflict, NightHeld, NotAllowed, Refused
from app.models.exports import HoldRelease, NightHold, Transaction
from app.services.exports.brake import hold_nights, holds_for_people, may_run, release_night, unhold_nights
from app.services.locations.ceasing import cease_numbers
from app.services.transactions import abandon

LIVE = 6
BRAKE = {"ELD_BRAKE_CHANGES": "2", "ELD_BRAKE_CEASES": "1"}


@pytest.fixture
def braked(new_stage):
    """Six live records; a night may have two changes, one of them a cease."""
    stage = new_stage(**BRAKE)
    stage.live(*range(LIVE))
    stage.tomorrow()
    return stage


def move(stage, *places, **columns):
    for place in places:
        stage.register(place, premises=f"Unit {place + 1}", **columns)


def held_states(stage):
    return {item.state for item in stage.all(Transaction) if item.file_id is None}


def standing(stage):
    return holds_for_people(stage.system, stage.staff)


def test_activations_never_hold_a_night(new_stage):
    stage = new_stage(**BRAKE)
    for place in range(LIVE):
        stage.register(place)
    assert stage.night().transactions["A"] == LIVE


def test_an_unusual_night_is_held_before_a_number_is_taken(braked):
    files = len(braked.files())
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld, match="3 changes are more than 2 and more than 5 % of 6 live records"):
        braked.night()
    assert len(braked.files()) == files
    assert held_states(braked) == {TransactionState.DO_SEND}
    (hold,) = standing(braked)
    assert (hold["kind"], hold["changes"], hold["ceases"], hold["live"], hold["released_by"]) == ("brake", 3, 0, 6, [])
    assert "night_held" in braked.events()
    with pytest.raises(NightHeld):
        braked.night()
    assert len(braked.all(NightHold)) == 1, "one hold a night, however often it is tried"


def test_two_people_release_it_and_it_goes(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    assert release_night(braked.system, braked.staff, braked.today) == 1
    with pytest.raises(NightHeld):
        braked.night()
    with pytest.raises(NotAllowed, match="another person"):
        release_night(braked.system, braked.staff, braked.today)
    assert release_night(braked.system, braked.second, braked.today) == 0
    assert standing(braked) == []
    assert braked.night().transactions["M"] == 3
    braked.accept()
    assert {braked.record(place)["accepted"]["premises"] for place in range(3)} == {"UNIT 1", "UNIT 2", "UNIT 3"}
    with pytest.raises(Conflict):
        release_night(braked.system, braked.staff, braked.today)


def test_nobody_in_particular_and_no_customer_releases(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    for nobody in (braked.cli, braked.customer):
        with pytest.raises(NotAllowed):
            release_night(braked.system, nobody, braked.today)


def test_who_made_one_of_the_changes_does_not_release_them(braked):
    move(braked, 0, 1)
    move(braked, 2, actor=braked.staff, account=braked.account)
    with pytest.raises(NightHeld):
        braked.night()
    with pytest.raises(NotAllowed, match="you made one"):
        release_night(braked.system, braked.staff, braked.today)
    assert release_night(braked.system, braked.second, braked.today) == 1


def test_a_night_that_grew_after_its_release_is_held_again(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    release_night(braked.system, braked.staff, braked.today)
    release_night(braked.system, braked.second, braked.today)
    move(braked, 3)
    with pytest.raises(NightHeld, match="4 changes"):
        braked.night()
    (hold,) = standing(braked)
    assert hold["released_by"] == [], "two people saw three changes, not four"
    assert len(braked.all(HoldRelease)) == 2


def test_a_release_lets_one_run_go(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    release_night(braked.system, braked.staff, braked.today)
    release_night(braked.system, braked.second, braked.today)
    braked.night()
    move(braked, 3, 4, 5)
    with pytest.raises(NightHeld, match="3 changes"):
        braked.night()


def test_a_word_given_before_midnight_counts_after_it(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    release_night(braked.system, braked.staff, braked.today)
    braked.tomorrow()
    with pytest.raises(NightHeld):
        braked.night()
    (hold,) = standing(braked)
    assert (hold["night"], hold["released_by"]) == (braked.today.isoformat(), [braked.staff.name])
    assert release_night(braked.system, braked.second, braked.today) == 0
    assert braked.night().transactions["M"] == 3


def test_a_release_lasts_a_day(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    release_night(braked.system, braked.staff, braked.today)
    release_night(braked.system, braked.second, braked.today)
    braked.tomorrow()
    with pytest.raises(NightHeld):
        braked.night()


def test_a_night_with_more_in_it_is_weighed_anew(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    release_night(braked.system, braked.staff, braked.today)
    braked.tomorrow()
    move(braked, 3)
    with pytest.raises(NightHeld):
        braked.night()
    (hold,) = standing(braked)
    assert (hold["night"], hold["released_by"]) == (braked.today.isoformat(), [])


def test_a_run_for_another_date_leaves_the_hold_alone(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    release_night(braked.system, braked.staff, braked.today)
    braked.night(braked.today - timedelta(days=1))
    with pytest.raises(NightHeld):
        braked.night(braked.today + timedelta(days=1))
    assert [(hold["night"], len(hold["released_by"])) for hold in standing(braked)] == [
        (braked.day(0), 1),
        (braked.day(1), 0),
    ]


def test_ceases_have_a_brake_of_their_own(braked):
    cease_numbers(braked.system, braked.customer, [number(0), number(1)])
    with pytest.raises(NightHeld, match="2 ceases"):
        braked.night()


def test_a_held_night_that_shrinks_goes_by_itself(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    braked.register(2)  # back to what the agent holds
    assert braked.night().transactions["M"] == 2
    assert standing(braked) == []


def test_a_cease_cancels_what_a_held_night_left(braked):
    move(braked, 0, 1, 2)
    with pytest.raises(NightHeld):
        braked.night()
    cease_numbers(braked.system, braked.customer, [number(2)])
    with pytest.raises(NightHeld):
        braked.night()
    assert braked.states(2).count("CANCELLED") == 1


def test_files_that_were_fixed_before_still_leave(braked, monkeypatch):
    move(braked, 0)
    transport = type(braked.system.transport)
    monkeypatch.setattr(transport, "put", lambda *_, **__: (_ for _ in ()).throw(OSError("down")))
    with pytest.raises(OSError, match="down"):
        braked.night()
    monkeypatch.undo()
    hold_nights(braked.system, braked.cli, "the agent is moving house")
    with pytest.raises(NightHeld, match="moving house"):
        braked.night()
    assert {str(file.state) for file in braked.files()} <= {"DELIVERED", "FCO_ACCEPTED"}


def test_a_person_holds_the_nights_and_lets_them_go(stage):
    stage.register(1)
    with pytest.raises(Refused):
        hold_nights(stage.system, stage.cli, " ")
    with pytest.raises(Conflict):
        unhold_nights(stage.system, stage.cli)
    hold_nights(stage.system, stage.cli, "agreed with the agent")
    with stage.system.database.reading() as look:
        assert not may_run(look, stage.today)
    with pytest.raises(Conflict):
        hold_nights(stage.system, stage.cli, "again")
    with pytest.raises(NightHeld, match="agreed with the agent"):
        stage.night()
    assert stage.files() == []
    unhold_nights(stage.system, stage.second)
    assert stage.night().transactions["A"] == 1
    assert [item for item in stage.events() if item.startswith("nights_")] == ["nights_held", "nights_unheld"]


def test_what_was_abandoned_counts_as_a_change(braked):
    move(braked, 0, 1)
    braked.night()
    move(braked, 2)
    abandon(braked.system, braked.staff, file_name=braked.files()[-1].file_name, why="nobody answers")
    with pytest.raises(NightHeld, match="3 changes"):
        braked.night()


def test_the_default_brake_lets_a_small_provider_work(new_stage):
    stage = new_stage()
    stage.live(*range(20))
    cease_numbers(stage.system, stage.customer, [number(place) for place in range(10)])
    move(stage, *range(10, 20))
    assert stage.night().transactions == {"A": 0, "C": 10, "M": 10, "E": 0, "I": 0}
