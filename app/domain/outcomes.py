"""What a record-level reply does (file-interface.md, Response codes, Life of a transaction, The accepted record)."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.commands import AcceptedState
from app.domain.porting import PairMove, PairState
from app.domain.transactions import ENDS, TransactionState

# 0103 and 0104 heal by themselves until each has come twice.
HEALS_BEFORE_A_PERSON = 4
ALREADY_ACTIVE = "0103"
NO_RECORD = "0104"


class Effect(StrEnum):
    """What became of a reply, as it is kept beside it: each reply has exactly one of these."""

    APPLIED = "applied"  # it moved its transaction, the accepted record or the pair of a port
    NOTED = "noted"  # it tells something and decides nothing
    REPEATED = "repeated"  # it says again what has been said
    LATE = "late"  # it comes after the end and changes nothing
    CONTRADICTS = "contradicts"  # it says other than the end that was said before: a person looks
    UNKNOWN_CODE = "unknown code"  # the table does not know it for this command: a person looks
    UNSOLICITED = "unsolicited"  # it answers no transaction of ours


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reply changes: the transaction's state, the accepted record, and who must act.

    `heal` asks for a new transaction at once where wanted and accepted differ, `healed` counts it; `case` asks for
    a person, `urgent` the same day; `idle` says that no person is needed where nothing more is wanted; `restores`
    that the record is live again as it was before the transaction.
    """

    effect: Effect
    state: TransactionState | None = None
    accepted: AcceptedState | None = None
    heal: bool = False
    healed: bool = False
    case: bool = False
    urgent: bool = False
    idle: bool = False
    restores: bool = False
    pair: PairMove | None = None


S = TransactionState
# What the profile's table calls the codes of a port; `warns` are the notes that belong to imports and exports alone.
ABOUT_PAIRS = frozenset({"taken", "warns", "closes", "closes_undone"})
_ENDS_SAID = {
    "done": S.COMPLETED,
    "taken": S.COMPLETED,
    "closes": S.COMPLETED,
    "refused": S.ERROR_FINAL,
    "closes_undone": S.ERROR_FINAL,
}
NOTED = Outcome(Effect.NOTED)
UNKNOWN = Outcome(Effect.UNKNOWN_CODE, case=True)


def reply_outcome(
    command: str,
    state: TransactionState,
    code: str,
    meaning: str | None,
    heals: int,
    *,
    newer_sent: bool = False,
    pair: PairState | None = None,
) -> Outcome:
    """Return what reply `code` does to a transaction of `command` that stands in `state`.

    `meaning` is the code's outcome for this command in the profile's table, None where the table does not know
    the code or the code does not belong to the command; `heals` counts the 0103 and 0104 so far without a `done`;
    `newer_sent` says that a newer transaction of the number has gone out; `pair` is where the transaction's pair
    stands, None where it has none.
    """
    if meaning is None:
        return UNKNOWN
    if state is S.COMPLETED and meaning in ABOUT_PAIRS:
        return _of_the_pair(command, meaning, pair, newer_sent=newer_sent)
    if state in ENDS:
        return _after_the_end(state, meaning)
    if meaning == "refused":
        return _refused(code, heals)
    if meaning == "closes_undone":
        gone = command == "I"
        held = AcceptedState.NONE if gone else None
        return Outcome(Effect.APPLIED, S.ERROR_FINAL, held, case=True, urgent=gone, restores=not gone)
    held = AcceptedState.NONE if command in "CE" else AcceptedState.LIVE
    return {
        "done": Outcome(Effect.APPLIED, S.COMPLETED, held),
        "taken": Outcome(Effect.APPLIED, S.COMPLETED, held, pair=PairMove.OPENS),
        # That the port is complete says that our half was taken, even where its own reply is late or lost.
        "closes": Outcome(Effect.APPLIED, S.COMPLETED, held, pair=PairMove.COMPLETES),
        "waiting": Outcome(Effect.APPLIED, S.ERROR),
    }.get(meaning, NOTED)


def _refused(code: str, heals: int) -> Outcome:
    """A refusal ends the transaction; two of them also tell what the agent holds."""
    learned = {ALREADY_ACTIVE: AcceptedState.UNKNOWN, NO_RECORD: AcceptedState.NONE}.get(code)
    if learned is None:
        return Outcome(Effect.APPLIED, S.ERROR_FINAL, case=True, idle=True)
    stuck = heals + 1 >= HEALS_BEFORE_A_PERSON
    return Outcome(Effect.APPLIED, S.ERROR_FINAL, learned, heal=not stuck, healed=True, case=stuck)


def _of_the_pair(command: str, meaning: str, pair: PairState | None, *, newer_sent: bool) -> Outcome:
    """What is told of a port whose own half was taken (Porting): 0041 to 0050 after COMPLETED."""
    if meaning == "taken":
        return Outcome(Effect.APPLIED, pair=PairMove.OPENS) if pair is None else Outcome(Effect.REPEATED)
    if meaning == "warns":
        return Outcome(Effect.NOTED, pair=PairMove.WARNS) if pair is PairState.OPEN else Outcome(Effect.LATE)
    closes = PairState.COMPLETE if meaning == "closes" else PairState.UNDONE
    if pair in {PairState.COMPLETE, PairState.UNDONE}:
        return Outcome(Effect.REPEATED) if pair is closes else Outcome(Effect.CONTRADICTS, case=True)
    if closes is PairState.COMPLETE:
        return Outcome(Effect.APPLIED, pair=PairMove.COMPLETES)
    return _undone(command, newer_sent=newer_sent)


def _undone(command: str, *, newer_sent: bool) -> Outcome:
    """0049 leaves the record live again as it was, 0050 leaves none, even after COMPLETED."""
    if newer_sent:
        return Outcome(Effect.CONTRADICTS, case=True, pair=PairMove.UNDOES)
    gone = command == "I"
    held = AcceptedState.NONE if gone else None
    return Outcome(Effect.APPLIED, accepted=held, case=True, urgent=gone, restores=not gone, pair=PairMove.UNDOES)


def _after_the_end(state: TransactionState, meaning: str) -> Outcome:
    """After a final reply a later one changes nothing, but a person sees it where it contradicts."""
    said = _ENDS_SAID.get(meaning)
    if state is S.ABANDONED or said is None:
        return Outcome(Effect.LATE)
    if said is state:
        return Outcome(Effect.REPEATED)
    return Outcome(Effect.CONTRADICTS, case=True)
