import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.addresses import check_address, crowded, same_as_billing
from validators.findings import Severity
from validators.post_towns import shipped_post_towns

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
        "see notes", "SEE  NOTES", "asdf", "-", "...", "?", "xxx", "tbc.", "n/k", ".", "as above", "see above",
        "No address", "qwerty", "Not known yet", "no fixed abode", "Test Address", "aaaa", "asdasd", "blah blah",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["name", "premises", "thoroughfare", "locality", "post_town"])
def test_a_dummy_as_the_whole_field_is_refused(field, dummy):
    assert told(**{field: dummy}) == [("A05", field)]


@pytest.mark.parametrize(
    "place",
    [
        "Test Valley", "Nonesuch", "Nonesuch Road", "Unknown Warrior Road", "Testwood", "Same Street", "The Notes",
        "Nailsea", "Ash", "No Place", "Pity Me", "None-such", "Ware", "Hook", "Nether Wallop", "Great Snoring", "Loose",
        "Tester Lane", "Xanadu",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["name", "premises", "thoroughfare", "locality", "post_town"])
def test_a_dummy_as_a_part_is_a_place(field, place):
    assert told(**{field: place}) == []


@pytest.mark.parametrize("surname", ["Null", "Test", "Na"])
def test_people_have_such_names(surname):
    assert told(name=surname, forename="Jo") == []


@pytest.mark.parametrize(
    ("field", "dummy"),
    [("premises", "0"), ("premises", "000"), ("thoroughfare", "Street"), ("premises", "street"), ("post_town", "Town"),
     ("thoroughfare", "X"), ("locality", "x"), ("post_town", "L"), ("locality", "7"), ("premises", "ABC"),
     ("thoroughfare", "various"), ("premises", "address"), ("name", "aaaa"), ("locality", "kkk"), ("locality", "0")],
)  # fmt: skip
def test_a_dummy_of_one_field_is_refused_there(field, dummy):
    assert told(**{field: dummy}) == [("A05", field)]


@pytest.mark.parametrize(
    ("field", "text"),
    [("post_town", "Street"), ("locality", "Street"), ("premises", "X"), ("premises", "111"), ("name", "AAA"),
     ("name", "X"), ("name", "ABC"), ("name", "Various"), ("premises", "III"), ("name", "Blank")],
)  # fmt: skip
def test_what_is_a_dummy_elsewhere_may_be_right_here(field, text):
    assert told(**{field: text}) == []


def test_a_dummy_is_offered_what_stands_elsewhere():
    (found, left) = check_address(GOOD | {"premises": "TBC", "thoroughfare": "7 Mill Road"})
    assert (found.code, found.field, found.suggestion) == ("A05", "premises", "7")
    assert (left.code, left.field, left.suggestion) == ("A08", "thoroughfare", "Mill Road")
    (found,) = check_address(GOOD | {"post_town": "n/a", "locality": "Holbeck, Leeds"})
    assert (found.code, found.suggestion) == ("A05", "Leeds")


@given(st.text("0123456789", min_size=1, max_size=6).filter(lambda digits: digits.strip("0")))
def test_a_thoroughfare_of_digits_is_refused(digits):
    assert told(thoroughfare=digits) == [("A05", "thoroughfare")]
    assert told(premises=digits) == []


@pytest.mark.parametrize(
    "text",
    ["PO Box 12", "P.O. Box 12", "p o box 12", "POBOX 12", "Post Office Box 7", "PO Box",
     "PO Box No. 4", "BFPO 12", "Mail only",
     "Freepost ABC", "The Mill, post only", "P.O.Box 12", "P.O.BOX12", "P0 Box 9", "Post Office Box No. 3", "GPO Box 4",
     "PO Box ABC", "Postal Box 12", "Blwch Post 12", "Blwch S.P. 4", "Rhadbost", "Free Post AB", "B.F.P.O. 12",
     "DX 712345", "Private Bag 3", "Mailbox 44", "PMB 9", "Poste Restante", "Mailing address only",
     "postal address only", "Correspondence address", "Mail forwarding"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["premises", "thoroughfare", "locality"])
def test_an_address_for_mail_is_refused(field, text):
    assert told(**{field: text}) == [("A04", field)]


@pytest.mark.parametrize(
    "text",
    ["The Post Office", "Old Post Office", "Post Box Cottage", "Box Hill", "Depot Box 3", "Mail Street", "The Mailbox",
     "Lamp Post House", "Post Office Box Works", "Bag Lane Farm", "Airmail House", "Care of the Warden"],
)  # fmt: skip
def test_a_post_office_is_a_place(text):
    assert told(premises=text) == []


def test_a_known_accommodation_address_is_reviewed():
    listed = ("27 Example Street", "LS11 5DF", " ")
    assert told(listed[:1], premises="Suite 4, 27", thoroughfare="Example  street") == [("A04", "premises")]
    assert told(listed) == [("A04", "premises")]
    assert told(listed[:1], premises="127", thoroughfare="Example Street") == []
    assert told((" ",)) == []
    assert told(("Example Court", *listed[:1]), premises="Suite 4, 27", thoroughfare="Example Street") == [
        ("A04", "premises")
    ]
    (finding,) = check_address(GOOD, accommodation=listed)
    assert finding.severity is Severity.REVIEW


@pytest.mark.parametrize("premises", ["Unit 3", "UNIT 12A", "Suite 4", "Office 7", "Units 3-4", "Shop 1", "Unit No. 9"])
def test_a_unit_alone_wants_a_name(premises):
    assert told(premises=premises) == [("A07", "premises")]
    assert told(premises=premises + ", Mill House") == []
    assert told(premises=premises, forename="Jo") == []


def found(field, **changed):
    """Return code, suggestion and alternatives of what is said of one field."""
    return [(f.code, f.suggestion, f.alternatives) for f in check_address(GOOD | changed) if f.field == field]


@pytest.mark.parametrize(
    ("field", "text", "premises", "left"),
    [
        ("thoroughfare", "Flat 2, Mill Road", "Flat 2, 12", "Mill Road"),
        ("thoroughfare", "Flat 2 Mill Road", "Flat 2, 12", "Mill Road"),
        ("thoroughfare", "Mill Road, first floor", "first floor, 12", "Mill Road"),
        ("thoroughfare", "Mill Road (1st flr)", "1st flr, 12", "Mill Road"),
        ("thoroughfare", "Basement, Mill Road", "Basement, 12", "Mill Road"),
        ("thoroughfare", "Flat 2, 12 Mill Road", "Flat 2, 12", "Mill Road"),
        ("thoroughfare", "2/1, 12 Mill Road", "2/1, 12", "Mill Road"),
        ("thoroughfare", "2/1 Mill Road", "2/1, 12", "Mill Road"),
        ("thoroughfare", "2F1, Mill Road", "2F1, 12", "Mill Road"),
        ("thoroughfare", "PF2 Mill Road", "PF2, 12", "Mill Road"),
        ("thoroughfare", "Apt 5b, Unit 3, Mill Road", "Apt 5b, Unit 3, 12", "Mill Road"),
        ("locality", "Suite 4, Holbeck", "Suite 4, 12", "Holbeck"),
        ("name", "Acme, 2nd Floor", "2nd Floor, 12", "Acme"),
        ("name", "Flat 3, Acme, Sales", "Flat 3, 12", "Acme, Sales"),
        ("name", "Acme Ltd (Ground Floor)", "Ground Floor, 12", "Acme Ltd"),
        ("name", "Quarrier Flat 4", "Flat 4, 12", "Quarrier"),
    ],
)
def test_a_flat_or_floor_belongs_in_premises(field, text, premises, left):
    assert found("premises", **{field: text}) == [("A08", premises, ())]
    assert found(field, **{field: text}) == [("A08", left, ())]
    assert {f.severity for f in check_address(GOOD | {field: text})} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("field", "text"),
    [("thoroughfare", "Flat 2, Mill Road"), ("name", "Acme, 2nd Floor"), ("locality", "Suite 4, Holbeck")],
)
def test_premises_with_a_flat_are_not_given_another(field, text):
    assert told(premises="Flat 2, 12", **{field: text}) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "Top Floor Carpets"), ("name", "Room 4 Tea"), ("name", "Flat Iron Steak"), ("name", "Unit 9 Gym Ltd"),
        ("thoroughfare", "Flat Lane"), ("thoroughfare", "Flatt Walks"), ("thoroughfare", "Unity Street"),
        ("thoroughfare", "Floor Street"), ("thoroughfare", "1st Avenue"),
        ("thoroughfare", "4 Lane Ends"), ("thoroughfare", "3 Mile Lane"), ("thoroughfare", "Unit Road"),
        ("thoroughfare", "M62"), ("thoroughfare", "A1 Road"), ("locality", "2 Mile Ash"), ("locality", "Flat Holm"),
        ("premises", "2/1, 45"), ("premises", "Flat 2, Heron House, 12-14"), ("premises", "41 1/2"),
        ("premises", "12 Rose Court"), ("premises", "Mill Street House"),
    ],
)  # fmt: skip
def test_names_that_only_sound_like_a_door(field, text):
    assert told(**{field: text}) == []


@pytest.mark.parametrize(
    ("premises", "thoroughfare", "suggestion", "alternatives"),
    [
        ("", "12 High Street", "12", ()),
        ("", "12A-14 High Street", "12A-14", ()),
        ("", "7 Flatt Walks", "7", ()),
        ("", "Flat2, 12 High Street", "Flat2, 12", ()),
        ("", "No. 12 High Street", "No. 12", ()),
        ("", "2/1, 45 High Street", "2/1, 45", ()),
        ("", "2/1 45 High Street", "2/1, 45", ()),
        ("", "12 Flat 3 High Street", "Flat 3, 12", ()),
        ("", "Rose Cottage, High Street", "Rose Cottage", ()),
        ("", "Rose Court, 12 High Street", "Rose Court", ()),
        ("", "Unit 3, Holbeck Industrial Estate, High Street", "Unit 3, Holbeck Industrial Estate", ()),
    ],
)
def test_missing_premises_are_offered_what_stands_in_the_street(premises, thoroughfare, suggestion, alternatives):
    assert found("premises", premises=premises, thoroughfare=thoroughfare) == [("A01", suggestion, alternatives)]


@pytest.mark.parametrize(
    ("premises", "thoroughfare", "suggestion", "alternatives"),
    [
        ("Rose Cottage", "12 High Street", "Rose Cottage, 12", ("12",)),
        ("Flat 3", "12 High Street", "Flat 3, 12", ()),
        ("2F1", "12 High Street", "2F1, 12", ()),
        ("14", "12 High Street", None, ("12",)),
    ],
)
def test_a_house_number_in_the_street_belongs_in_premises(premises, thoroughfare, suggestion, alternatives):
    assert found("premises", premises=premises, thoroughfare=thoroughfare) == [("A08", suggestion, alternatives)]
    assert found("thoroughfare", premises=premises, thoroughfare=thoroughfare) == [("A08", "High Street", ())]


def test_a_house_number_that_stands_twice_is_taken_out_of_the_street():
    changed = {"premises": "Rose House, 12", "thoroughfare": "12 High Street"}
    assert found("premises", **changed) == []
    assert found("thoroughfare", **changed) == [("A08", "High Street", ())]


def test_a_thoroughfare_that_is_a_number_may_be_the_premises():
    assert found("premises", premises="", thoroughfare="47") == [("A01", "47", ())]
    assert found("premises", premises="", thoroughfare="", locality="12 Holbeck") == [("A01", "12", ())]


def test_the_street_in_premises():
    assert found("premises", premises="12 High Street", thoroughfare="high street") == [("A08", "12", ())]
    alone = {"premises": "12 High Street", "thoroughfare": ""}
    assert found("premises", **alone) == [("A08", "12", ())]
    assert found("thoroughfare", **alone) == [("A08", "High Street", ())]
    assert found("thoroughfare", **alone, locality="") == [("A01", "High Street", ())]
    assert found("premises", premises="12 Rose Gardens", thoroughfare="Mill Road") == []


def test_a_missing_post_town_may_be_the_locality():
    assert found("post_town", post_town="", locality="Leeds") == [("A01", "Leeds", ())]
    assert found("post_town", post_town="", locality="Holbeck, Leeds") == [("A01", "Leeds", ())]
    assert found("post_town", post_town="", locality="Kent") == [("A01", None, ())]
    assert found("post_town", post_town="", locality="") == [("A01", None, ())]


@pytest.mark.parametrize(
    ("field", "text", "left"),
    [
        ("post_town", "Leeds LS11 5DF", "Leeds"), ("post_town", "Leeds, ls115df", "Leeds"),
        ("post_town", "Leeds, West Yorkshire", "Leeds"), ("post_town", "Leeds West Yorkshire UK", "Leeds"),
        ("post_town", "Leeds, England", "Leeds"), ("post_town", "Newport Isle of Wight", "Newport"),
        ("locality", "Holbeck, Leeds", "Holbeck"), ("locality", "Holbeck, LS11 5DF", "Holbeck"),
        ("locality", "Holbeck, UK", "Holbeck"),
        ("thoroughfare", "Mill Road, Leeds, LS11 5DF", "Mill Road"),
        ("thoroughfare", "Mill Road, tel. 0113 496 0123", "Mill Road"),
        ("premises", "12, tel: +44 113 496 0123", "12"), ("premises", "12 info@example.com", "12"),
        ("name", "Acme, info@example.com", "Acme"),
    ],
)  # fmt: skip
def test_what_does_not_belong_in_a_field_is_told(field, text, left):
    assert found(field, **{field: text}) == [("A08", left, ())]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("post_town", "LS11 5DF"), ("locality", "LS11 5DF"), ("thoroughfare", "07700 900123"),
        ("premises", "0113 496 0123"), ("premises", "jo@example.com"), ("name", "jo@example.com"),
    ],
)  # fmt: skip
def test_what_is_no_answer_at_all_is_refused(field, text):
    assert told(**{field: text}) == [("A05", field)]


def test_a_postcode_in_the_wrong_field_is_offered_to_its_own():
    assert found("postcode", postcode="", locality="Holbeck LS11 5DF") == [("A08", "LS11 5DF", ())]
    assert found("postcode", locality="Holbeck LS11 5DF") == []


@pytest.mark.parametrize("country", ["UK", "England", "Scotland", "wales", "United Kingdom"])
def test_a_country_is_no_post_town(country):
    (finding,) = check_address(GOOD | {"post_town": country, "locality": "Holbeck, Leeds"})
    assert (finding.code, finding.field, finding.suggestion) == ("A05", "post_town", "Leeds")
    assert found("post_town", post_town=country, locality="England") == [("A05", None, ())]


@pytest.mark.parametrize("county", ["Kent", "West Yorkshire", "Fife", "Co. Down", "Powys"])
def test_a_county_is_no_post_town(county):
    assert found("post_town", post_town=county, locality="Ashford") == [("A08", "Ashford", ())]
    assert found("post_town", post_town=county, locality="") == [("A08", None, ())]


@pytest.mark.parametrize(
    "town",
    ["Orkney", "Shetland", "Durham", "Bristol", "London", "Isle of Skye", "Stratford upon Avon", "Bradford on Avon",
     "Antrim", "Armagh", "Street", "Hull", "Ash"],
)  # fmt: skip
def test_post_towns_that_sound_like_counties(town):
    assert told(post_town=town) == []


def test_no_post_town_of_the_table_is_taken_for_something_else():
    towns = {name.title() for row in shipped_post_towns().rows for name in (row.name, *row.also)}
    assert len(towns) > 1000
    assert [town for town in sorted(towns) if told(post_town=town)] == []


@pytest.mark.parametrize("region", ["Great Britain", "Northern Ireland", "W Yorkshire", "W. Yorks", "Yorks"])
def test_a_region_of_two_words_is_not_taken_apart(region):
    found = check_address(GOOD | {"post_town": region, "locality": ""})
    assert [(f.field, f.suggestion) for f in found] == [("post_town", None)]


@pytest.mark.parametrize("field", ["premises", "thoroughfare", "locality"])
def test_a_country_is_no_line_of_an_address(field):
    assert [(f.code, f.field) for f in check_address(GOOD | {field: "United Kingdom"})] == [("A05", field)]
    assert check_address(GOOD | {field: "Wales"}) == ()


def test_a_whole_address_in_premises_is_taken_apart_in_one_step():
    found = check_address(GOOD | {"premises": "7 Mill Road, Leeds, LS11 5DF", "thoroughfare": "Mill Road"})
    assert ("A08", "premises", "7") in [(f.code, f.field, f.suggestion) for f in found]


@pytest.mark.parametrize(
    ("premises", "thoroughfare", "left", "choices"),
    [
        ("7", "Flat 2, 12 Mill Road", "Mill Road", ("Flat 2, 7", "Flat 2, 12")),
        ("Flat 2, 7", "12 Mill Road", "Mill Road", ("12",)),
        ("Lantern House, 7", "12-14 Mill Road", "Mill Road", ("12-14",)),
    ],
)
def test_of_two_house_numbers_neither_is_preferred(premises, thoroughfare, left, choices):
    door, street = check_address(GOOD | {"premises": premises, "thoroughfare": thoroughfare})
    assert (door.suggestion, door.alternatives) == (None, choices)
    assert street.suggestion == left


def test_several_numbers_in_front_of_a_street_go_together():
    found = check_address(GOOD | {"premises": "", "thoroughfare": "12, 14 Mill Road"})
    assert [(f.code, f.suggestion) for f in found] == [("A01", "12, 14"), ("A08", "Mill Road")]


def test_a_street_in_the_place_of_the_house_is_suggested_as_the_street():
    found = check_address(GOOD | {"premises": "Moor Lane", "thoroughfare": "", "locality": ""})
    assert [(f.code, f.field, f.suggestion) for f in found] == [("A01", "thoroughfare", "Moor Lane")]
    (castle,) = check_address(GOOD | {"premises": "Windsor Castle", "thoroughfare": "", "locality": ""})
    assert castle.suggestion is None
    assert "post town for locality" in castle.message


WORDS = st.sampled_from(
    ["Flat 2", "12", "Mill", "Road", "Leeds", ",", "LS11 5DF", "UK", "Kent", "2/1", "Floor", "1st", "TBC", "@", "(", ""]
)
FIELDS = st.fixed_dictionaries(dict.fromkeys(GOOD, st.lists(WORDS, max_size=5).map(" ".join)))


@given(FIELDS)
def test_a_suggestion_is_new_and_not_blank(fields):
    for finding in check_address(fields):
        offered = [*([finding.suggestion] if finding.suggestion is not None else []), *finding.alternatives]
        assert all(text.strip() and text != fields[finding.field].strip() for text in offered)
        assert len(set(offered)) == len(offered)


@given(FIELDS)
def test_the_same_fault_is_told_once_of_a_field(fields):
    told = [(f.code, f.field, f.suggestion) for f in check_address(fields)]
    assert len(set(told)) == len(told)


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
