"""A wrong-location call is put right at once: its own file, whatever holds the night."""

import pytest
from stage import number

from app.errors import CallAPerson, Conflict, NightHeld, NotAllowed, Refused
from app.services.exports import night as night_module
from app.services.exports.brake import hold_nights
from app.services.exports.urgent import correct_urgently, send_urgent, waiting_urgent
from app.services.transactions import abandon
from emergency_export.faults import TransportDown


def correct(stage, place=1, incident="INC-1", actor=None, **changes):
    return correct_urgently(stage.system, actor or stage.staff, number(place), changes, incident)


def waiting(stage):
    with stage.system.database.reading() as look:
        return waiting_urgent(look)


def rows(stage, report):
    return [
        (row.command, row.telephone_no[-3:], row.premises)
        for file in report.files
        for row in stage.rows(file["file_name"])
    ]


@pytest.fixture
def live(stage):
    stage.live(1, 2)
    stage.tomorrow()
    return stage


def test_it_goes_at_once_in_a_file_of_its_own_linked_to_the_incident(live):
    live.register(2, premises="Unit 2")
    report = correct(live, premises="Unit 1")
    assert rows(live, report) == [("M", "001", "UNIT 1")]
    (file,) = report.files
    assert (file["incident"], file["state"]) == ("INC-1", "DELIVERED")
    assert report.waits_for is None
    assert "urgent_correction" in live.events()
    assert live.states(2)[-1] == "NEW", "the rest of the night waits for the night"
    assert live.night().transactions["M"] == 1


def test_neither_the_brake_nor_a_person_holds_it(new_stage):
    stage = new_stage(ELD_BRAKE_CHANGES="0", ELD_BRAKE_CEASES="0")
    stage.live(1)
    stage.tomorrow()
    hold_nights(stage.system, stage.cli, "moving house")
    assert rows(stage, correct(stage, premises="Unit 1")) == [("M", "001", "UNIT 1")]
    with pytest.raises(NightHeld):
        stage.night()


def test_for_a_number_in_flight_it_goes_when_that_ends(live):
    live.register(1, premises="Unit 8")
    live.night()
    (flying,) = live.rows()
    report = correct(live, premises="Unit 9")
    assert (report.files, report.waits_for) == ([], flying.txn_ref)
    assert [item.waits_for for item in waiting(live)] == [flying.txn_ref]
    assert send_urgent(live.system, live.cli).files == []
    live.answer("0039")
    assert rows(live, send_urgent(live.system, live.cli)) == [("M", "001", "UNIT 9")]
    assert waiting(live) == []


def test_abandoning_what_is_in_flight_lets_it_go(live):
    live.register(1, premises="Unit 8")
    live.night()
    reference = correct(live, premises="Unit 9").waits_for
    abandon(live.system, live.staff, txn_ref=reference, why="a caller is waiting")
    assert rows(live, send_urgent(live.system, live.cli)) == [("M", "001", "UNIT 9")]


def test_a_night_that_comes_first_sends_it_in_a_file_of_its_own_too(live):
    live.register(1, premises="Unit 8")
    live.night()
    reference = correct(live, premises="Unit 9").waits_for
    abandon(live.system, live.staff, txn_ref=reference, why="a caller is waiting")
    live.register(2, premises="Unit 2")
    report = live.night()
    assert [(file["incident"], file["record_count"]) for file in report.files] == [("INC-1", 1), ("", 1)]
    assert rows(live, report) == [("M", "001", "UNIT 9"), ("M", "002", "UNIT 2")]


def test_it_leaves_behind_a_file_that_has_not_left(live, monkeypatch):
    live.register(2, premises="Unit 2")
    transport = type(live.system.transport)
    put = transport.put

    def fails(*_, **__):
        raise TransportDown("away")

    monkeypatch.setattr(transport, "put", fails)
    with pytest.raises(TransportDown):
        live.night()
    assert isinstance(correct(live, premises="Unit 1").stopped, TransportDown)
    assert len(waiting(live)) == 1, "it is kept, and goes with the next look"
    monkeypatch.setattr(transport, "put", put)
    report = send_urgent(live.system, live.cli)
    assert rows(live, report) == [("M", "002", "UNIT 2"), ("M", "001", "UNIT 1")]


def test_each_incident_has_a_file_of_its_own(live, monkeypatch):
    live.register(1, premises="Unit 1")
    live.register(2, premises="Unit 2")
    monkeypatch.setattr("app.services.exports.urgent.send_urgent", lambda *_: night_module.ExportReport([], {}, 0))
    correct(live, 1, "INC-1")
    correct(live, 2, "INC-2")
    monkeypatch.undo()
    report = send_urgent(live.system, live.cli)
    assert [(file["incident"], file["record_count"]) for file in report.files] == [("INC-1", 1), ("INC-2", 1)]


def test_a_second_incident_leaves_the_first_its_correction(live):
    live.register(1, premises="Unit 8")
    live.night()
    correct(live, premises="Unit 9", incident="INC-1")
    correct(live, premises="Unit 9", incident="INC-2")
    assert {item.incident for item in waiting(live)} == {"INC-1", "INC-2"}


def test_without_changes_what_waits_goes_at_once(live):
    live.register(1, premises="Unit 1")
    assert rows(live, correct(live)) == [("M", "001", "UNIT 1")]
    live.accept()
    with pytest.raises(Conflict, match="nothing waits"):
        correct(live)


def test_a_planned_move_stays_planned(live):
    live.register(1, premises="Unit 7", effective_date=live.day(5))
    assert rows(live, correct(live, premises="Unit 1")) == [("M", "001", "UNIT 1")]
    assert "ON_HOLD" in live.states(1)


def test_what_is_refused_says_everything_and_changes_nothing(live):
    with pytest.raises(Refused) as refused:
        correct(live, incident="an incident", wrong="x")
    assert [problem.code for problem in refused.value.problems] == ["U01", "H02"]
    with pytest.raises(Refused):
        correct(live, postcode="no postcode")
    with pytest.raises(Refused, match="not in use"):
        correct(live, 5, premises="Unit 1")
    with pytest.raises(NotAllowed):
        correct(live, actor=live.customer, premises="Unit 1")
    assert waiting(live) == []
    assert live.states(1) == ["COMPLETED"]


@pytest.mark.usefixtures("directory")
def test_what_a_person_must_see_first_is_not_kept(live):
    with pytest.raises(Conflict, match="second person"):
        correct(live, premises="Unit 1", postcode="LS1 9ZZ")
    assert live.states(1) == ["COMPLETED"]


def test_after_a_refusal_that_would_come_again_it_waits_for_a_person(live):
    live.register(2, premises="Unit 2")
    live.night()
    live.fco(reason="BADCUPID")
    live.collect()
    assert isinstance(correct(live, premises="Unit 1").stopped, CallAPerson)
    assert len(waiting(live)) == 1


def test_a_file_that_was_refused_stays_urgent(live):
    correct(live, premises="Unit 1")
    live.fco(reason="BADCHECKSUM")
    live.collect()
    report = send_urgent(live.system, live.cli)
    assert rows(live, report) == [("M", "001", "UNIT 1")]
    assert report.files[0]["incident"] == "INC-1"


@pytest.mark.parametrize("incident", ["02079460302", "20261124000123", "INC-2041"])
def test_whatever_an_incident_is_called_the_correction_goes(live, incident):
    report = correct(live, premises="Unit 1", incident=incident)
    assert report.files[0]["incident"] == incident
