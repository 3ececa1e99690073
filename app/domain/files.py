"""The life of a file that was given a number."""

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


# Reasons that would come again for the next file: further files wait for a person (file-interface.md).
RECURRING_REASONS = frozenset({"BADCUPID", "BADNAME", "NONASCII", "BADLENGTH"})
# Reasons about the sequence: the file stays DELIVERED, its transactions are not refused.
SEQUENCE_REASONS = frozenset({"SEQGAP", "SEQDUP"})
