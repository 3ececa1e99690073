"""What must hold for every record: it reads back to itself, and the quick path knows what the slow one knows."""

from datetime import date, datetime

import pytest
from export_samples import ACTIVATE, CEASE, CSV, EFF, MODIFY, rows, texts
from hypothesis import example, given
from hypothesis import strategies as st

from emergency_export.faults import FaultCode, RecordFault
from emergency_export.file import check_row
from emergency_export.row_format import RowFormat
from emergency_export.rows import DataRow

PROFILES = [EFF, CSV]
FORMATS = {profile.name: RowFormat(profile) for profile in PROFILES}
both = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
ANY_TEXT = st.text(st.sampled_from("A a1,\"|'\0\té\u0663ß~-"), max_size=70)
ANY_ROW = st.builds(
    DataRow,
    st.just("999/999/000000000001") | ANY_TEXT,
    st.sampled_from(["A", "M", "C", "E", "I", "K", "", "AA"]),
    st.just("01632960001") | ANY_TEXT,
    st.dates() | st.none() | st.datetimes(),
    st.just("999"),
    st.just("013") | ANY_TEXT,
    **{name: st.just("") | ANY_TEXT for name in DataRow._fields[6:]},
)


@both
@given(data=st.data())
def test_any_record_renders_and_parses_to_itself(profile, data):
    row = data.draw(rows(profile))
    number = data.draw(st.integers(1, profile.max_records))
    line = FORMATS[profile.name].line(number, row)
    assert line is not None
    assert check_row(profile, row) == ()
    assert FORMATS[profile.name].row(line) == (number, row)
    assert profile.data.render({**row._asdict(), "rec_no": number}) == line
    assert profile.data.parse(line) == {"rec_type": "D", "rec_no": number, **row._asdict()}


@both
@given(row=ANY_ROW)
@example(row=ACTIVATE._replace(name="ENDS WITH SPACE "))
@example(row=ACTIVATE._replace(postcode="LS11 5DF "))
@example(row=ACTIVATE._replace(name='QUOTED "TWICE"", OVER'))
def test_a_row_is_written_or_has_faults_and_never_both(profile, row):
    line, faults = FORMATS[profile.name].line(1, row), FORMATS[profile.name].faults(row)
    assert (line is None) == bool(faults)
    if line is not None:
        assert FORMATS[profile.name].row(line) == (1, row)


@both
@given(data=st.data())
def test_an_accepted_line_renders_again_byte_for_byte(profile, data):
    line = list(FORMATS[profile.name].line(1, data.draw(rows(profile))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(line) - 1))
        line[at] = data.draw(st.sampled_from([*' 0A"a,|~é\x00', '""', '"A"', ',""', '"A,']))
    text = "".join(line)
    reading = profile.data.examine(text)
    assert (profile.data.match(text) is None) == bool(reading.faults)
    if not reading.faults:
        assert profile.data.render(profile.data.parse(text)) == text
    else:
        with pytest.raises(RecordFault):
            profile.data.parse(text)


@both
@given(text=st.text(st.characters(max_codepoint=255), max_size=500))
def test_any_line_is_read_without_surprise(profile, text):
    for layout in (profile.header, profile.data, profile.trailer, profile.fco, profile.car_row):
        assert (layout.match(text) is None) == bool(layout.examine(text).faults)


@both
@given(data=st.data())
def test_every_layout_is_symmetrical(profile, data):
    layout = data.draw(st.sampled_from([profile.fco, profile.car_row, profile.car_header]))
    values = {spec.name: data.draw(value_of(spec)) for spec in layout.fields}
    line = layout.render(values)
    assert layout.parse(line) == values
    assert layout.match(line) is not None


def value_of(spec):
    if spec.kind == "constant":
        return st.just(spec.constant)
    if spec.kind == "number":
        return st.integers(0, 10**spec.width - 1)
    if spec.kind == "stamp":
        return st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001  local
    if spec.values:
        return st.sampled_from([value for value in spec.values if value])
    if spec.pictures:
        return st.just(spec.pictures[0].replace("A", "B"))
    alphabet = spec.characters.replace("|", "")
    return texts(spec.width, alphabet).filter(bool) if spec.required_for else texts(spec.width, alphabet)


def found(profile, row, kind="D"):
    return {(fault.code, fault.field) for fault in check_row(profile, row, kind)}


@both
@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": ""}, FaultCode.MISSING, "name"),
        ({"premises": ""}, FaultCode.MISSING, "premises"),
        ({"postcode": ""}, FaultCode.MISSING, "postcode"),
        ({"telephone_no": ""}, FaultCode.MISSING, "telephone_no"),
        ({"effective_date": None}, FaultCode.MISSING, "effective_date"),
        ({"thoroughfare": "", "locality": ""}, FaultCode.MISSING, "thoroughfare"),
        ({"command": "E", "change_cupid": ""}, FaultCode.MISSING, "change_cupid"),
        ({"change_cupid": "998"}, FaultCode.NOT_BLANK, "change_cupid"),
        ({"new_telephone_no": "01632960002"}, FaultCode.NOT_BLANK, "new_telephone_no"),
        ({"name": "X" * 81}, FaultCode.TOO_LONG, "name"),
        ({"name": "CAF\u00c9"}, FaultCode.CHARACTER, "name"),
        ({"name": "TAB\tBED"}, FaultCode.CHARACTER, "name"),
        ({"name": "LINE\r\nBREAK"}, FaultCode.CHARACTER, "name"),
        ({"name": " SPACED"}, FaultCode.SPACE, "name"),
        ({"name": "SPACED "}, FaultCode.SPACE, "name"),
        ({"name": None}, FaultCode.MISSING, "name"),
        ({"name": 7}, FaultCode.FORM, "name"),
        ({"telephone_no": "+441632960001"}, FaultCode.SHAPE, "telephone_no"),
        ({"telephone_no": "441632960001"}, FaultCode.SHAPE, "telephone_no"),
        ({"postcode": "LS115DF"}, FaultCode.SHAPE, "postcode"),
        ({"txn_ref": "999/999/1"}, FaultCode.SHAPE, "txn_ref"),
        ({"child_cupid": "13"}, FaultCode.SHAPE, "child_cupid"),
        ({"line_type": "ISDN"}, FaultCode.VALUE, "line_type"),
        ({"address_id_source": "X"}, FaultCode.VALUE, "address_id_source"),
        ({"effective_date": "20261124"}, FaultCode.FORM, "effective_date"),
        ({"effective_date": datetime(2026, 11, 24)}, FaultCode.FORM, "effective_date"),  # noqa: DTZ001  the point
        ({"effective_date": date(999, 1, 1)}, FaultCode.FORM, "effective_date"),
        ({"command": "K"}, FaultCode.COMMAND, "command"),
        ({"command": "Z"}, FaultCode.VALUE, "command"),
        ({"command": ""}, FaultCode.MISSING, "command"),
    ],
)  # fmt: skip
def test_what_keeps_a_row_from_being_written(profile, changes, code, field):
    assert (code, field) in found(profile, ACTIVATE._replace(**changes))


def test_small_letters_have_no_place_in_a_format_of_capitals():
    assert found(EFF, ACTIVATE._replace(name="Brackenfold")) == {(FaultCode.CASE, "name")}
    assert found(CSV, ACTIVATE._replace(name="Brackenfold")) == set()


@both
def test_a_full_file_carries_no_commands(profile):
    assert found(profile, ACTIVATE._replace(command=""), "F") == set()
    assert found(profile, ACTIVATE, "F") == {(FaultCode.COMMAND, "command")}


def test_a_cease_needs_no_address():
    assert found(EFF, CEASE) == set()


def test_all_faults_come_at_once_with_their_columns():
    row = MODIFY._replace(name="X" * 51, premises="", postcode="NOWHERE", telephone_no="1")
    faults = {fault.field: fault for fault in check_row(EFF, row)}
    assert faults.keys() == {"name", "premises", "postcode", "telephone_no"}
    assert faults["name"].message == "name is 51 characters; the file takes 50"
    assert faults["name"].columns == (106, 155)
    assert str(faults["premises"]) == "F06 columns 236-295: premises is missing; it is needed for command M"


def test_a_width_is_a_limit_and_no_field_is_ever_cut():
    for spec in EFF.data.fields:
        if spec.name in ("title", "forename", "name", "honours", "bus_suffix", "premises", "thoroughfare", "cross_ref"):
            assert check_row(EFF, ACTIVATE._replace(**{spec.name: "X" * spec.width})) == ()
            assert found(EFF, ACTIVATE._replace(**{spec.name: "X" * (spec.width + 1)})) == {
                (FaultCode.TOO_LONG, spec.name)
            }


def test_a_short_line_still_shows_the_fields_that_are_whole():
    line = FORMATS["eff-style-1"].line(1, ACTIVATE)[:300]
    reading = EFF.data.examine(line)
    assert reading.texts["name"] == "BRACKENFOLD PRINT LTD"
    assert "thoroughfare" not in reading.texts
    assert [(fault.code, fault.columns) for fault in reading.faults] == [(FaultCode.LENGTH, (301, 442))]


def test_a_delimited_line_with_a_column_too_many_says_so():
    reading = CSV.data.examine(FORMATS["csv-1"].line(1, ACTIVATE) + ",")
    assert [fault.code for fault in reading.faults] == [FaultCode.COLUMNS]


@pytest.mark.parametrize("cell", ['"UNIT 7"', '"UNIT, 7', '"UNIT "7"', 'UNIT "7"', '""'])
def test_quotes_that_would_not_be_written_again_are_faults(cell):
    line = FORMATS["csv-1"].line(1, ACTIVATE).replace("UNIT 7", cell)
    assert CSV.data.examine(line).faults
    assert CSV.data.match(line) is None
