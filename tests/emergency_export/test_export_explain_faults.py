"""`explain`: every fault is pointed at, by its code, in its line and columns."""

import pytest
from explained import car, found, put, sample, walked
from export_samples import (
    CSV,
    EFF,
    rendered,
)

from emergency_export.faults import FaultCode
from emergency_export.profile_loading import parse_profile

# Each fault, by its code

DAT_FAULTS = [
    ("F01", 2, b"UNIT 7", b"UNIT 77", None, (443, 443)),
    ("F01", 2, b"UNIT 7", b"UNIT", None, (441, 442)),
    ("F03", 4, b"TESTERTON", b"TESTERT\xd4N", "name", (106, 155)),
    ("F04", 4, b"TESTERTON", b"TESTERToN", "name", (106, 155)),
    ("F06", 2, b"BRACKENFOLD PRINT LTD", b"                     ", "name", (106, 155)),
    ("F06", 2, b"LS11 5DF", b"        ", "postcode", (381, 388)),
    ("F07", 2, b"LS11 5DF", b"LSX1 5DF", "postcode", (381, 388)),
    ("F07", 3, b"01134960002", b"11134960002", "telephone_no", (30, 44)),
    ("F08", 4, b"DDI ", b"ISDN", "line_type", (62, 65)),
    ("F08", 3, b"C01134", b"Z01134", "command", (29, 29)),
    ("F09", 2, b"20261124", b"20261131", "effective_date", (45, 52)),
    ("F10", 3, b"D0000002", b"D0000005", "rec_no", (2, 8)),
    ("F11", 3, b"C01134", b"K01134", "command", (29, 29)),
    ("F11", 3, b"C01134", b" 01134", "command", (29, 29)),
    ("F14", 1, b"BT1999", b"BT1998", "file_name", (35, 54)),
    ("F14", 2, b"999999   VOIP", b"998999   VOIP", "parent_cupid", (53, 55)),
    ("F14", 5, b"T999", b"T998", "cupid", (2, 4)),
    ("F15", 5, b"0000003", b"0000004", "record_count", (11, 17)),
    ("F16", 2, b"UNIT 7", b"UNIT 8", "checksum", (60, 75)),
    ("F17", 3, b"D", b"X", "rec_type", (1, 1)),
    ("F18", 2, b"UNIT 7 ", b" UNIT 7", "premises", (236, 295)),
    ("F19", 2, b"999999   VOIP", b"999999013VOIP", "change_cupid", (59, 61)),
]
CSV_FAULTS = [
    ("F05", 3, b"LS11 5DF", b"LS11 5DFFF", "postcode"),
    ("F09", 3, b"24/11/2026", b"2026-11-24", "effective_date"),
    ("F09", 5, b'"T/A ""THE CORNER DESK"""', b'"T/A THE CORNER DESK"', "bus_suffix"),
    ("F12", 1, b"rec_type,rec_no", b"rec_no,rec_type", None),
    ("F18", 3, b",UNIT 7,", b", UNIT 7,", "premises"),
    ("F21", 3, b",UNIT 7,", b",UNIT 7,,", None),
    ("F21", 4, b"D,2,", b"D,2;", None),
]


@pytest.mark.parametrize(("code", "line", "old", "new", "field", "columns"), DAT_FAULTS)
def test_a_fault_of_a_dat_is_pointed_at(code, line, old, new, field, columns):
    content = put(rendered(EFF), line, old, new)
    place = 5 if code == "F16" else line
    assert (code, place, field, columns) in found(content, sample(EFF, "DAT")[1])
    assert (FaultCode.CHECKSUM, 5) in {(fault, at) for fault, at, *_ in found(content)} or line == 5


@pytest.mark.parametrize(("code", "line", "old", "new", "field"), CSV_FAULTS)
def test_a_fault_of_a_delimited_file_is_pointed_at(code, line, old, new, field):
    content = put(rendered(CSV), line, old, new, b"\n")
    explanation, _ = walked(content, None, CSV)
    (fault,) = [f for f in explanation.findings if (f.code, f.line) == (code, line)][:1]
    assert fault.field == field
    if field is not None:
        first, last = fault.columns
        assert new.strip(b",") in content.split(b"\n")[line - 1][first - 1 : last]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda content: content[:-2], ("F02", 5, None, (443, 443))),
        (lambda content: content.replace(b"\r\n", b"\n", 1), ("F02", 1, None, (443, 443))),
        (lambda content: content[444:], ("F12", 1, None, None)),
        (lambda content: content[:444] + content, ("F12", 2, None, None)),
        (lambda content: content[:-444], ("F13", 4, None, None)),
        (lambda content: content + content[-444:], ("F13", 6, None, None)),
        (lambda _: b"", ("F13", 1, None, None)),
    ],
)
def test_a_fault_of_the_whole_file_is_pointed_at(change, expected):
    assert expected in found(change(rendered(EFF)), sample(EFF, "DAT")[1])


def test_too_many_records_are_pointed_at():
    small = parse_profile(EFF.text.replace("max_records = 200000", "max_records = 2"))
    assert found(rendered(EFF), None, small) == [("F20", 4, None, None)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"ACCEPTED||", b"ACCEPTED|SEQGAP|", ("F22", 1, "reason", (38, 43))),
        (b"ACCEPTED", b"WELCOMED", ("F08", 1, "status", (29, 36))),
        (b"F|BT1", b"G|BT1", ("F17", 1, "rec_type", (1, 1))),
        (b"20261124", b"20261132", ("F09", 1, "answered", (47, 60))),
        (b"|000001", b"", ("F21", 1, None, None)),
        (b"12601.DAT", b"12602.DAT", ("F14", 1, "file_name", (3, 20))),
        (b"\r\n", b"\r\nF|", ("F17", 2, None, None)),
        (b"\r\n", b"\n", ("F02", 1, None, (61, 61))),
    ],
)
def test_a_fault_of_an_fco_is_pointed_at(old, new, expected):
    content, name = sample(EFF, "FCO")
    assert old in content
    assert expected in found(content.replace(old, new, 1), name)


@pytest.mark.parametrize(
    ("line", "old", "new", "expected"),
    [
        (1, b"H999", b"H998", ("F14", 1, "cupid", (2, 4))),
        (2, b"0037END  Y", b"0037END  X", ("F08", 2, "final", (47, 47))),
        (2, b"A0037", b"Z0037", ("F08", 2, "command", (37, 37))),
        (3, b"R999/013", b"R999-013", ("F07", 3, "txn_ref", (2, 21))),
        (3, b"R", b"S", ("F17", 3, "rec_type", (1, 1))),
        (4, b"postcode", b"p\xf6stcode", ("F03", 4, "text", (104, 183))),
        (5, b"20261124", b"20261324", ("F09", 5, "message_time", (48, 61))),
        (6, b"0000004", b"0000005", ("F15", 6, "record_count", (11, 17))),
        (6, b"T999000001", b"T999000002", ("F14", 6, "car_sequence", (5, 10))),
    ],
)
def test_a_fault_of_a_car_is_pointed_at(line, old, new, expected):
    assert expected in found(put(car(EFF), line, old, new), sample(EFF, "CAR")[1])


def test_a_car_without_end_is_pointed_at_where_it_ends():
    assert found(b"".join(car(EFF).splitlines(keepends=True)[:3])) == [("F13", 3, None, None)]
    assert ("F12", 1, None, None) in found(b"".join(car(EFF).splitlines(keepends=True)[1:]))


def test_every_fault_that_a_file_can_have_is_shown_here():
    shown = {row[0] for row in [*DAT_FAULTS, *CSV_FAULTS]} | {"F02", "F12", "F13", "F20", "F22"}
    assert {code.value for code in FaultCode} - shown == {"F23"}  # a value without a place: on writing alone


def test_all_faults_come_at_once():
    content = put(put(rendered(EFF), 2, b"LS11 5DF", b"LSX1 5DF"), 2, b"VOIP", b"ISDN")
    content = put(content, 4, b"TESTERTON", b"testerton")
    assert [row[:3] for row in found(content)] == [
        ("F08", 2, "line_type"),
        ("F07", 2, "postcode"),
        ("F04", 4, "name"),
        ("F16", 5, "checksum"),
    ]


def test_a_command_that_is_unknown_is_not_said_to_be_missing_too():
    assert [code for code, line, *_ in found(put(rendered(EFF), 3, b"C01134", b"Z01134")) if line == 3] == ["F08"]
