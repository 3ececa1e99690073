"""The step: replies whole and once, whatever is interrupted; the same again does nothing."""

import contextlib
import shutil
from pathlib import Path

import pytest
from agent_dat import Rehearsal, dat, data, name_of, number_of, ref_of

from emergency_export.agent import Agent, AgentError, Faults, book, delivery, folder, intake, owed
from emergency_export.agent.faults import KINDS
from emergency_export.agent.fixed_form import FixedForm


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, Agent)


def test_the_car_by_its_widths(rehearsal):
    rehearsal.submit(1, [data(1), data(2, telephone_no=number_of(2))])
    text = rehearsal.collect()["BT199901032701.CAR"]
    head, *rows, tail, end = text.split("\r\n")
    assert head == "H99920270301023000000001BT199901032701.CAR  "
    assert len(rows) == 2
    assert tail == "T9990000010000002"
    assert end == ""


def test_cars_have_names_of_the_day_and_a_sequence_that_runs_on(rehearsal):
    rehearsal.submit(1, [data(1, ref=ref_of(1))])
    rehearsal.submit(2, [data(1, "M", ref_of(2))])
    rehearsal.later(days=1)
    rehearsal.submit(3, [data(1, "M", ref_of(3))])
    cars = {name: text for name, text in rehearsal.collect().items() if name.endswith(".CAR")}
    assert [(name, text[18:24]) for name, text in cars.items()] == [
        ("BT199901032701.CAR", "000001"),
        ("BT199901032702.CAR", "000002"),
        ("BT199902032701.CAR", "000003"),
    ]


@pytest.mark.parametrize("keep", [True, False])
def test_a_second_step_does_nothing(tmp_path, keep):
    rehearsal = Rehearsal(tmp_path, Agent, keep=keep)
    report = rehearsal.submit(1, [data(1)])
    assert report.files
    assert (rehearsal.root / "outbox" / name_of(1)).exists() is keep
    for _ in range(2):
        report = rehearsal.again().step()
        assert report == type(report)()


def test_a_kept_file_is_known_by_its_digest_when_it_was_copied_anew(rehearsal):
    rehearsal.submit(1, [data(1)])
    path = rehearsal.root / "outbox" / name_of(1)
    copy = path.with_suffix(".part")
    shutil.copyfile(path, copy)
    copy.rename(path)
    assert rehearsal.agent.step().files == ()


def test_a_kept_file_replaced_by_other_content_is_a_new_arrival(rehearsal):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    rehearsal.send(dat(1, [data(1, premises="UNIT 4")]), name_of(1))
    assert rehearsal.agent.step().rejected_files == ((name_of(1), "SEQDUP"),)


def test_a_kept_file_taken_away_and_sent_again_is_seqdup(rehearsal):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    path = rehearsal.root / "outbox" / name_of(1)
    content = path.read_bytes()
    path.unlink()
    rehearsal.agent.step()
    rehearsal.send(content, name_of(1))
    assert rehearsal.agent.step().rejected_files == ((name_of(1), "SEQDUP"),)
    assert rehearsal.fco()[4] == "SEQDUP"


def test_a_reply_not_collected_is_never_overwritten(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent, keep=False)
    rehearsal.submit(1, [data(1)])
    rehearsal.send(dat(1, [data(1)]), name_of(1))
    report = rehearsal.agent.step()
    assert (report.fcos, report.owed) == ((), ("BT199901032701.FCO",))
    assert rehearsal.fco()[3] == "ACCEPTED"
    assert rehearsal.agent.step().fcos == ("BT199901032701.FCO",)
    assert rehearsal.fco()[4] == "SEQDUP"


class CrashError(Exception):
    """Stands for a process that ends here."""


def crash_at(monkeypatch, module, name, *, after):
    """Let a function raise at its first call, before or after its work, and be itself again later."""
    real = getattr(module, name)

    def once(*args, **options):
        monkeypatch.setattr(module, name, real)
        if after:
            real(*args, **options)
        raise CrashError

    monkeypatch.setattr(module, name, once)


POINTS = [
    (intake, "examine"),
    (intake, "enter_file"),
    (intake, "check_record"),
    (intake, "owe_fco"),
    (intake, "remember_lying"),
    (owed, "plan"),
    (delivery, "_issue"),
    (folder, "put_whole"),
    (FixedForm, "car_row"),
    (folder.os, "fsync"),
    (Path, "rename"),
    (Path, "unlink"),
    (owed.Car, "add"),
    (book.Book, "save"),
]


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("point", POINTS, ids=[name for _, name in POINTS])
def test_a_crash_at_any_point_leaves_one_answer_to_each_file(tmp_path, monkeypatch, point, after, keep):
    module, name = point
    rehearsal = Rehearsal(tmp_path / "crashed", Agent, keep=keep)
    rehearsal.send(dat(1, [data(1), data(2, telephone_no=number_of(2), name="")]), name_of(1))
    happened = name != "unlink" or not keep
    crash_at(monkeypatch, module, name, after=after)
    if happened:
        with pytest.raises(CrashError):
            rehearsal.agent.step()
    monkeypatch.undo()
    rehearsal.again().step()
    rehearsal.again().step()

    calm = Rehearsal(tmp_path / "calm", Agent, keep=keep)
    calm.submit(1, [data(1), data(2, telephone_no=number_of(2), name="")])
    assert list(rehearsal.agent.records()) == list(calm.agent.records())
    assert (rehearsal.root / "outbox" / name_of(1)).exists() is keep
    assert rehearsal.collect() == calm.collect()


def among_faults(root):
    """A file sent to an agent of many faults."""
    faults = Faults(4, **{f"{kind}_share": 0.5 for kind in KINDS if kind not in {"lose_file", "refuse_file"}})
    rehearsal = Rehearsal(root, Agent, faults=faults)
    rows = [data(n, "AI"[n % 2], telephone_no=number_of(n)) for n in range(1, 7)]
    rehearsal.send(dat(1, rows), name_of(1))
    return rehearsal


def what_comes(rehearsal):
    """The rows of the whole replies, without their moments, and the records held in the end."""
    replies = []
    rehearsal.agent.step()
    while rehearsal.agent.owed():
        replies += rehearsal.collect().items()
        rehearsal.agent.step()
    replies += rehearsal.collect().items()
    whole = {text for _, text in replies if text.endswith("\r\n") and text.isascii()}
    rows = {line[:62] for text in whole for line in text.split("\r\n") if line[:1] in {"R", "F"}}
    return rows, list(rehearsal.agent.records())


@pytest.fixture(scope="module")
def uncrashed(tmp_path_factory):
    found = what_comes(among_faults(tmp_path_factory.mktemp("uncrashed")))
    assert found[0]
    return found


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("point", POINTS, ids=[name for _, name in POINTS])
def test_a_crash_among_faults_changes_no_answer(tmp_path, monkeypatch, point, after, uncrashed):
    rehearsal = among_faults(tmp_path)
    crash_at(monkeypatch, *point, after=after)
    with contextlib.suppress(CrashError):
        rehearsal.agent.step()
    monkeypatch.undo()
    assert what_comes(rehearsal) == uncrashed


def test_a_stale_part_of_a_crash_is_written_over(rehearsal):
    (rehearsal.root / "inbox" / "BT199901032701.FCO.part").write_bytes(b"half")
    rehearsal.submit(1, [data(1)])
    assert rehearsal.fco()[3] == "ACCEPTED"


def test_when_the_names_of_a_day_are_used_up_a_car_waits_for_the_next(rehearsal, monkeypatch):
    monkeypatch.setattr("emergency_export.agent.desk.LAST_OF_DAY", 1)
    rehearsal.submit(1, [data(1)])
    report = rehearsal.submit(2, [data(1, "M", ref_of(2))])
    assert (report.files, report.cars, report.late) == ((name_of(2),), (), 1)
    rehearsal.later(days=1)
    report = rehearsal.agent.step()
    assert (report.cars, report.late) == (("BT199902032701.CAR",), 0)
    assert "0039" in rehearsal.collect()["BT199902032701.CAR"]


def test_records_can_be_read_while_a_step_runs(rehearsal):
    rehearsal.submit(1, [data(1), data(2, telephone_no=number_of(2))])
    reading = rehearsal.agent.records()
    assert next(reading)["telephone_no"] == number_of(1)
    rehearsal.submit(2, [data(1, "C", ref_of(3), telephone_no=number_of(2))])
    assert next(reading)["telephone_no"] == number_of(2)
    reading.close()
    assert rehearsal.agent.record(number_of(2)) is None


@pytest.mark.parametrize(
    "other",
    [{"cupid": "998"}, {"environment": "L"}],
    ids=["cupid", "environment"],
)
def test_a_database_of_another_agent_is_refused(rehearsal, other):
    options = {"cupid": "999", "environment": "T"} | other
    with pytest.raises(AgentError, match="was made for"):
        Agent(rehearsal.root / "agent.db", rehearsal.root, **options)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"cupid": "99"}, "three digits"),
        ({"environment": "test"}, "L or T"),
        ({"profile": "unheard-of"}, "eff-style-1"),
        ({"first_sequence": 0}, "begin at 1"),
    ],
    ids=str,
)
def test_a_set_up_that_cannot_work_is_refused(tmp_path, other, said):
    options = {"cupid": "999"} | other
    with pytest.raises(AgentError, match=said):
        Agent(tmp_path / "agent.db", tmp_path, **options)
    assert not (tmp_path / "agent.db").exists()


def test_a_clock_without_a_zone_is_refused(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.at = rehearsal.at.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        rehearsal.submit(1)
