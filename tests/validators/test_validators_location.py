import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators import (
    COLUMNS,
    DirectoryEntry,
    FieldLimits,
    Finding,
    Location,
    MemoryDirectory,
    NumberRules,
    Rules,
    Severity,
    Standing,
    check_location,
    is_yes,
    sort_by_weight,
)
from validators.post_towns import shipped_post_towns

TODAY = date(2027, 3, 3)
LIMITS = FieldLimits(
    {
        "title": 20, "forename": 20, "name": 50, "honours": 30, "business_suffix": 50, "premises": 60,
        "thoroughfare": 55, "locality": 30, "reference": 20,
    }
)  # fmt: skip
RULES = Rules(number=NumberRules(demo=True), limits=LIMITS)
DIRECTORY = MemoryDirectory(
    [
        DirectoryEntry("LS11 5DF", 53.7713, -1.5487),
        DirectoryEntry("LS11 5DG", terminated=date(2019, 3, 1)),
        DirectoryEntry("BT1 5GS"),
    ]
)
GOOD = Location(
    number="01632 960001", name="Acme Limited", premises="12", thoroughfare="Mill Road", locality="Holbeck",
    post_town="Leeds", postcode="ls115df", reference="A1",
)  # fmt: skip


def check(location=GOOD, rules=RULES, standing=None, **changed):
    return check_location(
        dataclasses.replace(location, **changed),
        rules=rules,
        directory=DIRECTORY,
        holdings=None,
        account_id=1,
        standing=standing,
        today=TODAY,
    )


def told(**options):
    return [(f.code, f.field) for f in check(**options).findings]


def test_a_good_location_is_valid():
    checked = check()
    assert (checked.findings, checked.valid, checked.for_review) == ((), True, False)
    assert (checked.number, checked.effective_date, checked.postcode) == ("+441632960001", TODAY, "LS11 5DF")
    assert checked.record == {
        "title": "", "forename": "", "name": "ACME LIMITED", "honours": "", "business_suffix": "", "premises": "12",
        "thoroughfare": "MILL ROAD", "locality": "HOLBECK, LEEDS", "reference": "A1", "postcode": "LS11 5DF",
        "line_type": "", "uprn": "", "udprn": "",
    }  # fmt: skip


def test_every_column_of_the_csv_has_its_place():
    required = (
        "number,name,title,forename,honours,business_suffix,premises,thoroughfare,locality,post_town,postcode,"
        "line_type,effective_date,uprn,latitude,longitude,reference,udprn,child_cupid,losing_cupid,"
        "voip_acknowledged,address_confirmed,nomadic,outside_uk,organisation,department,po_box,sub_building,"
        "building_name,building_number,dependent_thoroughfare,double_dependent_locality,dependent_locality"
    )
    assert set(COLUMNS) == set(required.split(","))


def test_all_findings_come_at_once_in_the_order_of_the_form():
    checked = check(
        Location(number="999", line_type="FAX", effective_date="soon", latitude="north", uprn="x", name="Ж")
    )
    assert [(f.code, f.field) for f in checked.findings] == [
        ("N07", "number"),
        ("A03", "name"),
        ("A01", "premises"),
        ("A01", "post_town"),
        ("A01", "thoroughfare"),
        ("P01", "postcode"),
        ("G01", "latitude"),
        ("G01", "longitude"),
        ("R05", "line_type"),
        ("R01", "effective_date"),
        ("R06", "uprn"),
    ]
    assert not checked.valid
    assert not checked.for_review
    assert (checked.number, checked.effective_date, checked.postcode) == (None, None, None)


def test_a_review_lets_through_by_a_person():
    checked = check(postcode="LS11 5DG")
    assert [f.code for f in checked.findings] == ["P04"]
    assert (checked.valid, checked.for_review) == (True, True)
    refused = check(postcode="LS11 5DG", name="")
    assert (refused.valid, refused.for_review) == (False, False)


def test_coordinates_are_compared_with_the_postcode():
    assert told(latitude="53.7713", longitude="-1.5487") == []
    assert told(latitude="53.9", longitude="-1.5487") == [("G02", "latitude")]


def test_excluded_areas_are_refused():
    rules = dataclasses.replace(RULES, excluded_areas=("BT",))
    assert told(rules=rules, postcode="BT1 5GS") == [("P06", "postcode")]
    assert told(rules=rules) == []
    assert told(rules=rules, postcode="nonsense") == [("P01", "postcode")]


@pytest.mark.parametrize("line_type", ["", "DDI", "ext", "FNET"])
def test_line_types_of_the_profile_pass(line_type):
    assert told(line_type=line_type) == []
    assert check(line_type=line_type).record["line_type"] == line_type.upper()


def test_a_voip_line_wants_its_acknowledgement():
    assert told(line_type="VOIP") == [("R02", "voip_acknowledged")]
    assert told(line_type="voip", voip_acknowledged="no") == [("R02", "voip_acknowledged")]
    assert told(line_type="VOIP", voip_acknowledged="Yes") == []


@pytest.mark.parametrize("text", ["yes", " Y ", "TRUE", "1", "on"])
def test_yes_is_read(text):
    assert is_yes(text)


@pytest.mark.parametrize("text", ["", "no", "0", "maybe", "not yes"])
def test_anything_else_is_not_yes(text):
    assert not is_yes(text)


@pytest.mark.parametrize(
    ("column", "right", "wrong"),
    [
        ("uprn", "100012345678", "1000123456789"),
        ("udprn", "12345678", "1234 5678"),
        ("child_cupid", "013", "13"),
        ("losing_cupid", "999", "\u0661\u0662\u0663"),
    ],
)
def test_identifiers_have_their_form(column, right, wrong):
    assert told(**{column: right}) == []
    assert told(**{column: wrong}) == [("R06", column)]


@pytest.mark.parametrize(
    ("changed", "findings"),
    [
        ({"outside_uk": "yes"}, [("R03", "outside_uk")]),
        ({"nomadic": "yes"}, [("R08", "nomadic")]),
        ({"nomadic": "yes", "line_type": "voip", "voip_acknowledged": "yes"}, []),
        ({"child_cupid": "124"}, []),
        ({"child_cupid": "999"}, []),
        ({"child_cupid": "126"}, [("R07", "child_cupid")]),
        ({"child_cupid": "12"}, [("R06", "child_cupid"), ("R07", "child_cupid")]),
        ({"losing_cupid": "999"}, [("R09", "losing_cupid")]),
        ({"losing_cupid": "017"}, []),
    ],
)
def test_who_uses_the_number_and_which_providers_have_to_do_with_it(changed, findings):
    rules = dataclasses.replace(RULES, own_cupid="999", child_cupids=("124", "125"))
    assert told(rules=rules, **changed) == findings


def test_a_number_that_is_brought_here_need_not_be_in_our_ranges():
    class Empty:
        ranges_loaded = True

        def holds(self, _number):
            return False

        def account_of(self, _number):
            return None

        def holder_of(self, _number):
            return ""

    def codes(**changed):
        checked = check_location(
            dataclasses.replace(GOOD, number="0113 496 1234", **changed),
            rules=dataclasses.replace(RULES, number=NumberRules()),
            directory=DIRECTORY,
            holdings=Empty(),
            account_id=1,
            standing=None,
            today=TODAY,
        )
        return {finding.code for finding in checked.findings}

    assert "N04" in codes()
    assert "N04" not in codes(losing_cupid="017")


def test_the_billing_address_is_refused_until_confirmed():
    standing = Standing(billing_address="12 Mill Road, Leeds", billing_postcode="LS11 5DF")
    assert told(standing=standing) == [("A09", "premises")]
    assert told(standing=standing, address_confirmed="yes") == []


def test_the_accepted_record_sets_the_earliest_day():
    standing = Standing(accepted_effective_date=date(2027, 3, 1))
    assert told(standing=standing, effective_date="2027-02-28") == [("R01", "effective_date")]
    assert told(standing=standing, effective_date="2027-03-01") == []


def test_nothing_changes_is_a_warning():
    standing = Standing(accepted=check().record)
    assert told(standing=standing) == [("R04", "number")]
    assert told(standing=standing, name="ACME  LIMITED", effective_date="2027-04-01") == [("R04", "number")]
    assert check(standing=standing).valid
    assert told(standing=standing, premises="13") == []
    assert told(standing=standing, line_type="DDI") == []


def test_the_wording_is_there_whatever_was_found():
    checked = check(number="", premises="x" * 61)
    assert {f.code for f in checked.findings} == {"N01", "A02"}
    assert checked.wording.fields["premises"] == "X" * 61


def test_findings_can_be_put_with_the_worst_first():
    mixed = tuple(Finding(str(n), "name", severity, "") for n, severity in enumerate(reversed(Severity)))
    assert [f.code for f in sort_by_weight(mixed)] == ["2", "1", "0"]


@given(st.builds(Location, **dict.fromkeys(COLUMNS, st.text(max_size=12))))
def test_whatever_is_typed_there_is_an_answer_that_can_be_acted_on(location):
    checked = check(location)
    assert checked.valid == all(f.severity is not Severity.ERROR for f in checked.findings)
    for finding in checked.findings:
        assert finding.field in COLUMNS
        assert finding.message[0].isupper() or finding.message[0] in "“0"
        assert finding.message.endswith(".")
        assert len(finding.alternatives) <= 3
    if checked.valid:
        assert all(" " <= char <= "~" for text in checked.record.values() for char in text)
        assert all(len(checked.record[name]) <= width for name, width in LIMITS.items())


def test_paf_elements_are_composed_before_the_other_rules_look():
    checked = check(premises="", locality="", sub_building="Flat 2", building_number="14", dependent_locality="Holbeck")
    assert [(f.code, f.field) for f in checked.findings] == [("A10", "premises")]
    assert checked.composed["premises"] == "Flat 2, 14"
    assert (checked.record["premises"], checked.record["locality"]) == ("FLAT 2, 14", "HOLBECK, LEEDS")


@pytest.mark.parametrize(
    ("located", "findings"),
    [
        (None, []),
        ((53.7713, -1.5487), []),
        ((53.7800, -1.5487), []),
        ((53.9, -1.5487), [("G03", "postcode")]),
    ],
)
def test_a_geocoder_that_puts_the_address_elsewhere_is_a_warning(located, findings):
    checked = check_location(
        GOOD, rules=RULES, directory=DIRECTORY, holdings=None, account_id=1, standing=None, today=TODAY, located=located
    )
    assert [(f.code, f.field) for f in checked.findings] == findings
    assert checked.valid
    assert not checked.for_review


@pytest.mark.parametrize(
    ("changed", "findings"),
    [
        ({"post_town": "leeds"}, []),
        ({"post_town": "Plymouth"}, [("A06", "post_town")]),
        ({"postcode": "LS11 5DH"}, [("P03", "postcode")]),
        ({"number": "01632 960001", "latitude": "53.77", "longitude": "-1.55"}, []),
    ],
)
def test_the_post_town_belongs_to_the_postcode(changed, findings):
    assert told(rules=dataclasses.replace(RULES, towns=shipped_post_towns()), **changed) == findings


def test_a_number_far_from_its_area_is_offered_voip():
    rules = dataclasses.replace(RULES, number=NumberRules())
    assert told(rules=rules, number="0113 000 0001") == [("N00", "number")]
    assert told(rules=rules, number="01463 000001") == [("N00", "number"), ("N06", "line_type")]
    assert told(rules=rules, number="01463 000001", line_type="DDI") == [("N00", "number")]
    nearby = dataclasses.replace(rules, area_distance_km=900)
    assert told(rules=nearby, number="01463 000001") == [("N00", "number")]
