"""Each path of a port: what a reply does early, in its time, late, twice, or against what was said before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.commands import AcceptedState
from app.domain.outcomes import Effect, Outcome, reply_outcome
from app.domain.porting import PairMove, PairState
from app.domain.transactions import TransactionState as S
from emergency_export.profile_loading import load_profile

PROFILE = load_profile("eff-style-1")
NONE, LIVE = AcceptedState.NONE, AcceptedState.LIVE
OPEN, COMPLETE, UNDONE, ENDED = PairState.OPEN, PairState.COMPLETE, PairState.UNDONE, PairState.ENDED

REPEATED, LATE, NOTED = Outcome(Effect.REPEATED), Outcome(Effect.LATE), Outcome(Effect.NOTED)
CONTRADICTS = Outcome(Effect.CONTRADICTS, case=True)
WARNED = Outcome(Effect.NOTED, pair=PairMove.WARNS)
OPENED = Outcome(Effect.APPLIED, pair=PairMove.OPENS)
COMPLETED = Outcome(Effect.APPLIED, pair=PairMove.COMPLETES)
ONLY_A_CASE = Outcome(Effect.CONTRADICTS, case=True, pair=PairMove.UNDOES)
GONE = Outcome(Effect.APPLIED, accepted=NONE, case=True, urgent=True, pair=PairMove.UNDOES)
BACK = Outcome(Effect.APPLIED, restores=True, case=True, pair=PairMove.UNDOES)

# What stands before the reply: in flight, taken with its pair here, undone before it was taken, given up.
FLIGHT, TAKEN, REFUSED, GIVEN_UP = S.FCO_ACCEPTED, S.COMPLETED, S.ERROR_FINAL, S.ABANDONED
PATHS = [
    # command, code, state, pair, newer sent, outcome
    ("I", "0042", FLIGHT, None, False, Outcome(Effect.APPLIED, S.COMPLETED, LIVE, pair=PairMove.OPENS)),
    ("E", "0041", FLIGHT, None, False, Outcome(Effect.APPLIED, S.COMPLETED, NONE, pair=PairMove.OPENS)),
    # early: the end of the pair before our own half was confirmed
    ("I", "0043", FLIGHT, None, False, Outcome(Effect.APPLIED, S.COMPLETED, LIVE, pair=PairMove.COMPLETES)),
    ("E", "0043", FLIGHT, None, False, Outcome(Effect.APPLIED, S.COMPLETED, NONE, pair=PairMove.COMPLETES)),
    ("I", "0050", FLIGHT, None, False, Outcome(Effect.APPLIED, S.ERROR_FINAL, NONE, case=True, urgent=True)),
    ("E", "0049", FLIGHT, None, False, Outcome(Effect.APPLIED, S.ERROR_FINAL, case=True, restores=True)),
    ("I", "0046", FLIGHT, None, False, NOTED),
    ("I", "0047", FLIGHT, None, False, NOTED),
    ("E", "0045", FLIGHT, None, False, NOTED),
    ("E", "0048", FLIGHT, None, False, NOTED),
    # in its time
    ("I", "0043", TAKEN, OPEN, False, COMPLETED),
    ("E", "0043", TAKEN, OPEN, True, COMPLETED),
    ("I", "0046", TAKEN, OPEN, False, WARNED),
    ("I", "0047", TAKEN, OPEN, True, WARNED),
    ("E", "0045", TAKEN, OPEN, False, WARNED),
    ("E", "0048", TAKEN, OPEN, False, WARNED),
    ("I", "0050", TAKEN, OPEN, False, GONE),
    ("E", "0049", TAKEN, OPEN, False, BACK),
    # once something newer of the number went out, it is only a case
    ("I", "0050", TAKEN, OPEN, True, ONLY_A_CASE),
    ("E", "0049", TAKEN, OPEN, True, ONLY_A_CASE),
    # late, or twice
    ("I", "0042", TAKEN, OPEN, False, REPEATED),
    ("I", "0042", TAKEN, COMPLETE, False, REPEATED),
    ("E", "0041", TAKEN, UNDONE, False, REPEATED),
    ("I", "0043", TAKEN, COMPLETE, False, REPEATED),
    ("E", "0049", TAKEN, UNDONE, False, REPEATED),
    ("I", "0050", TAKEN, UNDONE, True, REPEATED),
    ("I", "0046", TAKEN, COMPLETE, False, LATE),
    ("E", "0048", TAKEN, UNDONE, False, LATE),
    ("I", "0050", REFUSED, None, False, REPEATED),
    # contradicting
    ("I", "0050", TAKEN, COMPLETE, False, CONTRADICTS),
    ("E", "0049", TAKEN, COMPLETE, True, CONTRADICTS),
    ("I", "0043", TAKEN, UNDONE, False, CONTRADICTS),
    ("E", "0043", TAKEN, UNDONE, False, CONTRADICTS),
    ("I", "0042", REFUSED, None, False, CONTRADICTS),
    ("E", "0043", REFUSED, None, False, CONTRADICTS),
    # ended by a person, and the agent speaks after all
    ("I", "0043", TAKEN, ENDED, False, COMPLETED),
    ("E", "0049", TAKEN, ENDED, False, BACK),
    ("I", "0046", TAKEN, ENDED, False, LATE),
    # completed without a pair: 0104 on an export says that there was no record
    ("E", "0041", TAKEN, None, False, OPENED),
    ("E", "0043", TAKEN, None, False, COMPLETED),
    ("E", "0049", TAKEN, None, False, BACK),
    ("E", "0045", TAKEN, None, False, LATE),
    # given up by a person
    ("I", "0042", GIVEN_UP, None, False, LATE),
    ("E", "0043", GIVEN_UP, None, False, LATE),
    ("E", "0049", GIVEN_UP, None, False, LATE),
]


def outcome(command, code, state, pair=None, *, newer_sent=False):
    row = PROFILE.response(code, command)
    meaning = None if row is None else row.meaning_for(command)
    return reply_outcome(command, state, code, meaning, 0, newer_sent=newer_sent, pair=pair)


@pytest.mark.parametrize(("command", "code", "state", "pair", "newer", "expected"), PATHS)
def test_each_path_of_the_pair(command, code, state, pair, newer, expected):
    assert outcome(command, code, state, pair, newer_sent=newer) == expected


@pytest.mark.parametrize(
    ("command", "code"), [("I", "0041"), ("E", "0042"), ("E", "0050"), ("I", "0049"), ("A", "0043")]
)
def test_a_code_of_the_other_half_is_unknown(command, code):
    for state in (FLIGHT, TAKEN, REFUSED):
        assert outcome(command, code, state, OPEN) == Outcome(Effect.UNKNOWN_CODE, case=True)


CODES = {"I": ("0042", "0043", "0046", "0047", "0050"), "E": ("0041", "0043", "0045", "0048", "0049")}
AFTER = {
    None: {PairMove.OPENS: OPEN, PairMove.COMPLETES: COMPLETE, PairMove.UNDOES: UNDONE},
    OPEN: {PairMove.WARNS: OPEN, PairMove.COMPLETES: COMPLETE, PairMove.UNDOES: UNDONE},
    ENDED: {PairMove.COMPLETES: COMPLETE, PairMove.UNDOES: UNDONE},
}


@given(st.sampled_from("IE"), st.data())
def test_whatever_comes_in_whatever_order_the_pair_closes_once(command, data):
    state, pair, undone = S.DELIVERED, None, 0
    for code in data.draw(st.lists(st.sampled_from(CODES[command]), max_size=12)):
        found = outcome(command, code, state, pair)
        state = found.state or state
        undone += found.restores or (found.accepted is NONE and command == "I")
        if found.pair is not None:
            pair = AFTER[pair][found.pair]  # a move that no pair may make is a KeyError
        assert (pair is None) or state is S.COMPLETED
    assert undone <= 1, "the accepted record is moved once at most"
