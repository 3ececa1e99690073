"""The two sequences: what a CAR's number tells, and what mends a gap that the agent tells of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.files import FileState, ReplyFileOutcome
from app.domain.sequence import TRIES, Mending, SentFile, mend_sequence, place_of_car

O = ReplyFileOutcome  # noqa: E741  as short as the table needs it

PLACES = [
    # number, lowest, highest, seen -> outcome
    (1, None, None, False, O.APPLIED),
    (317, None, None, False, O.APPLIED),  # we begin where the agent stands
    (318, 317, 317, False, O.APPLIED),
    (320, 317, 318, False, O.AFTER_GAP),
    (319, 317, 320, False, O.FILLS_GAP),
    (316, 317, 320, False, O.OUT_OF_TURN),
    (1, 2, 5, False, O.OUT_OF_TURN),
    (1, 317, 320, False, O.RESTARTED),
    (1, 1, 320, True, O.RESTARTED),
    (0, 1, 999999, False, O.OUT_OF_TURN),
    (0, 0, 999999, True, O.RESTARTED),
    (318, 317, 320, True, O.NUMBER_TWICE),
    (320, 317, 320, True, O.NUMBER_TWICE),
    (999999, 1, 5, False, O.AFTER_GAP),
]


@pytest.mark.parametrize(("number", "lowest", "highest", "seen", "outcome"), PLACES)
def test_what_a_number_tells(number, lowest, highest, seen, outcome):
    assert place_of_car(number, lowest, highest, seen=seen) is outcome


@given(st.permutations(range(1, 12)))
def test_in_whatever_order_they_come_each_is_new_and_what_is_missing_is_filled(order):
    seen: list[int] = []
    told = []
    for number in order:
        told.append(place_of_car(number, min(seen, default=None), max(seen, default=None), seen=number in seen))
        seen.append(number)
    assert O.NUMBER_TWICE not in told
    assert told[0] is O.APPLIED


TAKEN, SENT, REFUSED = FileState.FCO_ACCEPTED, FileState.DELIVERED, FileState.FCO_REJECTED


def file(name, state=SENT, reason="", gaps=0, *, taken=False):
    return SentFile(name, state, reason, taken or state is TAKEN, gaps)


def gap(name, gaps=1):
    return file(name, reason="SEQGAP", gaps=gaps)


MENDINGS = {
    "nothing": ([file("1", TAKEN), file("2")], Mending()),
    "the missing one, then this one": ([file("1", TAKEN), file("2"), gap("3")], Mending(("2", "3"))),
    "all that are missing, and all that wait": (
        [file("1", TAKEN), file("2"), file("3"), gap("4"), file("5"), gap("6")],
        Mending(("2", "3", "4", "6")),
    ),
    "the first of all is missing": ([file("1"), gap("2")], Mending(("1", "2"))),
    "an answered record proves that a file was taken": (
        [file("1", taken=True), file("2"), gap("3")],
        Mending(("2", "3")),
    ),
    "the missing one was refused": ([file("1", TAKEN), file("2", REFUSED, "BADCOUNT"), gap("3")], "refused (BADCOUNT)"),
    "a refused one is counted as seen": (
        [file("1", REFUSED, "BADCOUNT"), file("2"), gap("3")],
        Mending(("2", "3")),
    ),
    "the one before was taken meanwhile": ([file("1", TAKEN), gap("2")], Mending(("2",))),
    "the one before was taken, and it says so again": ([file("1", TAKEN), gap("2", 2)], "has taken 1"),
    "it has the missing one": ([file("1", TAKEN), file("2", reason="SEQDUP"), gap("3")], "has 2 already"),
    "the third time": ([file("1", TAKEN), file("2"), gap("3", TRIES)], Mending(("2", "3"))),
    "three times without success": ([file("1", TAKEN), file("2"), gap("3", TRIES + 1)], "3 times"),
    "our first": ([gap("1")], "our first"),
    "what has not left leaves first": ([file("1", TAKEN), file("2", FileState.EXTRACTED), gap("3")], Mending()),
}


@pytest.mark.parametrize("case", MENDINGS)
def test_what_mends_a_gap(case):
    files, wanted = MENDINGS[case]
    found = mend_sequence(files)
    if isinstance(wanted, Mending):
        assert found == wanted
    else:
        assert found.again == ()
        assert wanted in found.why
        assert found.stops == next(item.name for item in files if item.reason == "SEQGAP")


@given(
    st.lists(
        st.builds(
            file,
            st.just("x"),
            st.sampled_from([TAKEN, SENT, REFUSED]),
            st.sampled_from(["", "SEQGAP", "SEQDUP"]),
            st.integers(0, 5),
        )
    )
)
def test_nothing_taken_or_refused_is_ever_sent_again(drawn):
    files = [
        SentFile(str(place), item.state, item.reason if item.state is SENT else "", item.taken, item.gaps)
        for place, item in enumerate(drawn)
    ]
    found = mend_sequence(files)
    again = [files[int(name)] for name in found.again]
    assert all(item.state is SENT and not item.taken for item in again)
    assert [int(item.name) for item in again] == sorted(int(item.name) for item in again)
    assert not (found.again and found.stops)
