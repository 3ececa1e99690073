import dataclasses
import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.chain import GENESIS, Entry, canonical, read_digests

AT = datetime(2027, 3, 3, 12, 0, 0, 5, tzinfo=UTC)
ENTRY = Entry(1, AT, "user-5", "customer", "network", "case_closed", "number", "31", '{"how":"x"}', "", GENESIS)

plain = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
documents = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=15)


@given(documents)
def test_canonical_text_is_ascii_and_says_the_same(document):
    text = canonical(document)
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text) == document


@given(st.dictionaries(st.text(), plain))
def test_order_of_keys_does_not_matter(document):
    assert canonical(document) == canonical(dict(reversed(document.items())))


def test_dates_and_moments_have_their_iso_form():
    assert canonical([date(2027, 3, 3), AT]) == '["2027-03-03","2027-03-03T12:00:00.000005+00:00"]'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)


@pytest.mark.parametrize("value", [{1, 2}, b"x", object()])
def test_what_json_does_not_know_is_refused(value):
    with pytest.raises(TypeError, match="cannot hold"):
        canonical(value)


def test_hash_is_sha256_of_the_canonical_list_so_that_anybody_can_recompute_it():
    listed = (
        '[1,"2027-03-03T12:00:00.000005+00:00","user-5","customer","network","case_closed","number","31",'
        '"{\\"how\\":\\"x\\"}","","' + "0" * 64 + '"]'
    )
    assert ENTRY.hash == hashlib.sha256(listed.encode()).hexdigest()


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Entry)])
def test_every_field_counts(field):
    value = getattr(ENTRY, field)
    other = value + timedelta(microseconds=1) if field == "at" else value + 1 if field == "seq" else value + "x"
    assert dataclasses.replace(ENTRY, **{field: other}).hash != ENTRY.hash


def test_the_zone_of_the_moment_does_not_count():
    assert dataclasses.replace(ENTRY, at=AT.astimezone(timezone(timedelta(hours=5)))).hash == ENTRY.hash


def test_text_cannot_move_from_one_field_to_the_next():
    assert (
        dataclasses.replace(ENTRY, actor="ab", role="c").hash != dataclasses.replace(ENTRY, actor="a", role="bc").hash
    )


def test_digests_are_read_back():
    assert read_digests("") == {}
    assert read_digests(canonical({"values": ("account-12", "ab")})) == {"values": ("account-12", "ab")}
