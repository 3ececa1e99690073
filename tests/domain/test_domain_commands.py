"""Which command the agent's state needs: all inputs against the specification's sentences, written out by hand."""

from itertools import product

import pytest

from app.domain.commands import NOTHING_HELD, NOTHING_SAID, NOTHING_VISIBLE, Wish, needed_command
from app.domain.commands import AcceptedState as Held

# (accepted, wish) -> command for (differs, import open): (no, no), (no, yes), (yes, no), (yes, yes)
TABLE = {
    ("none", "unsaid"): ("", "", "", ""),
    ("live", "unsaid"): ("", "", "", ""),
    ("unknown", "unsaid"): ("", "", "", ""),
    ("none", "record"): ("A", "I", "A", "I"),
    ("live", "record"): ("", "", "M", "M"),
    ("unknown", "record"): ("M", "M", "M", "M"),
    ("none", "no record"): ("", "", "", ""),
    ("live", "no record"): ("C", "C", "C", "C"),
    ("unknown", "no record"): ("C", "C", "C", "C"),
    ("none", "ported out"): ("", "", "", ""),
    ("live", "ported out"): ("E", "E", "E", "E"),
    ("unknown", "ported out"): ("E", "E", "E", "E"),
}
WHY = {
    ("live", "record"): NOTHING_VISIBLE,
    ("none", "no record"): NOTHING_HELD,
    ("none", "ported out"): NOTHING_HELD,
}


def test_the_table_is_whole():
    assert set(TABLE) == set(product(map(str, Held), map(str, Wish)))


@pytest.mark.parametrize(("held", "wish"), list(product(Held, Wish)), ids=str)
def test_the_command_follows_from_accepted_and_wanted(held, wish):
    expected = TABLE[str(held), str(wish)]
    for letter, (differs, import_open) in zip(expected, product((False, True), (False, True)), strict=True):
        need = needed_command(held, wish, differs=differs, import_open=import_open)
        assert need.command == (letter or None)
        assert bool(need.why) is not bool(letter), "what is not sent says why"
        if not letter:
            assert need == WHY.get((str(held), str(wish)), NOTHING_SAID)
