"""The words of a case: its queues, its state, and each line of its history."""

from typing import Any

from app.domain.cases import CaseStep
from app.services.cases.history import ANSWERED
from app.services.casework.listing import Queue

QUEUES = {
    Queue.UNCLOSED: "Not closed",
    Queue.OPEN: "To mend",
    Queue.OVERDUE: "Overdue",
    Queue.MINE: "Yours",
    Queue.UNOWNED: "Nobody's",
    Queue.RESENT: "Sent again",
    Queue.CLOSED: "Closed",
}
EMPTY = {
    Queue.UNCLOSED: "When the agent refuses a record, or one cannot be written, it stands here with the reason in "
    "plain words, its owner and its deadline.",
    Queue.OPEN: "What waits for a person to mend it stands here. Nothing does.",
    Queue.OVERDUE: "What should have been mended by now stands here. Nothing is overdue.",
    Queue.MINE: "The cases that you take, or that are given to you, stand here. You have none.",
    Queue.UNOWNED: "Cases that nobody has taken yet stand here. Every case has its owner.",
    Queue.RESENT: "What was mended and waits for the agent's answer stands here. Nothing does.",
    Queue.CLOSED: "A case closes when the agent accepts the record, or when a person closes it with a reason. "
    "None has closed yet.",
}
STATES = {
    "open": ("red", "Needs a person"),
    "resent": ("blue", "Sent again"),
    "closed": ("grey", "Closed"),
}
STEPS = {
    CaseStep.OPENED: "Opened:",
    CaseStep.AGAIN: "Once more:",
    CaseStep.MENDED: "Mended.",
    CaseStep.RESENT: "Something newer was said: it goes out again.",
    CaseStep.TAKEN_BACK: "What was to go out again was taken back: a person must act.",
    CaseStep.TAKEN: "Taken",
    CaseStep.GIVEN: "Given to",
    CaseStep.GIVEN_BACK: "Given back: nobody has it.",
    CaseStep.NOTED: "",
    CaseStep.CLOSED: "Closed:",
    CaseStep.REOPENED: "Opened again:",
    ANSWERED: "",
}


def told(line: dict[str, Any]) -> str:
    """Return what one line of a history says."""
    return f"{STEPS.get(line['step'], '')} {line['text']}".strip()
