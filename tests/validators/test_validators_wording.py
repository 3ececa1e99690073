import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.abbreviations import ABBREVIATIONS, _shortenings, abbreviate
from validators.alphabet import character_name, transliterate
from validators.wording import FieldLimits, as_sent

LIMITS = FieldLimits(
    {
        "title": 20, "forename": 20, "name": 50, "honours": 30, "business_suffix": 50, "premises": 60,
        "thoroughfare": 55, "locality": 30, "reference": 20,
    }
)  # fmt: skip
WORDS = [word for pair in ABBREVIATIONS for word in pair[0].split()] + ["Mill", "Old", "12,", "St", "(rear)", "O'Brien"]
TYPED = st.one_of(st.text(max_size=70), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
ADDRESS = st.fixed_dictionaries(dict.fromkeys((*LIMITS, "post_town"), TYPED))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Tŷ Newydd", "Ty Newydd"), ("Llwynypïa Ŵyn", "Llwynypia Wyn"), ("Café Français", "Cafe Francais"),
        ("Æon Œuvre æœ", "AEon OEuvre aeoe"), ("Straße", "Strasse"), ("Ångström Øre", "Angstrom Ore"),
        ("Łódź Đuro Þór", "Lodz Duro THor"), ("Señor Ñandú Çelik", "Senor Nandu Celik"), ("e\u0301", "e"),
        ("\u2018St John\u2019s\u2019", "'St John's'"), ("\u201cThe Mill\u201d \u00abA\u00bb", '"The Mill" "A"'),
        ("1\u20132 \u2014 3\u20104", "1-2 - 3-4"), ("12\u00bd High St", "12 1/2 High St"), ("\u00bd A", "1/2 A"),
        ("\uff11\uff12\uff21", "12A"), ("\ufb01re", "fire"), ("a\u00a0b\tc\nd  e", "a b c d e"),
        ("A\u00adB\u200bC", "ABC"),
        ("12\u00b2", "12 2"), ("m\u00b2 1\u00be \u2153", "m2 1 3/4 1/3"), ("N\u00b0 4, n\u00ba 5", "No 4, no 5"),
        ("2\u1d43", "2a"), ("\u2460 \u2163", "1 IV"), ("A\u00ae \u2122 \u00a9", "A(R) (TM) (C)"),
        ("3\u00d74", "3x4"),
        ("\u0181\u0192\u0197\u0246\u023a\u2c62", "BfIEAL"),
        ("\u1ef2 \u1e83 \u1e7d \u01c6 \u01c4 \u017f", "Y w v dz DZ s"),
        ("a\u2009b\u202fc\u3000d\u2028e", "a b c d e"), ("1\u2215 2\u2e3a3", "1/ 2-3"),
        ("\u2105 a \u00b7 b", "c/o a . b"),
        ("c\u2026", "c..."), ("\u2116 4", "No 4"), ("plain", "plain"), ("", ""),
    ],
)  # fmt: skip
def test_what_has_a_plain_form_is_written_in_it(typed, sent):
    assert transliterate(typed) == (sent, ())


@pytest.mark.parametrize(
    ("typed", "refused"),
    [("☎ shop", ("☎",)), ("Ж", ("Ж",)), ("中中文", ("中", "文")), ("£5", ("£",)),
     ("a\x07", ("\x07",)), ("ش", ("ش",)), ("😀", ("😀",)),
     ("20\u00b0", ("\u00b0",)), ("a \u00a8 b", ("\u00a8",)), ("\u20ac", ("\u20ac",)), ("\u03a9", ("\u03a9",)),
     ("\u0259", ("\u0259",))],
)  # fmt: skip
def test_what_has_no_plain_form_is_kept_and_named(typed, refused):
    text, told = transliterate(typed)
    assert told == refused
    assert text == typed


ACCENTED = re.compile(r"LATIN (?:CAPITAL|SMALL) LETTER [A-Z] WITH (?!SMALL)")


def test_every_letter_with_an_accent_has_a_plain_form():
    letters = [chr(code) for code in range(0xC0, 0x2000) if ACCENTED.match(unicodedata.name(chr(code), ""))]
    assert len(letters) > 500
    for letter in letters:
        text, refused = transliterate(letter)
        assert refused == ()
        assert text.casefold() == unicodedata.name(letter).split()[3].casefold()
        assert text.isupper() == (" CAPITAL " in unicodedata.name(letter))


def test_latin_1_and_latin_extended_a_have_no_letter_without_a_form():
    letters = [chr(code) for code in range(0xC0, 0x180) if chr(code) != "\u00f7"]
    assert [letter for letter in letters if transliterate(letter).refused] == []


def test_a_character_is_named_as_unicode_does():
    assert character_name("☎") == "BLACK TELEPHONE"
    assert character_name("\x07") == "CONTROL CHARACTER U+0007"


@given(st.text(max_size=60))
def test_transliterated_text_is_printable_ascii_or_names_what_is_not(text):
    sent, refused = transliterate(text)
    assert set(refused) == {c for c in sent if not " " <= c <= "~"}
    assert transliterate(sent).text == sent


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_loses_nothing_but_doubled_spaces(text):
    assert transliterate(text) == (" ".join(text.split()), ())


def test_the_table_is_of_whole_words_and_each_entry_shortens():
    assert 55 <= len(ABBREVIATIONS) <= 120
    assert all(len(short) < len(long) for long, short in ABBREVIATIONS)
    assert len({long.casefold() for long, _ in ABBREVIATIONS}) == len(ABBREVIATIONS)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Acme Company and Sons Limited", 29, "Acme Company and Sons Limited"),
        ("Acme Company and Sons Limited", 28, "Acme Company and Sons Ltd"),
        ("Acme Company and Sons Limited", 23, "Acme Co and Sons Ltd"),
        ("Acme Company and Sons Limited", 18, "Acme Co & Sons Ltd"),
        ("Acme Company and Sons Limited", 5, "Acme Co & Sons Ltd"),
        ("RIVERSIDE INDUSTRIAL ESTATE", 20, "RIVERSIDE IND EST"),
        ("Quarrier Limited Liability Partnership", 30, "Quarrier LLP"),
        ("Quarrier Construction Group Limited", 31, "Quarrier Construction Group Ltd"),
        ("Sexton Leisure Centre", 17, "Sexton Leis Ctr"),
        ("Mill street", 9, "Mill St"),
        ("Streetly Roadside", 3, "Streetly Roadside"),
        ("Stoke-and-Park St John's Court's", 3, "Stoke-and-Park St John's Court's"),
        ("(Street), Road.", 13, "(St), Road."),
    ],
)
def test_the_fewest_replacements_in_the_tables_order(text, limit, short):
    assert abbreviate(text, limit) == short


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), st.integers(0, 60))
def test_no_smaller_or_earlier_set_of_replacements_would_do(text, limit):
    places = _shortenings(text)
    enough = (
        chosen
        for count in range(len(places) + 1)
        for chosen in itertools.combinations(places, count)
        if len(text) - sum(place.saving for place in chosen) <= limit
    )
    expected = text
    for place in sorted(next(enough, tuple(places)), key=lambda place: -place.start):
        expected = expected[: place.start] + place.short + expected[place.end :]
    assert abbreviate(text, limit) == expected


def test_a_record_is_shown_as_it_will_be_sent():
    wording = as_sent(
        {
            "name": "Caffi Tŷ Bach",
            "premises": "12",
            "thoroughfare": "Heol Fawr",
            "locality": "Trefn",
            "post_town": "Bala",
        },
        limits=LIMITS,
    )
    assert wording.fields == {
        "name": "CAFFI TY BACH",
        "premises": "12",
        "thoroughfare": "HEOL FAWR",
        "locality": "TREFN, BALA",
    }
    assert wording.findings == ()
    assert [(c.field, c.kind, c.before, c.after) for c in wording.changes][:2] == [
        ("name", "transliterated", "Caffi Tŷ Bach", "Caffi Ty Bach"),
        ("name", "capitals", "Caffi Ty Bach", "CAFFI TY BACH"),
    ]


def test_a_profile_without_the_case_rule_keeps_case():
    wording = as_sent({"name": "Tŷ", "post_town": "Bala"}, limits=LIMITS, upper=False)
    assert wording.fields == {"name": "Ty", "locality": "Bala"}


def place(thoroughfare, locality, town, **options):
    return as_sent({"thoroughfare": thoroughfare, "locality": locality, "post_town": town}, limits=LIMITS, **options)


def test_locality_and_post_town_stand_together_where_they_fit():
    assert place("Mill Road", "Holbeck", "Leeds").fields["locality"] == "HOLBECK, LEEDS"
    assert place("Mill Road", "", "Leeds").fields["locality"] == "LEEDS"
    assert place("Mill Road", "Holbeck", "").fields["locality"] == "HOLBECK"
    exactly = place("Mill Road", "x" * 23, "Leeds")
    assert (len(exactly.fields["locality"]), exactly.findings) == (30, ())


def test_else_they_are_abbreviated():
    wording = place("Mill Road", "Holbeck Industrial Estate", "Leeds")
    assert wording.fields == {"thoroughfare": "MILL ROAD", "locality": "HOLBECK IND EST, LEEDS"}
    assert [c.kind for c in wording.changes] == ["capitals"] * 3 + ["abbreviated"]


def test_else_the_locality_moves_to_the_end_of_the_thoroughfare():
    wording = place("Mill Road", "Stretton under Fosse Heath", "Rugby")
    assert wording.fields == {"thoroughfare": "MILL ROAD, STRETTON UNDER FOSSE HEATH", "locality": "RUGBY"}
    assert wording.changes[-1].kind == "moved"
    assert wording.findings == ()
    assert place("", "Stretton under Fosse Heath", "Rugby").fields["thoroughfare"] == "STRETTON UNDER FOSSE HEATH"


def test_else_the_record_is_refused_with_limits_and_lengths():
    wording = place("A" * 40, "Stretton under Fosse Heath", "Rugby")
    (finding,) = wording.findings
    assert (finding.code, finding.field) == ("A02", "locality")
    assert "33 characters; the agent takes 30" in finding.message
    assert "68 characters; the agent takes 55" in finding.message
    assert wording.fields == {"thoroughfare": "A" * 40, "locality": "STRETTON UNDER FOSSE HEATH, RUGBY"}


def test_a_post_town_alone_that_does_not_fit_is_refused():
    (finding,) = place("Mill Road", "", "T" * 31).findings
    assert (finding.code, finding.field) == ("A02", "post_town")
    assert finding.message.startswith("Post town is 31 characters; the agent takes 30.")
    assert [f.field for f in place("Mill Road", "Holbeck", "T" * 31).findings] == ["locality"]


def test_where_the_profile_refuses_nothing_is_shortened_or_moved():
    wording = place("Mill Road", "Holbeck Industrial Estate", "Leeds", over_length="refuse")
    assert [f.code for f in wording.findings] == ["A02"]
    assert wording.fields["locality"] == "HOLBECK INDUSTRIAL ESTATE, LEEDS"
    assert {c.kind for c in wording.changes} == {"capitals"}


def test_the_length_after_shortening_is_told():
    premises = "Unit 7, The Old Coach Works, Riverside Industrial Estate, Behind the Bakery Yard"
    (finding,) = as_sent({"premises": premises}, limits=LIMITS).findings
    assert finding.message.startswith("Premises is 70 characters after shortening; the agent takes 60.")
    (finding,) = as_sent({"premises": "x" * 61}, limits=LIMITS).findings
    assert finding.message.startswith("Premises is 61 characters; the agent takes 60.")


def test_a_reference_is_never_shortened():
    wording = as_sent({"reference": "Street and Road Limited"}, limits=LIMITS)
    assert wording.fields["reference"] == "STREET AND ROAD LIMITED"
    assert [f.code for f in wording.findings] == ["A02"]


def test_what_cannot_be_sent_is_named_and_still_shown():
    wording = as_sent({"premises": "☎ Shop", "name": "Ж"}, limits=LIMITS)
    assert [(f.code, f.field) for f in wording.findings] == [("A03", "premises"), ("A03", "name")]
    assert "☎ (BLACK TELEPHONE)" in wording.findings[0].message
    assert wording.fields == {"premises": "☎ SHOP", "name": "Ж"}


@given(ADDRESS, st.booleans(), st.sampled_from(["abbreviate", "refuse"]))
def test_nothing_is_too_long_or_foreign_without_an_error(typed, upper, over_length):
    wording = as_sent(typed, limits=LIMITS, upper=upper, over_length=over_length)
    too_long = {f.field.replace("post_town", "locality") for f in wording.findings if f.code == "A02"}
    foreign = {f.field for f in wording.findings if f.code == "A03"}
    assert {name for name, text in wording.fields.items() if len(text) > LIMITS[name]} == too_long
    for name, text in wording.fields.items():
        plain = all(" " <= char <= "~" for char in text)
        assert plain or foreign & {name, "locality", "post_town"}
        assert not upper or not plain or text == text.upper()


@given(ADDRESS, st.booleans())
def test_no_letter_is_lost_without_a_recorded_change(typed, upper):
    wording = as_sent(typed, limits=LIMITS, upper=upper)
    changed = {change.field for change in wording.changes}
    moved = any(change.kind == "moved" for change in wording.changes)
    for name, text in wording.fields.items():
        if name in {"locality", "thoroughfare"} and (moved or changed & {"locality", "post_town"}):
            continue
        if name == "locality":
            parts = [typed["locality"].strip(), typed["post_town"].strip()]
            assert text == ", ".join(part for part in parts if part)
        elif name not in changed:
            assert text == typed[name].strip()


@given(ADDRESS)
def test_every_step_is_recorded_from_what_was_typed_to_what_is_sent(typed):
    wording = as_sent(typed, limits=LIMITS)
    for name in ("title", "forename", "name", "honours", "business_suffix", "premises", "reference"):
        text = typed[name].strip()
        for change in (c for c in wording.changes if c.field == name):
            assert change.before == text
            text = change.after
        assert text == wording.fields[name]


def test_limits_cannot_be_changed_and_compare_by_value():
    assert FieldLimits({"name": 5}) == FieldLimits({"name": 5})
    assert hash(FieldLimits({"name": 5})) == hash(FieldLimits({"name": 5}))
    with pytest.raises(TypeError):
        LIMITS["name"] = 3
