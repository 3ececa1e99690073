import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.areas import AREAS
from validators.postcodes import SHAPES, mended, parse_postcode

INWARD = "ABDEFGHJLNPQRSTUWXYZ"


def code(raw):
    (finding,) = parse_postcode(raw).findings
    return finding.code


def test_there_are_124_areas():
    assert len(AREAS) == 124


@pytest.mark.parametrize(
    "postcode",
    [
        "M1 1AE", "B33 8TH", "N1C 4AA", "W1A 1HQ", "E1W 1AA",
        "N1P 1AA", "CR2 6XH", "DN55 1PT", "EC1A 1BB", "SW1A 2AA",
        "SE1P 5LX", "NW1W 9AA", "BS0 1AA", "CR0 2YR", "HA0 1AA",
        "BT1 5GS", "ZE1 0HB", "YO1 9WT", "AB1A 1AA", "W1V 1AA",
        "S1 2HH", "L0 1AA", "WC99 9ZZ",
    ],
)  # fmt: skip
def test_what_is_well_formed_passes(postcode):
    area = re.match("[A-Z]+", postcode)[0]
    assert parse_postcode(postcode) == (postcode, area, ())


@pytest.mark.parametrize(
    "raw",
    [
        "LS115DF", "ls11 5df", " LS11  5DF ", "L S 1 1 5 D F", "LS11\t5DF", "LS11\u00a05DF", "LS11-5DF", "LS11 - 5DF",
        "LS11\u20135DF", "LS11\u20115DF", "\uff2c\uff33\uff11\uff11\u3000\uff15\uff24\uff26", "LS1\u200b1 5DF\ufeff",
        "LS11\n5DF",
    ],
)  # fmt: skip
def test_case_space_width_and_a_hyphen_do_not_matter(raw):
    assert parse_postcode(raw) == ("LS11 5DF", "LS", ())


@pytest.mark.parametrize(
    "raw",
    [
        "", " ", "\t", "LS11", "5DF", "LS11 5D", "LS11 5DFX", "LS111 5DF", "SW1A 0A[", "SW1A 0A]", "LS-11 5DF",
        "LS11--5DF", "-LS115DF", "LS115DF-", "L-S115DF", "LS11_5DF",
        "LS11.5DF", "LS11 5DF!", "LS11 5DF LS11 5DF", "LS01 5DF",
        "B00 1AA", "QQ1 1AA", "VV1 1AA", "XA1 1AA", "A1 1AA", "T1 1AA",
        "AI1 1AA", "AJ1 1AA", "AZ1 1AA", "ZZ1 1AA", "NPT 0AA",
        "LS11 5CF", "LS11 5DI", "LS11 5DK", "LS11 5DM", "LS11 5DO", "LS11 5DV", "W1L 1AA", "E1V 1AA", "SW1C 1AA",
        "90210", "75008", "D02 AF30", "ß1 1AA", "LS11 5D\u017f\u017f",
        "\u041b\u042111 5\u0414\u0424", "\u0661S11 5DF", "LS11 5DF\x00",
        "K1A 0B1",
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_refused(raw):
    assert parse_postcode(raw).postcode is None
    assert code(raw) == "P01"


def test_dotless_i_is_not_taken_for_i():
    assert parse_postcode("\u0131G1 1NN").postcode is None


@pytest.mark.parametrize(
    "raw",
    [
        "GIR 0AA", "gir0aa", "BX1 1LT", "BX5 5AT", "XX10 1AA", "BF1 2AY", "BF1 0AA", "BFPO 12", "bfpo801", "ZZ99 3VZ",
        "ASCN 1ZZ", "BBND 1ZZ", "BIQQ 1ZZ", "FIQQ 1ZZ", "PCRN 1ZZ",
        "SIQQ 1ZZ", "STHL 1ZZ", "TDCU 1ZZ", "TKCA 1ZZ", "GX11 1AA",
        "AI-2640", "AI 2640", "KY1-1101", "VG1110", "MSR 1110", "HM 12",
    ],
)  # fmt: skip
def test_where_no_caller_can_be(raw):
    assert parse_postcode(raw).postcode is None
    assert code(raw) == "P05"


@pytest.mark.parametrize(("raw", "name"), [("JE2 3AB", "Jersey"), ("gy1 1aa", "Guernsey"), ("IM1 1AA", "Isle of Man")])
def test_crown_dependencies_have_their_own_agent(raw, name):
    (finding,) = parse_postcode(raw).findings
    assert finding.code == "P06"
    assert name in finding.message


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("S01 4TT", "SO1 4TT"), ("M1 IAE", "M1 1AE"), ("LS11 SDF", "LS11 5DF"), ("LSII SDF", "LS11 5DF"),
        ("SWIA OAA", "SW1A 0AA"), ("8S1 4DJ", "BS1 4DJ"), ("B33 BTH", "B33 8TH"),
        ("N1C 4A4", None), ("ZE1 OHB", "ZE1 0HB"),
        ("E2O 2ST", "E20 2ST"), ("0X1 3BG", "OX1 3BG"), ("51 2HH", "S1 2HH"),
        ("G2 1D0", None), ("LSS1 5DF", "LS51 5DF"), ("W1I 1AA", "W11 1AA"),
    ],
)  # fmt: skip
def test_a_slip_is_mended_as_a_suggestion_only(raw, meant):
    parsed = parse_postcode(raw)
    assert parsed.postcode is None
    (finding,) = parsed.findings
    assert (finding.code, finding.suggestion) == (("P02", meant) if meant else ("P01", None))


def test_a_slip_into_a_crown_dependency_is_not_suggested():
    assert code("JE2 3A8") == "P06"


def well_formed():
    """Postcodes of all six shapes, written from the rules and not from the program's tables."""
    home = sorted(AREAS - {"JE", "GY", "IM"})
    district = st.one_of(
        st.integers(0, 99).map(str),
        st.tuples(st.sampled_from("0123456789"), st.sampled_from("ABEHW")).map("".join),  # in both sets of letters
    )
    inward = st.tuples(st.sampled_from("0123456789"), st.sampled_from(INWARD), st.sampled_from(INWARD)).map("".join)
    return st.builds(lambda a, d, i: f"{a}{d} {i}", st.sampled_from(home), district, inward)


@given(well_formed())
def test_every_shape_passes_and_a_second_reading_changes_nothing(postcode):
    once = parse_postcode(postcode)
    assert once.postcode == postcode
    assert parse_postcode(once.postcode) == once
    shape = "".join("9" if c.isdigit() else "A" for c in postcode.partition(" ")[0])
    assert shape in SHAPES


@given(well_formed(), st.data())
def test_a_mutation_that_breaks_the_grammar_is_refused(postcode, data):
    text = postcode.replace(" ", "")
    at = data.draw(st.integers(0, len(text) - 1))
    foreign = data.draw(st.sampled_from(string.punctuation.replace("-", "") + "éßЖ\u0660"))
    assert parse_postcode(text[:at] + foreign + text[at + 1 :]).postcode is None
    assert parse_postcode(text[:at] + foreign + text[at:]).postcode is None
    for letter in "CIKMOV":
        assert parse_postcode(text[:-1] + letter).postcode is None
        assert parse_postcode(text[:-2] + letter + text[-1]).postcode is None
    assert parse_postcode(text[:-3] + "A" + text[-2:]).postcode is None
    assert parse_postcode(text[:-1] + "9").postcode is None


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_postcode_or_has_one_error(raw):
    parsed = parse_postcode(raw)
    assert (parsed.postcode is None) == (len(parsed.findings) == 1)
    if parsed.postcode:
        assert parsed.postcode.isascii()
        assert parse_postcode(parsed.postcode) == parsed


@given(well_formed(), st.data())
def test_what_is_mended_is_always_well_formed_and_offered_by_p02(postcode, data):
    text = postcode.replace(" ", "")
    slips = {"O": "0", "I": "1", "S": "5", "Z": "2", "B": "8", "0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"}
    places = [at for at, char in enumerate(text) if char in slips]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    typed = text[:at] + slips[text[at]] + text[at + 1 :]
    at_home = [candidate for candidate in mended(typed) if candidate[:2] not in {"JE", "GY", "IM"}]
    assert all(parse_postcode(candidate).postcode == candidate for candidate in at_home)
    if parse_postcode(typed).postcode is None:
        assert postcode in mended(typed)


@pytest.mark.parametrize(
    "raw", ["LS11 5DF.", "LS11,5DF", "LS11 5DF, Leeds", "Leeds LS11 5DF", "ls11_5df", "(LS11 5DF)", "LS11 5DF UK"]
)
def test_a_postcode_in_a_longer_text_is_suggested(raw):
    (finding,) = parse_postcode(raw).findings
    assert (finding.code, finding.suggestion, finding.alternatives) == ("P01", "LS11 5DF", ())


def test_of_two_postcodes_neither_is_preferred():
    (finding,) = parse_postcode("LS11 5DF / LS11 5DG").findings
    assert (finding.code, finding.suggestion, finding.alternatives) == ("P01", None, ("LS11 5DF", "LS11 5DG"))


@pytest.mark.parametrize("raw", ["N/A", "-", "unknown", "TBC"])
def test_what_has_no_digit_is_told_what_a_postcode_is(raw):
    (finding,) = parse_postcode(raw).findings
    assert finding.message.startswith("This is not a postcode.")
