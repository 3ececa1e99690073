"""What a business gives when it signs up; every company and VAT number here is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.business import (
    check_company_number,
    check_email,
    check_landline,
    check_mobile,
    check_vat_number,
)
from validators.findings import Severity


def refused(checked):
    assert checked.value is None
    (finding,) = checked.findings
    assert finding.severity is Severity.ERROR
    return finding.code, finding.field


def taken(checked):
    assert checked.findings == ()
    return checked.value


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("01234567", "01234567"), (" 0123 4567 ", "01234567"), ("sc123456", "SC123456"), ("SC 123456", "SC123456"),
        ("NI-123456", "NI123456"), ("OC300001", "OC300001"), ("SO300001", "SO300001"), ("NC000001", "NC000001"),
        ("FC012345", "FC012345"), ("CE012345", "CE012345"), ("CS001234", "CS001234"), ("OE012345", "OE012345"),
        ("RC000123", "RC000123"), ("R0001234", "R0001234"), ("IP12345R", "IP12345R"), ("RS123456", "RS123456"),
        ("RS1234FI", "RS1234FI"), ("SP1234RS", "SP1234RS"), ("NI12345A", "NI12345A"), ("12000000", "12000000"),
        ("\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "01234567"), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_a_company_number_in_any_form_is_taken(raw, kept):
    assert taken(check_company_number(raw)) == kept


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("1234567", "01234567"), ("123", "00000123"), ("SC12345", "SC012345"), ("ni 1234", "NI001234"),
        ("O1234567", "01234567"), ("0123456O", "01234560"), ("SC12O456", "SC120456"), ("OCI23456", "OC123456"),
        ("123456789", None), ("00000000", None), ("0", None), ("SC000000", None), ("XX123456", None),
        ("SC1234567", None), ("SC12345R", None), ("Example Ltd", None), ("n/a", None), ("GB123456789", None),
    ],
)  # fmt: skip
def test_what_is_no_company_number_is_refused_and_mended_where_it_can_be(raw, meant):
    checked = check_company_number(raw)
    assert refused(checked) == ("B01", "company_number")
    assert checked.findings[0].suggestion == meant
    assert "Companies House" in checked.findings[0].message
    if meant:
        assert taken(check_company_number(meant)) == meant


def check_digits(body):
    """Reckon both pairs as a person is told to: take 97 away until nothing is left, and see what is short."""
    short = sum(int(digit) * (8 - place) for place, digit in enumerate(body))
    while short > 0:
        short -= 97
    return {-short, -short - 55 if -short >= 55 else -short + 42}


@given(st.integers(1, 9_999_999).map("{:07}".format))
def test_exactly_the_pairs_that_one_of_the_methods_gives_pass(body):
    passing = {pair for pair in range(100) if check_vat_number(f"{body}{pair:02}").value}
    assert passing == check_digits(body)
    assert len(passing) == 2


@given(
    st.integers(1_000_000, 9_999_999),
    st.sampled_from(["", "GB", "gb ", "XI", "Gb."]),
    st.sampled_from(["", "001", " 123"]),
)
def test_spaces_case_country_and_branch_are_read(body, country, branch):
    digits = f"{body}{min(check_digits(str(body))):02}"
    kept = taken(check_vat_number(f" {country}{digits[:3]} {digits[3:7]} {digits[7:]}{branch}"))
    assert kept == ("XI" if country == "XI" else "GB") + digits + branch.strip()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("GD000", "GBGD000"), ("GBGD499", "GBGD499"), ("ha500", "GBHA500"), ("GB HA 999", "GBHA999"), ("", None),
        ("1234567 55", None), ("GB 123 4567 82", "GB123456782"), ("123456727", "GB123456727"),
    ],
)  # fmt: skip
def test_vat_numbers_of_known_form(raw, kept):
    checked = check_vat_number(raw)
    assert checked.value == kept
    assert bool(checked.findings) == (kept is None and raw != "")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("123456789", "a digit is wrong"), ("000000000", "a digit is wrong"), ("GB12345678", "this has 8"),
        ("1234567890", "this has 10"), ("DE123456789", "another country"), ("IE1234567FA", "another country"),
        ("GD500", "GD and 000 to 499"), ("HA499", "HA and 500 to 999"), ("none", "not a UK VAT number"),
        ("GB", "not a UK VAT number"), ("123456782 12", "this has 11"),
    ],
)  # fmt: skip
def test_a_vat_number_that_is_refused_is_told_why(raw, said):
    checked = check_vat_number(raw)
    assert refused(checked) == ("B02", "vat_number")
    assert said in checked.findings[0].message


@given(st.text(max_size=20))
def test_whatever_is_typed_is_either_taken_or_refused(typed):
    for check in (check_company_number, check_vat_number, check_email, check_landline, check_mobile):
        checked = check(typed)
        if checked.value is not None:
            assert checked.findings == ()
            assert check(checked.value) == checked
        elif typed.strip():
            assert len(checked.findings) <= 1


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (" accounts@example.co.uk ", "accounts@example.co.uk"), ("O'Neill+999@EXAMPLE.com", "O'Neill+999@example.com"),
    ],
)  # fmt: skip
def test_an_email_address_is_taken(raw, kept):
    assert taken(check_email(raw)) == kept


@pytest.mark.parametrize(
    "raw", ["", "  ", "x", "a@", "@example.com", "a b@example.com", "a@b@example.com", "a@localhost"]
)
def test_an_email_address_that_cannot_be_used_is_refused(raw):
    assert refused(check_email(raw)) == ("B03", "email")


def test_a_reserved_name_is_an_address_in_a_demonstration_only():
    assert refused(check_email("owner@company.test")) == ("B03", "email")
    assert taken(check_email("owner@company.test", demo=True)) == "owner@company.test"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [("01632 960001", "+441632960001"), ("+44 20 7946 0001", "+442079460001"),
     ("03069 990001", "+443069990001"), ("", None)],
)  # fmt: skip
def test_a_landline_is_taken(raw, kept):
    assert taken(check_landline(raw)) == kept


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("07700 900001", "Enter it as the mobile"), ("0808 157 0001", "begins 01, 02 or 03"),
        ("07000 900001", "begins 01, 02 or 03"), ("020 7946", "the whole number"), ("999", "the whole number"),
        ("none", "the whole number"),
    ],
)  # fmt: skip
def test_what_is_no_landline_is_refused(raw, said):
    checked = check_landline(raw)
    assert refused(checked) == ("B03", "landline")
    assert said in checked.findings[0].message


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("07700 900001", "+447700900001"),
        ("+44 7700 900001", "+447700900001"),
        ("07624 123456", "+447624123456"),
        ("", None),
    ],
)
def test_a_mobile_is_taken(raw, kept):
    assert taken(check_mobile(raw)) == kept


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("01632 960001", "Enter it as the landline"), ("07000 900001", "a pager or a personal number"),
        ("07600 123456", "a pager or a personal number"), ("0808 157 0001", "all 11 digits"),
        ("07700 90000", "all 11 digits"), ("+1 202 555 0101", "all 11 digits"), ("none", "all 11 digits"),
    ],
)  # fmt: skip
def test_what_is_no_mobile_is_refused(raw, said):
    checked = check_mobile(raw)
    assert refused(checked) == ("B03", "mobile")
    assert said in checked.findings[0].message
