"""The night's clock: due by the database, once a date, on the days the clocks change too; missed nights made up for."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update
from stage import number

from app.errors import NightHeld
from app.models.accounts import Installation
from app.models.exports import ExportFile, NightRun
from app.services.exports import night_clock
from app.services.exports.brake import hold_nights, release_night, unhold_nights
from app.services.exports.night_clock import night_moment, run_night_if_due, send_what_is_urgent
from app.services.exports.tonight import next_night
from app.services.exports.urgent import correct_urgently
from app.settings import load_settings
from emergency_export.faults import TransportDown

LONDON = "Europe/London"


def at(stage, *moment):
    stage.clock.at = datetime(2027, *moment, tzinfo=UTC)


def runs(stage):
    """Date, late, and by which night each was made up for."""
    return [(run.run_date, run.late, run.summary.get("made_up_for_by")) for run in stage.all(NightRun)]


def in_march(day):
    return date(2027, 3, day)


# missed nights


def test_one_run_makes_up_for_days_of_absence(stage):
    stage.register(1, effective_date="2027-03-05")
    stage.register(2, effective_date="2027-03-08")
    at(stage, 3, 8, 9, 30)
    report = run_night_if_due(stage.system)
    assert report.transactions["A"] == 2, "what was due on the way, and today"
    assert runs(stage) == [(in_march(day), True, "2027-03-08") for day in (4, 5, 6, 7)] + [(in_march(8), True, None)]
    assert all(run.finished_at == stage.clock.at for run in stage.all(NightRun))
    assert len(stage.files()) == 1
    assert run_night_if_due(stage.system) is None
    at(stage, 3, 9, 2)
    assert run_night_if_due(stage.system).files[0]["file_sequence"] == 2
    assert runs(stage)[-1] == (in_march(9), False, None)


def test_before_the_hour_the_night_before_is_made_up_for_and_the_days_own_follows(stage):
    at(stage, 3, 6, 1, 0)
    assert run_night_if_due(stage.system) is not None
    assert runs(stage) == [(in_march(4), True, "2027-03-05"), (in_march(5), True, None)]
    at(stage, 3, 6, 2)
    stage.register(1)
    assert run_night_if_due(stage.system).transactions["A"] == 1
    assert runs(stage)[-1] == (in_march(6), False, None)


@pytest.mark.parametrize(("hour", "first"), [(1, 3), (3, 4)])
def test_what_was_before_the_installation_is_never_made_up_for(stage, hour, first):
    stage.execute(update(Installation).values(set_up_at=datetime(2027, 3, 3, hour, tzinfo=UTC)))
    at(stage, 3, 5, 2)
    run_night_if_due(stage.system)
    assert [run.run_date for run in stage.all(NightRun)] == [in_march(day) for day in range(first, 6)]


def test_nothing_is_due_on_the_day_of_the_installation_after_its_hour(stage):
    at(stage, 3, 3, 23, 59)
    assert run_night_if_due(stage.system) is None
    assert stage.all(NightRun) == []


def test_a_night_that_never_finished_is_finished_by_the_next(stage, monkeypatch):
    stage.register(1)
    at(stage, 3, 4, 2)
    monkeypatch.setattr(type(stage.system.transport), "put", fails)
    with pytest.raises(TransportDown):
        run_night_if_due(stage.system)
    monkeypatch.undo()
    at(stage, 3, 5, 2)
    run_night_if_due(stage.system)
    assert runs(stage) == [(in_march(4), True, "2027-03-05"), (in_march(5), False, None)]
    found = [(file.file_sequence, str(file.state), file.record_count) for file in stage.files()]
    assert found == [(1, "DELIVERED", 1), (2, "DELIVERED", 0)]


def test_a_night_broken_off_is_taken_up_at_the_next_look_and_is_late_where_that_is(stage, monkeypatch):
    stage.register(1)
    at(stage, 3, 4, 2)
    monkeypatch.setattr(type(stage.system.transport), "put", fails)
    with pytest.raises(TransportDown):
        run_night_if_due(stage.system)
    (run,) = stage.all(NightRun)
    assert (run.finished_at, run.late) == (None, False)
    monkeypatch.undo()
    at(stage, 3, 4, 5)
    assert run_night_if_due(stage.system) is not None
    (run,) = stage.all(NightRun)
    assert (run.started_at.hour, run.finished_at.hour, run.late) == (2, 5, True)


def fails(*_, **__):
    raise TransportDown("the line broke")


def test_a_gap_that_an_earlier_version_left_is_filled(stage):
    at(stage, 3, 4, 2)
    run_night_if_due(stage.system)
    at(stage, 3, 7, 2)
    run_night_if_due(stage.system)
    stage.execute(text("DELETE FROM night_runs WHERE run_date = '2027-03-05'"))
    at(stage, 3, 8, 2)
    run_night_if_due(stage.system)
    assert (in_march(5), True, "2027-03-08") in runs(stage)


def test_nights_that_a_wrong_clock_ran_ahead_of_time_count_for_nothing(stage):
    at(stage, 12, 24, 2)
    run_night_if_due(stage.system)
    assert len(stage.all(NightRun)) == 296
    at(stage, 3, 4, 2)
    stage.register(1)
    assert run_night_if_due(stage.system).transactions["A"] == 1
    assert runs(stage)[0] == (in_march(4), False, None)
    assert len(stage.all(NightRun)) == 296


# held nights


def test_a_held_night_stays_due_and_is_only_looked_at(stage, monkeypatch):
    stage.register(1)
    hold_nights(stage.system, stage.staff, "the agent asked for a quiet night")
    at(stage, 3, 4, 2)
    with monkeypatch.context() as patch:
        patch.setattr(night_clock, "run_export", never)
        for _ in range(3):
            assert run_night_if_due(stage.system) is None
    assert stage.files() == []
    at(stage, 3, 4, 9)
    unhold_nights(stage.system, stage.staff)
    assert run_night_if_due(stage.system).transactions["A"] == 1
    assert runs(stage) == [(in_march(4), True, None)]


def test_a_night_under_the_brake_is_worked_out_once_and_goes_when_two_have_released_it(new_stage, monkeypatch):
    stage = new_stage(ELD_BRAKE_CHANGES="1")
    stage.live(1, 2, 3)
    for place in (1, 2):
        stage.register(place, premises="Unit 9")
    at(stage, 3, 4, 2)
    with pytest.raises(NightHeld):
        run_night_if_due(stage.system)
    (run,) = stage.all(NightRun)
    assert run.finished_at is None
    with monkeypatch.context() as patch:
        patch.setattr(night_clock, "run_export", never)
        assert run_night_if_due(stage.system) is None
        release_night(stage.system, stage.staff, stage.today)
        assert run_night_if_due(stage.system) is None
    release_night(stage.system, stage.second, stage.today)
    assert run_night_if_due(stage.system).transactions["M"] == 2
    assert run_night_if_due(stage.system) is None


def test_what_has_its_number_leaves_although_the_night_is_held(stage, monkeypatch):
    stage.register(1)
    monkeypatch.setattr(type(stage.system.transport), "put", fails)
    with pytest.raises(TransportDown):
        stage.night()
    monkeypatch.undo()
    hold_nights(stage.system, stage.staff, "the agent asked for a quiet night")
    at(stage, 3, 4, 2)
    with pytest.raises(NightHeld):
        run_night_if_due(stage.system)
    assert [str(file.state) for file in stage.files()] == ["DELIVERED"]
    assert run_night_if_due(stage.system) is None


def never(*_, **__):
    pytest.fail("the night was worked out although it is held")


# between two nights


def test_an_urgent_file_that_met_a_broken_line_goes_in_the_next_minute_and_not_in_the_next_night(stage, monkeypatch):
    stage.live(1)
    stage.register(2)
    at(stage, 3, 4, 2)
    run_night_if_due(stage.system)
    at(stage, 3, 4, 10)
    stage.register(3)
    monkeypatch.setattr(type(stage.system.transport), "put", fails)
    report = correct_urgently(stage.system, stage.staff, number(1), {"premises": "Unit 9"}, "INC-7")
    assert isinstance(report.stopped, TransportDown)
    for _ in range(2):
        with pytest.raises(TransportDown):
            send_what_is_urgent(stage.system)
    monkeypatch.undo()
    report = send_what_is_urgent(stage.system)
    assert [(file["file_sequence"], file["record_count"]) for file in report.files] == [(3, 1)]
    assert {str(file.state) for file in stage.files()} == {"FCO_ACCEPTED", "DELIVERED"}
    assert send_what_is_urgent(stage.system).files == []
    assert stage.states(3) == ["NEW"], "what is not urgent waits for the night"


def test_the_next_night_is_told_from_what_is_due(stage):
    def told():
        return next_night(stage.system).isoformat()

    assert told() == "2027-03-04T02:00:00+00:00"
    at(stage, 3, 4, 1)
    assert told() == "2027-03-04T02:00:00+00:00"
    at(stage, 3, 6, 1)
    assert told() == "2027-03-05T02:00:00+00:00", "overdue"
    run_night_if_due(stage.system)
    assert told() == "2027-03-06T02:00:00+00:00"
    at(stage, 3, 6, 2)
    run_night_if_due(stage.system)
    assert told() == "2027-03-07T02:00:00+00:00"


# the clocks change: 01:00 UTC is 02:00 BST on 28 March 2027, and 01:00 GMT comes again on 31 October


@pytest.mark.parametrize(
    ("export_at", "zone", "night", "moment"),
    [
        ("01:30", LONDON, date(2026, 3, 29), "2026-03-29T01:30"),
        ("01:30", LONDON, date(2027, 3, 28), "2027-03-28T01:30"),  # skipped: 02:30 by the new clock
        ("02:00", LONDON, date(2026, 3, 29), "2026-03-29T01:00"),
        ("02:00", LONDON, date(2027, 3, 28), "2027-03-28T01:00"),
        ("01:30", LONDON, date(2026, 10, 25), "2026-10-25T00:30"),  # twice: the first
        ("01:30", LONDON, date(2027, 10, 31), "2027-10-31T00:30"),
        ("02:00", LONDON, date(2026, 10, 25), "2026-10-25T02:00"),
        ("02:00", LONDON, date(2027, 10, 31), "2027-10-31T02:00"),
        ("02:30", "Europe/Paris", date(2027, 3, 28), "2027-03-28T01:30"),
        ("02:30", "Europe/Paris", date(2027, 10, 31), "2027-10-31T00:30"),
        ("02:15", "Australia/Lord_Howe", date(2027, 10, 3), "2027-10-02T15:45"),  # half an hour is skipped
        ("00:30", "Asia/Beirut", date(2027, 3, 28), "2027-03-27T22:30"),  # midnight is skipped
        ("02:00", "UTC", date(2027, 3, 28), "2027-03-28T02:00"),
    ],
)
def test_a_night_has_one_moment(export_at, zone, night, moment):
    settings = load_settings({"ELD_DEMO": "1", "ELD_EXPORT_AT": export_at, "ELD_TIMEZONE": zone})
    assert night_moment(settings, night) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@given(
    night=st.dates(date(2020, 1, 1), date(2037, 12, 30)),
    at=st.times().map(lambda moment: time(moment.hour, moment.minute)),
    zone=st.sampled_from([LONDON, "America/St_Johns", "Africa/Casablanca", "Pacific/Chatham", "America/Havana"]),
)
def test_nights_follow_each_other_and_none_is_more_than_two_hours_off(night, at, zone):
    settings = load_settings({"ELD_DEMO": "1", "ELD_EXPORT_AT": f"{at:%H:%M}", "ELD_TIMEZONE": zone})
    first, second = (night_moment(settings, day) for day in (night, night + timedelta(days=1)))
    assert abs((second - first) - timedelta(days=1)) <= timedelta(hours=1)
    local = first.astimezone(ZoneInfo(zone))
    assert abs(local.replace(tzinfo=None) - datetime.combine(night, at)) <= timedelta(hours=1)


@pytest.mark.parametrize("export_at", [time(1, 30), time(2)])
@pytest.mark.parametrize("change", [date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29)])
def test_on_the_day_the_clocks_change_a_night_runs_once(sqlite_stage, export_at, change):
    stage = sqlite_stage
    system = replace(stage.system, settings=replace(stage.system.settings, export_at=export_at))
    stage.clock.at = datetime.combine(change - timedelta(days=1), time(12), UTC)
    stage.execute(update(Installation).values(set_up_at=stage.clock.at))
    ran = []
    for _ in range(2 * 24 * 4):  # every quarter of an hour for two days
        stage.clock.advance(timedelta(minutes=15))
        if run_night_if_due(system) is not None:
            ran.append(stage.clock.now())
    nights = [change, change + timedelta(days=1)]
    assert ran == [night_moment(system.settings, night) for night in nights]
    assert [file.created_on for file in stage.all(ExportFile)] == nights
    assert runs(stage) == [(night, False, None) for night in nights]
