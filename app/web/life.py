"""The life of a number in words: what was said, sent and answered, the newest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.web.moments import read_moment

COMMANDS = {
    "A": "a new record",
    "M": "a changed record",
    "C": "the end of the record",
    "I": "a record that comes from another provider",
    "E": "a record that goes to another provider",
}
STATES = {
    "NEW": "waits to be sent",
    "ON_HOLD": "waits for its date",
    "DO_SEND": "goes out with the next file",
    "DO_NOT_SEND": "was not sent: the agent holds this already, or it could not be written",
    "FOLDED": "was taken up into a later change",
    "CANCELLED": "was cancelled before it was sent",
    "EXTRACTED": "is in a file that has not left yet",
    "DELIVERED": "was delivered; no answer yet",
    "FCO_ACCEPTED": "was taken by the agent; the record's own answer is awaited",
    "FCO_REJECTED": "went with a file that was refused as a whole",
    "ERROR": "waits at the agent",
    "ERROR_FINAL": "was refused",
    "COMPLETED": "was done",
    "ABANDONED": "was given up by a person",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: when (may be unknown), what, and more about it."""

    at: datetime | date | None
    what: str
    more: str = ""
    file_name: str = ""


def life_of(record: dict[str, Any]) -> list[Moment]:
    """Return the life from the record's document (interfaces.md): each transaction with its answers, newest first."""
    told = [entry for transaction in record["transactions"] for entry in _of_transaction(transaction)]
    return told[::-1]


def _of_transaction(transaction: dict[str, Any]) -> list[Moment]:
    command = COMMANDS.get(transaction.get("command") or "", "a change")
    state = STATES.get(transaction.get("state") or "", str(transaction.get("state")))
    file_name = transaction.get("file_name") or ""
    sent = Moment(
        read_moment(transaction.get("created_at")),
        f"{command[:1].upper()}{command[1:]} {state}",
        f"Reference {transaction['txn_ref']}" if transaction.get("txn_ref") else "",
        file_name,
    )
    answers = [
        Moment(read_moment(reply["at"]), f"The agent: {reply.get('text')}", f"Code {reply.get('code')}")
        for reply in transaction.get("replies") or []
    ]
    return [sent, *answers]
