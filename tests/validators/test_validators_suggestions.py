"""What holds of every finding: it names a column and says what to do, and its suggestion, once taken, answers it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators import COLUMNS, DirectoryEntry, FieldLimits, Location, MemoryDirectory, Rules, Standing, check_location
from validators.columns import PAF_COLUMNS
from validators.numbers import NumberRules
from validators.post_towns import shipped_post_towns

TODAY = date(2027, 3, 3)
WIDTHS = {"title": 20, "forename": 20, "name": 50, "honours": 30, "business_suffix": 50, "premises": 60,
          "thoroughfare": 55, "locality": 30, "reference": 20}  # fmt: skip
RULES = Rules(
    number=NumberRules(demo=True),
    limits=FieldLimits(WIDTHS),
    towns=shipped_post_towns(),
    accommodation=("9 Lantern Court",),
    own_cupid="123",
    child_cupids=("124",),
)
DIRECTORY = MemoryDirectory(
    [
        DirectoryEntry("LS11 5DF", 53.78, -1.55),
        DirectoryEntry("LS11 5DG", 53.78, -1.55, large_user=True),
        DirectoryEntry("LS1 5AB", 53.80, -1.55, terminated=date(2019, 3, 14)),
        DirectoryEntry("EH9 1HX", 55.94, -3.19),
    ],
    edition=date(2027, 2, 1),
)
STANDING = Standing(
    accepted_effective_date=date(2027, 3, 1), billing_address="4 Mill Road, Leeds", billing_postcode="LS11 5DF"
)
GOOD = Location(
    number="01632 960001",
    name="Hartwell Joinery Ltd",
    premises="7",
    thoroughfare="Mill Road",
    post_town="Leeds",
    postcode="LS11 5DF",
)


def judged(location, standing=STANDING):
    return check_location(
        location,
        rules=RULES,
        directory=DIRECTORY,
        holdings=None,
        account_id=1,
        standing=standing,
        today=TODAY,
        located=(53.0, -1.0) if location.uprn else None,
    ).findings


def check_findings(location):
    """Assert of every finding on a location what must hold of all."""
    findings = judged(location)
    for finding in findings:
        assert finding.field in COLUMNS, finding
        assert finding.message.endswith("."), finding
        assert finding.message[0].isupper(), finding
        assert "  " not in finding.message, finding
        assert len(finding.alternatives) <= 3, finding
        for value in filter(None, (finding.suggestion, *finding.alternatives)):
            assert value == value.strip() != getattr(location, finding.field).strip(), finding
        assert finding.suggestion != "", finding
        assert finding.suggestion not in finding.alternatives, finding
        if finding.suggestion is not None:
            taken = replace(location, **{finding.field: finding.suggestion})
            # A10 without a suggestion only shows what was composed.
            again = [
                one
                for one in judged(taken)
                if (one.code, one.field) == (finding.code, finding.field) and (one.code != "A10" or one.suggestion)
            ]
            assert not again, (finding, again)


TABLED = {
    "number": ["", "1632960001", "441632960001", "01632 960001 ext 2", "999", "01632 96000", "0909 879 0001",
               "01632 960001 / 01632 960002", "1.63E+09", "+33 1 99 00 12 34"],
    "name": ["", "TBC", "Flat 2, Sextant Freight", "Sextant Freight (1st Floor)", "Lantern Ltd, Flat 2 Flat 3",
             "Sextant 01632 960001", "office@example.com", "Flat 2 - Unit 3", "Test", "Café Łódź 北", "Lantern Flat 3"],
    "premises": ["", "TBC", "12 Mill Road", "Mill Road", "Flat 1, 12 Mill Road", "Unit 3", "PO Box 12", "Flat 2",
                 "12 Mill Road, Flat 2", "01632 960001", "none", "9 Lantern Court", "2/1", "4", "The Grove",
                 "7 Mill Road, Leeds, LS11 5DF", "Lantern House, Leeds"],
    "thoroughfare": ["", "47", "12", "7 Mill Road", "Flat 2, 12 Mill Road", "Rose Cottage, Mill Lane", "LS11 5DF",
                     "Mill Road, Leeds", "Mill Road LS11 5DF", "2/1, 45 Mill Road", "12 Flat 3 Mill Road", "street",
                     "Mill Road, UK", "12, 14 Mill Road", "12 Flat 2", "Mill Road, Leeds, LS11 5DF, England",
                     "Flat 1, Flat 2, 5 Mill Road, tel 01632 960001", "12 14 16 Mill Road", "Unit 3 Unit 4 Dye Yard"],
    "locality": ["", "Holbeck", "Leeds", "Holbeck, Leeds", "Flat 2, Holbeck", "12 Holbeck", "West Yorkshire", "UK",
                 "Holbeck, LS11 5DF", "TBC", "12 Flat 2 Holbeck", "Holbeck, Pudsey"],
    "post_town": ["", "Leads", "Leeds, West Yorkshire", "Leeds LS11 5DF", "West Yorkshire", "UK", "Nr Otley", "TBC",
                  "Bradford", "Headingley", "Leeds West Yorkshire UK", "Greater London", "Otley, Leeds", "Londn",
                  "Great Britain", "W Yorkshire",                   "Leeds, Leeds, UK"],
    "postcode": ["", "LS11 SDF", "LSI1 5DF", "LS11 5DZ", "LS1 5AB", "LS11 5DG", "BX1 1LT", "JE2 3AB", "LS11", "EH9 1HX",
                 "O", "SL11 5DF", "LS11 5D", "LS1l 5DF", "ZZ1 1ZZ",
                 "LS11 5DF.", "LS11 5DF, Leeds", "Leeds LS11 5DF", "LS11 5DF / LS11 5DG"],
    "line_type": ["", "VOIP", "voip", "FAX"],
    "effective_date": ["", "3.3.27", "soon", "2020-01-01", "2029-01-01", "46449", "29/02/2027", "3 March 1999"],
    "latitude": ["", "53.78", "48.85", "-1.55", "x", "54.5"],
    "longitude": ["", "-1.55", "2.35", "53.78", "y"],
    "uprn": ["", "1", "x"],
    "voip_acknowledged": ["", "yes"],
    "address_confirmed": ["", "yes"],
    "nomadic": ["", "yes"],
    "outside_uk": ["", "yes"],
    "child_cupid": ["", "124", "999", "x"],
    "losing_cupid": ["", "123", "200", "x"],
    "sub_building": ["", "Flat 2"],
    "building_name": ["", "Rose Court", "12A"],
    "building_number": ["", "12"],
    "organisation": ["", "Acme"],
    "dependent_locality": ["", "Beeston"],
}  # fmt: skip
LOCATIONS = st.builds(
    Location, **{name: st.sampled_from(values) | st.just(getattr(GOOD, name)) for name, values in TABLED.items()}
)
WORDS = st.lists(
    st.sampled_from(
        ["Flat", "2", "2A", "Unit", "12", "Mill", "Road", "Street", "Rose", "Cottage", "Leeds", "Holbeck", ",", "/",
         "1st", "Floor", "UK", "Kent", "LS11", "5DF", "TBC", "The", "-", "(", ")", "01632 960001", "PO", "Box", "Heol",
         "a@b.uk", "of", "Flat2", "2/1", "West Yorkshire", "No.", "&", "House"]
    ),
    max_size=7,
).map(" ".join)  # fmt: skip
FIELDS = ("name", "premises", "thoroughfare", "locality", "post_town")


@pytest.mark.parametrize(("column", "typed"), [(name, text) for name, texts in TABLED.items() for text in texts])
def test_of_each_answer_in_the_table(column, typed):
    check_findings(replace(GOOD, **{column: typed}))


@pytest.mark.parametrize("premises", TABLED["premises"])
@pytest.mark.parametrize("thoroughfare", TABLED["thoroughfare"])
def test_of_each_door_with_each_street(premises, thoroughfare):
    for locality in TABLED["locality"]:
        check_findings(replace(GOOD, premises=premises, thoroughfare=thoroughfare, locality=locality))


@settings(max_examples=400)
@given(LOCATIONS)
def test_of_answers_mixed_at_random(location):
    check_findings(location)


@settings(max_examples=400)
@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, WORDS)))
def test_of_words_that_mean_something_to_the_rules(texts):
    check_findings(replace(GOOD, **texts))


def test_what_stands_beside_an_address_of_e_mail_is_no_town():
    check_findings(replace(GOOD, locality="Flat a@b.uk", post_town="Kent"))


ANYTHING = st.text(max_size=12)


@settings(max_examples=200)
@given(st.fixed_dictionaries(dict.fromkeys(set(COLUMNS) - set(PAF_COLUMNS), ANYTHING)))
def test_of_whatever_is_typed(texts):
    check_findings(Location(**texts))


@settings(max_examples=200)
@given(st.builds(Location, **dict.fromkeys(COLUMNS, ANYTHING)))
def test_nothing_that_is_typed_breaks_a_rule(location):
    assert all(finding.field in COLUMNS for finding in judged(location))
