"""A number between two providers (file-interface.md, Porting)."""

from enum import StrEnum

# What the agent tells of a pair whose other half is missing or overdue, in plain words.
WARNINGS = {
    "0045": "The other provider's import is missing.",
    "0046": "Our import is 10 days overdue.",
    "0047": "The other provider's export is missing.",
    "0048": "Our export is 10 days overdue.",
}


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


class PairMove(StrEnum):
    """What a reply does to the pair of its transaction; one that closes it opens it first where it is not there."""

    OPENS = "opens"
    WARNS = "warns"
    COMPLETES = "completes"
    UNDOES = "undoes"
