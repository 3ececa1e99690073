"""The life of a file that was given a number, and what becomes of each file that answers."""

from enum import StrEnum


class FileState(StrEnum):
    """Where a file stands; the names are fixed by interfaces.md."""

    EXTRACTED = "EXTRACTED"
    DELIVERED = "DELIVERED"
    FCO_ACCEPTED = "FCO_ACCEPTED"
    FCO_REJECTED = "FCO_REJECTED"


class HoldKind(StrEnum):
    """What keeps a night from being built."""

    BRAKE = "brake"
    PERSON = "person"


class ReplyFileOutcome(StrEnum):
    """What became of a file that came from the agent: each has exactly one of these, as it is kept beside it."""

    QUARANTINED = "quarantined"  # damaged, or not for us: set aside whole
    REPEATED = "repeated"  # the same bytes again, or the same word again
    # FCO
    ACCEPTED = "accepted"
    MISCOUNTED = "miscounted"  # accepted, with another count of records than ours
    REFUSED = "refused"
    HOLDS = "holds"  # refused for what would come again: further files wait for a person
    GAP = "sequence gap"
    DUPLICATE = "duplicate"  # SEQDUP for a file that is not known to have been taken
    OWN_RESEND = "own resend"  # SEQDUP for one that was: it answers what we sent again
    LATE = "late"  # SEQGAP for a file that has been sent again and taken since
    CONTRADICTS = "contradicts"
    # CAR
    APPLIED = "applied"  # the next in its sequence
    AFTER_GAP = "after gap"  # numbers before it have not come
    FILLS_GAP = "fills gap"  # one that was missed
    OUT_OF_TURN = "out of turn"  # from before the first that we know
    RESTARTED = "restarted"  # the numbering began again
    NUMBER_TWICE = "number twice"  # another file had this number

    @property
    def repeats(self) -> bool:
        """Whether it tells nothing that was not known."""
        return self in {ReplyFileOutcome.REPEATED, ReplyFileOutcome.OWN_RESEND, ReplyFileOutcome.LATE}


# CARs that were applied, and so count in the agent's sequence.
COUNTED = (
    ReplyFileOutcome.APPLIED,
    ReplyFileOutcome.AFTER_GAP,
    ReplyFileOutcome.FILLS_GAP,
    ReplyFileOutcome.OUT_OF_TURN,
    ReplyFileOutcome.RESTARTED,
    ReplyFileOutcome.NUMBER_TWICE,
)
SEQGAP, SEQDUP = "SEQGAP", "SEQDUP"
# Reasons that would come again for the next file: further files wait for a person (file-interface.md).
RECURRING_REASONS = frozenset({"BADCUPID", "BADNAME", "NONASCII", "BADLENGTH"})
# Reasons about the sequence: the file stays DELIVERED, its transactions are not refused.
SEQUENCE_REASONS = frozenset({SEQGAP, SEQDUP})
