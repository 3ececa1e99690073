"""Faults on request: each kind does what it says, by the seed alone, and never for ever."""

from dataclasses import replace

import pytest
from agent_dat import Rehearsal, car_row, dat, data, name_of, number_of, ref_of
from hypothesis import given
from hypothesis import strategies as st

from emergency_export.agent import Agent, AgentError, Faults
from emergency_export.agent.codes import REASONS, REFUSALS, REFUSED_OF
from emergency_export.agent.faults import KINDS

FCO = "BT199901032701.FCO"
CAR = "BT199901032701.CAR"


def rehearsed(root, **options):
    faults = Faults(**options.pop("faults", {}))
    return Rehearsal(root, Agent, faults=faults, **options)


def several(count, command="A", first=1):
    return [data(n, command, ref_of(first + n), telephone_no=number_of(n)) for n in range(1, count + 1)]


def rows_in(text):
    return [car_row(line) for line in text.split("\r\n") if line[:1] == "R"]


def everything(rehearsal, steps=12):
    """The replies of several steps, each collected at once: [(name, text)]."""
    found = list(rehearsal.collect().items())
    for _ in range(steps):
        rehearsal.agent.step()
        found += rehearsal.collect().items()
    return found


# The draws


@given(st.integers(), st.sampled_from(KINDS), st.text(max_size=30))
def test_a_draw_depends_on_seed_kind_and_key_alone(seed, kind, key):
    faults = Faults(seed, **{f"{kind}_share": 0.5})
    assert faults.happens(kind, key) is replace(faults, late_steps=9, gap_share=faults.gap_share).happens(kind, key)
    assert 0 <= faults.draw(kind, key) < 1
    assert not Faults(seed).happens(kind, key)
    assert Faults(seed, **{f"{kind}_share": 1.0}).happens(kind, key)


@pytest.mark.parametrize("kind", KINDS)
def test_the_share_is_kept_and_seeds_differ(kind):
    drawn = [[Faults(seed, **{f"{kind}_share": 0.25}).happens(kind, str(n)) for n in range(2000)] for seed in (1, 2)]
    assert drawn[0] != drawn[1]
    assert all(400 < sum(each) < 600 for each in drawn)


@pytest.mark.parametrize(
    "wrong",
    [
        {"late_share": 1.5},
        {"reject_share": -0.1},
        {"late_share": float("nan")},
        {"late_steps": 0},
        {"reject_codes": ("0037",)},
        {"refuse_file_reasons": ("BADLUCK",)},
    ],
    ids=str,
)
def test_faults_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"lies between|by a step|not a code|not a reason"):
        Faults(**wrong)


def test_no_fault_is_calm():
    assert Faults().calm
    assert Faults(seed=7, late_steps=9).calm
    assert not Faults(gap_share=0.1).calm


# Records


@pytest.mark.parametrize("command", "ACMEI")
def test_a_record_is_refused_by_chance_and_taken_under_a_new_reference(tmp_path, command):
    for seed in range(50):
        faults = Faults(seed, reject_share=0.5, reject_codes=("0057", "0105"))
        if faults.happens("reject", ref_of(2)) and not faults.happens("reject", ref_of(3)):
            break
    rehearsal = Rehearsal(tmp_path, Agent)
    if command in "CME":
        rehearsal.submit(1, [data(1)])
        rehearsal.collect()
    first = 2 if command in "CME" else 1
    rehearsal.again(faults=faults)
    before = list(rehearsal.agent.records())
    assert rehearsal.submit(first, [data(1, command, ref_of(2), premises="UNIT 9")]).rejected == 1
    assert list(rehearsal.agent.records()) == before
    assert rehearsal.submit(first + 1, [data(1, command, ref_of(3), premises="UNIT 9")]).rejected == 0
    codes = rehearsal.codes()
    assert codes[0] in {"0057", "0105"}
    assert codes[1] in {"0037", "0038", "0039", "0041", "0042"}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_code_is_given_to_commands_that_can_have_it(tmp_path, code):
    rehearsal = rehearsed(tmp_path, faults={"reject_share": 1, "reject_codes": (code,)})
    rehearsal.submit(1, [data(1), data(2, "I", telephone_no=number_of(2))])
    assert rehearsal.codes() == [
        code if command in REFUSED_OF[code] else ok for command, ok in zip("AI", ("0037", "0042"), strict=True)
    ]


@pytest.mark.parametrize("command", "MCE")
def test_that_there_is_no_record_is_true_once_it_was_said(tmp_path, command):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.submit(1, [data(1)])
    rehearsal.again(faults=Faults(reject_share=1, reject_codes=("0104",)))
    rehearsal.submit(2, [data(1, command, ref_of(2))])
    assert rehearsal.codes()[-1] == "0104"
    assert rehearsal.agent.record(number_of(1)) is None


def test_what_is_wrong_keeps_its_own_code(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"reject_share": 1, "reject_codes": ("0057",)})
    rehearsal.submit(1, [data(1, postcode="NOWHERE")])
    assert rehearsal.codes() == ["0101"]


def test_non_final_first(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"non_final_share": 1, "seed": 3})
    rehearsal.submit(1, several(8))
    first, second = [rows_in(text) for name, text in everything(rehearsal) if name.endswith(".CAR")]
    assert {(row["response_code"], row["final"]) for row in first} == {("0018", "N"), ("0013", "N")}
    assert {row["response_code"] for row in second} == {"0037"}
    assert [row["txn_ref"] for row in first] == [row["txn_ref"] for row in second]
    assert len(list(rehearsal.agent.records())) == 8


def test_partial(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"partial_share": 1})
    rehearsal.submit(1, several(20))
    first, second = [rows_in(text) for name, text in everything(rehearsal) if name.endswith(".CAR")]
    assert first
    assert second
    assert sorted(row["txn_ref"] for row in first + second) == [ref_of(n + 1) for n in range(1, 21)]


def test_unsolicited_rows(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"unsolicited_share": 1})
    rehearsal.submit(1, several(2))
    rows = rehearsal.car_rows()
    assert [row["txn_ref"] for row in rows] == [ref_of(2), ref_of(3), ""]
    assert rows[2]["telephone_no"] == number_of(1)
    assert rows[2]["response_code"] in {"0013", "0045", "0046", "0047", "0048"}


# Replies


def test_late(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"late_share": 1, "late_steps": 2})
    report = rehearsal.submit(1, [data(1)])
    assert (report.fcos, report.cars, report.late) == ((), (), 2)
    assert rehearsal.agent.owed() == 2
    came = []
    for _ in range(2):
        report = rehearsal.agent.step()
        came += [*report.fcos, *report.cars]
    assert sorted(came) == [CAR, FCO]
    assert (report.late, rehearsal.agent.owed()) == (0, 0)
    assert rehearsal.agent.step() == type(report)()


def test_twice_under_its_name_or_under_another(tmp_path):
    seen = set()
    for seed in range(6):
        rehearsal = rehearsed(tmp_path / str(seed), faults={"twice_share": 1, "seed": seed})
        rehearsal.submit(1, [data(1)])
        found = everything(rehearsal)
        assert [item for item in found if item[0] == FCO] == [(FCO, found[1][1])] * 2
        first, again = [item for item in found if item[0].endswith(".CAR")]
        assert rows_in(first[1]) == rows_in(again[1])
        assert (first[0] == again[0]) is (first[1] == again[1])
        seen.add(first[0] == again[0])
        assert rehearsal.agent.owed() == 0
    assert seen == {True, False}


def test_the_second_time_waits_until_the_first_is_collected(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"twice_share": 1, "late_steps": 1})
    rehearsal.submit(1)
    assert rehearsal.agent.step().owed == (FCO,)
    text = rehearsal.collect()[FCO]
    assert rehearsal.agent.step().fcos == (FCO,)
    assert rehearsal.collect() == {FCO: text}


def test_out_of_order(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"shuffle_share": 1, "seed": 2})
    for sequence in (1, 2, 3):
        rows = several(9, "A" if sequence == 1 else "M", first=10 * sequence)
        rehearsal.send(dat(sequence, rows), name_of(sequence))
    report = rehearsal.agent.step()
    assert (report.fcos, len(report.cars), report.late) == ((), 3, 3)
    cars = [rows_in(text) for text in rehearsal.collect().values()]
    assert [rows[0]["txn_ref"][-2] for rows in cars] != ["1", "2", "3"]
    for rows in cars:
        references = [row["txn_ref"] for row in rows]
        assert references != sorted(references)
        assert len(set(references)) == 9
    assert len(rehearsal.agent.step().fcos) == 3


def test_a_gap_in_the_sequence_of_cars(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"gap_share": 1})
    rehearsal.submit(1, [data(1)])
    rehearsal.submit(2, [data(1, "M", ref_of(2))])
    cars = [text[18:24] for name, text in rehearsal.collect().items() if name.endswith(".CAR")]
    assert cars == ["000002", "000004"]


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_reply_comes_whole_later(tmp_path, seed):
    rehearsal = rehearsed(tmp_path / "damaged", faults={"damage_share": 1, "seed": seed})
    whole = Rehearsal(tmp_path / "whole", Agent)
    for each in (rehearsal, whole):
        each.submit(1, several(3))
    right = whole.collect()
    inbox = rehearsal.root / "inbox"
    first = {path.name: path.read_bytes() for path in inbox.iterdir()}
    assert first.keys() == right.keys()
    assert all(first[name] != text.encode() for name, text in right.items())
    for path in inbox.iterdir():
        path.unlink()
    assert dict(everything(rehearsal)) == right


def test_a_lost_reply_never_comes_but_can_be_recovered(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"lose_reply_share": 1})
    report = rehearsal.submit(1, [data(1)])
    assert (report.files, report.fcos, report.cars, report.late) == ((name_of(1),), (), (), 0)
    assert everything(rehearsal) == []
    rehearsal.agent.calm(recover=False)
    assert everything(rehearsal) == []
    rehearsal.agent.calm()
    assert rehearsal.agent.owed() == 2
    assert [name for name, _ in everything(rehearsal)] == [CAR, FCO]


# Files


@pytest.mark.parametrize("keep", [True, False])
def test_a_lost_file_is_gone_without_a_trace_and_taken_the_second_time(tmp_path, keep):
    rehearsal = rehearsed(tmp_path, keep=keep, faults={"lose_file_share": 1})
    report = rehearsal.submit(1, [data(1)])
    assert (report.files, report.lost, report.fcos) == ((), (name_of(1),), ())
    assert list((rehearsal.root / "outbox").iterdir()) == []
    rehearsal.again()
    report = rehearsal.submit(1, [data(1)])
    assert (report.files, report.lost, report.rejected_files) == ((name_of(1),), (), ())


@pytest.mark.parametrize("reason", REASONS)
def test_a_file_is_refused_by_chance_for_each_reason_and_spends_its_number(tmp_path, reason):
    rehearsal = rehearsed(tmp_path, keep=False, faults={"refuse_file_share": 1, "refuse_file_reasons": (reason,)})
    assert rehearsal.submit(1, [data(1)]).rejected_files == ((name_of(1), reason),)
    assert rehearsal.fco()[2:5] == ["000001", "REJECTED", reason]
    assert list(rehearsal.agent.records()) == []
    again = rehearsal.submit(1, [data(1)]).rejected_files
    assert again == (() if reason == "SEQGAP" else ((name_of(1), "SEQDUP"),))


def test_a_kept_file_that_was_refused_as_a_gap_by_chance_is_taken_at_the_next_step(tmp_path):
    rehearsal = rehearsed(tmp_path, faults={"refuse_file_share": 1, "refuse_file_reasons": ("SEQGAP",)})
    assert rehearsal.submit(1, [data(1)]).rejected_files == ((name_of(1), "SEQGAP"),)
    report = rehearsal.agent.step()
    assert (report.files, report.rejected_files) == ((name_of(1),), ())


def test_a_person_refuses_the_next_files_that_are_right(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.agent.refuse_file("BADCUPID")
    rehearsal.agent.refuse_file("BADCHECKSUM")
    rehearsal.again()
    said = [
        rehearsal.submit(1, [data(1)], header_changes={"environment": "L"}),
        rehearsal.submit(2, [data(1)]),
        rehearsal.submit(3, [data(1)]),
        rehearsal.submit(4, [data(1)]),
    ]
    reasons = [dict(report.rejected_files).get(name_of(n)) for n, report in enumerate(said, 1)]
    assert reasons == ["BADHEADER", "BADCUPID", "BADCHECKSUM", None]


def test_calm_forgets_what_a_person_asked_for(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.agent.refuse_file("BADCUPID")
    rehearsal.agent.calm()
    assert rehearsal.submit(1, [data(1)]).rejected_files == ()


def test_a_reason_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(AgentError, match="BADNAME"):
        Rehearsal(tmp_path, Agent).agent.refuse_file("BADLUCK")
