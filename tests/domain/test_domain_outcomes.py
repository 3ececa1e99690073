"""What each reply does: every code of the shipped table, for every command, in every state, written out by hand."""

from itertools import product

import pytest

from app.domain.commands import AcceptedState
from app.domain.outcomes import ABOUT_PAIRS, Effect, Outcome, reply_outcome
from app.domain.porting import PairMove
from app.domain.transactions import ENDS, IN_FLIGHT
from app.domain.transactions import TransactionState as S
from emergency_export.profile_loading import load_profile

PROFILE = load_profile("eff-style-1")
COMMANDS = "ACMIE"
NONE, LIVE, UNKNOWN = AcceptedState.NONE, AcceptedState.LIVE, AcceptedState.UNKNOWN

# code -> what it does to each of A C M I E while in flight; "-" is a code that is not of the command.
#   done-live, done-none, refused, unknown!(0103: the agent holds one), none!(0104 on M: it holds none)
IN_FLIGHT_TABLE = {
    "0013": "noted noted noted noted noted",
    "0018": "waiting waiting waiting waiting waiting",
    "0033": "- - - - -",
    "0034": "- - - - -",
    "0035": "- - - - -",
    "0037": "live - - - -",
    "0038": "- none - - -",
    "0039": "- - live - -",
    "0041": "- - - - opens-none",
    "0042": "- - - opens-live -",
    "0043": "- - - completes-live completes-none",
    "0045": "- - - - noted",
    "0046": "- - - noted -",
    "0047": "- - - noted -",
    "0048": "- - - - noted",
    "0049": "- - - - undone-export",
    "0050": "- - - undone-import -",
    "0057": "refused refused refused refused refused",
    "0101": "refused - refused refused -",
    "0102": "refused - refused refused -",
    "0103": "heals-unknown - - heals-unknown -",
    "0104": "- none heals-none - none",
    "0105": "refused refused refused refused refused",
    "0106": "refused refused refused refused refused",
    "0999": "- - - - -",
}
APPLIED = Effect.APPLIED
WORDS = {
    "-": Outcome(Effect.UNKNOWN_CODE, case=True),
    "noted": Outcome(Effect.NOTED),
    "waiting": Outcome(APPLIED, S.ERROR),
    "live": Outcome(APPLIED, S.COMPLETED, LIVE),
    "none": Outcome(APPLIED, S.COMPLETED, NONE),
    "opens-live": Outcome(APPLIED, S.COMPLETED, LIVE, pair=PairMove.OPENS),
    "opens-none": Outcome(APPLIED, S.COMPLETED, NONE, pair=PairMove.OPENS),
    "completes-live": Outcome(APPLIED, S.COMPLETED, LIVE, pair=PairMove.COMPLETES),
    "completes-none": Outcome(APPLIED, S.COMPLETED, NONE, pair=PairMove.COMPLETES),
    "refused": Outcome(APPLIED, S.ERROR_FINAL, case=True, idle=True),
    "heals-unknown": Outcome(APPLIED, S.ERROR_FINAL, UNKNOWN, heal=True, healed=True),
    "heals-none": Outcome(APPLIED, S.ERROR_FINAL, NONE, heal=True, healed=True),
    # what was never taken and is undone: the record stays what it was, a person looks
    "undone-export": Outcome(APPLIED, S.ERROR_FINAL, case=True, restores=True),
    "undone-import": Outcome(APPLIED, S.ERROR_FINAL, NONE, case=True, urgent=True),
}
EXPECTED = {
    (code, command): word
    for code, words in IN_FLIGHT_TABLE.items()
    for command, word in zip(COMMANDS, words.split(), strict=True)
}


def meaning_of(code, command):
    row = PROFILE.response(code, command)
    return None if row is None else row.meaning_for(command)


def outcome(code, command, state, **facts):
    return reply_outcome(command, state, code, meaning_of(code, command), facts.pop("heals", 0), **facts)


def test_the_table_names_every_code_of_the_profile():
    assert set(IN_FLIGHT_TABLE) - {"0999"} == set(PROFILE.response_codes)


@pytest.mark.parametrize(("code", "command"), EXPECTED, ids=str)
def test_a_reply_to_what_is_in_flight(code, command):
    for state in IN_FLIGHT:
        assert outcome(code, command, state) == WORDS[EXPECTED[code, command]]


SAID = {"live": S.COMPLETED, "none": S.COMPLETED, "refused": S.ERROR_FINAL, "undone": S.ERROR_FINAL}


@pytest.mark.parametrize(("code", "command"), EXPECTED, ids=str)
def test_a_reply_after_the_end_changes_nothing_and_calls_a_person_where_it_contradicts(code, command):
    word = EXPECTED[code, command]
    said = next((SAID[part] for part in word.replace("heals", "refused").split("-") if part in SAID), None)
    for state in ENDS:
        if state is S.COMPLETED and meaning_of(code, command) in ABOUT_PAIRS:
            continue  # tests/domain/test_domain_porting.py
        found = outcome(code, command, state, newer_sent=True)
        if word == "-":
            assert found == Outcome(Effect.UNKNOWN_CODE, case=True)
        elif said is None or state is S.ABANDONED:
            assert found == Outcome(Effect.LATE)
        elif said is state:
            assert found == Outcome(Effect.REPEATED)
        else:
            assert found == Outcome(Effect.CONTRADICTS, case=True)


@pytest.mark.parametrize(("code", "command", "learned"), [("0103", "A", UNKNOWN), ("0104", "M", NONE)])
def test_healing_stops_when_the_two_have_alternated_twice(code, command, learned):
    # 0103, 0104, 0103, 0104: the fourth calls a person, and so does every one after it
    for heals, stops in ((0, False), (1, False), (2, False), (3, True), (4, True), (9, True)):
        found = outcome(code, command, S.FCO_ACCEPTED, heals=heals)
        assert found == Outcome(APPLIED, S.ERROR_FINAL, learned, heal=not stops, healed=True, case=stops)


@pytest.mark.parametrize(("command", "code"), list(product(COMMANDS, ["0000", "9999", "0103", "0037"])), ids=str)
def test_only_done_and_taken_complete(command, code):
    found = outcome(code, command, S.FCO_ACCEPTED)
    assert (found.state is S.COMPLETED) is (meaning_of(code, command) in {"done", "taken"})
