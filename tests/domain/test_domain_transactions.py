"""The life of a transaction and of what it becomes: every pair of states, against the table of the specification."""

from itertools import product

import pytest

from app.domain.transactions import ENDS, IN_FLIGHT, MOVES, WAITING, IllegalMove, check_move
from app.domain.transactions import TransactionState as S

# file-interface.md, Life of a transaction, written out by hand.
LIFE = """
NEW -> DO_SEND ON_HOLD DO_NOT_SEND FOLDED CANCELLED
ON_HOLD -> NEW FOLDED CANCELLED
DO_SEND -> NEW DO_NOT_SEND EXTRACTED
EXTRACTED -> DELIVERED ABANDONED
DELIVERED -> FCO_ACCEPTED FCO_REJECTED ABANDONED
FCO_ACCEPTED -> COMPLETED ERROR ERROR_FINAL ABANDONED
ERROR -> COMPLETED ERROR_FINAL ABANDONED
"""
LEGAL = {
    (S(old.strip()), S(new))
    for line in LIFE.strip().splitlines()
    for old, targets in [line.split("->")]
    for new in targets.split()
}


@pytest.mark.parametrize(("old", "new"), list(product(S, S)), ids=str)
def test_every_move_is_legal_or_refused(old, new):
    if (old, new) in LEGAL:
        check_move(old, new)
    else:
        with pytest.raises(IllegalMove, match=f"{old} -> {new}"):
            check_move(old, new)


def test_the_ends_are_those_of_the_specification():
    wanted = {S.DO_NOT_SEND, S.FOLDED, S.CANCELLED, S.FCO_REJECTED, S.COMPLETED, S.ERROR_FINAL, S.ABANDONED}
    assert set(ENDS) == wanted
    assert not wanted & set(MOVES)


def test_waiting_in_flight_and_ended_are_everything_and_apart():
    assert set(IN_FLIGHT) == {S.EXTRACTED, S.DELIVERED, S.FCO_ACCEPTED, S.ERROR}
    assert sorted((*WAITING, *IN_FLIGHT, *ENDS)) == sorted(S)


def test_every_state_leads_to_an_end():
    for state in S:
        reached, before = {state}, set()
        while reached != before:
            before = set(reached)
            reached |= {new for old in before for new in MOVES.get(old, ())}
        assert reached & set(ENDS)
