"""The life of a case."""

from enum import StrEnum


class CaseState(StrEnum):
    """Open waits for a person, resent waits for the agent, closed has an accepted record or a recorded reason."""

    OPEN = "open"
    RESENT = "resent"
    CLOSED = "closed"
