import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators import Severity
from validators.columns import COLUMNS
from validators.paf import PAF_COLUMNS, PafElements, address_lines, check_paf, compose

TOWN = {"thoroughfare": "MILL ROAD", "dependent_locality": "HOLBECK", "post_town": "LEEDS", "postcode": "LS11 5DF"}


def label(**elements):
    return address_lines(PafElements(**elements))


def streets(**elements):
    """Return the label's lines down to the street, of an address in Mill Road."""
    lines = address_lines(PafElements(**TOWN | elements))
    assert lines[-3:] == ("HOLBECK", "LEEDS", "LS11 5DF")
    return lines[:-3]


def test_the_columns_are_those_of_the_location_in_its_order():
    assert set(PAF_COLUMNS) == set(PafElements.__dataclass_fields__) - {"thoroughfare", "post_town", "postcode"}
    assert tuple(name for name in COLUMNS if name in PAF_COLUMNS) == PAF_COLUMNS


def test_rule_1_no_premises_element():
    assert streets(organisation="ACME LTD") == ("ACME LTD", "MILL ROAD")
    assert streets(organisation="ACME LTD", department="SALES") == ("ACME LTD", "SALES", "MILL ROAD")
    assert streets() == ("MILL ROAD",)
    assert label(organisation="ACME LTD", post_town="LEEDS") == ("ACME LTD", "LEEDS")


@pytest.mark.parametrize(
    ("elements", "lines"),
    [
        ({}, ("7 MILL ROAD", "HOLBECK", "LEEDS")),
        ({"dependent_thoroughfare": "DYE YARD"}, ("7 DYE YARD", "MILL ROAD", "HOLBECK", "LEEDS")),
        ({"thoroughfare": ""}, ("7 HOLBECK", "LEEDS")),
        ({"thoroughfare": "", "double_dependent_locality": "NETHER END"}, ("7 NETHER END", "HOLBECK", "LEEDS")),
        ({"thoroughfare": "", "dependent_locality": ""}, ("7", "LEEDS")),
    ],
)
def test_rule_2_a_number_leads_the_first_street_or_locality(elements, lines):
    assert label(**TOWN | {"postcode": "", "building_number": "7"} | elements) == lines


@pytest.mark.parametrize(
    "name", ["THE MANOR", "ROSE HOUSE", "10 SELLON COURT", "CENTRE 30", "BLOCK 7", "NO9 CAFE", "B2"]
)
def test_rule_3_a_name_has_its_line(name):
    assert streets(building_name=name) == (name, "MILL ROAD")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("FLOWER HOUSE 189A", ("FLOWER HOUSE", "189A MILL ROAD")),
        ("MALTINGS HOUSE 12-14", ("MALTINGS HOUSE", "12-14 MILL ROAD")),
        ("The Forge 2b", ("The Forge", "2b MILL ROAD")),
        ("EXAMPLE PLACE 1TO3", ("EXAMPLE PLACE", "1TO3 MILL ROAD")),
        ("ROSE HOUSE A", ("ROSE HOUSE A", "MILL ROAD")),
    ],
)
def test_rule_3_a_number_at_the_end_of_a_name_goes_to_the_street(name, lines):
    assert streets(building_name=name) == lines


@pytest.mark.parametrize("name", ["VICTORIA HOUSE", "12A", "FLOWER HOUSE 189A"])
def test_rule_4_a_name_and_a_number(name):
    assert streets(building_name=name, building_number="15") == (name, "15 MILL ROAD")


@pytest.mark.parametrize("sub", ["FLAT 1", "BASEMENT", "1", "2A"])
def test_rule_5_a_sub_building_and_a_number(sub):
    assert streets(sub_building=sub, building_number="12") == (sub, "12 MILL ROAD")


@pytest.mark.parametrize("letter", ["A", "b"])
def test_rule_5_a_letter_is_written_onto_the_number(letter):
    assert streets(sub_building=letter, building_number="12") == (f"12{letter} MILL ROAD",)


@pytest.mark.parametrize(
    ("sub", "name", "lines"),
    [
        ("STABLES FLAT", "THE MANOR", ("STABLES FLAT", "THE MANOR", "MILL ROAD")),
        ("UNIT 1", "BLOCK 3", ("UNIT 1", "BLOCK 3", "MILL ROAD")),
        ("10B", "JACKSON TOWER", ("10B JACKSON TOWER", "MILL ROAD")),
        ("A", "PRIORY COURT", ("A PRIORY COURT", "MILL ROAD")),
        ("3", "PRIORY COURT", ("3 PRIORY COURT", "MILL ROAD")),
        ("CARETAKERS FLAT", "110-114", ("CARETAKERS FLAT", "110-114 MILL ROAD")),
        ("FLAT 2", "12A", ("FLAT 2", "12A MILL ROAD")),
        ("FLAT 2", "ROSE HOUSE 12A", ("FLAT 2", "ROSE HOUSE", "12A MILL ROAD")),
        ("2A", "ROSE HOUSE 12A", ("2A ROSE HOUSE", "12A MILL ROAD")),
        ("2A", "12-14", ("2A", "12-14 MILL ROAD")),
    ],
)
def test_rule_6_a_sub_building_and_a_name(sub, name, lines):
    assert streets(sub_building=sub, building_name=name) == lines


@pytest.mark.parametrize(
    ("sub", "lines"),
    [
        ("BASEMENT FLAT", ("BASEMENT FLAT", "THE TOWER", "27 MILL ROAD")),
        ("2B", ("2B THE TOWER", "27 MILL ROAD")),
        ("A", ("A THE TOWER", "27 MILL ROAD")),
        ("4", ("4 THE TOWER", "27 MILL ROAD")),
    ],
)
def test_rule_7_a_sub_building_a_name_and_a_number(sub, lines):
    assert streets(sub_building=sub, building_name="THE TOWER", building_number="27") == lines


def test_a_sub_building_alone_is_treated_as_a_name():
    assert streets(sub_building="THE LODGE") == ("THE LODGE", "MILL ROAD")
    assert streets(sub_building="12A") == ("12A MILL ROAD",)


@pytest.mark.parametrize("name", ["1TO1", "100:1", "1-2", "12/14", "7", "1 HOUSE 2"])
def test_exception_i_digits_first_and_last(name):
    assert streets(building_name=name) == (f"{name} MILL ROAD",)


@pytest.mark.parametrize("name", ["12A", "1a", "12-14B", "100:1C"])
def test_exception_ii_a_letter_after_the_last_digit(name):
    assert streets(building_name=name) == (f"{name} MILL ROAD",)


@pytest.mark.parametrize("name", ["A", "K", "z"])
def test_exception_iii_one_character(name):
    assert streets(building_name=name) == (f"{name} MILL ROAD",)


@pytest.mark.parametrize(
    "word",
    ["BACK OF", "BLOCK", "BLOCKS", "BUILDING", "MAISONETTE", "MAISONETTES", "REAR OF", "SHOP", "SHOPS", "STALL",
     "STALLS", "SUITE", "SUITES", "UNIT", "Units", "MILL COURT UNIT", "FLAT", "APARTMENTS"],
)  # fmt: skip
@pytest.mark.parametrize("number", ["1-3", "5A"])
def test_exception_iv_the_number_of_a_unit_stays_with_it(word, number):
    assert streets(building_name=f"{word} {number}") == (f"{word} {number}", "MILL ROAD")


def test_a_po_box_stands_after_the_organisation():
    assert label(organisation="ACME", po_box="61", post_town="FAREHAM") == ("ACME", "PO BOX 61", "FAREHAM")
    assert label(po_box="PO Box 61", post_town="FAREHAM") == ("PO Box 61", "FAREHAM")


@pytest.mark.parametrize("zero", ["0", "0000"])
def test_a_number_of_zeros_is_none(zero):
    columns, _ = check_paf(TOWN | {"building_number": zero, "building_name": "THE MANOR"})
    assert columns["premises"] == "THE MANOR"


@pytest.mark.parametrize(
    ("elements", "composed"),
    [
        ({"building_number": "12"}, ("12", "MILL ROAD", "HOLBECK")),
        ({"sub_building": "FLAT 2", "building_name": "ROSE HOUSE", "building_number": "12"},
         ("FLAT 2, ROSE HOUSE, 12", "MILL ROAD", "HOLBECK")),
        ({"building_name": "ROSE HOUSE 12A"}, ("ROSE HOUSE, 12A", "MILL ROAD", "HOLBECK")),
        ({"building_name": "12A", "dependent_thoroughfare": "DYE YARD"}, ("12A", "DYE YARD, MILL ROAD", "HOLBECK")),
        ({"building_number": "1", "thoroughfare": "", "double_dependent_locality": "NETHER END"},
         ("1", "", "NETHER END, HOLBECK")),
        ({"po_box": "61", "organisation": "ACME"}, ("PO BOX 61", "MILL ROAD", "HOLBECK")),
        ({"organisation": "ACME"}, ("ACME", "MILL ROAD", "HOLBECK")),
        ({}, ("", "MILL ROAD", "HOLBECK")),
    ],
)  # fmt: skip
def test_a_record_is_composed_of_the_elements(elements, composed):
    assert compose(PafElements(**TOWN | elements)) == composed


def words(lines):
    return " ".join(lines).replace(",", " ").split()


# Names like those of the file, and numbers in every form that an exception asks for.
NAMES = st.lists(st.sampled_from(["ROSE", "UNIT", "FLAT", "HOUSE", "B", "7", "12A", "1-3", "REAR OF"]), max_size=4).map(
    " ".join
)
PLACES = st.sampled_from(["", "DYE YARD", "MILL ROAD", "HOLBECK"])
ELEMENTS = st.builds(
    PafElements,
    organisation=st.just(""),
    department=st.just(""),
    po_box=st.sampled_from(["", "61"]),
    sub_building=NAMES,
    building_name=NAMES,
    building_number=st.sampled_from(["", "1", "350"]),
    dependent_thoroughfare=PLACES,
    thoroughfare=PLACES,
    double_dependent_locality=PLACES,
    dependent_locality=PLACES,
    post_town=st.just(""),
    postcode=st.just(""),
)


@given(ELEMENTS)
def test_the_record_read_aloud_is_the_label(elements):
    assert words(compose(elements)) == words(address_lines(elements))


@given(ELEMENTS)
def test_nothing_is_lost_or_repeated(elements):
    said = [getattr(elements, name) for name in PafElements.__dataclass_fields__]
    if elements.po_box:
        said.append("PO BOX")
    # A letter that is written onto the number is the one word that changes (rule 5).
    assert sorted("".join(words(address_lines(elements)))) == sorted("".join(words(said)))
    order = ["".join(words([part])) for part in said if part]
    joined = "".join(words(address_lines(elements)))
    assert all(part in joined for part in order if not part[:-1].endswith(elements.building_number))


@given(ELEMENTS, st.sampled_from(["", "ACME LTD"]), st.sampled_from(["", "SALES"]))
def test_composing_again_changes_nothing(elements, organisation, department):
    typed = {name: getattr(elements, name) for name in PafElements.__dataclass_fields__}
    typed |= {"organisation": organisation, "department": department, "postcode": "LS11 5DF"}
    columns, _ = check_paf(typed)
    again, findings = check_paf(typed | columns)
    assert all((typed | columns)[name] == text for name, text in again.items())
    assert {finding.suggestion for finding in findings} <= {None}


def test_without_elements_there_is_nothing_to_say():
    assert check_paf(TOWN | dict.fromkeys(PAF_COLUMNS, " ") | {"dependent_locality": ""}) == ({}, ())
    assert check_paf({}) == ({}, ())


def test_what_was_composed_is_shown():
    columns, (finding,) = check_paf(
        {"sub_building": "Flat  2", "building_number": "12", "thoroughfare": "Mill Road", "post_town": "Leeds"}
    )
    assert columns == {"premises": "Flat 2, 12", "thoroughfare": "Mill Road"}
    assert (finding.code, finding.field, finding.severity) == ("A10", "premises", Severity.WARNING)
    assert "premises Flat 2, 12; thoroughfare Mill Road." in finding.message


def test_organisation_and_department_fill_what_is_blank():
    columns, _ = check_paf(TOWN | {"organisation": "Acme", "department": "Sales", "building_number": "1"})
    assert (columns["name"], columns["business_suffix"], columns["premises"]) == ("Acme", "Sales", "1")
    columns, _ = check_paf(TOWN | {"organisation": "Acme", "forename": "Jo", "building_number": "1"})
    assert "name" not in columns


def test_an_organisation_that_is_not_sent_is_named():
    typed = TOWN | {"organisation": "Acme", "department": "Sales", "building_number": "1"}
    columns, (finding,) = check_paf(typed | {"name": "Bee Ltd", "business_suffix": "Depot"})
    assert not {"name", "business_suffix"} & columns.keys()
    assert "The organisation Acme is not sent" in finding.message
    assert "The department Sales is not sent" in finding.message
    _, (finding,) = check_paf(typed | {"name": "ACME", "business_suffix": "sales"})
    assert "not sent" not in finding.message


def test_an_organisation_that_is_the_premises_is_sent():
    columns, (finding,) = check_paf({"organisation": "Acme", "name": "Bee Ltd", "dependent_locality": "Holbeck"})
    assert columns == {"premises": "Acme", "locality": "Holbeck"}
    assert "not sent" not in finding.message


def test_typed_text_stays_and_the_composed_one_is_suggested():
    typed = TOWN | {"building_number": "12", "premises": "The Old Forge", "locality": "Beeston"}
    columns, findings = check_paf(typed)
    assert columns == {"thoroughfare": "MILL ROAD"}
    assert [(f.code, f.field, f.suggestion) for f in findings] == [
        ("A10", "premises", None),
        ("A10", "premises", "12"),
        ("A10", "locality", "HOLBECK"),
    ]
    assert {f.severity for f in findings} == {Severity.WARNING}


def test_typed_text_that_agrees_stays_as_it_was_typed():
    columns, (finding,) = check_paf({"building_number": "12", "sub_building": "FLAT 1", "premises": "Flat 1, 12"})
    assert columns == {}
    assert "the same" in finding.message


def test_an_organisation_contradicts_no_door():
    columns, (finding,) = check_paf({"organisation": "Acme", "premises": "12", "thoroughfare": "Mill Road"})
    assert columns == {"thoroughfare": "Mill Road", "name": "Acme"}
    assert finding.suggestion is None


def test_a_dependent_thoroughfare_is_not_put_in_front_twice():
    columns, _ = check_paf({"dependent_thoroughfare": "DYE YARD", "thoroughfare": "Dye Yard, Mill Road"})
    assert columns["thoroughfare"] == "DYE YARD, Mill Road"


def test_a_po_box_stays_in_sight():
    columns, _ = check_paf({"po_box": "61", "post_town": "Leeds"})
    assert columns["premises"] == "PO BOX 61"
