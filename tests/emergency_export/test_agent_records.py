"""Record level: every code that the agent gives, and what it holds afterwards."""

import pytest
from agent_dat import Rehearsal, dat, data, name_of, number_of, ref_of
from hypothesis import given, settings
from hypothesis import strategies as st

from emergency_export.agent import Agent, RefusalRule
from emergency_export.agent.check import Standards, check_record
from emergency_export.agent.codes import CODES
from emergency_export.agent.fixed_form import FixedForm

STANDARDS = Standards(cupid="999")


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, Agent)


def codes_of(line, *, held=None, used=False, standards=STANDARDS):
    values = FixedForm().read("D", line)
    return check_record(values, held, used=used, standards=standards)


def test_activation_keeps_every_field(rehearsal):
    full = data(
        1,
        title="DR",
        forename="ANNE",
        name="EXAMPLE",
        honours="OBE",
        bus_suffix="TRADING AS EXAMPLES",
        retailer_id="R12345",
        address_id="100012345678",
        address_id_source="U",
    )
    rehearsal.submit(1, [full])
    assert rehearsal.agent.record(number_of(1)) == {
        "txn_ref": ref_of(1),
        "telephone_no": number_of(1),
        "effective_date": "20270301",
        "parent_cupid": "999",
        "child_cupid": "999",
        "change_cupid": "",
        "line_type": "VOIP",
        "title": "DR",
        "forename": "ANNE",
        "name": "EXAMPLE",
        "honours": "OBE",
        "bus_suffix": "TRADING AS EXAMPLES",
        "premises": "UNIT 3",
        "thoroughfare": "HIGH STREET",
        "locality": "LEEDS",
        "postcode": "LS11 5DF",
        "retailer_id": "R12345",
        "address_id": "100012345678",
        "address_id_source": "U",
        "new_telephone_no": "",
        "cross_ref": "ORDER 7",
    }
    (row,) = rehearsal.car_rows()
    assert row == {
        "txn_ref": ref_of(1),
        "telephone_no": number_of(1),
        "command": "A",
        "response_code": "0037",
        "class": "END",
        "final": "Y",
        "message_time": "20270301023000",
        "error_count": "00",
        "error_list": "",
        "text": "NEW RECORD SUCCESSFUL",
    }


@pytest.mark.parametrize(
    ("command", "said", "held"),
    [
        ("M", ("0039", "END", "Y"), "UNIT 4"),
        ("C", ("0038", "END", "Y"), None),
        ("E", ("0041", "INFO", "N"), None),
    ],
)
def test_modify_cease_and_export_of_a_record_held(rehearsal, command, said, held):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    rehearsal.submit(2, [data(1, command, ref_of(2), premises="UNIT 4")])
    (row,) = rehearsal.car_rows()
    assert (row["response_code"], row["class"], row["final"]) == said
    record = rehearsal.agent.record(number_of(1))
    assert (record and record["premises"]) == held


def test_import_is_taken_and_live(rehearsal):
    rehearsal.submit(1, [data(1, "I", change_cupid="998")])
    (row,) = rehearsal.car_rows()
    assert (row["response_code"], row["class"], row["final"]) == ("0042", "INFO", "N")
    assert rehearsal.agent.record(number_of(1))["change_cupid"] == "998"


@pytest.mark.parametrize("command", ["M", "C", "E"])
def test_0104_where_no_record_is_held(rehearsal, command):
    rehearsal.submit(1, [data(1, command)])
    assert rehearsal.codes() == ["0104"]
    assert rehearsal.agent.record(number_of(1)) is None


@pytest.mark.parametrize("command", ["A", "I"])
def test_0103_where_a_record_is_held(rehearsal, command):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    rehearsal.submit(2, [data(1, command, ref_of(2), premises="UNIT 4")])
    assert rehearsal.codes() == ["0103"]
    assert rehearsal.agent.record(number_of(1))["premises"] == "UNIT 3"


@pytest.mark.parametrize("command", ["M", "C", "E"])
def test_0105_for_a_date_before_that_of_the_record_held(rehearsal, command):
    rehearsal.submit(1, [data(1)])
    rehearsal.collect()
    rehearsal.submit(2, [data(1, command, ref_of(2), effective_date="20270228")])
    assert rehearsal.codes() == ["0105"]
    assert rehearsal.agent.record(number_of(1))["txn_ref"] == ref_of(1)


def test_a_ceased_number_may_come_back_with_an_earlier_date(rehearsal):
    early = data(3, "A", effective_date="20260101")
    rehearsal.submit(1, [data(1), data(2, "C"), early])
    assert rehearsal.codes() == ["0037", "0038", "0037"]


@pytest.mark.parametrize("postcode", ["", "LS115DF", "LS11  5D", "11LS 5DF", "LS11 5D", "LS11 DF5"])
def test_0101_for_a_postcode_that_is_none(postcode):
    assert codes_of(data(1, postcode=postcode)) == ("0101",)


@pytest.mark.parametrize("postcode", ["M1 1AE", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB"])
def test_every_shape_of_postcode_passes(postcode):
    assert codes_of(data(1, postcode=postcode)) == ()


def test_0101_for_a_postcode_outside_the_known_or_among_the_refused(tmp_path):
    options = {"known_postcodes": {"LS11 5DF", "M1 1AE"}, "refuse_postcodes": frozenset({"M1 1AE"})}
    rehearsal = Rehearsal(tmp_path, Agent, **options)
    places = ["LS11 5DF", "M1 1AE", "EC1A 1BB"]
    rows = [data(n, postcode=place, telephone_no=number_of(n)) for n, place in enumerate(places, start=1)]
    rehearsal.submit(1, rows)
    assert rehearsal.codes() == ["0037", "0101", "0101"]


@pytest.mark.parametrize("changed", [{"premises": ""}, {"thoroughfare": "", "locality": ""}])
@pytest.mark.parametrize("command", ["A", "I"])
def test_0102_for_an_address_that_is_incomplete(command, changed):
    assert codes_of(data(1, command, **changed)) == ("0102",)


@pytest.mark.parametrize("field", ["thoroughfare", "locality"])
def test_thoroughfare_or_locality_is_enough(field):
    assert codes_of(data(1, **{field: ""})) == ()


@pytest.mark.parametrize(
    "changed",
    [{"premises": "Unit 3"}, {"name": "O'NEILL and CO"}, {"telephone_no": "01632X60001"}],
    ids=["small-letters", "one-small-word", "letter-in-number"],
)
def test_0106_for_a_character_that_has_no_place(changed):
    assert codes_of(data(1, **changed))[0] == "0106"


@pytest.mark.parametrize(
    "changed",
    [
        {"command": "K"},
        {"command": "P"},
        {"command": "R"},
        {"command": " "},
        {"command": "Z"},
        {"telephone_no": ""},
        {"telephone_no": "1632960001"},
        {"telephone_no": "016329"},
        {"effective_date": "20270229"},
        {"effective_date": "2027031"},
        {"effective_date": ""},
        {"ref": ""},
        {"ref": "999/999/00000000001"},
        {"ref": "998/999/000000000001"},
        {"ref": "999/998/000000000001"},
        {"ref": "999-999-000000000001"},
        {"parent_cupid": "998", "ref": "998/999/000000000001"},
        {"child_cupid": "", "ref": "999//0000000000001"},
        {"change_cupid": "998"},
        {"command": "I", "change_cupid": "9A8"},
        {"line_type": "ISDN"},
        {"name": ""},
        {"address_id": "100012345678"},
        {"address_id": "10001234567X", "address_id_source": "U"},
        {"address_id": "100012345678", "address_id_source": "X"},
        {"address_id_source": "P"},
        {"new_telephone_no": "01632960002"},
        {"thoroughfare": " HIGH STREET"},
    ],
    ids=str,
)
def test_0057_for_anything_else(changed):
    assert codes_of(data(1, **changed)) == ("0057",)


def test_0057_for_an_export_without_the_gaining_cupid():
    assert codes_of(data(1, "E", change_cupid=""), held="20270301") == ("0057",)


def test_0057_for_a_reference_used_before_in_whatever_file(rehearsal):
    rehearsal.submit(1, [data(1), data(2, ref=ref_of(1), telephone_no=number_of(2))])
    assert rehearsal.codes() == ["0037", "0057"]
    rehearsal.submit(2, [data(1, telephone_no=number_of(3))])
    assert rehearsal.codes() == ["0057"]


def test_a_cease_needs_no_name_and_no_address(rehearsal):
    bare = dict.fromkeys(("name", "premises", "thoroughfare", "locality", "postcode", "line_type"), "")
    rehearsal.submit(1, [data(1), data(2, "C", **bare)])
    assert rehearsal.codes() == ["0037", "0038"]


def test_every_fault_is_listed_and_the_gravest_decides(rehearsal):
    bad = data(1, "M", postcode="NOWHERE", premises="", name="small")
    rehearsal.submit(1, [bad])
    (row,) = rehearsal.car_rows()
    assert row["response_code"] == "0106"
    assert (row["error_count"], row["error_list"]) == ("04", "0106,0104,0101,0102")
    assert (row["class"], row["final"]) == ("ERROR", "Y")


def test_one_bad_record_does_not_stop_the_next(rehearsal):
    report = rehearsal.submit(1, [data(1, name=""), data(2, telephone_no=number_of(2))])
    assert report.rejected == 1
    assert rehearsal.codes() == ["0057", "0037"]


def test_an_owner_change_by_cease_and_activation_in_one_file(rehearsal):
    rehearsal.submit(1, [data(1)])
    rehearsal.submit(2, [data(1, "C", ref_of(7)), data(2, "A", ref_of(8), name="NEW OWNER LTD")])
    assert rehearsal.agent.record(number_of(1))["name"] == "NEW OWNER LTD"


@pytest.mark.parametrize("code", ["0101", "0102"])
def test_a_rule_in_the_database_refuses_until_the_field_is_put_right(rehearsal, code):
    rule = RefusalRule(code, "premises", "WORKS")
    rehearsal.agent.refuse(rule)
    rehearsal.agent.refuse(rule)
    rehearsal.again()
    assert rehearsal.agent.rules() == (rule,)
    rehearsal.submit(1, [data(1, premises="OLD WORKS"), data(2, telephone_no=number_of(2))])
    assert rehearsal.codes() == [code, "0037"]
    rehearsal.submit(2, [data(1, ref=ref_of(3), premises="12")])
    assert rehearsal.codes() == ["0037"]
    rehearsal.agent.allow(rule)
    assert rehearsal.agent.rules() == ()
    rehearsal.submit(3, [data(1, "M", ref_of(4), premises="OLD WORKS")])
    assert rehearsal.codes() == ["0039"]


def test_a_rule_does_not_stop_a_cease(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.submit(1, [data(1)])
    rehearsal.again(rules=(RefusalRule("0102", "premises", "UNIT"),))
    rehearsal.collect()
    rehearsal.submit(2, [data(1, "M", ref_of(2)), data(2, "C", ref_of(3))])
    assert rehearsal.codes() == ["0102", "0038"]


@pytest.mark.parametrize("wrong", [("0037", "premises", "X"), ("0102", "nothing", "X"), ("0102", "premises", "")])
def test_a_rule_that_can_never_be_right_is_refused(wrong):
    with pytest.raises(ValueError, match=r"code that refuses|not a field|needs a text"):
        RefusalRule(*wrong)


commands = st.lists(
    st.tuples(st.sampled_from("ACMEI"), st.integers(1, 3), st.sampled_from(["20270301", "20270302"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(commands)
def test_what_is_held_follows_from_the_answers_alone(tmp_path_factory, wanted):
    rehearsal = Rehearsal(tmp_path_factory.mktemp("run"), Agent)
    rows = [
        data(n, command, telephone_no=number_of(number), effective_date=date)
        for n, (command, number, date) in enumerate(wanted, start=1)
    ]
    rehearsal.submit(1, rows)
    held = {}
    answers = rehearsal.car_rows()
    assert [row["txn_ref"] for row in answers] == [ref_of(n) for n in range(1, len(rows) + 1)]
    for row, (command, number, date) in zip(answers, wanted, strict=True):
        before = held.get(number_of(number))
        done = row["class"] in {"END", "INFO"}
        assert done == (before is None if command in "AI" else before is not None and before <= date), (row, before)
        assert row["final"] == CODES[row["response_code"]].final
        if done and command in "CE":
            del held[number_of(number)]
        elif done:
            held[number_of(number)] = date
    assert {record["telephone_no"]: record["effective_date"] for record in rehearsal.agent.records()} == held


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=442, max_size=442))
def test_any_printable_record_gets_an_answer_that_fits_the_car(line):
    values = FixedForm().read("D", "D" + line[1:])
    found = check_record(values, None, used=False, standards=STANDARDS)
    assert found
    assert len(",".join(found)) <= 40


def test_the_file_as_a_whole_is_built_by_hand():
    assert {len(line) for line in dat(1, [data(1)]).split(b"\r\n")} == {442, 0}
    assert len(name_of(1)) == 18
