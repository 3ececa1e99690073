"""`explain`: every field of every kind of file is named, as far as it goes."""

from dataclasses import replace

import pytest
from explained import KINDS, PROFILES, both, car, found, put, sample, values, walked, words
from export_samples import (
    CAR_ROWS,
    CSV,
    EFF,
    HELD,
    ROWS,
    UNASKED,
    car_row,
    facts,
    fco,
    rendered,
)

from emergency_export.explain.explanation import explain
from emergency_export.explain.fields import BEYOND
from emergency_export.explain.findings import ExplainCode
from emergency_export.profiles import FileKind
from emergency_export.replies import render_fco

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
