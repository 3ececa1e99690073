"""The life of a case."""

from enum import StrEnum


class CaseState(StrEnum):
    """Open waits for a person, resent waits for the agent, closed has an accepted record or a recorded reason."""

    OPEN = "open"
    RESENT = "resent"
    CLOSED = "closed"


class CaseStep(StrEnum):
    """What one line of a case's history tells."""

    OPENED = "opened"
    AGAIN = "again"
    MENDED = "mended"
    RESENT = "resent"
    TAKEN_BACK = "taken back"
    TAKEN = "taken"
    GIVEN = "given"
    GIVEN_BACK = "given back"
    NOTED = "noted"
    CLOSED = "closed"
    REOPENED = "reopened"


class Closing(StrEnum):
    """How a case closes: an accepted record, or a recorded reason, a person's or one that the rules give."""

    ACCEPTED_RECORD = "accepted_record"
    REASON = "reason"
    NEW_HOLDER = "new_holder"
    BARRED = "barred"
    ANSWERED = "answered"
