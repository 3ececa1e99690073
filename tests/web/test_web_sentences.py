"""What a use case says becomes one sentence."""

from hypothesis import given
from hypothesis import strategies as st

from app.web.sentences import sentence


@given(st.text(min_size=1))
def test_a_sentence_keeps_its_words_and_ends_once(words: str) -> None:
    made = sentence(words)
    assert made == sentence(made)
    assert made.endswith(words[1:].removesuffix(".") + ".")


def test_a_reason_becomes_a_sentence() -> None:
    assert [sentence(words) for words in ("", "it moved", "It moved.")] == ["", "It moved.", "It moved."]
