"""The table of post towns, the judgement of one, and an operator's own table."""

import csv
import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.areas import AREAS
from validators.findings import Severity
from validators.post_towns import (
    _LARGEST,
    PostTownsFault,
    check_post_town,
    compared,
    read_post_towns,
    shipped_post_towns,
)

TEXT = files("validators").joinpath("tables", "post_towns.csv").read_text("utf-8")
HEADER, *ROWS = csv.reader(TEXT.splitlines())
TOWNS = shipped_post_towns()
FEW = read_post_towns("area,post_town,also\nHU,HULL,KINGSTON UPON HULL\nHU,HESSLE,\nLS,LEEDS,\n")
every_row = st.sampled_from(ROWS)


def told(post_town, area, towns=TOWNS):
    return [(f.code, f.field, f.suggestion, f.alternatives) for f in check_post_town(post_town, area, towns)]


def test_every_area_has_towns_and_no_other_area_is_there():
    assert HEADER == ["area", "post_town", "also"]
    assert {area for area, _, _ in ROWS} == AREAS
    assert all(TOWNS.covers(area) and TOWNS.towns(area) for area in AREAS)


def test_the_table_is_sorted_plain_and_has_no_doubles():
    assert [row[:2] for row in ROWS] == sorted(row[:2] for row in ROWS)
    plain = re.compile(r"[A-Z][A-Z .'/-]*[A-Z.]")
    for area, town, also in ROWS:
        assert all(plain.fullmatch(name) for name in (town, *filter(None, also.split("|")))), (area, town)
    names = [(area, compared(name)) for area, town, also in ROWS for name in (town, *filter(None, also.split("|")))]
    assert len(names) == len(set(names))


def test_the_table_is_as_large_as_the_country():
    assert len(ROWS) == 1500
    assert len({town for _, town, _ in ROWS}) == 1481


@pytest.mark.parametrize(
    ("area", "count"),
    [
        ("AB", 24), ("BN", 18), ("BT", 44), ("E", 1), ("LL", 62), ("OX", 17), ("TN", 24), ("W", 1),
    ],
)  # fmt: skip
def test_how_many_towns_an_area_has(area, count):
    assert len(TOWNS.towns(area)) == count


def test_every_area_has_its_largest_town():
    assert _LARGEST.keys() == AREAS
    assert [(area, town) for area, town in _LARGEST.items() if town not in TOWNS.towns(area)] == []


@pytest.mark.parametrize(
    ("post_town", "area"),
    [
        ("Bishop's Stortford", "CM"), ("BISHOPS STORTFORD", "CM"), ("Bishop\u2019s Stortford", "CM"),
        ("Llanfairpwllgwyngyll", "LL"), ("Llanfair Pwllgwyngyll", "LL"), ("Llanfairpwll", "LL"),
        ("Llanfair P.G.", "LL"),
        ("Weston Super Mare", "BS"), ("weston-super-mare", "BS"), ("Kings Lynn", "PE"), ("King's Lynn", "PE"),
        ("St Albans", "AL"), ("ST. ALBANS", "AL"), ("Saint Albans", "AL"), ("Bury Saint Edmunds", "IP"),
        ("Caerdydd", "CF"), ("Cardiff", "CF"), ("Abertawe", "SA"), ("Y Felinheli", "LL"), ("Tŷ Croes", "LL"),
        ("Casnewydd", "NP"), ("Hull", "HU"), ("Kingston-upon-Hull", "HU"), ("Newcastle", "NE"),
        ("Newcastle-upon-Tyne", "NE"), ("Newcastle-under-Lyme", "ST"), ("Newcastle", "ST"), ("Stoke", "ST"),
        ("Stoke on Trent", "ST"), ("Bo'ness", "EH"), ("Derry", "BT"), ("Derry/Londonderry", "BT"), ("Lerwick", "ZE"),
        ("Isle of Skye", "IV"), ("Skye", "IV"), ("Royal Tunbridge Wells", "TN"), ("Staines", "TW"), ("Southend", "SS"),
        ("Letchworth", "SG"), ("Burton upon Trent", "DE"), ("London", "EC"), ("London", "NW"), ("Appleby", "CA"),
        ("Ashford", "TN"), ("Ashford", "TW"), ("Richmond", "DL"), ("Richmond", "TW"), ("Gillingham", "ME"),
        ("Gillingham", "SP"), ("Newport", "PO"), ("Newport", "TF"), ("St Ives", "TR"), ("St Ives", "PE"),
        ("Leeds, West Yorkshire", "LS"), ("Leeds West Yorkshire UK", "LS"), ("London SW1", "SW"), ("Ely, Cambs.", "CB"),
        ("Stratford upon Avon Warwickshire", "CV"),
        ("Newcastle, Co Down", "BT"), ("Leeds LS11 5DF", "LS"), ("Durham, County Durham", "DH"),
        ("Middlesborough, Cleveland", "TS"), ("Chester-le-Street", "DH"),
        ("Street", "BA"), ("Wells", "BA"), ("Middlesborough", "TS"), (" Leeds\t", "LS"),
    ],
)  # fmt: skip
def test_a_town_of_the_area_agrees(post_town, area):
    assert told(post_town, area) == []
    assert area in TOWNS.areas_of(post_town)


@pytest.mark.parametrize(
    ("post_town", "area", "meant"),
    [
        ("Hall", "HU", "HULL"), ("Leds", "LS", "LEEDS"), ("Brsitol", "BS", "BRISTOL"), ("Nr Hexham", "NE", "HEXHAM"),
        ("Near Milton-Keynes, Bucks", "MK", "MILTON KEYNES"), ("Ely City Cambs", "CB", "ELY"),
        ("Leeds City Centre", "LS", "LEEDS"), ("Machester", "M", None), ("Edinbrugh", "EH", "EDINBURGH"),
    ],
)  # fmt: skip
def test_a_slip_is_mended_or_so_near_that_it_passes(post_town, area, meant):
    findings = check_post_town(post_town, area, TOWNS)
    if meant is None:
        assert findings == ()
        return
    (finding,) = findings
    assert (finding.code, finding.field, finding.severity) == ("A06", "post_town", Severity.REVIEW)
    assert finding.suggestion == meant
    assert meant in finding.message
    assert meant not in finding.alternatives


def test_a_district_is_answered_with_the_towns_of_the_area():
    assert told("Hackney", "E") == [("A06", "post_town", None, ("LONDON",))]
    assert told("East Kilbride", "G") == [("A06", "post_town", None, ("GLASGOW",))]
    (finding,) = check_post_town("Hackney", "E", TOWNS)
    assert "Enter LONDON" in finding.message
    assert "locality" in finding.message


def test_a_town_of_another_area_says_that_the_postcode_may_be_wrong():
    (finding,) = check_post_town("Leeds", "BD", TOWNS)
    assert finding.suggestion is None
    assert finding.alternatives == ("BRADFORD",)
    assert "LS postcodes, not BD" in finding.message
    assert "Check the postcode" in finding.message
    (finding,) = check_post_town("Newport", "LS", TOWNS)
    assert "DD, NP, PO, SA or TF postcodes" in finding.message


def test_the_exact_name_of_a_town_elsewhere_is_no_slip_of_a_town_here():
    assert told("Wallington", "TA") == [("A06", "post_town", None, ("WELLINGTON", "TAUNTON"))]
    assert told("Alford", "M") == [("A06", "post_town", None, ("SALFORD", "MANCHESTER", "SALE"))]
    assert TOWNS.areas_of("Wallington") == {"SM"}


def test_a_county_does_not_hide_that_the_town_is_elsewhere():
    (finding,) = check_post_town("Leeds, West Yorkshire", "BD", TOWNS)
    assert "LS postcodes, not BD" in finding.message
    assert TOWNS.areas_of("Leeds, West Yorkshire") == {"LS"}
    assert told("West Yorkshire", "LS")[0][:3] == ("A06", "post_town", None)


def test_an_operators_long_list_is_not_read_out_either():
    table = read_post_towns("area,post_town\n" + "".join(f"LS,{name * 5}\n" for name in "ABCDEFGHIJ"))
    (finding,) = check_post_town("Xyzzy", "LS", table)
    assert "AAAAA, BBBBB, CCCCC or another of the 10 towns" in finding.message
    assert finding.alternatives == ()


def test_a_text_of_any_length_is_answered():
    (finding,) = check_post_town("Otley " * 2000, "BD", TOWNS)
    assert len(finding.message) < 300


def test_a_long_list_is_not_read_out():
    (finding,) = check_post_town("Xyzzy", "LL", TOWNS)
    assert "62 towns" in finding.message
    assert len(finding.message) < 300


@pytest.mark.parametrize(
    ("post_town", "area"), [("", "LS"), ("  ", "LS"), ("...", "LS"), ("X", None), ("X", "QQ"), ("X", "")]
)
def test_what_other_rules_speak_of_is_left_to_them(post_town, area):
    assert told(post_town, area) == []


def test_an_area_that_a_table_leaves_out_is_not_judged():
    assert told("Nowhere", "ZE", FEW) == []
    assert told("Nowhere", "LS", FEW) == [("A06", "post_town", None, ("LEEDS",))]
    assert not FEW.covers("ZE")
    assert FEW.towns("ZE") == ()
    assert FEW.areas_of("Bradford") == frozenset()
    assert FEW.areas_of("") == frozenset()
    assert FEW.areas_of("Kingston upon Hul") == {"HU"}


@given(every_row, st.data())
def test_case_and_punctuation_never_matter(row, data):
    area, town, also = row
    name = data.draw(st.sampled_from([town, *filter(None, also.split("|"))]))
    typed = "".join(data.draw(st.sampled_from([char, char.lower(), char.title()])) for char in name)
    typed = re.sub(
        r"\bST\b\.?",
        lambda match: data.draw(st.sampled_from([match[0], "Saint", "St", "st."])),
        typed,
        flags=re.IGNORECASE,
    )
    typed = re.sub("[ -]", lambda _: data.draw(st.sampled_from([" ", "-", "  ", "\t", " - "])), typed)
    typed = re.sub("[.']", lambda match: data.draw(st.sampled_from([match[0], "", "\u2019"])), typed)
    typed = re.sub("[aeiouw]", lambda match: match[0] + data.draw(st.sampled_from(["", "\u0302", "\u0301"])), typed)
    assert check_post_town(typed, area, TOWNS) == ()
    assert area in TOWNS.areas_of(typed)


@given(st.text(max_size=40), st.sampled_from(sorted(AREAS)))
def test_whatever_is_typed_is_reviewed_at_most(typed, area):
    for finding in check_post_town(typed, area, TOWNS):
        offered = (*filter(None, [finding.suggestion]), *finding.alternatives)
        assert (finding.code, finding.severity) == ("A06", Severity.REVIEW)
        assert len(finding.alternatives) <= 3
        assert len(offered) == len(set(offered)) > 0
        assert set(offered) <= set(TOWNS.towns(area))
        assert all(check_post_town(town, area, TOWNS) == () for town in offered)


def test_an_operators_table_may_leave_out_other_names():
    table = read_post_towns("\ufeffarea,post_town\r\nLS,Leeds\r\nLS,Otley\r\n")
    assert table.towns("LS") == ("Leeds", "Otley")
    assert told("LEEDS", "LS", table) == []


def test_every_wrong_line_of_a_table_is_told():
    text = "area,post_town,also\nLS,LEEDS,\nQQ,NOWHERE,\nLS,,\nLS\nls,OTLEY,\nLS,Leeds,\nHU,HULL,\n"
    with pytest.raises(PostTownsFault) as caught:
        read_post_towns(text)
    assert [fault.line for fault in caught.value.faults] == [3, 4, 5, 6, 7]
    assert "line 7: the town is in line 2 already" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("area,post_town\n", 1), ("town,area\nLEEDS,LS\n", 1), ('area,post_town\nLS,LEEDS\nLS,"OT"LEY\n', 3)],
)
def test_what_is_no_table_is_refused(text, line):
    with pytest.raises(PostTownsFault) as caught:
        read_post_towns(text)
    assert [fault.line for fault in caught.value.faults] == [line]
