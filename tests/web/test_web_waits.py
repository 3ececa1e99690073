"""How long something takes, in words."""

from datetime import timedelta

import pytest

from app.web.waits import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (119.5, "120 seconds"),
        (121, "3 minutes"),
        (900, "15 minutes"),
        (3600, "1 hour"),
        (3601, "61 minutes"),
        (43200, "12 hours"),
    ],
)
def test_never_less_than_it_is(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
