import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.addresses import check_address, crowded, same_as_billing
from validators.findings import Severity

GOOD = {
    "name": "Acme Limited", "forename": "", "premises": "12", "thoroughfare": "Mill Road", "locality": "Holbeck",
    "post_town": "Leeds", "postcode": "LS11 5DF",
}  # fmt: skip


def told(accommodation=(), **changed):
    return [(f.code, f.field) for f in check_address(GOOD | changed, accommodation=accommodation)]


def test_a_good_address_has_no_finding():
    assert told() == []
    assert told(thoroughfare="") == told(locality="") == []


@pytest.mark.parametrize("field", ["name", "premises", "post_town"])
@pytest.mark.parametrize("blank", ["", "  "])
def test_what_must_be_there(field, blank):
    assert told(**{field: blank}) == [("A01", field)]


def test_thoroughfare_or_locality_must_be_there():
    assert told(thoroughfare="", locality="") == [("A01", "thoroughfare")]


def test_all_that_is_missing_is_said_at_once():
    blank = dict.fromkeys(GOOD, "")
    assert told(**blank) == [("A01", "name"), ("A01", "premises"), ("A01", "post_town"), ("A01", "thoroughfare")]


@pytest.mark.parametrize(
    "dummy",
    [
        "TBC", "t.b.c.", "To be confirmed", "unknown", "N/A", "n.a.", "NA", "none", "test", "Test!", "same as above",
        "see notes", "SEE  NOTES", "asdf", "-", "...", "?", "xxx",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["name", "premises", "thoroughfare", "locality", "post_town"])
def test_a_dummy_as_the_whole_field_is_refused(field, dummy):
    assert told(**{field: dummy}) == [("A05", field)]


@pytest.mark.parametrize(
    "place",
    [
        "Test Valley",
        "Nonesuch",
        "Nonesuch Road",
        "Unknown Warrior Road",
        "Testwood",
        "Same Street",
        "The Notes",
        "Nailsea",
        "Ash",
    ],
)
@pytest.mark.parametrize("field", ["name", "premises", "thoroughfare", "locality", "post_town"])
def test_a_dummy_as_a_part_is_a_place(field, place):
    assert told(**{field: place}) == []


@pytest.mark.parametrize("surname", ["Null", "Test", "Na"])
def test_people_have_such_names(surname):
    assert told(name=surname, forename="Jo") == []


@given(st.text("0123456789", min_size=1, max_size=6))
def test_a_thoroughfare_of_digits_is_refused(digits):
    assert told(thoroughfare=digits) == [("A05", "thoroughfare")]
    assert told(premises=digits) == []


@pytest.mark.parametrize(
    "text",
    ["PO Box 12", "P.O. Box 12", "p o box 12", "POBOX 12", "Post Office Box 7", "PO Box",
     "PO Box No. 4", "BFPO 12", "Mail only",
     "Freepost ABC", "12 (post only)"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["premises", "thoroughfare", "locality"])
def test_an_address_for_mail_is_refused(field, text):
    assert told(**{field: text}) == [("A04", field)]


@pytest.mark.parametrize(
    "text", ["The Post Office", "Old Post Office", "Post Box Cottage", "Box Hill", "Depot Box 3", "Mail Street"]
)
def test_a_post_office_is_a_place(text):
    assert told(premises=text) == []


def test_a_known_accommodation_address_is_reviewed():
    listed = ("27 Example Street", "LS11 5DF", " ")
    assert told(listed[:1], premises="Suite 4, 27", thoroughfare="Example  street") == [("A04", "premises")]
    assert told(listed) == [("A04", "premises")]
    assert told(listed[:1], premises="127", thoroughfare="Example Street") == []
    assert told((" ",)) == []
    (finding,) = check_address(GOOD, accommodation=listed)
    assert finding.severity is Severity.REVIEW


@pytest.mark.parametrize("premises", ["Unit 3", "UNIT 12A", "Suite 4", "Office 7"])
def test_a_unit_alone_wants_a_name(premises):
    assert told(premises=premises) == [("A07", "premises")]
    assert told(premises=premises + ", Mill House") == []
    assert told(premises=premises, forename="Jo") == []


@pytest.mark.parametrize(
    ("field", "text", "suggestion"),
    [
        ("thoroughfare", "Flat 2, Mill Road", "Flat 2, 12"),
        ("thoroughfare", "Mill Road, first floor", "first floor, 12"),
        ("name", "Acme, 2nd Floor", "2nd Floor, 12"),
    ],
)
def test_a_flat_or_floor_belongs_in_premises(field, text, suggestion):
    (finding,) = check_address(GOOD | {field: text})
    assert (finding.code, finding.field, finding.suggestion) == ("A08", "premises", suggestion)
    assert finding.severity is Severity.WARNING
    assert told(premises="Flat 2, 12", **{field: text}) == []


def test_a_crowded_address_is_a_warning_that_counts():
    finding = crowded(1501, 500)
    assert (finding.code, finding.severity) == ("A05", Severity.WARNING)
    assert "1,501" in finding.message


def test_the_billing_address_wants_a_confirmation():
    finding = same_as_billing(GOOD, "Acme, 12 Mill Road, Leeds", "ls115df")
    assert (finding.code, finding.severity) == ("A09", Severity.ERROR)
    assert same_as_billing(GOOD, "Acme, 112 Mill Road, Leeds", "LS11 5DF") is None
    assert same_as_billing(GOOD, "Acme, 12 Mill Road, Leeds", "LS1 4AP") is None
    assert same_as_billing(GOOD, "", "") is None
    assert same_as_billing(GOOD | {"premises": ""}, "Acme, 12 Mill Road", "LS11 5DF") is None
    assert same_as_billing(GOOD | {"postcode": ""}, "Acme, 12 Mill Road", "") is None
