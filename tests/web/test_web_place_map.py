"""The drawing of places: to scale, north up, whatever is far away named instead of drawn."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.place_map import CENTRE, GIVEN, NEIGHBOUR, OFFERED, Place, draw
from app.web.review_words import directory_sentence, edition_sentence, measured_from, spoken_km

LEEDS = (53.776, -1.542)
near = st.tuples(st.floats(53.7, 53.9), st.floats(-1.7, -1.4))


def place(kind: str, latitude: float, longitude: float, km: float | None = 1.0, name: str = "LS11 5DF") -> Place:
    return Place(kind, name, "A" if kind == OFFERED else "", latitude, longitude, km)


@given(st.lists(near, min_size=1, max_size=40))
def test_every_place_stands_on_the_ground(points: list[tuple[float, float]]) -> None:
    drawn = draw([place(NEIGHBOUR, *point) for point in points])
    assert drawn is not None
    assert len(drawn.marks) == len(points)
    assert all(0 <= mark.x <= drawn.width and 0 <= mark.y <= drawn.height for mark in drawn.marks)
    assert 0 < drawn.bar <= drawn.width / 2


@given(near, near)
def test_the_bar_measures_the_drawing(one: tuple[float, float], other: tuple[float, float]) -> None:
    drawn = draw([place(CENTRE, *one), place(GIVEN, *other)])
    assert drawn is not None
    first, second = drawn.marks
    on_paper = hypot(first.x - second.x, first.y - second.y) / drawn.bar * drawn.bar_km
    from geopy.distance import geodesic  # noqa: PLC0415  slow to load, and only here

    assert on_paper == pytest.approx(geodesic(one, other).km, rel=0.03, abs=0.02)


def test_north_is_up_and_east_is_right() -> None:
    drawn = draw([place(CENTRE, *LEEDS), place(GIVEN, LEEDS[0] + 0.01, LEEDS[1] + 0.01)])
    assert drawn is not None
    centre, given_ = drawn.marks
    assert (centre.place.kind, given_.place.kind) == (CENTRE, GIVEN)
    assert given_.x > centre.x
    assert given_.y < centre.y
    assert (given_.leftwards, centre.leftwards) == (True, False)


def test_one_place_alone_stands_in_the_middle() -> None:
    drawn = draw([place(CENTRE, *LEEDS)])
    assert drawn is not None
    assert [(mark.x, mark.y) for mark in drawn.marks] == [(drawn.width / 2, drawn.height / 2)]
    assert drawn.bar_text == "100 m"
    assert draw([]) is None


def test_what_is_offered_at_the_other_end_of_the_country_is_named_and_not_drawn() -> None:
    slough = place(OFFERED, 51.51, -0.59, 260.0, "SL11 5DF")
    drawn = draw([place(CENTRE, *LEEDS, 0.0), place(OFFERED, 53.78, -1.54), slough])
    assert drawn is not None
    assert drawn.beyond == (slough,)
    assert len(drawn.marks) == 2
    alone = draw([slough])
    assert alone is not None
    assert (len(alone.marks), alone.beyond) == (1, ())
    far = draw([place(CENTRE, *LEEDS, 0.0), place(GIVEN, 51.5, -0.6, 262.0), slough])
    assert far is not None
    assert (far.beyond, far.bar_km) == ((), 100.0)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "not loaded"}, ("No postcode directory is loaded: nothing can be said of its postcode.", "")),
        (
            {"state": "not covered", "edition": None},
            (
                "The directory does not cover BT postcodes: nothing can be said of BT1 1AA.",
                "The directory bears no date and does not list postcodes that have ended.",
            ),
        ),
        (
            {"state": "ended", "ended": "in March 2019", "edition": "2026-01-01", "knows_end_dates": True},
            (
                "BT1 1AA ended in March 2019.",
                "The directory is of January 2026 and lists postcodes that have ended.",
            ),
        ),
        (
            {"state": "live", "large_user": True, "edition": "2026-02-14"},
            (
                "BT1 1AA is in use. It belongs to one large organisation or to PO boxes.",
                "The directory is of 14 February 2026 and does not list postcodes that have ended.",
            ),
        ),
    ],
)
def test_the_directory_is_told_in_words(facts: dict[str, object], words: tuple[str, str]) -> None:
    nothing = {"postcode": "BT1 1AA", "area": "BT", "knows_end_dates": False, "large_user": False, "ended": ""}
    assert (directory_sentence(nothing | facts), edition_sentence(nothing | facts)) == words


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ("centre", "measured from the centre of BT1 1AA"),
        ("sector", "measured from the middle of BT1 1"),
        (None, "not measured: no place in BT1 1 is known"),
    ],
)
def test_it_is_said_from_where_is_measured(known: str | None, words: str) -> None:
    review = {"surroundings": {"from": known, "sector": "BT1 1"}, "directory": {"postcode": "BT1 1AA"}}
    assert measured_from(review) == words
    assert [spoken_km(km) for km in (None, 0.0, 0.69, 6.55)] == ["", "0 m", "690 m", "6.5 km"]
