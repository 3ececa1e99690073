"""The life of a transaction: one command for one number (file-interface.md, Life of a transaction)."""

from enum import StrEnum


class TransactionState(StrEnum):
    """Where one command for one number stands."""

    NEW = "NEW"
    ON_HOLD = "ON_HOLD"
    DO_SEND = "DO_SEND"
    DO_NOT_SEND = "DO_NOT_SEND"
    FOLDED = "FOLDED"
    CANCELLED = "CANCELLED"
    EXTRACTED = "EXTRACTED"
    DELIVERED = "DELIVERED"
    FCO_ACCEPTED = "FCO_ACCEPTED"
    FCO_REJECTED = "FCO_REJECTED"
    ERROR = "ERROR"
    ERROR_FINAL = "ERROR_FINAL"
    COMPLETED = "COMPLETED"
    ABANDONED = "ABANDONED"


S = TransactionState

MOVES: dict[TransactionState, frozenset[TransactionState]] = {
    S.NEW: frozenset({S.DO_SEND, S.ON_HOLD, S.DO_NOT_SEND, S.FOLDED, S.CANCELLED}),
    S.ON_HOLD: frozenset({S.NEW, S.FOLDED, S.CANCELLED}),
    S.DO_SEND: frozenset({S.NEW, S.DO_NOT_SEND, S.EXTRACTED}),
    S.EXTRACTED: frozenset({S.DELIVERED, S.ABANDONED}),
    S.DELIVERED: frozenset({S.FCO_ACCEPTED, S.FCO_REJECTED, S.ABANDONED}),
    S.FCO_ACCEPTED: frozenset({S.COMPLETED, S.ERROR, S.ERROR_FINAL, S.ABANDONED}),
    S.ERROR: frozenset({S.COMPLETED, S.ERROR_FINAL, S.ABANDONED}),
}

# What waits and may still be folded, cancelled or worked out afresh.
WAITING = (S.NEW, S.ON_HOLD, S.DO_SEND)
# The agent may hold or be about to hold what these say: until they end nothing else goes out for the number.
IN_FLIGHT = (S.EXTRACTED, S.DELIVERED, S.FCO_ACCEPTED, S.ERROR)
ENDS = tuple(state for state in TransactionState if state not in MOVES)


class IllegalMove(ValueError):
    """A transaction was asked to go where its life does not lead: a fault of the program, never of a person."""


def check_move(old: TransactionState, new: TransactionState) -> None:
    """Raise IllegalMove unless the life of a transaction leads from `old` to `new` in one step."""
    if new not in MOVES.get(old, frozenset()):
        raise IllegalMove(f"{old} -> {new}")
