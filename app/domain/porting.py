"""A number between two providers (file-interface.md, Porting)."""

from enum import StrEnum


class Direction(StrEnum):
    """Which half of the pair is ours."""

    IMPORT = "import"
    EXPORT = "export"


class PairState(StrEnum):
    """Open until the agent has both halves (complete), takes ours back (undone), or a person ends it (ended)."""

    OPEN = "open"
    COMPLETE = "complete"
    UNDONE = "undone"
    ENDED = "ended"
