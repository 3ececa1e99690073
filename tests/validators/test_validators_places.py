import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from validators.directory import DirectoryEntry, MemoryDirectory
from validators.outline import in_united_kingdom
from validators.places import _on_a_plane, check_geocoded, check_place, given_place, sector_spread

LEEDS = DirectoryEntry("LS11 5DF", 53.7713, -1.5487)
TOWN = MemoryDirectory([LEEDS, DirectoryEntry("LS11 5DG", 53.7720, -1.5490)])


def told(latitude, longitude, entry=LEEDS, directory=TOWN, limit_km=2.0):
    findings = check_place(latitude, longitude, entry=entry, directory=directory, limit_km=limit_km)
    return [(f.code, f.field) for f in findings]


def test_no_coordinates_are_right():
    assert told("", "") == []


def test_half_a_pair_or_no_number_is_refused():
    assert told("53.77", "") == [("G01", "longitude")]
    assert told("", "-1.55") == [("G01", "latitude")]
    assert told("53° 46'", "x") == [("G01", "latitude"), ("G01", "longitude")]
    assert told("nan", "inf") == [("G01", "latitude"), ("G01", "longitude")]
    assert told("5377130", "-1.5") == [("G01", "latitude")]


@pytest.mark.parametrize(
    "place",
    [
        (53.3498, -6.2603), (50.95, 1.85), (54.15, -4.48), (49.19, -2.11), (49.45, -2.54), (48.85, 2.35), (51.9, -8.47),
        (53.27, -9.05), (62.0, -6.8), (0.0, 0.0), (51.5, 3.6), (53.72, -6.35),
    ],
)  # fmt: skip
def test_abroad_is_refused(place):
    assert not in_united_kingdom(*place)
    assert told(*map(str, place)) == [("G01", "latitude")]


@pytest.mark.parametrize(
    "place",
    [
        (49.914, -6.315), (60.84, -0.88), (57.81, -8.57), (58.515, -6.26), (52.481, 1.763),
        (51.129, 1.37), (54.6, -5.93),
        (54.996, -7.32), (54.478, -8.09), (55.30, -6.20), (54.08, -6.60),
        (54.43, -5.43), (51.18, -4.67), (53.31, -4.69),
        (59.53, -1.63), (54.63, -4.86), (56.5, -6.99), (50.66, -1.58), (51.89, -5.31),
    ],
)  # fmt: skip
def test_the_corners_of_the_united_kingdom_are_in_it(place):
    assert in_united_kingdom(*place)


def test_swapped_coordinates_are_recognised():
    (finding,) = check_place("-1.5487", "53.7713", entry=None, directory=None, limit_km=2)
    assert "changed places" in finding.message


def test_far_from_the_postcode_is_reviewed():
    assert told("53.7800", "-1.5487") == []
    assert told("53.8000", "-1.5487") == [("G02", "latitude")]
    assert told("53.8000", "-1.5487", limit_km=5) == []


def test_without_a_centre_nothing_is_compared():
    assert told("53.8000", "-1.5487", entry=None) == []
    assert told("53.8000", "-1.5487", directory=None) == []
    assert told("53.8000", "-1.5487", entry=DirectoryEntry("LS11 5DF")) == []


def test_a_wide_sector_widens_the_limit():
    centre = DirectoryEntry("IV27 4AA", 58.20, -5.00)
    wide = MemoryDirectory([centre, DirectoryEntry("IV27 4AB", 58.30, -5.00), DirectoryEntry("IV27 4AD", 58.10, -5.00)])
    assert told("58.2500", "-5.0000", centre, wide) == []
    assert told("58.5000", "-5.0000", centre, wide) == [("G02", "latitude")]


@given(st.floats(50, 60), st.floats(-7, 1.5), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_the_plane_agrees_with_the_ellipsoid_well_enough_to_decide(latitude, longitude, north, east):
    one, other = (latitude, longitude), (latitude + north, longitude + east)
    assert _on_a_plane(one, other) == pytest.approx(geodesic(one, other).km, rel=0.01, abs=1e-6)


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_the_limit_is_that_of_the_geodesic(north, east):
    latitude, longitude = f"{LEEDS.latitude + north:.6f}", f"{LEEDS.longitude + east:.6f}"
    away = geodesic((float(latitude), float(longitude)), (LEEDS.latitude, LEEDS.longitude)).km
    assert (told(latitude, longitude) == []) == (away <= 2.0)


CENTRE = (53.7713, -1.5487)
NEAR, FAR = (53.7800, -1.5487), (53.9600, -1.0800)


def geocoded(given, centre, located, limit_km=2.0, spread=0.0):
    return [
        (f.code, f.field, str(f.severity), f.suggestion)
        for f in check_geocoded(given, centre, located, limit_km=limit_km, spread=spread)
    ]


def test_an_address_that_lies_elsewhere_is_a_warning_without_a_value():
    assert geocoded(None, CENTRE, FAR) == [("G03", "postcode", "warning", None)]
    assert geocoded(NEAR, CENTRE, FAR) == [("G03", "latitude", "warning", None)]
    assert geocoded(NEAR, None, FAR) == [("G03", "latitude", "warning", None)]


def test_an_address_that_lies_near_or_nowhere_is_right():
    assert geocoded(None, CENTRE, NEAR) == []
    assert geocoded(None, CENTRE, None) == []
    assert geocoded(None, None, FAR) == []
    assert geocoded(None, CENTRE, FAR, spread=60.0) == []


def test_a_geocoder_that_only_knows_the_postcode_does_not_repeat_g02():
    assert told(*map(str, FAR)) == [("G02", "latitude")]
    assert geocoded(FAR, CENTRE, CENTRE) == []


@given(st.floats(50, 58), st.floats(-5, 0), st.floats(50, 58), st.floats(-5, 0), st.floats(0.1, 100))
def test_whatever_a_geocoder_says_refuses_nothing(latitude, longitude, north, east, limit_km):
    for expected in ((latitude, longitude), None):
        found = check_geocoded(expected, CENTRE, (north, east), limit_km=limit_km, spread=0.0)
        assert all(str(f.severity) == "warning" and f.suggestion is None and not f.alternatives for f in found)


def test_given_coordinates_are_those_that_can_be_compared():
    assert given_place("53.7713", "-1.5487") == CENTRE
    for latitude, longitude in (("", ""), ("53.77", ""), ("x", "-1"), ("48.85", "2.35"), ("nan", "nan")):
        assert given_place(latitude, longitude) is None


def test_the_spread_of_a_sector_without_centres_is_nothing():
    assert sector_spread("LS11 5DF", MemoryDirectory([DirectoryEntry("LS11 5DF")])) == 0.0
