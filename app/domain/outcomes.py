"""What a record-level reply does (file-interface.md, Response codes, Life of a transaction, The accepted record)."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.commands import AcceptedState
from app.domain.transactions import ENDS, TransactionState

# 0103 and 0104 heal by themselves until each has come twice.
HEALS_BEFORE_A_PERSON = 4
ALREADY_ACTIVE = "0103"
NO_RECORD = "0104"


class Effect(StrEnum):
    """What became of a reply, as it is kept beside it."""

    APPLIED = "applied"
    NOTED = "noted"
    REPEATED = "repeated"
    LATE = "late"
    CONTRADICTS = "contradicts"
    UNKNOWN_CODE = "unknown code"
    UNSOLICITED = "unsolicited"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reply changes: the transaction's state, the accepted record, and who must act.

    `heal` asks for a new transaction at once where wanted and accepted differ; `case` for a person;
    `restores` says that the record is live again as it was before the transaction.
    """

    effect: Effect
    state: TransactionState | None = None
    accepted: AcceptedState | None = None
    heal: bool = False
    case: bool = False
    restores: bool = False


S = TransactionState
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
) -> Outcome:
    """Return what reply `code` does to a transaction of `command` that stands in `state`.

    `meaning` is the code's outcome for this command in the profile's table, None where the table does not know
    the code or the code does not belong to the command; `heals` counts the 0103 and 0104 so far without a `done`;
    `newer_sent` says that a newer transaction of the number has gone out.
    """
    if meaning is None:
        return UNKNOWN
    if meaning == "closes_undone":
        return _undone(command, state, newer_sent=newer_sent)
    if state in ENDS:
        return _after_the_end(state, meaning)
    if meaning == "refused":
        return _refused(code, heals)
    held = AcceptedState.NONE if command in "CE" else AcceptedState.LIVE
    return {
        "done": Outcome(Effect.APPLIED, S.COMPLETED, held),
        "taken": Outcome(Effect.APPLIED, S.COMPLETED, held),
        "waiting": Outcome(Effect.APPLIED, S.ERROR),
    }.get(meaning, NOTED)


def _refused(code: str, heals: int) -> Outcome:
    """A refusal ends the transaction; two of them also tell what the agent holds."""
    learned = {ALREADY_ACTIVE: AcceptedState.UNKNOWN, NO_RECORD: AcceptedState.NONE}.get(code)
    if learned is None:
        return Outcome(Effect.APPLIED, S.ERROR_FINAL, case=True)
    stuck = heals + 1 >= HEALS_BEFORE_A_PERSON
    return Outcome(Effect.APPLIED, S.ERROR_FINAL, learned, heal=not stuck, case=stuck)


def _undone(command: str, state: TransactionState, *, newer_sent: bool) -> Outcome:
    """0049 (live again as it was) and 0050 (none) move the accepted record even after COMPLETED (Porting)."""
    held = AcceptedState.NONE if command == "I" else None
    if state not in ENDS:
        return Outcome(Effect.APPLIED, S.ERROR_FINAL, held, case=True)
    if state is not S.COMPLETED:
        return Outcome(Effect.LATE)
    if newer_sent:
        return Outcome(Effect.CONTRADICTS, case=True)
    return Outcome(Effect.APPLIED, accepted=held, case=True, restores=held is None)


def _after_the_end(state: TransactionState, meaning: str) -> Outcome:
    """After a final reply a later one changes nothing, but a person sees it where it contradicts."""
    said = {"done": S.COMPLETED, "taken": S.COMPLETED, "refused": S.ERROR_FINAL}.get(meaning)
    if state is S.ABANDONED or said is None:
        return Outcome(Effect.LATE)
    if said is state:
        return Outcome(Effect.REPEATED)
    return Outcome(Effect.CONTRADICTS, case=True)
