import io
import os
import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest
from export_samples import (
    ACTIVATE,
    AT,
    CAR_ROWS,
    CSV,
    EFF,
    HELD,
    MODIFY,
    ROWS,
    UNASKED,
    car_header,
    car_row,
    facts,
    fco,
    rendered,
    rows,
)
from hypothesis import given
from hypothesis import strategies as st

from emergency_export.explain.explanation import explain
from emergency_export.explain.fields import BEYOND
from emergency_export.explain.findings import ExplainCode, Finding, FindingList
from emergency_export.faults import DamagedReply, FaultCode
from emergency_export.file import render_file, verify_file
from emergency_export.profile_loading import parse_profile
from emergency_export.profiles import FileKind
from emergency_export.replies import CarRow, read_car, read_fco, render_car, render_fco

PROFILES = [EFF, CSV]
both = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
KINDS = ["DAT", "full", "EXT", "FCO", "CAR"]
PERSONAL = ("telephone_no", "title", "forename", "name", "premises", "thoroughfare", "locality", "postcode")


def car(profile, replies=CAR_ROWS):
    return b"".join(render_car(car_header(profile), replies, profile))


def sample(profile, kind):
    """One faultless file of a kind, with its name."""
    if kind == "full":
        return rendered(profile, HELD, kind="F"), facts(profile).file_name
    if kind == "EXT":
        extract = {"kind": "F", "file": FileKind.EXT}
        return rendered(profile, HELD, **extract), facts(profile, **extract).file_name
    if kind == "FCO":
        return render_fco(fco(profile), profile), profile.fco_name(facts(profile).file_name)
    if kind == "CAR":
        return car(profile), car_header(profile).file_name
    return rendered(profile), facts(profile).file_name


def walked(content, name, profile, kind=None):
    explanation = explain(content, name, profile, kind)
    return explanation, list(explanation.records())


def found(content, name=None, profile=EFF, kind=None):
    return [(f.code, f.line, f.field, f.columns) for f in walked(content, name, profile, kind)[0].findings]


def values(record):
    return {field.name: field.value for field in record.fields}


def words(record):
    return {field.name: field.meaning for field in record.fields}


def put(content, line, old, new, ending=b"\r\n"):
    lines = content.split(ending)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return ending.join(lines)


# Every kind, every profile


@both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("named", [True, False], ids=["by its name", "by its content"])
def test_a_whole_file_is_named_field_by_field(profile, kind, named):
    content, name = sample(profile, kind)
    explanation, records = walked(content, name if named else None, profile)
    assert explanation.findings == explanation.about_file == ()
    assert explanation.kind == ("DAT" if kind == "full" else kind)
    assert [record.line for record in records] == list(range(1, len(content.splitlines()) + 1))
    counted = {"FCO": 1, "CAR": len(CAR_ROWS), "DAT": len(ROWS)}.get(kind, len(HELD))
    assert explanation.record_count == counted
    types = {"FCO": ["fco"], "CAR": ["header", *["reply"] * counted, "trailer"]}
    dat = ["columns"] * profile.column_names + ["header", *["data"] * counted, "trailer"]
    assert [record.type for record in records] == types.get(kind, dat)
    for record in records:
        for field in record.fields:
            first, last = field.columns
            assert field.value.strip('"') in record.text[first - 1 : last].replace('""', '"') or not field.value


@both
def test_the_fields_of_a_data_record_are_those_that_were_written(profile):
    _, records = walked(rendered(profile), None, profile)
    read = [values(record) for record in records if record.type == "data"]
    assert [(row["telephone_no"], row["name"], row["bus_suffix"]) for row in read] == [
        (row.telephone_no, row.name, row.bus_suffix) for row in ROWS
    ]
    assert [record.number for record in records if record.type == "data"] == [1, 2, 3]


def test_a_fixed_field_is_where_the_specification_has_it():
    _, (_, record, *_) = walked(rendered(EFF), None, EFF)
    places = {field.name: field.columns for field in record.fields}
    assert (places["telephone_no"], places["locality"], places["cross_ref"]) == ((30, 44), (351, 380), (423, 442))
    assert len(places) == 24


def test_a_delimited_field_is_where_it_stands_in_its_line():
    _, records = walked(rendered(CSV), None, CSV)
    (place,) = [field.columns for field in records[4].fields if field.name == "bus_suffix"]
    assert records[4].text[place[0] - 1 : place[1]] == '"T/A ""THE CORNER DESK"""'


def test_letters_and_dates_are_told_in_words():
    _, (header, activate, cease, *_) = walked(rendered(EFF), None, EFF)
    assert (words(header)["file_kind"], words(header)["environment"]) == ("changes", "test")
    assert (words(header)["created_date"], words(header)["created_time"]) == ("24 November 2026", "02:00:05")
    assert (words(activate)["command"], words(cease)["command"]) == ("activate", "cease")
    _, (_, held, *_) = walked(*sample(EFF, "EXT"), EFF)
    assert words(held)["command"] == "blank: a full file or an extract"


@both
def test_codes_are_told_by_the_profiles_table(profile):
    _, (_, first, _, third, unasked, _) = walked(car(profile), None, profile)
    assert words(first)["response_code"] == "new record successful; the transaction is complete"
    assert words(third)["response_code"].endswith("the transaction is refused; assumed by this profile")
    assert words(third)["error_list"] == "0101 postcode not known"
    assert words(unasked)["txn_ref"] == "blank: the agent writes unasked"
    assert words(unasked)["response_code"] == "OLO does not own entry; not the last word, the transaction waits"


def test_an_outcome_that_depends_on_the_command_is_that_of_the_command():
    replies = [car_row(n, row, "0104", "ERROR", "no record found") for n, row in enumerate(ROWS[1:], 1)]
    _, (_, cease, modify, _) = walked(car(EFF, replies), None, EFF)
    assert "the transaction is complete" in words(cease)["response_code"]
    assert "the transaction is refused" in words(modify)["response_code"]


@both
def test_the_reason_of_a_refused_file_is_told_in_words(profile):
    content = render_fco(fco(profile, accepted=False, reason="SEQGAP"), profile)
    _, (record,) = walked(content, None, profile)
    assert words(record)["status"] == "the file is refused whole"
    assert words(record)["reason"] == "a file before this one is missing at the agent"


def test_every_reason_of_the_profiles_has_words():
    for profile in PROFILES:
        for reason in profile.fco.by_name["reason"].values:
            _, (record,) = walked(render_fco(fco(profile, accepted=False, reason=reason), profile), None, profile)
            assert words(record)["reason"], reason


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


# As far as it goes


def test_a_short_line_is_shown_as_far_as_it_reaches():
    lines = rendered(EFF).split(b"\r\n")
    lines[1] = lines[1][:110]
    _, (_, record, *_) = walked(b"\r\n".join(lines), None, EFF)
    assert list(values(record))[-2:] == ["forename", "name"]
    assert record.fields[-1][:3] == ("name", "BRACK", (106, 110))


def test_what_stands_beyond_a_record_is_shown():
    _, (_, record, *_) = walked(put(rendered(EFF), 2, b"ORDER 7" + b" " * 13, b"ORDER 7" + b" " * 13 + b"X"), None, EFF)
    assert record.fields[-1][:3] == (BEYOND, "X", (443, 443))
    _, records = walked(put(rendered(CSV), 3, b"ORDER 7", b"ORDER 7,SURPLUS,MORE", b"\n"), None, CSV)
    assert records[2].fields[-1].value == "SURPLUS,MORE"
    first, last = records[2].fields[-1].columns
    assert records[2].text[first - 1 : last] == "SURPLUS,MORE"


@both
def test_the_trailer_is_compared_with_the_file(profile):
    _, records = walked(rendered(profile), None, profile)
    told = words(records[-1])
    assert told["record_count"] == told["count_a"] == "agrees: the file has this"
    assert told["file_sequence"] == "agrees: the header says this"
    assert told["checksum"] == "agrees: the bytes before give this"
    ending = profile.line_ending.encode()
    _, records = walked(put(rendered(profile), 2 + profile.column_names, b"UNIT 7", b"UNIT 8", ending), None, profile)
    assert words(records[-1])["checksum"].startswith("the bytes before give ")


def test_a_trailer_is_compared_even_where_it_is_cut_off():
    cut = rendered(EFF)[: -444 + 30]
    _, records = walked(put(cut, 5, b"T9990000010000003", b"T9990000010000004"), None, EFF)
    assert words(records[-1])["record_count"] == "the file has 3"
    assert words(records[-1])["count_a"] == "agrees: the file has this"


def test_one_wrong_total_does_not_hide_the_others():
    content = put(put(rendered(EFF), 5, b"T999", b"T99X"), 5, b"0000003", b"0000004")
    assert [row[:3] for row in found(content)] == [("F07", 5, "cupid"), ("F15", 5, "record_count")]


def test_a_record_of_unknown_type_is_read_as_what_it_looks_like():
    content = put(put(rendered(EFF), 3, b"D", b"X"), 3, b"20261124", b"20261140")
    _, records = walked(content, None, EFF)
    assert (records[2].type, records[2].read_as, records[2].number) == ("unknown", "data", None)
    assert values(records[2])["telephone_no"] == "01134960002"
    assert [finding.code for finding in records[2].findings] == ["F17", "F09"]


def test_a_line_that_looks_like_nothing_is_shown_as_it_stands():
    lines = rendered(EFF).split(b"\r\n")
    lines[2] = b"nonsense"
    _, records = walked(b"\r\n".join(lines), None, EFF)
    assert (records[2].type, [field.value for field in records[2].fields]) == ("unknown", ["nonsense"])


def test_a_line_longer_than_any_record_is_one_record():
    content = put(rendered(EFF), 3, b"D0000002", b"D0000002" + b"9" * 200_000)
    explanation, records = walked(content, None, EFF)
    assert [record.line for record in records] == [1, 2, 3, 4, 5]
    assert {f.line for f in explanation.findings} == {3, 5}
    assert all(f.columns for f in explanation.findings)


# What is no fault


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"response_code": "7777"}, ExplainCode.UNKNOWN_RESPONSE, "response_code"),
        ({"response_code": "0038"}, ExplainCode.OTHER_COMMAND, "response_code"),
        ({"class_": "WARN"}, ExplainCode.UNLIKE_TABLE, "class"),
        ({"final": False}, ExplainCode.UNLIKE_TABLE, "final"),
        ({"error_count": 2}, ExplainCode.ERROR_COUNT, "error_count"),
    ],
)
@both
def test_what_the_table_has_otherwise_is_a_warning(profile, change, code, field):
    explanation, records = walked(car(profile, [replace(CAR_ROWS[0], **change)]), None, profile)
    line = records[1].line
    assert [(f.code, f.severity, f.line, f.record, f.field) for f in explanation.findings] == [
        (code, "warning", line, 1, field)
    ]
    assert (explanation.errors, explanation.warnings) == (0, 1)


def test_a_reply_that_nobody_asked_for_has_no_command_to_belong_to():
    assert found(car(EFF, [replace(UNASKED, record=1, response_code="0043", class_="END", final=True)])) == []


# Which kind


@both
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_the_format_does_not_make_is_said_and_not_compared(profile, kind):
    content, _ = sample(profile, kind)
    explanation, _ = walked(content, "download (1).txt", profile)
    assert explanation.kind == ("DAT" if kind == "full" else kind)
    assert [(f.code, f.severity) for f in explanation.findings] == [("X02", "warning")]


def test_the_name_decides_where_the_format_makes_such_names():
    explanation, _ = walked(car(EFF), facts(EFF).file_name, EFF)
    assert explanation.kind is FileKind.DAT
    (remark,) = [f for f in explanation.findings if f.code == "X03"]
    assert (remark.severity, remark.suggestion) == ("warning", "CAR")


def test_a_person_may_say_what_it_is():
    explanation, _ = walked(car(EFF), None, EFF, FileKind.DAT)
    assert explanation.kind is FileKind.DAT
    assert explanation.errors


def test_the_ending_of_a_name_decides_where_the_content_does_not():
    for ending, kind in ((".car", FileKind.CAR), (".EXT", FileKind.EXT), (".FCO", FileKind.FCO), (".dat", "DAT")):
        explanation, _ = walked(b"no such thing\r\n", f"torn{ending}", EFF)
        assert explanation.kind == kind
        assert explanation.errors
    assert explain(b"no such thing", "torn.car.csv", CSV).kind is FileKind.CAR


@pytest.mark.parametrize("content", [b"", b"\r\n", b"Dear Sir or Madam,\r\n", b"\x00" * 99, b"PK\x03\x04"])
def test_what_cannot_be_told_is_said(content):
    explanation, records = walked(content, "letter.txt", EFF)
    assert (explanation.kind, records) == (None, [])
    (fault,) = explanation.findings
    assert (fault.code, fault.severity, fault.alternatives) == ("X01", "error", ("DAT", "EXT", "FCO", "CAR"))


def test_a_file_of_another_profile_is_recognised():
    for kind in KINDS:
        (fault,) = walked(sample(CSV, kind)[0], None, EFF)[0].findings
        assert fault.message.endswith(" of the profile csv-1")
        (fault,) = walked(sample(EFF, kind)[0], None, CSV)[0].findings
        assert fault.message.endswith(" of the profile eff-style-1")


def test_a_damaged_head_is_still_told_apart():
    assert explain(put(rendered(EFF), 1, b"HEFFL0001", b"X???L0001"), None, EFF).kind is FileKind.DAT
    assert explain(put(car(EFF), 1, b"H999", b"Q99"), None, EFF).kind is FileKind.CAR
    assert explain(rendered(EFF)[:12], None, EFF).kind is FileKind.DAT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_an_editor_put_before_the_first_record_is_named(encoding):
    content = rendered(EFF).decode().encode(encoding)
    explanation, _ = walked(content, "BT199924112601.DAT", EFF)
    (remark,) = [finding for finding in explanation.findings if finding.code == "X08"]
    assert (remark.severity, remark.line, remark.columns[0]) == ("warning", 1, 1)
    assert explanation.errors


# For whatever there may be


@both
@given(data=st.data())
def test_any_file_of_changes_gives_its_fields_back(profile, data):
    night = data.draw(st.lists(rows(profile), max_size=3))
    content = b"".join(render_file(profile, facts(profile), night))
    explanation, records = walked(content, data.draw(st.sampled_from([None, facts(profile).file_name])), profile)
    assert explanation.findings == ()
    specs = profile.data.by_name
    written = [
        {name: specs[name].text_of(value) for name, value in row._asdict().items()}
        | {"rec_type": "D", "rec_no": str(n)}
        for n, row in enumerate(night, 1)
    ]
    assert [values(record) for record in records if record.type == "data"] == written


def replies(profile):
    letters = "".join(chr(c) for c in range(0x20, 0x7F))
    return st.builds(
        CarRow,
        record=st.just(1),
        txn_ref=st.sampled_from(["", "999/013/000000000007"]),
        telephone_no=st.text("0123456789", max_size=15),
        command=st.sampled_from(profile.commands_enabled),
        response_code=st.sampled_from([*profile.response_codes, "7777"]),
        class_=st.sampled_from(["END", "ERROR", "WARN", "INFO"]),
        final=st.booleans(),
        message_time=st.just(AT),
        error_count=st.integers(0, 99),
        error_list=st.lists(st.sampled_from(["0101", "0057"]), max_size=8).map(tuple),
        text=st.text(letters, max_size=80).map(lambda text: text.strip(" ")),
    )


@both
@given(data=st.data())
def test_any_car_gives_its_fields_back(profile, data):
    sent = data.draw(st.lists(replies(profile), max_size=3))
    explanation, records = walked(
        car(profile, sent), data.draw(st.sampled_from([None, sample(profile, "CAR")[1]])), profile
    )
    assert explanation.errors == 0
    read = [values(record) for record in records if record.type == "reply"]
    assert [(r["txn_ref"], r["telephone_no"], r["response_code"], r["final"], r["text"]) for r in read] == [
        (row.txn_ref, row.telephone_no, row.response_code, "NY"[row.final], row.text) for row in sent
    ]


@both
@given(sequence=st.none() | st.integers(0, 999999), count=st.none() | st.integers(0, 9999999), data=st.data())
def test_any_fco_gives_its_fields_back(profile, sequence, count, data):
    reason = data.draw(st.sampled_from(["", *profile.fco.by_name["reason"].values]))
    answer = fco(profile, file_sequence=sequence, received_count=count, accepted=not reason, reason=reason)
    explanation, (record,) = walked(render_fco(answer, profile), None, profile)
    assert explanation.findings == ()
    read = values(record)
    assert (read["reason"], read["file_sequence"]) == (reason, "" if sequence is None else str(sequence))
    assert read["received_count"] == ("" if count is None else str(count))


@both
@given(
    content=st.binary(max_size=400) | st.text("HDTRF|,9 \r\n", max_size=400).map(str.encode),
    kind=st.sampled_from([None, *FileKind]),
    name=st.sampled_from([None, "a.DAT", "a.CAR", "BT199924112601.DAT", "999-241126-01.car.csv", "\udce9"]),
)
def test_any_bytes_are_explained_and_something_is_said_to_be_wrong(profile, content, kind, name):
    explanation, records = walked(content, name, profile, kind)
    assert explanation.errors
    assert all(1 <= finding.line <= max(explanation.line_count, 1) for finding in explanation.findings)
    assert all(record.text.encode("latin-1") in content for record in records)


@both
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_changed_byte_is_pointed_at_in_its_line(profile, kind, data):
    content, name = sample(profile, kind)
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    changed = content[:at] + bytes([byte]) + content[at + 1 :]
    check_pointed(profile, kind, name, changed, content[:at].count(b"\n") + 1)


@both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("byte", [0x00, 0x0A, 0x41, 0xE9])
def test_many_a_changed_byte_is_pointed_at_in_its_line(profile, kind, byte):
    check_every(31, profile, kind, byte)


@pytest.mark.long
@both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("byte", [0x00, 0x0A, 0x0D, 0x20, 0x30, 0x41, 0x7C, 0xE9])
def test_each_changed_byte_is_pointed_at_in_its_line(profile, kind, byte):
    check_every(1, profile, kind, byte)


def check_every(step, profile, kind, byte):
    content, name = sample(profile, kind)
    for at in range(0, len(content), step):
        if content[at] != byte:
            changed = content[:at] + bytes([byte]) + content[at + 1 :]
            check_pointed(profile, kind, name, changed, content[:at].count(b"\n") + 1)


@both
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_a_collection_or_a_verification_finds_is_found_here_too(profile, kind, data):
    content, name = sample(profile, kind)
    at = data.draw(st.integers(0, len(content)))
    changed = content[:at] + data.draw(st.binary(max_size=3)) + content[at + data.draw(st.integers(0, 3)) :]
    explanation, records = walked(changed, name, profile)
    faults = faults_by_others(changed, name, profile, kind)
    told = [(finding.code, finding.field) for finding in explanation.findings if finding.severity == "error"]
    assert Counter(told) >= Counter((fault.code.value, fault.field) for fault in faults)
    guessed = [record for record in records if record.read_as]
    assert guessed or len(told) == len(faults)


def faults_by_others(content, name, profile, kind):
    if kind not in {"FCO", "CAR"}:
        return verify_file(content, profile, name=name).faults
    try:
        {"FCO": read_fco, "CAR": read_car}[kind](content, name, profile)
    except DamagedReply as damaged:
        return damaged.faults
    return ()


def check_pointed(profile, kind, name, changed, line):
    """The line of the change is pointed at; where what stands there now is as good, the checksum tells alone."""
    explanation, records = walked(changed, name, profile)
    if line in {finding.line for finding in explanation.findings}:
        return
    record = next(record for record in records if record.line == line)
    if kind == "FCO":
        layout = profile.fco
    elif kind == "CAR":
        layout = {"header": profile.car_header, "reply": profile.car_row, "trailer": profile.car_trailer}[record.type]
    else:
        layout = {"header": profile.header, "data": profile.data}[record.type]
        assert ("F16", len(records)) in {(finding.code, finding.line) for finding in explanation.findings}
    assert layout.match(record.text)


@given(data=st.data())
def test_no_message_repeats_a_personal_value(data):
    lines = rendered(CSV, [MODIFY]).split(b"\n")
    cells = lines[2].decode().split(",")
    lines[2] = ",".join(data.draw(st.permutations(cells))).encode()
    explanation, records = walked(b"\n".join(lines), "01632960001.csv", CSV, FileKind.DAT)
    said = " ".join(finding.message for finding in explanation.findings)
    assert len(records) == 4
    assert not [value for name in PERSONAL if len(value := getattr(MODIFY, name)) > 2 and value in said]
    assert "01632960001" not in said


def test_what_stands_in_the_commands_place_is_not_repeated():
    content = put(rendered(CSV, [MODIFY]), 3, b",M,", b',"TESTERTON, ORLA",', b"\n")
    explanation, _ = walked(content, None, CSV)
    assert {("F19", "change_cupid"), ("F08", "command")} & {(f.code, f.field) for f in explanation.findings}
    assert "TESTERTON" not in " ".join(finding.message for finding in explanation.findings)


# How it reads


@both
@pytest.mark.parametrize("kind", KINDS)
def test_a_pipe_is_read_as_a_file_is(profile, kind, tmp_path):
    content, name = sample(profile, kind)
    path = tmp_path / name
    path.write_bytes(content)
    _, from_bytes = walked(content, name, profile)
    assert walked(path, name, profile)[1] == walked(io.BytesIO(content), name, profile)[1] == from_bytes
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as end:
        end.write(content)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        assert walked(pipe, None, profile)[1] == from_bytes


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "big"
    night = (ACTIVATE._replace(txn_ref=f"999/999/{n:012}") for n in range(5_000))
    with path.open("wb") as file:
        file.writelines(render_file(EFF, facts(EFF), night))
    explanation = explain(path, None, EFF)
    tracemalloc.start()
    assert sum(len(record.fields) for record in explanation.records()) == 5_000 * 24 + 10 + 12
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert explanation.findings == ()
    assert peak < 1_000_000


def test_what_is_wrong_throughout_is_counted_and_not_kept():
    explanation, records = walked(b"x\r\n" * 1500, None, EFF, FileKind.DAT)
    assert (explanation.errors, len(explanation.findings), explanation.left_out) == (1502, 1000, 502)
    assert sum(len(record.findings) for record in records) == 1500
    assert [finding.code for finding in explanation.about_file] == ["F12", "F13"]


def test_many_warnings_leave_room_for_a_fault():
    kept = FindingList(most=2)
    warning, fault = Finding("X04", "warning", "w", 1), Finding("F15", "error", "e", 9)
    assert len(list(kept.take([warning] * 5 + [fault]))) == 6
    assert kept.kept == (warning, warning, fault)
    assert kept.left_out == {"error": 0, "warning": 3}


def test_the_totals_are_those_of_the_file():
    explanation, _ = walked(rendered(EFF), None, EFF)
    assert explanation.totals.counts == {"A": 1, "C": 1, "M": 1}
    assert (explanation.line_count, explanation.record_count) == (5, 3)


def test_a_finding_has_the_form_of_a_problem():
    content = put(rendered(EFF), 2, b"LS11 5DF", b"LSX1 5DF")
    assert walked(content, None, EFF)[0].findings[0].as_dict() == {
        "line": 2,
        "record": 1,
        "columns": [381, 388],
        "field": "postcode",
        "code": "F07",
        "severity": "error",
        "message": "postcode must look like A9 9AA or A99 9AA or AA9 9AA or AA99 9AA or A9A 9AA or AA9A 9AA",
        "suggestion": None,
        "alternatives": [],
    }
