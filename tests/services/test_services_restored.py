"""A restored backup stops and asks, and goes on from what a person answers: no number is ever used twice."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from stage import Stage, number
from stage_copies import PostgresCopies, SqliteCopies, Stages

from app.audit.anchors import Anchor, append_anchor, read_anchors
from app.domain.files import FileState
from app.errors import CallAPerson, Conflict, NightHeld, NotAllowed, Refused
from app.models.exports import ExportFile, Transaction
from app.services.exports.brake import release_night
from app.services.exports.resuming import resume_export
from app.services.locations.ceasing import cease_numbers


@pytest.fixture(params=["sqlite", "postgresql"])
def stages(request, tmp_path) -> Stages:
    if request.param == "sqlite":
        return Stages(SqliteCopies(tmp_path, request.getfixturevalue("sqlite_template")))
    return Stages(PostgresCopies(tmp_path, request.getfixturevalue("postgresql")))


@pytest.fixture
def first(stages) -> Iterator[Stage]:
    """Two live records; the agent is the simulated one and deletes what it takes."""
    with stages.lent() as stage:
        for place in (1, 2):
            stage.register(place)
        step(stage)
        assert stage.record(1)["accepted_state"] == "live"
        stage.tomorrow()
        yield stage


def step(stage):
    stage.night()
    stage.agent(keep=False).step()
    return stage.collect()


def lose_a_night(stages, stage):
    """Back up, live another night, and restore the backup. What was lost: a new record, a move, a cease."""
    backup = stages.freeze_database(stage)
    stage.register(3)
    stage.register(1, premises="Unit 1")
    cease_numbers(stage.system, stage.customer, [number(2)])
    step(stage)
    return stages.restore_database(stage, backup)


def resume(stage, sequence=2, reference=5, **options):
    return resume_export(stage.system, stage.staff, sequence, reference, **options)


def held(stage):
    return {
        place: record["premises"] for place in range(1, 6) if (record := stage.agent(keep=False).record(number(place)))
    }


def test_an_older_copy_sends_nothing_and_says_what_to_do(stages, first):
    stage = lose_a_night(stages, first)
    stage.register(4)
    with pytest.raises(CallAPerson, match=r"older copy.*eld export resume"):
        stage.night()
    assert [file.file_sequence for file in stage.files()] == [1]
    stage.system.database.dispose()


def test_it_goes_on_after_the_answer_and_the_agent_ends_with_what_is_wanted(stages, first):
    stage = lose_a_night(stages, first)
    stage.register(4)
    lost = {file.name for file in (stage.root / "archive").glob("*.FCO")}
    resumed = resume(stage)
    assert (resumed.file_sequence, resumed.records, resumed.abandoned, resumed.moved) == (2, 2, 0, 1)
    assert {stage.record(place)["accepted_state"] for place in (1, 2)} == {"unknown"}
    stage.register(3)  # what was lost is said again
    stage.register(1, premises="Unit 1")
    cease_numbers(stage.system, stage.customer, [number(2)])
    for _ in range(3):
        step(stage)
        stage.tomorrow()
    assert held(stage) == {1: "UNIT 1", 3: "PENNANT HOUSE", 4: "PENNANT HOUSE"}
    files = stage.files()
    assert [file.file_sequence for file in files] == [1, 3, 4, 5]
    assert len({file.file_name for file in files}) == len(files)
    assert not {stage.system.profile.fco_name(file.file_name) for file in files[1:]} & lost
    assert "export_resumed" in stage.events()
    stage.check_trail()
    stage.system.database.dispose()


def test_no_reference_is_used_twice(stages, first):
    stage = lose_a_night(stages, first)
    before = {item.id for item in stage.all(Transaction)}
    stage.register(4)
    stage.register(5, effective_date=stage.day(3))
    resume(stage)
    waiting = [item for item in stage.all(Transaction) if item.id not in before]
    assert all(item.id > 5 for item in waiting)
    stage.register(3)
    stage.night()
    assert sorted(row.telephone_no for row in stage.rows())[2:] == [number(3), number(4)]
    assert all(int(row.txn_ref[-12:]) > 5 for row in stage.rows())
    stage.system.database.dispose()


def test_resuming_twice_or_without_need_is_refused(stages, first):
    for answer in (1, 10):
        with pytest.raises(Conflict, match="nothing here shows"):
            resume(first, answer)
    with pytest.raises(Refused, match="6 digits"):
        resume(first, 999_999, agent_confirmed=True)
    stage = lose_a_night(stages, first)
    with pytest.raises(NotAllowed):
        resume_export(stage.system, stage.cli, 2, 5)
    for answer in (0, 1, 3, 20):
        with pytest.raises(Conflict, match="file 2 was the last that was seen to leave"):
            resume(stage, answer)
    with pytest.raises(Conflict, match="delivered file 1"):
        resume(stage, 0, agent_confirmed=True)
    resume(stage)
    with pytest.raises(Conflict, match="nothing here shows"):
        resume(stage)
    stage.system.database.dispose()


def test_the_same_copy_restored_once_more_is_noticed_and_gives_out_no_number_again(stages, first):
    backup = stages.freeze_database(first)
    first.register(3)
    step(first)
    stage = stages.restore_database(first, backup)
    once = resume(stage, names_through=7)
    stage = stages.restore_database(stage, backup)
    with pytest.raises(CallAPerson, match="resumed once"):
        stage.night()
    twice = resume(stage, reference=0)
    assert (twice.txn_number, twice.names_through) == (once.txn_number, 7)
    stage.register(3)
    step(stage)
    assert [(file.file_sequence, file.day_number) for file in stage.files()] == [(1, 1), (3, 8)]
    stage.check_trail()
    stage.system.database.dispose()


def test_a_file_that_still_lies_for_the_agent_is_not_numbered_over(stages, first):
    backup = stages.freeze_database(first)
    first.register(3)
    first.night()
    lying = first.files()[-1].file_name
    stage = stages.restore_database(first, backup)
    with pytest.raises(Conflict, match=lying):
        resume(stage, 1, agent_confirmed=True)
    stage.agent(keep=False).step()
    assert resume(stage).file_sequence == 2
    stage.system.database.dispose()


def test_what_lies_for_the_agent_tells_where_the_journal_is_gone_too(stages, first):
    backup = stages.freeze_database(first)
    first.register(3)
    first.night()
    stage = stages.restore_database(first, backup)
    stage.system.journal.unlink()
    stage.register(4)
    with pytest.raises(CallAPerson, match="was never numbered here"):
        stage.night()
    resume(stage)
    shutil.rmtree(stage.root / "outbox")
    (stage.root / "outbox").mkdir()
    assert stage.night().files[0]["file_sequence"] == 3
    assert stage.files()[-1].day_number == 2, "01 of this day is spent"
    stage.system.database.dispose()


def test_a_file_that_was_fixed_in_the_copy_and_taken_is_not_sent_again(stages, first, monkeypatch):
    transport = type(first.system.transport)
    first.register(3)
    with monkeypatch.context() as patched:
        patched.setattr(transport, "put", lambda *_, **__: (_ for _ in ()).throw(OSError("away")))
        with pytest.raises(OSError, match="away"):
            first.night()
    backup = stages.freeze_database(first)
    step(first)
    first.tomorrow()
    first.register(4)
    step(first)
    stage = stages.restore_database(first, backup)
    assert stage.files()[-1].state is FileState.EXTRACTED
    resumed = resume(stage, 3)
    assert resumed.abandoned == 1
    assert stage.states(3) == ["ABANDONED", "NEW"]
    stage.register(4)
    for _ in range(3):
        step(stage)
        stage.tomorrow()
    assert sorted(held(stage)) == [1, 2, 3, 4]
    assert [file.file_sequence for file in stage.files()][:3] == [1, 2, 4]
    stage.system.database.dispose()


def test_replies_that_the_copy_does_not_know_are_applied_again_from_the_archive(stages, first):
    first.register(3)
    first.night()
    backup = stages.freeze_database(first)
    first.agent(keep=False).step()
    first.collect()
    stage = stages.restore_database(first, backup)
    assert stage.record(3)["accepted_state"] == "none"
    for kept in (stage.root / "archive").iterdir():
        shutil.move(kept, stage.root / "inbox" / kept.name)
    stage.collect()
    assert stage.record(3)["accepted_state"] == "live"
    assert stage.states(3) == ["COMPLETED"]
    stage.tomorrow()
    assert step(stage).fco == 1, "nothing was lost that the agent knows of: the night goes"
    stage.system.database.dispose()


def test_the_mass_that_goes_out_after_it_is_shown_to_two_people(stages, first):
    stage = lose_a_night(stages, first)
    resume(stage)
    settings = replace(stage.system.settings, brake_changes=1, brake_changes_percent=0.0)
    stage = replace(stage, system=replace(stage.system, settings=settings))
    with pytest.raises(NightHeld, match="2 changes"):
        stage.night()
    release_night(stage.system, stage.staff, stage.today)
    release_night(stage.system, stage.second, stage.today)
    assert stage.night().transactions["M"] == 2
    stage.system.database.dispose()


def test_a_copy_that_went_another_way_is_noticed_however_long_its_trail_has_grown(stages, first):
    stage = lose_a_night(stages, first)
    seen = max(anchor.seq for anchor in read_anchors(stage.system.journal))
    for place in range(10, 40):
        stage.register(place)
    assert len(stage.events()) > seen
    with pytest.raises(CallAPerson, match="older copy"):
        stage.night()
    stage.system.database.dispose()


def test_a_database_older_than_the_journal_sends_nothing(stage):
    stage.register(1)
    stage.night()
    append_anchor(stage.system.journal, stage.system.clock, Anchor(10_000, "0" * 64))
    stage.register(2)
    with pytest.raises(CallAPerson, match="older copy"):
        stage.night()
    with stage.system.database.reading() as look:
        assert look.session.scalar(text("SELECT count(*) FROM export_files")) == 1
    stage.system.journal.unlink()


def test_a_name_that_is_too_long_is_set_aside_all_the_same(stage):
    stage.register(1)
    stage.night()
    inbox = stage.root / "inbox"
    (inbox / ("a" * 246 + ".fco")).write_bytes(b"junk")
    stage.fco()
    assert len(stage.collect().quarantined) == 1
    assert stage.all(ExportFile)[0].state is FileState.FCO_ACCEPTED
    assert list(inbox.iterdir()) == []
