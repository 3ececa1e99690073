from datetime import date

import pytest

from validators.directory import DirectoryEntry, MemoryDirectory, check_postcode
from validators.findings import Severity

ENTRIES = (
    DirectoryEntry("LS11 5DF", 53.77, -1.55),
    DirectoryEntry("LS11 5DG", terminated=date(2019, 3, 1)),
    DirectoryEntry("LS11 5DA"),
    DirectoryEntry("LS11 5DB"),
    DirectoryEntry("LS11 5EF"),
    DirectoryEntry("W1A 1HQ", large_user=True),
    DirectoryEntry("SO1 4TT"),
)
DIRECTORY = MemoryDirectory(ENTRIES, edition=date(2026, 8, 1), knows_end_dates=True)


def only(raw, directory=DIRECTORY):
    checked = check_postcode(raw, directory)
    (finding,) = checked.findings
    return checked, finding


def test_a_known_postcode_has_no_finding():
    assert check_postcode("ls115df", DIRECTORY) == ("LS11 5DF", ENTRIES[0], ())


def test_without_a_directory_existence_is_not_checked():
    checked, finding = only("LS11 5ZZ", None)
    assert (checked.postcode, finding.code, finding.severity) == ("LS11 5ZZ", "P00", Severity.WARNING)


def test_outside_its_areas_a_directory_says_nothing_of_existence():
    checked, finding = only("BT1 5GS")
    assert (checked.postcode, finding.code, finding.severity) == ("BT1 5GS", "P00", Severity.WARNING)
    assert "BT" in finding.message


def test_an_unknown_postcode_is_reviewed_with_its_likely_neighbours():
    checked, finding = only("LS11 5DE")
    assert (checked.postcode, finding.code, finding.severity) == ("LS11 5DE", "P03", Severity.REVIEW)
    assert finding.alternatives == ("LS11 5DA", "LS11 5DB", "LS11 5DF")  # three at most, none that has ended
    assert "of August 2026." in finding.message


@pytest.mark.parametrize("raw", ["LS11 5FD", "SL11 5DF", "LS15 1DF"])
def test_a_swap_of_neighbouring_characters_is_offered(raw):
    everywhere = MemoryDirectory(ENTRIES, areas=("LS", "SL"))
    assert "LS11 5DF" in only(raw, everywhere)[1].alternatives


def test_a_terminated_postcode_is_reviewed_with_its_date():
    checked, finding = only("LS11 5DG")
    assert (checked.postcode, finding.code, finding.severity) == ("LS11 5DG", "P04", Severity.REVIEW)
    assert "ended LS11 5DG in March 2019." in finding.message, "ONSPD knows months: no day is claimed"
    whole = MemoryDirectory([DirectoryEntry("LS11 5DG", terminated=date(2019, 3, 14))])
    assert "ended LS11 5DG on 14 March 2019." in only("LS11 5DG", whole)[1].message


def test_a_large_users_postcode_is_a_warning():
    assert only("W1A 1HQ")[1].code == "P07"
    assert only("W1A 1HQ")[1].severity is Severity.WARNING


def test_a_terminated_large_user_has_both_findings():
    both = MemoryDirectory([DirectoryEntry("W1A 1HQ", terminated=date(2020, 1, 1), large_user=True)])
    assert [f.code for f in check_postcode("W1A 1HQ", both).findings] == ["P04", "P07"]


def test_a_slip_is_refused_though_the_mended_postcode_is_known():
    checked, finding = only("S01 4TT")
    assert (checked.postcode, checked.entry, finding.code, finding.suggestion) == (None, None, "P02", "SO1 4TT")


def test_of_several_mended_postcodes_the_one_that_exists_is_suggested():
    without, with_it = MemoryDirectory([], areas=["B"]), MemoryDirectory([DirectoryEntry("B51 2BZ")])
    assert only("BS1 2B2", without)[1].suggestion == "BS1 2BZ"
    assert only("851 2BZ", with_it)[1].suggestion == "B51 2BZ"


def test_of_mended_postcodes_the_known_ones_come_first_and_then_those_of_the_town():
    unknown = MemoryDirectory([], areas=["B", "BS"])
    assert only("851 2BZ", unknown)[1].suggestion == "B51 2BZ"
    for directory in (unknown, None):
        (finding,) = check_postcode("851 2BZ", directory, areas=frozenset({"BS"})).findings
        assert (finding.code, finding.suggestion, finding.alternatives) == ("P02", "BS1 2BZ", ("B51 2BZ",))
    known = MemoryDirectory([DirectoryEntry("B51 2BZ")])
    assert check_postcode("851 2BZ", known, areas=frozenset({"BS"})).findings[0].suggestion == "B51 2BZ"


@pytest.mark.parametrize("raw", ["GIR 0AA", "JE2 3AB", "", "nonsense"])
def test_what_the_grammar_refuses_is_not_asked_of_the_directory(raw):
    assert check_postcode(raw, DIRECTORY).postcode is None
    assert check_postcode(raw, None).findings == check_postcode(raw, DIRECTORY).findings


def test_the_memory_directory_answers_as_a_directory_must():
    assert DIRECTORY.edition == date(2026, 8, 1)
    assert DIRECTORY.knows_end_dates
    assert DIRECTORY.covers("LS")
    assert not DIRECTORY.covers("BT")
    assert len(DIRECTORY) == len(ENTRIES)
    assert set(DIRECTORY.neighbours("LS11 5ZZ")) == {e.postcode for e in ENTRIES if e.postcode.startswith("LS11 5")}
    assert DIRECTORY.neighbours("LS1 1AA") == ()
