"""Why a number may be looked up by whoever answers the night's telephone, and what is known of who asked (U6)."""

from enum import StrEnum


class LookUpReason(StrEnum):
    """The closed list of reasons; OTHER needs words."""

    CALL_NOW = "call_now"
    CALL_ENDED = "call_ended"
    WRONG_PLACE = "wrong_place"
    HOLDER_ASKS = "holder_asks"
    LINE_TEST = "line_test"
    OTHER = "other"


class CallBack(StrEnum):
    """Whether who asked was rung back on a number that was known before: else anybody may have asked."""

    YES = "yes"
    NO = "no"
    NOT_POSSIBLE = "not_possible"


class LookUpSource(StrEnum):
    """What answered."""

    MAIN = "main"
    REPLICA = "replica"
    COPY = "copy"


REASONS: dict[LookUpReason, str] = {
    LookUpReason.CALL_NOW: "An emergency call is going on: the agent or a service asks",
    LookUpReason.CALL_ENDED: "An emergency call has ended: the agent or a service asks",
    LookUpReason.WRONG_PLACE: "A call was sent to the wrong place, or had none",
    LookUpReason.HOLDER_ASKS: "Who uses the number asks what is held for it",
    LookUpReason.LINE_TEST: "A test or a fault of the line",
    LookUpReason.OTHER: "Something else: say what",
}
CALL_BACKS: dict[CallBack, str] = {
    CallBack.YES: "Yes, on a number that we knew before",
    CallBack.NO: "No",
    CallBack.NOT_POSSIBLE: "It was not possible",
}
