"""The table of area codes, held to the phone-number library and to real postcodes, and N06."""

import csv
import io
import re
import zipfile
from importlib.resources import files
from math import hypot
from pathlib import Path

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.geodata import GEOCODE_DATA

from validators.area_codes import area_centres, centre_of, check_area
from validators.findings import Severity
from validators.outline import in_united_kingdom
from validators.post_towns import compared, shipped_post_towns

SHARED = Path(__file__).parents[3] / "shared" / "data"
ARCHIVE = SHARED / "codepo_gb_2014-08.zip"
LEEDS, LONDON, PLYMOUTH = (53.80, -1.55), (51.51, -0.13), (50.37, -4.14)
CROWN = {"01481", "01534", "01624"}
# The library names an area for each code, and for each part of a code that has a place of its own.
KNOWN_TO_LIBRARY = {f"0{prefix[2:]}": names["en"] for prefix, names in GEOCODE_DATA.items() if prefix.startswith("44")}
CENTRES = sorted(area_centres().values())
a_centre = st.sampled_from(CENTRES)


def words(name):
    return set(re.sub(r"[^a-z ]", " ", name.lower().replace("'", "")).split())


def in_great_britain(centre):
    return not centre.code.startswith("028") and centre.code not in CROWN


def number_of(code):
    """Make up a number of this code itself, and of no longer one that begins with it."""
    longer = {
        known[len(code)] for known in {*KNOWN_TO_LIBRARY, *area_centres()} if known.startswith(code) and known != code
    }
    free = min(set("0123456789") - longer, default="0")
    return "+44" + (code[1:] + free + "876543")[:10]


def near(code, place):
    return [(f.code, f.field, f.suggestion) for f in check_area(number_of(code), "", place)]


def test_the_table_is_sorted_and_has_every_code_once():
    rows = list(csv.reader(files("validators").joinpath("tables", "area_codes.csv").read_text("utf-8").splitlines()))
    assert rows[0] == ["code", "place", "latitude", "longitude"]
    codes = [row[0] for row in rows[1:]]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"0[12][0-9]{1,4}", code) for code in codes)
    assert len(codes) == len(area_centres()) == 707


def test_no_code_of_the_library_is_missing_and_the_places_are_the_same():
    wrong = {}
    for code, name in KNOWN_TO_LIBRARY.items():
        centre = centre_of(number_of(code))
        if centre is None or not words(centre.place.split(" (")[0]) <= words(name):
            wrong[code] = (centre, name)
    assert wrong == {}
    assert len(KNOWN_TO_LIBRARY) > 800


def test_no_code_is_here_that_the_library_does_not_know():
    assert [c.code for c in CENTRES if not any(known.startswith(c.code) for known in KNOWN_TO_LIBRARY)] == []


def test_every_centre_is_in_the_united_kingdom():
    assert [c for c in CENTRES if not in_united_kingdom(c.latitude, c.longitude) and c.code not in CROWN] == []


@pytest.mark.parametrize(
    ("number", "code", "place"),
    [
        ("+441134960001", "0113", "Leeds"), ("+442079460001", "020", "London"), ("+441632960001", None, None),
        ("+441524222345", "015242", "Hornby"), ("+441524322345", "01524", "Lancaster"),
        ("+441768772345", "017687", "Keswick"), ("+441768862345", "01768", "Penrith"),
        ("+441946723456", "019467", "Gosforth"), ("+441539432345", "015394", "Hawkshead"),
        ("+441387380000", "013873", "Langholm"), ("+442890123456", "02890", "Belfast"),
        ("+442871123456", "02871", "Londonderry"), ("+442822123456", "028", "Northern Ireland"),
        ("+442380123456", "0238", "Southampton"), ("+442392123456", "0239", "Portsmouth"),
        ("+441478612345", "01478", "Portree (Isle of Skye)"), ("+441915123456", "01915", "Sunderland"),
        ("+443001234567", None, None), ("+447700900001", None, None), ("+448081570000", None, None),
    ],
)  # fmt: skip
def test_the_longest_prefix_names_the_place(number, code, place):
    centre = centre_of(number)
    assert (centre and centre.code, centre and centre.place) == (code, place)


def test_a_number_far_from_its_address_is_offered_voip():
    assert near("0113", LONDON) == [("N06", "line_type", "VOIP")]
    assert near("0113", LEEDS) == []
    (finding,) = check_area(number_of("0113"), "", LONDON)
    assert finding.severity is Severity.WARNING
    assert "Leeds" in finding.message
    assert re.search(r"\b27\d km", finding.message)


def test_the_limit_is_the_callers():
    assert check_area(number_of("0113"), "", LONDON, limit_km=300) == ()
    assert len(check_area(number_of("0113"), "", (53.60, -1.55), limit_km=20)) == 1


@pytest.mark.parametrize(
    ("number", "line_type", "place"),
    [
        (None, "", LONDON), (number_of("0113"), "", None), (number_of("0113"), "VOIP", LONDON),
        (number_of("0113"), "DDI", LONDON), ("+443001234567", "", LONDON), ("+447700900001", "", PLYMOUTH),
        ("+441632960001", "", PLYMOUTH),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_compare_nothing_is_said(number, line_type, place):
    assert check_area(number, line_type, place) == ()


@given(a_centre, st.floats(49.8, 60.9), st.floats(-8.2, 1.8), st.floats(1, 400))
def test_the_limit_is_that_of_the_geodesic(centre, latitude, longitude, limit_km):
    number = number_of(centre.code)
    found = centre_of(number)
    away = geodesic((found.latitude, found.longitude), (latitude, longitude)).km
    assert (check_area(number, "", (latitude, longitude), limit_km=limit_km) == ()) == (away <= limit_km)


@pytest.mark.real_data
@pytest.mark.skipif(not ARCHIVE.exists(), reason="Code-Point Open is not beside the repository (../shared/data)")
def test_a_place_that_is_a_post_town_lies_among_the_postcodes_of_its_areas():
    pyproj = pytest.importorskip("pyproj")
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    towns, by_area = shipped_post_towns().areas_by_name, {}
    for centre in CENTRES:
        nearest = [None, centre.place, *to_grid.transform(centre.longitude, centre.latitude)]
        areas = towns.get(compared(centre.place.split(" (")[0]), set())
        for area in areas if in_great_britain(centre) else ():
            by_area.setdefault(area.lower(), []).append(nearest)
    with zipfile.ZipFile(ARCHIVE) as archive:
        for area, places in by_area.items():
            name = f"Data/CSV/{area}.csv"
            if name in archive.namelist():
                with archive.open(name) as part:
                    rows = [row for row in csv.reader(io.TextIOWrapper(part, "ascii")) if row[2] != "0"][::7]
                grid = [(int(row[2]), int(row[3])) for row in rows]
                for place in places:
                    here = min(hypot(place[2] - east, place[3] - north) for east, north in grid) / 1000
                    place[0] = here if place[0] is None else min(here, place[0])
    known = [place for places in by_area.values() for place in places if place[0] is not None]
    assert [place for place in known if place[0] > 5] == []
    assert len(known) > 400
