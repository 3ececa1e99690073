"""What is offered in place of a postcode that does not exist."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postcode_oracle import AREAS, is_taken
from rapidfuzz.distance import OSA

from validators.directory import DirectoryEntry, MemoryDirectory, check_postcode
from validators.slips import near_to, near_to_none

EVERYWHERE = sorted(AREAS)


def offered(raw, *known, areas=(), ended=()):
    entries = [DirectoryEntry(postcode) for postcode in known]
    entries += [DirectoryEntry(postcode, terminated=date(2019, 3, 1)) for postcode in ended]
    (finding,) = check_postcode(raw, MemoryDirectory(entries, areas=EVERYWHERE), areas=frozenset(areas)).findings
    return finding.code, finding.alternatives


def test_the_same_sector_comes_before_a_swap_elsewhere_and_what_has_ended_is_not_offered():
    known = ("LS11 5DA", "LS11 5DF", "SL11 5DE", "LS11 6DE", "LS1 5DE")
    assert offered("LS11 5DE", *known, ended=["LS11 5DB"]) == ("P03", ("LS11 5DA", "LS11 5DF", "SL11 5DE"))


def test_within_a_sector_a_swap_comes_first():
    assert offered("LS11 5FD", "LS11 5FA", "LS11 5DF")[1] == ("LS11 5DF", "LS11 5FA")


def test_within_a_sector_the_key_beside_comes_before_any_other():
    known = ("LS11 5DA", "LS11 5DB", "LS11 5DR", "LS11 5SE")
    assert offered("LS11 5DE", *known)[1] == ("LS11 5SE", "LS11 5DR", "LS11 5DA")


def test_candidates_in_the_town_come_first_and_the_others_last():
    known = ("LS11 5DA", "SL11 5DE", "WS11 5DE", "LS11 5DB", "LS11 5DD")
    assert offered("LS11 5DE", *known, areas=["SL"])[1] == ("SL11 5DE", "LS11 5DA", "LS11 5DB")
    assert offered("LS11 5DE", *known, areas=["SL", "WS"])[1] == ("SL11 5DE", "WS11 5DE", "LS11 5DA")
    assert offered("LS11 5DE", *known, areas=["ZE"])[1] == ("LS11 5DA", "LS11 5DB", "LS11 5DD")


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("SL11 5DF", "LS11 5DF"),  # the letters of the area swapped
        ("L11 5DF", "LS11 5DF"),  # one of them left out
        ("LD11 5DF", "LS11 5DF"),  # another one struck
        ("LS1 5DF", "LS11 5DF"),
        ("LS15 1DF", "LS11 5DF"),
        ("LS11 6DF", "LS11 5DF"),
        ("LS11 5DE", "LS11 5DF"),
        ("B51 2BZ", "BS1 2BZ"),
    ],
)
def test_a_slip_of_any_character_is_found(raw, meant):
    assert offered(raw, meant) == ("P03", (meant,))


def test_another_area_altogether_is_offered_where_the_town_tells_it():
    assert offered("BD11 5DF", "LS11 5DF") == ("P03", ())
    assert offered("BD11 5DF", "LS11 5DF", areas=["LS", "WF"]) == ("P03", ("LS11 5DF",))


@pytest.mark.parametrize(
    ("raw", "meant"),
    [("XE1 2AB", "EX1 2AB"), ("xe12ab", "EX1 2AB"), ("LSS11 5DF", "LS11 5DF"), ("LS11 55DF", "LS11 5DF")],
)
def test_what_is_no_postcode_is_refused_with_the_one_that_exists(raw, meant):
    assert offered(raw, meant) == ("P01", (meant,))
    assert offered(raw) == ("P01", ())


def test_a_mended_postcode_that_nobody_knows_brings_a_known_one_with_it():
    (finding,) = check_postcode("ES1 2AB", MemoryDirectory([DirectoryEntry("SE1 2AB")])).findings
    assert (finding.code, finding.suggestion, finding.alternatives) == ("P02", "E51 2AB", ("SE1 2AB",))
    assert offered("ES1 2AB", "SE1 2AB", "E51 2AB") == ("P02", ())


def test_letters_that_no_area_has_are_mended_by_the_town():
    assert offered("QX11 5DF", "LS11 5DF") == ("P01", ())
    assert offered("QX11 5DF", "LS11 5DF", areas=["LS"]) == ("P01", ("LS11 5DF",))
    assert near_to_none("LS11 5DF and much more that was pasted", frozenset({"LS"})) == ()


@st.composite
def written(draw):
    area = draw(st.sampled_from(sorted(AREAS - {"JE", "GY", "IM"})))
    inward = draw(st.tuples(st.sampled_from("0123456789"), *[st.sampled_from("ABDEFGHJLNPQRSTUWXYZ")] * 2))
    return f"{area}{draw(st.integers(0, 99))} {''.join(inward)}"


@given(written(), st.sets(st.sampled_from(EVERYWHERE), max_size=2))
def test_what_is_near_is_another_postcode_one_slip_away_or_of_the_town(postcode, areas):
    found = near_to(postcode, frozenset(areas))
    assert len(set(found)) == len(found)
    for other in found:
        joined = other.replace(" ", "")
        assert is_taken(other)
        assert other != postcode
        moved = joined.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == postcode.replace(" ", "").lstrip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        )
        assert OSA.distance(joined, postcode.replace(" ", "")) == 1 or (
            moved and joined[:2].rstrip("0123456789") in areas
        )
    within = [other.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[:2].rstrip("0123456789") in areas for other in found]
    assert within == sorted(within, reverse=True)
    assert found == near_to(postcode, frozenset(areas))


@given(st.text(max_size=12), st.sets(st.sampled_from(EVERYWHERE), max_size=2))
def test_whatever_is_typed_only_postcodes_are_offered(raw, areas):
    assert all(is_taken(other) for other in near_to_none(raw, frozenset(areas)))
