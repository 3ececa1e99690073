"""`explain`: whatever there may be in a file; how it is read and what it costs."""

import io
import os
import tracemalloc
from collections import Counter

import pytest
from explained import KINDS, PERSONAL, both, car, put, sample, values, walked
from export_samples import (
    ACTIVATE,
    AT,
    CSV,
    EFF,
    MODIFY,
    facts,
    fco,
    rendered,
    rows,
)
from hypothesis import given
from hypothesis import strategies as st

from emergency_export.explain.explanation import explain
from emergency_export.explain.findings import Finding, FindingList
from emergency_export.faults import DamagedReply
from emergency_export.file import render_file, verify_file
from emergency_export.profiles import FileKind
from emergency_export.replies import CarRow, read_car, read_fco, render_fco

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
