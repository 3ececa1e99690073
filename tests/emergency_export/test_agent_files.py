"""File level: every reason of an FCO, and what it does to the file's number."""

import pytest
from agent_dat import Rehearsal, dat, data, header, joined, name_of, number_of, trailer
from hypothesis import given
from hypothesis import strategies as st

from emergency_export.agent import Agent
from emergency_export.agent.arrival import Tally
from emergency_export.agent.fixed_form import FixedForm


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, Agent)


def reason_for(rehearsal, content, name=None):
    rehearsal.send(content, name or name_of(1))
    report = rehearsal.agent.step()
    fields = rehearsal.fco()
    if fields[4]:
        assert fields[3] == "REJECTED"
        assert report.rejected_files == ((name or name_of(1), fields[4]),)
        assert report.cars == ()
        assert list(rehearsal.agent.records()) == []
    else:
        assert fields[3] == "ACCEPTED"
        assert report.rejected_files == ()
    return fields[4]


def test_a_right_file_is_accepted(rehearsal):
    report = rehearsal.submit(1, [data(1)])
    assert report.files == (name_of(1),)
    assert report.fcos == ("BT199901032701.FCO",)
    assert report.cars == ("BT199901032701.CAR",)
    assert rehearsal.fco() == ["F", name_of(1), "000001", "ACCEPTED", "", "1", "20270301023000"]


def test_stamps_are_london_time_in_summer(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.later(days=120)
    rehearsal.submit(1, [data(1)])
    assert rehearsal.fco()[6] == "20270629033000"


@pytest.mark.parametrize(
    "name",
    [
        "BT199901032700.DAT",
        "BT199932012701.DAT",
        "BT199900002701.DAT",
        "bt199901032701.dat",
        "BT1999010327001.DAT",
        "XT199901032701.DAT",
        "NIGHT.DAT",
        "BT199A01032701.DAT",
    ],
)
def test_badname(rehearsal, name):
    assert reason_for(rehearsal, dat(1, [data(1)], name=name[:20]), name) == "BADNAME"


def test_badname_spends_the_number_in_the_header(rehearsal):
    assert reason_for(rehearsal, dat(1, [data(1)], name="NIGHT.DAT"), "NIGHT.DAT") == "BADNAME"
    assert reason_for(rehearsal, dat(1, [data(1)])) == "SEQDUP"


@pytest.mark.parametrize(
    "changed",
    [
        {"rec_type": "D"},
        {"format_id": "EFFL0002"},
        {"created_date": "20270230"},
        {"created_date": "2027030 "},
        {"created_time": "246000"},
        {"created_time": "02 000"},
        {"file_sequence": "000000"},
        {"file_sequence": " 00001"},
        {"file_kind": "X"},
        {"environment": "L"},
        {"environment": "X"},
        {"file_name": "BT199901032702.DAT"},
    ],
    ids=lambda changed: "-".join(changed.values()),
)
def test_badheader(rehearsal, changed):
    assert reason_for(rehearsal, dat(1, [data(1)], header_changes=changed)) == "BADHEADER"


def test_badheader_when_the_filler_is_not_blank(rehearsal):
    lines = [header(name_of(1), 1)[:-1] + "X", data(1)]
    assert reason_for(rehearsal, joined([*lines, trailer(lines, 1)])) == "BADHEADER"


def test_badheader_when_header_and_trailer_disagree_on_the_number(rehearsal):
    content = dat(1, [data(1)], trailer_changes={"file_sequence": "000002"})
    assert reason_for(rehearsal, content) == "BADHEADER"


def test_badheader_for_an_empty_file(rehearsal):
    assert reason_for(rehearsal, b"") == "BADHEADER"


def test_an_unreadable_header_spends_no_number(rehearsal):
    rehearsal.send(b"", name_of(1))
    rehearsal.agent.step()
    assert rehearsal.fco()[2:6] == ["", "REJECTED", "BADHEADER", "0"]
    rehearsal.submit(2, [data(1)])
    assert rehearsal.fco()[4] == "SEQGAP"


def test_a_live_agent_refuses_a_test_file(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent, environment="L")
    assert reason_for(rehearsal, dat(1, [data(1)])) == "BADHEADER"
    assert reason_for(rehearsal, dat(2, header_changes={"environment": "L"}), name_of(2)) == ""


@pytest.mark.parametrize(
    "content",
    [
        dat(1, [data(1)], name="BT1998010327" + "01.DAT"),
        dat(1, [data(1)], header_changes={"cupid": "998"}),
        dat(1, [data(1)], trailer_changes={"cupid": "998"}),
    ],
    ids=["name", "header", "trailer"],
)
def test_badcupid(rehearsal, content):
    name = "BT199801032701.DAT" if b"BT1998" in content else name_of(1)
    assert reason_for(rehearsal, content, name) == "BADCUPID"


@pytest.mark.parametrize("where", [0, 1, 2], ids=["header", "record", "trailer"])
@pytest.mark.parametrize("sign", ["\x7f", "\x1f", "\t", "\xc9", "\x00"])
def test_nonascii(rehearsal, where, sign):
    lines = [header(name_of(1), 1), data(1)]
    lines.append(trailer(lines, 1))
    lines[where] = lines[where][:200] + sign + lines[where][201:]
    assert reason_for(rehearsal, joined(lines)) == "NONASCII"


def test_nonascii_for_lines_without_carriage_return(rehearsal):
    assert reason_for(rehearsal, dat(1, [data(1)]).replace(b"\r\n", b"\n")) == "NONASCII"


@pytest.mark.parametrize("where", [0, 1, 2], ids=["header", "record", "trailer"])
@pytest.mark.parametrize("change", [lambda line: line[:-1], lambda line: line + " "], ids=["short", "long"])
def test_badlength(rehearsal, where, change):
    lines = [header(name_of(1), 1), data(1)]
    lines.append(trailer(lines, 1))
    lines[where] = change(lines[where])
    assert reason_for(rehearsal, joined(lines)) == "BADLENGTH"


def test_badlength_for_a_file_without_line_ends(rehearsal):
    content = dat(1, [data(1)]) + b" " * 100_000
    assert reason_for(rehearsal, content) == "BADLENGTH"


@pytest.mark.parametrize(
    "field",
    [
        "record_count",
        "count_a",
        "count_c",
        "count_m",
        "count_e",
        "count_i",
        "count_other",
    ],
)
def test_badcount_for_each_count(rehearsal, field):
    assert reason_for(rehearsal, dat(1, [data(1)], trailer_changes={field: "0000009"})) == "BADCOUNT"


@pytest.mark.parametrize("text", ["1      ", "      1", "+000001", "       "])
def test_badcount_when_a_count_is_not_padded_with_zeros(rehearsal, text):
    assert reason_for(rehearsal, dat(1, [data(1)], trailer_changes={"record_count": text})) == "BADCOUNT"


def test_badcount_when_record_numbers_do_not_run(rehearsal):
    assert reason_for(rehearsal, dat(1, [data(2)])) == "BADCOUNT"


def test_badcount_when_a_line_is_no_data_record(rehearsal):
    assert reason_for(rehearsal, dat(1, [data(1), data(2, rec_type="X")])) == "BADCOUNT"


def test_badcount_when_the_trailer_is_missing(rehearsal):
    lines = [header(name_of(1), 1), data(1)]
    assert reason_for(rehearsal, joined(lines)) == "BADCOUNT"


def test_badcount_when_there_is_a_header_alone(rehearsal):
    assert reason_for(rehearsal, joined([header(name_of(1), 1)])) == "BADCOUNT"


def test_badcount_beyond_the_most_records(rehearsal, monkeypatch):
    monkeypatch.setattr(FixedForm, "max_records", 2)
    assert reason_for(rehearsal, dat(1, [data(1), data(2), data(3)])) == "BADCOUNT"


def test_badchecksum(rehearsal):
    content = dat(1, [data(1)])
    assert reason_for(rehearsal, content.replace(b"HIGH STREET", b"HIGH STREEF")) == "BADCHECKSUM"


def test_badchecksum_in_small_letters(rehearsal):
    lines = [header(name_of(1), 1), data(1)]
    checksum = trailer(lines, 1)[59:75].lower()
    assert checksum != checksum.upper()
    assert reason_for(rehearsal, dat(1, [data(1)], trailer_changes={"checksum": checksum})) == "BADCHECKSUM"


def test_seqgap_spends_nothing_and_the_kept_file_is_taken_when_its_turn_comes(rehearsal):
    report = rehearsal.submit(2, [data(1, telephone_no=number_of(2))])
    assert report.rejected_files == ((name_of(2), "SEQGAP"),)
    assert rehearsal.fco()[2:5] == ["000002", "REJECTED", "SEQGAP"]
    assert rehearsal.agent.step().files == ()
    report = rehearsal.submit(1, [data(1, ref="999/999/000000000099")])
    assert report.files == (name_of(1), name_of(2))
    assert report.rejected_files == ()
    assert {record["telephone_no"] for record in rehearsal.agent.records()} == {number_of(1), number_of(2)}


def test_seqgap_then_the_same_file_again_where_files_are_deleted(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent, keep=False)
    content = dat(2, [data(1)])
    assert reason_for(rehearsal, content, name_of(2)) == "SEQGAP"
    assert reason_for(rehearsal, dat(1)) == ""
    assert reason_for(rehearsal, content, name_of(2)) == ""


def test_seqdup_for_a_number_with_other_content(rehearsal):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    name = "BT199902032701.DAT"
    rehearsal.send(dat(1, [data(2)], name=name), name)
    rehearsal.agent.step()
    assert rehearsal.fco()[1:5] == [name, "000001", "REJECTED", "SEQDUP"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (dat(1, header_changes={"environment": "L"}), "BADHEADER"),
        (dat(1, header_changes={"cupid": "998"}), "BADCUPID"),
        (dat(1, trailer_changes={"checksum": "0" * 16}), "BADCHECKSUM"),
        (dat(1, trailer_changes={"record_count": "0000001"}), "BADCOUNT"),
        (dat(1, [data(1, name="CAF\xc9")]), "NONASCII"),
        (dat(1, [data(1) + " "]), "BADLENGTH"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_number_of_a_refused_file_is_spent(tmp_path, content, reason):
    rehearsal = Rehearsal(tmp_path, Agent, keep=False)
    assert reason_for(rehearsal, content) == reason
    assert reason_for(rehearsal, dat(1, [data(1)])) == "SEQDUP"
    assert reason_for(rehearsal, dat(2, [data(1)]), name_of(2)) == ""


def test_a_spent_number_ahead_is_jumped_over(rehearsal):
    content = dat(2, name="NIGHT.DAT")
    assert reason_for(rehearsal, content, "NIGHT.DAT") == "BADNAME"
    assert reason_for(rehearsal, dat(1), name_of(1)) == ""
    assert reason_for(rehearsal, dat(3), name_of(3)) == ""


def test_a_resend_of_an_accepted_file_is_seqdup_and_changes_nothing(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent, keep=False)
    content = dat(1, [data(1)])
    assert reason_for(rehearsal, content) == ""
    held = list(rehearsal.agent.records())
    rehearsal.send(content, name_of(1))
    report = rehearsal.agent.step()
    assert report.rejected_files == ((name_of(1), "SEQDUP"),)
    assert report.cars == ()
    assert list(rehearsal.agent.records()) == held


def test_first_sequence_is_what_a_new_agent_expects(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent, first_sequence=41, keep=False)
    assert reason_for(rehearsal, dat(40), name_of(40)) == "SEQDUP"
    assert reason_for(rehearsal, dat(42), name_of(42)) == "SEQGAP"
    assert reason_for(rehearsal, dat(41), name_of(41)) == ""


def test_files_are_taken_in_the_order_of_their_numbers(rehearsal):
    names = ["BT199931032701.DAT", "BT199901042701.DAT"]
    for sequence, name in enumerate(names, start=1):
        rehearsal.send(dat(sequence, name=name), name)
    assert rehearsal.agent.step().files == tuple(names)


def test_an_empty_night_has_an_fco_and_no_car(rehearsal):
    report = rehearsal.submit(1)
    assert (report.fcos, report.cars) == (("BT199901032701.FCO",), ())
    assert rehearsal.fco()[3:6] == ["ACCEPTED", "", "0"]


def test_a_full_file_is_accepted_answers_nothing_and_changes_nothing(rehearsal):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    changed = [data(1, " ", premises="UNIT 4")]
    report = rehearsal.submit(2, changed, header_changes={"file_kind": "F"})
    assert (report.fcos, report.cars) == (("BT199901032702.FCO",), ())
    assert rehearsal.agent.record(number_of(1))["premises"] == "UNIT 3"


def test_a_full_file_with_commands_is_not_what_its_header_says(rehearsal):
    assert reason_for(rehearsal, dat(1, [data(1)], header_changes={"file_kind": "F"})) == "BADHEADER"


@pytest.mark.parametrize("name", ["BT199901032701.DAT.part", "readme.txt", "A|B.DAT", "CAF\xc9.DAT"])
def test_what_is_no_whole_dat_is_left_alone(rehearsal, name):
    (rehearsal.root / "outbox" / name).write_bytes(dat(1))
    assert rehearsal.agent.step().files == ()
    assert rehearsal.collect() == {}


@given(st.lists(st.sampled_from("ACMEIKPR "), max_size=40))
def test_the_counts_add_up_whatever_the_commands(commands):
    tally = Tally(FixedForm())
    for rec_no, command in enumerate(commands, start=1):
        tally.take(joined([data(rec_no, command)]))
    counts = {name: int(text) for name, text in tally.counts().items()}
    total = counts.pop("record_count")
    assert total == len(commands)
    assert sum(counts.values()) == total - commands.count(" ")
    assert not tally.faults


@given(position=st.integers(0, 442 * 3 + 5), value=st.integers(0, 255))
def test_no_single_damaged_byte_is_accepted(tmp_path_factory, position, value):
    content = bytearray(dat(1, [data(1)]))
    if content[position] == value:
        return
    content[position] = value
    rehearsal = Rehearsal(tmp_path_factory.mktemp("damage"), Agent)
    assert reason_for(rehearsal, bytes(content)) != ""
