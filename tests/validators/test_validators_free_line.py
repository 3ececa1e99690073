from collections import Counter
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.areas import CROWN_DEPENDENCIES
from validators.free_line import split_line
from validators.post_towns import shipped_post_towns


class PostTowns:
    """A table of a few towns; Street and Bath are towns whose names are also words of other names."""

    AREAS = MappingProxyType({
        "leeds": {"LS"}, "london": {"W", "SW", "E"}, "street": {"BA"}, "bath": {"BA"}, "great yarmouth": {"NR"},
        "bala": {"LL"}, "edinburgh": {"EH"}, "ashford": {"TN"}, "newport": {"NP", "PO"}, "newcastle upon tyne": {"NE"},
    })  # fmt: skip

    def areas_of(self, town, /):
        return frozenset(self.AREAS.get(town.casefold(), ()))


TOWNS = PostTowns()


def split(line, towns=TOWNS):
    return split_line(line, towns=towns)


def fields(premises="", thoroughfare="", locality="", post_town="", postcode="", name=""):
    found = {
        "name": name, "premises": premises, "thoroughfare": thoroughfare, "locality": locality, "post_town": post_town,
        "postcode": postcode,
    }  # fmt: skip
    return {key: text for key, text in found.items() if text}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12 Mill Road, Holbeck, Leeds, LS11 5DF", fields("12", "Mill Road", "Holbeck", "Leeds", "LS11 5DF")),
        ("12 mill road\nleeds\r\nls115df", fields("12", "mill road", "", "leeds", "LS11 5DF")),
        ("LS11 5DF, 12 Mill Road, Leeds", fields("12", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("12, Mill Road, Leeds LS11 5DF", fields("12", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("Flat 2, Rose House, 12 Mill Road, Leeds LS11 5DF",
         fields("Flat 2, Rose House, 12", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("3rd Floor, Meridian Tower, 12 Park Row, Leeds LS1 5HD",
         fields("3rd Floor, Meridian Tower, 12", "Park Row", "", "Leeds", "LS1 5HD")),
        ("The Old Mill, The Square, Great Yarmouth NR30 1AA",
         fields("The Old Mill", "The Square", "", "Great Yarmouth", "NR30 1AA")),
        ("Rose Cottage, Mill Lane, Church Green, Ashford TN23 1AA",
         fields("Rose Cottage", "Mill Lane", "Church Green", "Ashford", "TN23 1AA")),
        ("12 Dye Street, Mill Road, Holbeck, Leeds LS11 5DF",
         fields("12", "Dye Street, Mill Road", "Holbeck", "Leeds", "LS11 5DF")),
        ("12 Heol Fawr, Bala LL23 7AA", fields("12", "Heol Fawr", "", "Bala", "LL23 7AA")),
        ("4 Y Stryd Fawr, Bala LL23 7AA", fields("4", "Y Stryd Fawr", "", "Bala", "LL23 7AA")),
        ("2/1, 45 High Street, Edinburgh EH1 1YZ", fields("2/1, 45", "High Street", "", "Edinburgh", "EH1 1YZ")),
        ("12 High Street, Street, BA16 0AA", fields("12", "High Street", "", "Street", "BA16 0AA")),
        ("Acme Ltd, Unit 3, Holbeck Industrial Estate, Mill Road, Leeds LS11 5DF",
         fields("Unit 3, Holbeck Industrial Estate", "Mill Road", "", "Leeds", "LS11 5DF", "Acme Ltd")),
        ("12 High Street Kensington, London W8 5SF", fields("12", "High Street", "Kensington", "London", "W8 5SF")),
    ],
)  # fmt: skip
def test_commas_and_line_breaks_separate(line, expected):
    found = split(line)
    assert found.fields == expected
    assert (found.left_over, found.sure) == ("", True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12 Mill Road Leeds LS11 5DF", fields("12", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("12 Flat 3 Rose Court High Street Leeds LS1 4AB",
         fields("Flat 3, Rose Court, 12", "High Street", "", "Leeds", "LS1 4AB")),
        ("Rose Court 12 Mill Road Leeds LS11 5DF", fields("Rose Court, 12", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("Rose Court Flat 2 Mill Road Leeds LS11 5DF",
         fields("Flat 2, Rose Court", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("Suite 4 Mill House Mill Road Leeds LS11 5DF",
         fields("Suite 4, Mill House", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("Unit 4 Riverside Works Foundry Hill Leeds LS1 4AB",
         fields("Unit 4, Riverside Works", "Foundry Hill", "", "Leeds", "LS1 4AB")),
        ("12 Mill Road Holbeck Leeds LS11 5DF", fields("12", "Mill Road", "Holbeck", "Leeds", "LS11 5DF")),
        ("12 Kensington High Street London W8 5SF", fields("12", "Kensington High Street", "", "London", "W8 5SF")),
        ("12 High Street Kensington London W8 5SF", fields("12", "High Street", "Kensington", "London", "W8 5SF")),
        ("5 Church Hill Road East Leeds LS11 5DF", fields("5", "Church Hill Road East", "", "Leeds", "LS11 5DF")),
        ("12 High Street Street BA16 0AA", fields("12", "High Street", "", "Street", "BA16 0AA")),
        ("Flat 1 The Strand London SW1A 2AA", fields("Flat 1", "The Strand", "", "London", "SW1A 2AA")),
        ("1 Broadway Newcastle upon Tyne NE1 1AA", fields("1", "Broadway", "", "Newcastle upon Tyne", "NE1 1AA")),
        ("2F1 45 Bath Street Edinburgh EH1 1YZ", fields("2F1, 45", "Bath Street", "", "Edinburgh", "EH1 1YZ")),
    ],
)  # fmt: skip
def test_words_must_do_where_there_are_no_commas(line, expected):
    found = split(line)
    assert found.fields == expected
    assert (found.left_over, found.sure) == ("", True)


@pytest.mark.parametrize(
    ("line", "left_over"),
    [
        ("12 Mill Road, Leeds, West Yorkshire, LS11 5DF, UK", "West Yorkshire, UK"),
        ("12 Mill Road Leeds West Yorkshire LS11 5DF", "West Yorkshire"),
        ("12 Mill Road, Leeds England, LS11 5DF", "England"),
    ],
)
def test_counties_and_countries_are_left_over(line, left_over):
    found = split(line)
    assert found.fields == fields("12", "Mill Road", "", "Leeds", "LS11 5DF")
    assert found.left_over == left_over


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12 Mill Road, Leeds", fields("12", "Mill Road", "", "Leeds")),
        ("12 Mill Road, Leedz, LS11 5DF", fields("12", "Mill Road", "", "Leedz", "LS11 5DF")),
        ("12 Mill Road, Leeds, EH1 1YZ", fields("12", "Mill Road", "", "Leeds", "EH1 1YZ")),
        ("12 Mill Road LS11 5DF", fields("12", "Mill Road", "", "", "LS11 5DF")),
        ("12 High Street", fields("12", "High Street")),
        ("Mill Road, Leeds, LS11 5DF", fields("", "Mill Road", "", "Leeds", "LS11 5DF")),
        ("12 Holbeck, Leeds, LS11 5DF", fields("12", "", "Holbeck", "Leeds", "LS11 5DF")),
        ("Flat 2, Rose Cottage, Holbeck, Leeds, LS11 5DF",
         fields("Flat 2, Rose Cottage", "", "Holbeck", "Leeds", "LS11 5DF")),
        ("LS11 5DF", fields(postcode="LS11 5DF")),
        ("Leeds", fields(post_town="Leeds")),
        ("", {}),
        (" , ;\n", {}),
    ],
)  # fmt: skip
def test_what_was_not_all_recognised_is_not_sure(line, expected):
    found = split(line)
    assert found.fields == expected
    assert not found.sure


def test_without_a_table_of_towns_the_last_part_is_the_town():
    for line in ("12 Mill Road, Leeds LS11 5DF", "12 Mill Road Leeds LS11 5DF"):
        found = split(line, towns=None)
        assert found.fields == fields("12", "Mill Road", "", "Leeds", "LS11 5DF")
        assert not found.sure


@pytest.mark.parametrize("postcode", ["JE2 3AB", "im1 1ae", "LS1I 5DF", "LSI15DF"])
def test_a_postcode_that_cannot_be_taken_is_put_where_the_rules_say_why(postcode):
    assert split(f"12 Mill Road, Leeds, {postcode}").fields == fields("12", "Mill Road", "", "Leeds", postcode)


@pytest.mark.parametrize(
    ("line", "kept", "left_over"),
    [
        ("14 Mill Road, Leeds LS11 5DF or 16 Mill Road, Leeds LS11 5DG", "LS11 5DF", "LS11 5DG"),
        ("14 Mill Road Leeds LS11 5DF LS11 5DG", "LS11 5DF", "LS11 5DG"),
        ("ls115df ls115dg 14 Mill Road Leeds W8 5SF, UK", "LS11 5DF", "UK, LS11 5DG, W8 5SF"),
        ("14 Mill Road Leeds W8 LS11 5DF 5SF, LS11 5DG", "LS11 5DF", "LS11 5DG"),
        ("14 Mill Road, Leeds LS11 5DF, LS11 5DF", "LS11 5DF", "LS11 5DF"),
    ],
)
def test_of_two_postcodes_the_customer_says_which(line, kept, left_over):
    found = split(line)
    assert (found.fields["postcode"], found.left_over, found.sure) == (kept, left_over, False)


def test_a_flat_and_its_floor_are_no_postcode():
    assert split("Flat B1 2nd Floor, Park House, Mill Road, Leeds LS11 5DF").fields["postcode"] == "LS11 5DF"
    assert "postcode" not in split("Flat B1 2nd Floor, Park House, Mill Road, Leeds").fields


@pytest.mark.parametrize("line", ["8 Booth Street, Leeds", "8 Booth Street Leeds", "12 Mill Road, Booth"])
def test_a_word_is_no_postcode_with_a_slip(line):
    assert "postcode" not in split(line).fields


@pytest.mark.parametrize("line", ["12 Mill Road {} {}", "Flat 2, Rose House, 12 Mill Road, Oldfield, {}, {}"])
def test_every_post_town_of_the_table_is_found(line):
    table = shipped_post_towns()
    for town in (row for row in table.rows if row.area not in CROWN_DEPENDENCIES):
        found = split(line.format(town.name, f"{town.area}1 1AA"), table)
        assert (found.fields["post_town"], found.fields["thoroughfare"], found.sure) == (town.name, "Mill Road", True)


WORDS = st.sampled_from(
    [
        "12", "12A", "2/1", "Flat", "Unit 3", "Flat 2", "1st Floor", "Basement", "Rose", "Court", "Mill", "Road",
        "High", "Street", "The", "Square", "Heol", "y", "Leeds", "Street,", "Bath", "London", "Kent", "West Yorkshire",
        "UK", "LS11 5DF", "ls115df", "JE2 3AB", "BA16 0AA", "Ltd", "Acme", "North", "Green", ",", "\n",
        "(rear)", "-", "No.", "and", "A",
    ]
)  # fmt: skip
LINES = st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(st.characters(max_codepoint=126), max_size=40))


def letters(text):
    return Counter(char.casefold() for char in text if char.isalnum())


@given(LINES, st.sampled_from([TOWNS, None]))
def test_nothing_that_was_typed_vanishes(line, towns):
    found = split(line, towns)
    assert letters("".join(found.fields.values()) + found.left_over) == letters(line)
    assert all(text == text.strip() and text for text in found.fields.values())


@given(LINES)
def test_a_sure_line_has_all_that_a_crew_needs(line):
    found = split(line)
    if found.sure:
        assert {"premises", "thoroughfare", "post_town", "postcode"} <= found.fields.keys()
