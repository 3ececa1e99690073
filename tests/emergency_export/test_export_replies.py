import tracemalloc
from datetime import UTC, datetime

import pytest
from export_samples import AT, CAR_ROWS, CSV, EFF, UNASKED, car_header, fco
from hypothesis import given
from hypothesis import strategies as st

from emergency_export.faults import DamagedReply, FaultCode, RecordFault
from emergency_export.profiles import FileKind
from emergency_export.replies import read_car, read_fco, render_car, render_fco

both = pytest.mark.parametrize("profile", [EFF, CSV], ids=lambda profile: profile.name)
REASONS = ["BADNAME", "BADHEADER", "SEQGAP", "SEQDUP", "BADCOUNT", "BADCHECKSUM", "NONASCII", "BADLENGTH", "BADCUPID"]
FCO_NAME, CAR_NAME = "BT199924112601.FCO", "BT199924112601.CAR"
FCO_LINE = b"F|BT199924112601.DAT|000001|ACCEPTED||0000003|20261124020405\r\n"


def fco_name(profile):
    return profile.fco_name(fco(profile).file_name)


def car(profile, rows=CAR_ROWS):
    return b"".join(render_car(car_header(profile), rows, profile))


def car_faults(content, name=CAR_NAME):
    with pytest.raises(DamagedReply) as damaged:
        read_car(content, name, EFF)
    return [(fault.code, fault.line, fault.field) for fault in damaged.value.faults]


def fco_faults(content, name=FCO_NAME):
    with pytest.raises(DamagedReply) as damaged:
        read_fco(content, name, EFF)
    return [(fault.code, fault.field) for fault in damaged.value.faults]


@both
def test_an_fco_reads_back_to_itself(profile):
    assert read_fco(render_fco(fco(profile), profile), fco_name(profile), profile) == fco(profile)
    for reason in REASONS:
        refused = fco(profile, accepted=False, reason=reason, received_count=None, file_sequence=None)
        assert read_fco(render_fco(refused, profile), fco_name(profile), profile) == refused


def test_leading_zeros_may_be_left_out_of_an_fco():
    short = FCO_LINE.replace(b"000001", b"1").replace(b"0000003", b"3")
    assert read_fco(short, FCO_NAME, EFF) == read_fco(FCO_LINE, FCO_NAME, EFF)


def test_the_moment_of_an_answer_is_aware():
    answered = read_fco(FCO_LINE, FCO_NAME, EFF).answered_at
    assert answered == AT.replace(minute=4)
    assert str(answered.tzinfo) == "Europe/London"
    summer = read_fco(FCO_LINE.replace(b"20261124020405", b"20260724020405"), FCO_NAME, EFF).answered_at
    assert summer == datetime(2026, 7, 24, 1, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"F|", b"G|", (FaultCode.RECORD_TYPE, "rec_type")),
        (b"BT1999", b"BT1998", (FaultCode.DISAGREES, "file_name")),
        (b"000001|", b"0x0001|", (FaultCode.FORM, "file_sequence")),
        (b"000001|", b"0000001|", (FaultCode.TOO_LONG, "file_sequence")),
        (b"ACCEPTED", b"MAYBE", (FaultCode.VALUE, "status")),
        (b"ACCEPTED|", b"REJECTED|UNLUCKY", (FaultCode.VALUE, "reason")),
        (b"ACCEPTED|", b"ACCEPTED|SEQGAP", (FaultCode.CONTRADICTION, "reason")),
        (b"20261124", b"20261131", (FaultCode.FORM, "answered")),
        (b"|0000003|", b"|", (FaultCode.COLUMNS, None)),
        (b"\r\n", b"\n", (FaultCode.LINE_ENDING, None)),
        (b"\r\n", b"", (FaultCode.LINE_ENDING, None)),
        (b"\r\n", b"\r\n\r\n", (FaultCode.RECORD_TYPE, None)),
        (b"BT199924112601", b"BT1\xe99924112601", (FaultCode.CHARACTER, "file_name")),
        (FCO_LINE, b"", (FaultCode.LENGTH, None)),
    ],
)
def test_a_damaged_fco_is_refused_whole(old, new, fault):
    assert fault in fco_faults(FCO_LINE.replace(old, new, 1))


def test_an_fco_answers_for_the_file_whose_stem_it_bears():
    assert fco_faults(FCO_LINE, "BT199924112602.FCO") == [(FaultCode.DISAGREES, "file_name")]


@both
def test_a_car_reads_back_to_itself(profile):
    found = read_car(car(profile), profile.file_name("999", AT.date(), 1, FileKind.CAR), profile)
    assert found.header == car_header(profile)
    assert found.record_count == 4
    assert list(found.rows()) == list(CAR_ROWS)
    assert list(found.rows()) == list(CAR_ROWS), "rows can be read more than once"


def test_an_unknown_code_is_kept_as_it_came():
    content = car(EFF).replace(b"0018ERROR", b"7777ERROR")
    assert [found.response_code for found in read_car(content, CAR_NAME, EFF).rows()][-1] == "7777"


def test_a_car_without_rows_is_whole():
    assert list(read_car(car(EFF, ()), CAR_NAME, EFF).rows()) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"H999", b"H998", (FaultCode.DISAGREES, 1, "cupid")),
        (b"BT199924112601.CAR", b"BT199924112602.CAR", (FaultCode.DISAGREES, 1, "file_name")),
        (b"T999", b"T998", (FaultCode.DISAGREES, 6, "cupid")),
        (b"T999000001", b"T999000002", (FaultCode.DISAGREES, 6, "car_sequence")),
        (b"0000004", b"0000005", (FaultCode.COUNT, 6, "record_count")),
        (b"0000004\r\n", b"0000004\r\nX", (FaultCode.TRAILER, 7, None)),
        (b"0037END  Y", b"0037END  X", (FaultCode.VALUE, 2, "final")),
        (b"0037END  Y", b"0037FIN  Y", (FaultCode.VALUE, 2, "class")),
        (b"0037END  Y", b"37  END  Y", (FaultCode.SHAPE, 2, "response_code")),
        (b"A0037", b"Z0037", (FaultCode.VALUE, 2, "command")),
        (b"R999/999/", b"R999-999/", (FaultCode.SHAPE, 2, "txn_ref")),
        (b"R999/999/", b"S999/999/", (FaultCode.RECORD_TYPE, 2, "rec_type")),
        (b"new record", b"n\xc3\xa9w record", (FaultCode.LENGTH, 2, None)),
        (b"new record", b"n\xe9w record", (FaultCode.CHARACTER, 2, "text")),
        (b"20261124020805", b"20261124250805", (FaultCode.FORM, 2, "message_time")),
    ],
)
def test_a_damaged_car_is_refused_whole(old, new, fault):
    content = car(EFF)
    assert old in content
    assert fault in car_faults(content.replace(old, new, 1))


def test_a_damaged_row_is_shown_with_its_columns():
    with pytest.raises(DamagedReply) as damaged:
        read_car(car(EFF).replace(b"0037END  Y", b"0037END  X"), CAR_NAME, EFF)
    (fault,) = damaged.value.faults
    assert (fault.line, fault.record, fault.columns) == (2, 1, (47, 47))


def test_all_faults_of_a_car_come_at_once():
    content = car(EFF).replace(b"0037END  Y", b"0037END  X").replace(b"0038END  Y", b"0038END  X")
    assert [line for _, line, _ in car_faults(content)] == [2, 3]


@pytest.mark.parametrize("lines", [slice(0, 5), slice(1, 6), slice(0, 0), slice(0, 1), slice(5, 6)])
def test_half_a_car_is_refused(lines):
    assert car_faults(b"".join(car(EFF).splitlines(keepends=True)[lines]))


def test_a_car_under_another_name_is_refused():
    assert car_faults(car(EFF), "replies.txt") == [
        (FaultCode.DISAGREES, 1, "file_name"),
        (FaultCode.DISAGREES, 1, "cupid"),
    ]


@both
@given(data=st.data())
def test_any_cut_of_a_car_is_found(profile, data):
    content = car(profile)
    end = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(DamagedReply):
        read_car(content[:end], profile.file_name("999", AT.date(), 1, FileKind.CAR), profile)


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_without_surprise(content):
    for read, name in ((read_fco, FCO_NAME), (read_car, CAR_NAME)):
        with pytest.raises(DamagedReply):
            read(content, name, EFF)


def test_a_value_without_a_place_is_not_rendered():
    with pytest.raises(RecordFault):
        render_fco(fco(EFF, reason="A|B"), EFF)
    with pytest.raises(RecordFault):
        render_fco(fco(EFF, received_count=10**7), EFF)


def test_a_car_that_changes_after_it_was_read_gives_no_more_rows(tmp_path):
    path = tmp_path / CAR_NAME
    path.write_bytes(car(EFF))
    found = read_car(path, CAR_NAME, EFF)
    path.write_bytes(car(EFF).replace(b"0038END  Y", b"0038END  X"))
    with pytest.raises(DamagedReply):
        list(found.rows())
    path.write_bytes(car(EFF, CAR_ROWS[:2]))
    with pytest.raises(DamagedReply):
        list(found.rows())


def test_a_long_car_is_streamed(tmp_path):
    path = tmp_path / CAR_NAME
    with path.open("wb") as file:
        file.writelines(render_car(car_header(EFF), (UNASKED for _ in range(20_000)), EFF))
    tracemalloc.start()
    found = read_car(path, CAR_NAME, EFF)
    assert sum(1 for _ in found.rows()) == found.record_count == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000
