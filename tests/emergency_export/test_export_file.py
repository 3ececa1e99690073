import hashlib
import io
import tracemalloc
from datetime import UTC, datetime

import pytest
from export_samples import ACTIVATE, CEASE, CSV, DAY, EFF, HELD, MODIFY, ROWS, facts, rendered, rows
from hypothesis import given
from hypothesis import strategies as st

from emergency_export.faults import DamagedFile, ExportError, FaultCode, FileFull, RecordFault
from emergency_export.file import FileWriter, read_file, render_file, verify_file
from emergency_export.profile_loading import parse_profile
from emergency_export.profiles import FileKind

PROFILES = [EFF, CSV]
both = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


def found(profile, content, **known):
    return [(fault.code, fault.line, fault.field) for fault in verify_file(content, profile, **known).faults]


def line_changed(content, number, old, new, ending=b"\r\n"):
    lines = content.split(ending)
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    return ending.join(lines)


@both
@given(data=st.data())
def test_any_night_verifies_and_reads_back(profile, data):
    night = data.draw(st.lists(rows(profile), max_size=4))
    content = b"".join(render_file(profile, facts(profile), night))
    report = verify_file(content, profile, facts(profile), facts(profile).file_name)
    assert report.faults == ()
    assert report.facts == facts(profile)
    assert report.sha256 == hashlib.sha256(content).hexdigest()
    assert list(read_file(content, profile)) == list(enumerate(night, 1))


@both
@given(data=st.data())
def test_any_single_byte_changed_is_found(profile, data):
    content = bytearray(rendered(profile))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    assert verify_file(bytes(content), profile).faults


@both
@pytest.mark.parametrize("byte", [0x00, 0x0A, 0x20, 0x30, 0x41, 0xE9])
def test_each_single_byte_changed_is_found(profile, byte):
    whole = rendered(profile)
    for at in range(len(whole)):
        if whole[at] != byte:
            assert verify_file(whole[:at] + bytes([byte]) + whole[at + 1 :], profile).faults, at


@both
@given(data=st.data())
def test_any_byte_lost_or_added_is_found(profile, data):
    content = rendered(profile)
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    assert verify_file(content[:start] + content[end:], profile).faults
    assert verify_file(content[:start] + data.draw(st.binary(min_size=1, max_size=9)) + content[start:], profile).faults


@both
def test_a_line_lost_doubled_or_moved_is_found(profile):
    lines = rendered(profile).splitlines(keepends=True)
    for at in range(len(lines)):
        assert verify_file(b"".join(lines[:at] + lines[at + 1 :]), profile).faults
        assert verify_file(b"".join([*lines[:at], lines[at], *lines[at:]]), profile).faults
        if at:
            assert verify_file(b"".join([*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]]), profile).faults


def test_each_fault_is_named_where_it_is():
    whole = rendered(EFF)
    checksum = (FaultCode.CHECKSUM, 5, "checksum")
    assert found(EFF, line_changed(whole, 2, b"D0000001", b"D0000007")) == [
        (FaultCode.RECORD_NUMBER, 2, "rec_no"),
        (FaultCode.RECORD_NUMBER, 3, "rec_no"),
        checksum,
    ]
    assert found(EFF, line_changed(whole, 3, b"C01134", b"M01134"))[-3:] == [
        (FaultCode.COUNT, 5, "count_c"),
        (FaultCode.COUNT, 5, "count_m"),
        checksum,
    ]
    assert found(EFF, line_changed(whole, 4, b"TESTERTON", b"TESTERT\xd4N")) == [
        (FaultCode.CHARACTER, 4, "name"),
        checksum,
    ]
    assert found(EFF, line_changed(whole, 2, b"20261124", b"20261131")) == [
        (FaultCode.FORM, 2, "effective_date"),
        checksum,
    ]
    assert found(EFF, line_changed(whole, 5, b"0000003", b"0000004")) == [(FaultCode.COUNT, 5, "record_count")]
    assert found(EFF, line_changed(whole, 5, b"T999", b"T998")) == [(FaultCode.DISAGREES, 5, "cupid")]
    assert found(EFF, line_changed(whole, 2, b"999999   VOIP", b"998999   VOIP")) == [
        (FaultCode.DISAGREES, 2, "parent_cupid"),
        checksum,
    ]
    assert found(EFF, line_changed(whole, 1, b"BT1999", b"BT1998")) == [(FaultCode.DISAGREES, 1, "file_name"), checksum]
    assert found(EFF, line_changed(whole, 3, b"D", b"X")) == [
        (FaultCode.RECORD_TYPE, 3, "rec_type"),
        (FaultCode.RECORD_NUMBER, 4, "rec_no"),
        (FaultCode.COUNT, 5, "record_count"),
        (FaultCode.COUNT, 5, "count_c"),
        checksum,
    ]
    assert (FaultCode.LINE_ENDING, 5, None) in found(EFF, whole[:-1])
    assert found(EFF, whole[:-2]) == [(FaultCode.LINE_ENDING, 5, None)]
    assert found(EFF, b"") == [(FaultCode.HEADER, 1, None), (FaultCode.TRAILER, None, None)]
    assert (FaultCode.LENGTH, 2, None) in found(EFF, line_changed(whole, 2, b"UNIT 7", b"UNIT 77"))
    assert (FaultCode.LINE_ENDING, 3, None) in found(
        EFF, whole.replace(b"013" + b" " * 384 + b"\r\n", b"013" + b" " * 384 + b"\n")
    )


def test_a_fault_carries_line_record_field_and_columns():
    fault = verify_file(line_changed(rendered(EFF), 4, b"LONDON", b"LOND\xd6N"), EFF).faults[0]
    assert (fault.line, fault.record, fault.field, fault.columns) == (4, 3, "locality", (351, 380))
    assert "character 5" in fault.message


@both
def test_facts_and_name_must_be_those_of_the_file(profile):
    content = rendered(profile)
    assert found(profile, content, facts=facts(profile, sequence=2)) == [
        (FaultCode.DISAGREES, 1 + profile.column_names, "file_sequence")
    ]
    assert [code for code, *_ in found(profile, content, name="BT199924112609.DAT")] == [FaultCode.DISAGREES]


def test_an_extract_is_of_kind_full():
    content = b"".join(render_file(EFF, facts(EFF, file=FileKind.EXT), ROWS))
    assert found(EFF, content) == [(FaultCode.DISAGREES, 1, "file_kind")]


@both
def test_commands_and_file_kind_must_fit(profile):
    full = rendered(profile, HELD, kind="F")
    assert verify_file(full, profile).counts == {"": 2}
    writer = FileWriter(profile, facts(profile, kind="F"))
    assert [fault.code for fault in writer.add(ACTIVATE)] == [FaultCode.COMMAND]
    assert [fault.code for fault in FileWriter(profile, facts(profile)).add(HELD[0])] == [FaultCode.MISSING]


def test_a_command_where_none_may_be_is_found_on_reading():
    content = line_changed(rendered(EFF, HELD, kind="F"), 2, b"101 0163", b"101A0163")
    assert (FaultCode.COMMAND, 2, "command") in found(EFF, content)


@both
def test_a_damaged_file_yields_no_row(profile):
    with pytest.raises(DamagedFile):
        next(read_file(rendered(profile)[:-3], profile))


@both
def test_one_row_that_cannot_be_written_does_not_stop_the_rest(profile):
    pieces = []
    writer = FileWriter(profile, facts(profile), pieces.append)
    bad = MODIFY._replace(name="\u0141\u00d3D\u0179")
    assert [len(writer.add(row)) for row in (ACTIVATE, bad, CEASE, MODIFY)] == [0, 1, 0, 0]
    totals = writer.finish()
    assert b"".join(pieces) == rendered(profile)
    assert (totals.record_count, totals.counts) == (3, {"A": 1, "C": 1, "M": 1})
    assert totals.size == len(rendered(profile))
    assert totals.sha256 == hashlib.sha256(rendered(profile)).hexdigest()
    with pytest.raises(RecordFault):
        list(render_file(profile, facts(profile), [ACTIVATE, bad]))


@both
def test_a_digest_needs_no_disk(profile):
    writer = FileWriter(profile, facts(profile))
    for row in ROWS:
        writer.add(row)
    assert writer.finish().sha256 == hashlib.sha256(rendered(profile)).hexdigest()


def test_a_row_of_another_parent_is_not_written():
    assert [fault.field for fault in FileWriter(EFF, facts(EFF)).add(CEASE._replace(parent_cupid="998"))] == [
        "parent_cupid"
    ]


def test_the_most_records_are_the_profiles():
    small = parse_profile(EFF.text.replace("max_records = 200000", "max_records = 2"))
    writer = FileWriter(small, facts(small))
    writer.add(ACTIVATE)
    assert not writer.full
    writer.add(CEASE)
    assert writer.full
    with pytest.raises(FileFull):
        writer.add(MODIFY)
    assert found(small, rendered(EFF)) == [(FaultCode.TOO_MANY, 4, None)]


@both
def test_a_night_without_changes_is_header_and_trailer(profile):
    content = rendered(profile, ())
    assert verify_file(content, profile).record_count == 0
    assert len(content.splitlines()) == 2 + profile.column_names


def test_stamps_are_london_time_whatever_the_zone():
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    header = rendered(EFF, at=summer)[:54]
    assert header[12:26] == b"20260702003000"
    with pytest.raises(ValueError, match="zone"):
        facts(EFF, at=datetime(2026, 7, 1))  # noqa: DTZ001  the point


@pytest.mark.parametrize("nn", [1, 2])
def test_a_stamp_from_the_hour_that_comes_twice_verifies(nn):
    twice = datetime(2026, 10, 25, nn - 1, 30, tzinfo=UTC)
    content = rendered(EFF, at=twice)
    assert verify_file(content, EFF, facts(EFF, at=twice)).faults == ()


@pytest.mark.parametrize("name", ["BT199924112601.CAR", "BT199824112601.DAT", "../BT199924112601.DAT"])
def test_a_file_has_a_name_of_its_format_and_its_cupid(name):
    wrong = facts(EFF)
    with pytest.raises(ExportError):
        FileWriter(EFF, type(wrong)("999", 1, wrong.created_at, "D", "T", name))


def test_facts_that_have_no_place_in_the_header_are_refused():
    with pytest.raises(RecordFault):
        FileWriter(EFF, facts(EFF, sequence=1_000_000))


@both
def test_memory_does_not_grow_with_the_file(profile, tmp_path):
    night = (ACTIVATE._replace(txn_ref=f"999/999/{n:012}") for n in range(20_000))
    path = tmp_path / "big"
    tracemalloc.start()
    with path.open("wb") as file:
        file.writelines(render_file(profile, facts(profile), night))
    assert verify_file(path, profile).faults == ()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 2_500_000
    assert peak < 2_500_000


def test_a_file_without_line_ends_is_read_in_pieces():
    report = verify_file(io.BytesIO(b"H" * 3_000_000), EFF)
    assert (FaultCode.LENGTH, 1) in {(fault.code, fault.line) for fault in report.faults}
    assert report.totals.size == 3_000_000


def test_faults_beyond_the_first_thousand_are_counted():
    report = verify_file(b"x\r\n" * 1500, EFF)
    assert len(report.faults) == 1000
    assert report.faults_left_out == 502


def test_a_file_is_read_from_a_stream_too():
    assert [row for _, row in read_file(io.BytesIO(rendered(EFF)), EFF)] == list(ROWS)
    assert ROWS[0].effective_date == DAY
