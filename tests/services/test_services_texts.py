"""Texts of several lines: what people paste is taken, what steers or hides is refused by its name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.enquiries.typed import check_text


def told(text: str) -> list[str]:
    return [problem.message for problem in check_text("text", text, 100, "The message")]


@pytest.mark.parametrize(
    "text",
    [
        "please call\u00a0me",
        "one\u2028two",
        "\U0001f469\u200d\U0001f52c asks",
        "a soft\u00adhyphen",
        "\ufeffa mark",
        "a\n\tb",
    ],
)
def test_what_is_pasted_is_taken(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\x00b", "CONTROL CHARACTER U+0000 in line 1"),
        ("a\nb\x1b[2J", "CONTROL CHARACTER U+001B in line 2"),
        ("a\ud800", "CONTROL CHARACTER U+D800 in line 1"),
        ("\u202eevil", "RIGHT-TO-LEFT OVERRIDE in line 1"),
        ("\u2066a", "LEFT-TO-RIGHT ISOLATE in line 1"),
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str, named: str) -> None:
    assert told(text) == [f"The message has a character that cannot be printed: {named}. Take it out."]


@pytest.mark.parametrize("text", ["", "\u200b", "\u00a0\u2028 \n"])
def test_what_nobody_can_see_is_no_message(text: str) -> None:
    assert told(text) == ["The message is missing."]


@given(st.text(max_size=100))
def test_whatever_is_taken_holds_no_control(text: str) -> None:
    if not told(text):
        assert {unicodedata.category(letter) for letter in text if letter not in "\n\t"}.isdisjoint({"Cc", "Cs"})
