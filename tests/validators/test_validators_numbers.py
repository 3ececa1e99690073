from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.drama import DRAMA_BLOCKS, is_drama
from validators.findings import Severity
from validators.numbers import NumberRules, check_number, national, read_number

LIVE, DEMO = NumberRules(), NumberRules(demo=True)


@dataclass
class Held:
    """Holdings as a test needs them."""

    numbers: dict[str, int | None] = field(default_factory=dict)
    ranges_loaded: bool = True
    holder: str = ""

    def holds(self, e164):
        return e164 in self.numbers

    def account_of(self, e164):
        return self.numbers.get(e164)

    def holder_of(self, _e164):
        return self.holder


def codes(raw, rules=LIVE, holdings=None, account_id=1):
    return [f.code for f in check_number(raw, rules=rules, holdings=holdings, account_id=account_id).findings]


@pytest.mark.parametrize(
    "raw",
    [
        "01632960001", "01632 960001", "(01632) 960 001", "01632-960-001", "+441632960001", "+44 1632 960001",
        "+44 (0)1632 960001", "0044 1632 960001", " 01632\u00a0960001 ", "01632\u2013960001",
        "\uff10\uff11\uff16\uff13\uff12960001", "01632\t960001", "+44-1632-960001",
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(raw):
    assert read_number(raw) == "+441632960001"


@pytest.mark.parametrize(
    "raw",
    [
        "", " ", "+", "0", "abc", "960001", "0163296000111", "01632 960001 x5", "01632 960001 ext 5", "0800 FLOWERS",
        "01632 960001/2", "+33 1 23 45 67 89", "+353 1 234 5678",
        "0033123456789", "\u0660\u0661\u0666\u0663\u0662960001",
        "tel:01632960001", "1.63E+09", "+4401632960001 01632960002", "020 7946 095", "0300 123 456", "07700 90012",
        "++441632960001", "01632+960001", "+44 44 1632 960001", "\u00b901632960001",
    ],
)  # fmt: skip
def test_what_is_no_uk_number_is_refused(raw):
    assert read_number(raw) is None
    assert codes(raw) == ["N01"]


@pytest.mark.parametrize(
    "raw", ["0800 1111", "01204 62083", "0845 4647", "016977 2345", "01946 72345", "0800 123 456", "01276 23456"]
)
def test_the_few_short_real_numbers_pass(raw):
    assert read_number(raw) == "+44" + raw.replace(" ", "").lstrip("0")


@pytest.mark.parametrize(
    "raw",
    ["01632 96000", "0113 496 000", "0121 496 012", "0113 4960", "0163 2960", "0844 123 456", "0808 157 012",
     "0800 1112", "0845 4657", "016977 23", "01205 62083"],
)  # fmt: skip
def test_a_number_that_is_one_digit_short_is_refused(raw):
    assert read_number(raw) is None
    assert codes(raw) == ["N01"]


@pytest.mark.parametrize("raw", ["\u202a01632 960001\u202c", "\ufeff01632960001", "01632\u200b960001"])
def test_signs_that_cannot_be_seen_are_left_off(raw):
    assert read_number(raw) == "+441632960001"


@pytest.mark.parametrize(
    "raw",
    ["01632 960001 ext 12", "01632960001x2", "Tel: 01632 960001", "01632.960.001", "01632960001.0", "1632960001.00",
     '="01632960001"', "'01632960001", "1,632,960,001", "O1632 96OOO1", "18001 01632 960001", "14101632960001",
     "1470 +441632960001", "01632960001/2", "44 1632 960001 (office)", "tel:+441632960001", "01632 960001;"],
)  # fmt: skip
def test_the_number_in_a_longer_text_is_suggested(raw):
    checked = check_number(raw, rules=DEMO, holdings=None, account_id=None)
    assert checked.number is None
    assert [(f.code, f.suggestion, f.alternatives) for f in checked.findings] == [("N01", "01632960001", ())]


@pytest.mark.parametrize("between", [" / ", ", ", " or ", "\n", "; ", " (mobile) "])
def test_of_two_numbers_neither_is_preferred(between):
    (finding,) = check_number(f"01632 960001{between}07700 900123", rules=DEMO, holdings=None, account_id=1).findings
    assert (finding.suggestion, finding.alternatives) == (None, ("01632960001", "07700900123"))


@pytest.mark.parametrize("raw", ["1.63296E+09", "4.41632960001E+11", "2E+10"])
def test_a_number_that_a_spreadsheet_rounded_is_not_guessed_at(raw):
    (finding,) = check_number(raw, rules=LIVE, holdings=None, account_id=1).findings
    assert (finding.code, finding.suggestion, finding.alternatives) == ("N01", None, ())
    assert "spreadsheet" in finding.message


@pytest.mark.parametrize("raw", ["1632960001", "441632960001"])
def test_a_lost_zero_or_plus_is_suggested_and_never_put_back_silently(raw):
    checked = check_number(raw, rules=LIVE, holdings=None, account_id=None)
    assert checked.number is None
    assert [(f.code, f.suggestion) for f in checked.findings] == [("N01", "01632960001")]


@pytest.mark.parametrize(
    "raw", ["999", "112", "105", "111", "101", "100", "123", "1471", "116123", "118118", "+44 999"]
)
def test_short_codes_are_named_as_such(raw):
    assert codes(raw) == codes(raw, DEMO) == ["N07"]


def test_premium_numbers_are_refused():
    assert codes("0909 123 4567") == ["N07", "N00"]
    assert codes("0909 879 0001", DEMO) == ["N07"]


def test_a_prefix_that_is_not_switched_on_is_refused():
    assert codes("07911 123456") == ["N02", "N00"]
    assert codes("07911 123456", NumberRules(allowed_prefixes=("01", "07"))) == ["N00"]
    assert codes("055 1234 5678") == codes("056 1234 5678") == ["N02", "N00"]


@pytest.mark.parametrize("block", DRAMA_BLOCKS)
def test_drama_numbers_are_own_in_a_demonstration_and_nobodys_outside(block):
    everywhere = {"demo": True, "allowed_prefixes": ("0",)}
    for last in ("000", "999"):
        raw = "0" + block + last
        assert is_drama(read_number(raw))
        assert "N03" in codes(raw)
        assert codes(raw, NumberRules(**everywhere), Held()) == (["N07"] if raw.startswith("09") else [])


@pytest.mark.parametrize("raw", ["01632 959999", "01632 961000", "0113 495 9999", "0113 496 1000", "020 7945 9999"])
def test_the_neighbours_of_drama_numbers_are_real(raw):
    assert not is_drama(read_number(raw))
    assert codes(raw) == ["N00"]
    assert codes(raw, DEMO) == ["N03"]


def test_ownership_is_asked_only_where_a_range_is_known():
    number = "+441135551234"
    assert codes("0113 555 1234", holdings=Held(ranges_loaded=False)) == ["N00"]
    assert codes("0113 555 1234", holdings=Held()) == ["N04"]
    named = check_number("0113 555 1234", rules=LIVE, holdings=Held(holder="Other Ltd"), account_id=1).findings
    assert [finding.code for finding in named] == ["N04"]
    assert "Ofcom gave this range to Other Ltd" in named[0].message
    assert "record it as ported in" in named[0].message
    assert codes("0113 555 1234", holdings=Held({number: None})) == []
    assert codes("0113 555 1234", holdings=Held({number: 1})) == []
    assert codes("0113 555 1234", holdings=Held({number: 2})) == ["N05"]
    assert codes("0113 555 1234", holdings=Held({number: 2}), account_id=None) == []


def test_another_accounts_number_is_refused_in_a_demonstration_too():
    assert codes("01632 960001", DEMO, Held({"+441632960001": 2})) == ["N05"]


def test_all_that_is_wrong_is_said_at_once():
    assert codes("07911 123456", holdings=Held({"+447911123457": 2})) == ["N02", "N04"]
    assert codes("07700 900123", holdings=Held({"+447700900123": 2})) == ["N02", "N03", "N05"]


def test_only_the_unchecked_ownership_is_a_warning():
    (finding,) = check_number("0113 555 1234", rules=LIVE, holdings=None, account_id=1).findings
    assert finding.severity is Severity.WARNING


@given(st.sampled_from(DRAMA_BLOCKS), st.integers(0, 999))
def test_reading_and_writing_are_inverse(block, last):
    home = "0" + block.replace(" ", "") + f"{last:03}"
    assert national(read_number(home)) == home
    assert read_number(read_number(home)) == read_number(home)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_number_or_has_an_error(raw):
    checked = check_number(raw, rules=LIVE, holdings=None, account_id=None)
    if checked.number is None:
        assert any(f.severity is Severity.ERROR for f in checked.findings)
    else:
        assert checked.number.startswith("+44")
        assert checked.number[1:].isascii()
        assert checked.number[1:].isdigit()


@given(st.text("0123456789 +-()", max_size=16))
def test_what_looks_like_a_number_never_breaks_the_reader(raw):
    number = read_number(raw)
    assert number is None or national(number)[0] == "0"


@given(st.sampled_from(["0", "+44"]), st.integers(1_000_000_000, 9_999_999_999))
def test_a_plain_number_is_read_as_the_library_reads_it(prefix: str, digits: int) -> None:
    """A blank in front takes the way through the library."""
    assert read_number(f"{prefix}{digits}") == read_number(f" {prefix}{digits}") == f"+44{digits}"
