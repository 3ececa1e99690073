"""Files: split, full, rendered by the profile they were fixed with, shown, held."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from stage import number

from app.clock import FixedClock
from app.db.locks import named_lock
from app.errors import Busy, CallAPerson, NotFound
from app.models.exports import ExportFile
from app.services.exports.file_list import page_files, place_of_record
from app.services.exports.files import file_records, list_files, resend_file, show_file
from app.services.exports.night import run_export
from app.services.exports.night_clock import run_night_if_due
from app.services.exports.tonight import tonight
from app.services.locations.ceasing import cease_numbers
from emergency_export.faults import ForeignContent, NotWhatWasFixed, TransportDown
from emergency_export.profile_loading import load_profile
from emergency_export.verification import verify_file


def test_a_large_night_is_split_into_consecutive_files(new_stage, small_profile):
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(5):
        stage.register(place)
    report = stage.night()
    assert [file["record_count"] for file in report.files] == [2, 2, 1]
    assert report.transactions["A"] == 5
    assert [file.file_sequence for file in stage.files()] == [1, 2, 3]
    assert [file.file_name[-6:-4] for file in stage.files()] == ["01", "02", "03"]
    assert [row.telephone_no for row in stage.rows()] == [number(place) for place in range(5)]
    for place in range(4):
        stage.register(place, premises="Unit 4")
    for file in stage.files():
        stage.fco(file)
        stage.car(*(stage.reply(row, "0037") for row in stage.rows(file.file_name)))
    stage.collect()
    assert [file["record_count"] for file in stage.night().files] == [2, 2]


def test_the_parts_of_a_full_file_follow_in_sequence(new_stage, small_profile):
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(4):
        stage.register(place)
    stage.night()
    references = [row.txn_ref for row in stage.rows()]
    codes = ["0037", "0037", "0101", "0037"]
    stage.car(*(stage.reply(row, code) for row, code in zip(stage.rows(), codes, strict=True)))
    stage.collect()
    before = stage.end_state()["transactions"]
    report = stage.night(full=True)
    assert [(file["kind"], file["record_count"], file["file_sequence"]) for file in report.files] == [
        ("F", 2, 3),
        ("F", 1, 4),
    ]
    rows = stage.rows()
    assert [row.command for row in rows] == ["", "", ""]
    assert [row.txn_ref for row in rows] == [references[place] for place in (0, 1, 3)]
    assert stage.end_state()["transactions"] == before, "a full file has no transactions"
    for file in report.files:
        assert verify_file(stage.root / "outbox" / file["file_name"], stage.system.profile).faults == ()


def test_a_full_file_of_nothing_is_a_file(stage):
    report = stage.night(full=True)
    assert [(file["kind"], file["record_count"]) for file in report.files] == [("F", 0)]


def test_a_full_file_does_not_stand_for_the_nights_empty_one(stage):
    stage.night(full=True)
    assert [file["record_count"] for file in stage.night().files] == [0]


def test_a_change_of_profile_leaves_the_bytes_of_what_was_fixed(new_stage, small_profile):
    stage = new_stage()
    for place in range(3):
        stage.register(place)

    def break_off(step):
        if step == "file begun":
            raise TransportDown("the line broke")

    with pytest.raises(TransportDown):
        stage.night(on_step=break_off)
    changed = small_profile.read_text("utf-8").replace(
        'name = "thoroughfare", width = 55', 'name = "thoroughfare", width = 54'
    )
    changed = changed.replace('name = "locality", width = 30', 'name = "locality", width = 31')
    small_profile.write_text(changed, "utf-8")
    profile = load_profile(small_profile)
    assert profile.digest != stage.system.profile.digest
    stage.register(4)
    later = replace(stage.system, profile=profile)
    run_export(later, stage.cli)
    first, second = stage.files()
    assert verify_file(stage.root / "outbox" / first.file_name, stage.system.profile).faults == ()
    assert verify_file(stage.root / "outbox" / second.file_name, profile).faults == ()
    assert (first.record_count, second.record_count) == (3, 1)
    assert hashlib.sha256((stage.root / "outbox" / first.file_name).read_bytes()).hexdigest() == first.sha256
    path = stage.root / "outbox" / first.file_name
    before = path.read_bytes()
    path.unlink()
    resend_file(later, stage.cli, first.file_name)
    assert path.read_bytes() == before


def test_rows_that_were_changed_after_they_were_fixed_never_leave(stage):
    stage.register(1)

    def break_off(step):
        if step == "file begun":
            raise TransportDown("the line broke")

    with pytest.raises(TransportDown):
        stage.night(on_step=break_off)
    stage.execute(update(ExportFile).values(sha256="0" * 64))
    with pytest.raises(NotWhatWasFixed):
        stage.night()
    assert list((stage.root / "outbox").iterdir()) == []


def test_foreign_content_under_our_name_stops_and_nothing_later_leaves(stage):
    stage.register(1)
    foreign = stage.root / "outbox" / "BT199903032701.DAT"
    for _ in range(2):
        with pytest.raises(ForeignContent):
            stage.night(on_step=lambda _: foreign.write_bytes(b"somebody else's"))
    assert [str(file.state) for file in stage.files()] == ["EXTRACTED"]


def test_foreign_content_under_a_name_that_we_never_gave_keeps_every_number_untaken(stage):
    stage.register(1)
    foreign = stage.root / "outbox" / "BT199903032701.DAT"
    foreign.write_bytes(b"somebody else's")
    with pytest.raises(CallAPerson, match=r"BT199903032701\.DAT"):
        stage.night()
    assert stage.files() == []
    foreign.unlink()
    assert stage.night().transactions["A"] == 1


def test_the_ninety_ninth_name_of_a_day_is_the_last(sqlite_stage):
    stage = sqlite_stage
    stage.night()
    stage.execute(update(ExportFile).values(day_number=98))
    stage.register(1)
    stage.night()
    stage.register(2)
    with pytest.raises(CallAPerson):
        stage.night()
    assert stage.states(2) == ["NEW"]
    stage.tomorrow()
    stage.night()
    assert stage.sent() == [("A", "002")]


def test_files_are_shown_with_every_field_of_their_records(stage):
    stage.register(1)
    stage.register(2)
    stage.night()
    (listed,) = list_files(stage.system, stage.cli)
    shown = show_file(stage.system, stage.cli, listed["file_name"])
    assert {name: shown[name] for name in listed} == listed
    assert (listed["state"], listed["record_count"], listed["kind"]) == ("DELIVERED", 2, "D")
    page = file_records(stage.system, stage.cli, listed["file_name"])
    assert (page.total, page.pages, len(page.records)) == (2, 1, 2)
    lines = (stage.root / "outbox" / listed["file_name"]).read_bytes().decode("ascii").split("\r\n")
    for record in page.records:
        assert record["raw"] == lines[record["rec_no"]]
        assert record["state"] == "DELIVERED"
        for field in record["fields"]:
            start = field["from"] - 1
            place = record["raw"][start : start + field["width"]]
            if field["name"] in {"txn_ref", "command", "telephone_no", "name", "premises", "locality", "postcode"}:
                assert place.rstrip() == field["value"] != ""
    with pytest.raises(NotFound):
        show_file(stage.system, stage.cli, "BT199903032799.DAT")


def test_tonight_counts_what_goes_and_what_waits(stage):
    stage.live(1, 2)
    stage.register(1, premises="Unit 4")
    cease_numbers(stage.system, stage.customer, [number(2)])
    stage.register(3)
    stage.register(4, effective_date=stage.day(2))
    found = tonight(stage.system, stage.cli)
    assert (found["due"], found["on_hold"], found["waiting_for_agent"]) == (3, 1, 0)
    assert found["due_by_command"] == {"M": 1, "C": 1, "A": 1}
    stage.night()
    stage.tomorrow()
    found = tonight(stage.system, stage.cli)
    assert [file["file_name"] for file in found["overdue"]] == [stage.files()[-1].file_name]
    assert (found["due"], found["waiting_for_agent"]) == (0, 3)


def at(stage, hour, minute=0, day=4):
    stage.clock.at = datetime(2027, 3, day, hour, minute, tzinfo=UTC)


def test_the_night_of_a_date_runs_once(stage):
    stage.register(1)
    at(stage, 1, 59)
    assert run_night_if_due(stage.system) is None
    at(stage, 2)
    assert run_night_if_due(stage.system).transactions["A"] == 1
    at(stage, 2, 5)
    stage.register(2)
    assert run_night_if_due(stage.system) is None
    at(stage, 2, 0, day=5)
    assert run_night_if_due(stage.system).transactions["A"] == 1


def test_a_second_scheduler_yields_while_the_night_is_at_work(stage):
    at(stage, 2)
    with named_lock(stage.system.database, "night"), pytest.raises(Busy):
        run_night_if_due(stage.system)
    assert stage.files() == []


def test_a_night_that_failed_is_taken_again(stage, monkeypatch):
    stage.register(1)
    at(stage, 2)
    monkeypatch.setattr(type(stage.system.transport), "put", fails)
    with pytest.raises(TransportDown):
        run_night_if_due(stage.system)
    monkeypatch.undo()
    stage.clock = FixedClock(stage.clock.at)
    assert run_night_if_due(stage.system) is not None
    assert [(file.file_sequence, str(file.state)) for file in stage.files()] == [(1, "DELIVERED")]


def fails(*_, **__):
    raise TransportDown("the line broke")


def test_a_record_has_its_place_in_a_file_of_either_kind(stage):
    for place in range(3):
        stage.register(place)
    stage.night()
    stage.accept()
    stage.night(full=True)
    for page in range(1, 3):
        assert [file["file_sequence"] for file in page_files(stage.system, stage.cli, page).files] == [2, 1]
    for file in stage.files():
        rows = stage.rows(file.file_name)
        records = file_records(stage.system, stage.cli, file.file_name, page=7).records
        assert [record["txn_ref"] for record in records] == [row.txn_ref for row in rows]
        for rec_no, row in enumerate(rows, 1):
            for asked in (row.txn_ref, f" {rec_no} "):
                assert place_of_record(stage.system, stage.cli, file.file_name, asked) == rec_no
        for asked in ("0", "4", "999/999/000000000099", "x", ""):
            assert place_of_record(stage.system, stage.cli, file.file_name, asked) is None
    for name in ("NONE.DAT", "\0"):
        with pytest.raises(NotFound):
            place_of_record(stage.system, stage.cli, name, "1")
