"""The words of the life of a number: of each kind of entry, and of each entry."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from app.domain.life import LifeKind
from app.domain.look_ups import CALL_BACKS, REASONS
from app.domain.porting import WARNINGS
from app.domain.refusals import REFUSALS
from app.services.life.entries import Entry
from app.services.life.showing import US
from app.web.case_words import STEPS
from app.web.label import one_line
from app.web.life import COMMANDS, STATES, Moment
from app.web.reply_words import EFFECTS
from app.web.reply_words import REASONS as REFUSED_FOR
from validators.dates import written_date

KINDS: dict[LifeKind, str] = {
    LifeKind.SAID: "What was said",
    LifeKind.REVIEW: "Reviews",
    LifeKind.TRANSACTION: "Transactions",
    LifeKind.FILE: "Files",
    LifeKind.REPLY: "Answers",
    LifeKind.CASE: "Cases",
    LifeKind.PORT: "Porting",
    LifeKind.NUMBER: "The number itself",
    LifeKind.MESSAGE: "Messages",
    LifeKind.ALARM: "Alarms",
    LifeKind.LOOK_UP: "Look-ups",
    LifeKind.READ: "Read by staff",
}
SAID = {
    "record": "Address given",
    "moved": "Address changed",
    "cease": "No longer in use",
    "port_out": "Moves to another provider",
    "no_record": "No record is wanted",
    "cancelled": "Taken back before it went out",
}
BECAME = {
    "REVIEW": "a person checks it",
    "RETURNED": "it was given back",
    "SUPERSEDED": "it gave way to a newer word before it was checked",
    "CANCELLED": "it was cancelled",
    "ENDED": "the number came to another holder since",
}
FILES = {
    "extracted": "Put into a file",
    "delivered": "The file was delivered",
    "resent": "The file was sent again, byte for byte",
    "taken": "The agent took the file",
    "refused": "The agent refused the file",
}
PORTS = {
    "opened": "has begun",
    "warned": "the agent warns",
    "complete": "is complete",
    "undone": "was undone",
    "ended": "was ended by a person",
}
NUMBERS = {
    "barred": "999 barred: it is used outside the UK",
    "unbarred": "The bar of 999 was lifted",
    "urgent": "Urgent correction after a call that was sent to the wrong place",
}


class Told(NamedTuple):
    """An entry in words: a sentence, and what stands quietly under it."""

    what: str
    more: str = ""


def told(entry: Entry) -> Told:
    """Return an entry in words."""
    return WORDS[entry.kind](entry)


def in_words(history: Iterable[Entry]) -> list[Moment]:
    """Return a holder's history as their page tells it."""
    moments = []
    for entry in history:
        say = told(entry)
        who = {"": "", US: "By us"}.get(entry.who, f"By {entry.who}")
        reference = f"Reference {entry.txn_ref}" if entry.kind is LifeKind.TRANSACTION else ""
        code = f"Code {entry.code}" if entry.kind is LifeKind.REPLY else ""
        more = ". ".join(part for part in (say.more, who, reference, code) if part)
        file_name = entry.file_name if entry.kind is LifeKind.TRANSACTION else ""
        moments.append(Moment(entry.at, say.what, more, file_name))
    return moments


def _said(entry: Entry) -> Told:
    place = f": {one_line(entry.record)}" if entry.record else ""
    to = f" ({entry.text})" if entry.step == "port_out" else ""
    start = "" if entry.step == "cancelled" else f"From {_day(entry.from_day)}"
    return Told(f"{SAID[entry.step]}{to}{place}", "; ".join(filter(None, (start, BECAME.get(entry.state, "")))))


def _review(entry: Entry) -> Told:
    if entry.step == "approved":
        return Told("A person checked the address and let it go out")
    return Told("A person gave the address back", entry.text)


def _transaction(entry: Entry) -> Told:
    command = COMMANDS.get(entry.command, "a change")
    state = "was given up by a person" if entry.step == "abandoned" else STATES.get(entry.state, entry.state)
    why = "" if entry.step == "abandoned" else entry.text
    return Told(f"{command[:1].upper()}{command[1:]} {state}", why)


def _file(entry: Entry) -> Told:
    why = f", for {REFUSED_FOR.get(entry.code, entry.code)}" if entry.code and entry.step == "refused" else ""
    return Told(f"{FILES[entry.step]}{why}")


def _reply(entry: Entry) -> Told:
    plain = REFUSALS.get(entry.code)
    words = plain.text if plain is not None else f"The agent: {entry.text}"
    effect = EFFECTS.get(entry.step)
    return Told(words, "" if effect is None or entry.step == "applied" else f"{effect[0]}: {effect[1]}")


def _case(entry: Entry) -> Told:
    return Told(f"Case {entry.case_id}: {STEPS.get(entry.step, '')} {entry.text}".strip(" :"))


def _port(entry: Entry) -> Told:
    direction, _, step = entry.step.partition(" ")
    way = "The port from another provider" if direction == "import" else "The port to another provider"
    if step == "warned":
        return Told(f"{way}: {PORTS[step]}", WARNINGS.get(entry.code, entry.code))
    other = f" (CUPID {entry.text})" if step == "opened" else ""
    return Told(f"{way}{other} {PORTS.get(step, step)}", "" if step == "opened" else entry.text)


def _number(entry: Entry) -> Told:
    if entry.step == "known":
        return Told("The number came into the inventory", f"In use from {_day(entry.from_day)}")
    return Told(NUMBERS.get(entry.step, entry.step))


def _message(entry: Entry) -> Told:
    return Told("Message to the customer" if entry.step == "written by us" else "Message from the customer", entry.text)


def _alarm(entry: Entry) -> Told:
    return Told("Alarm ended" if entry.step == "cleared" else "Alarm", entry.text)


def _look_up(entry: Entry) -> Told:
    reasons: dict[str, str] = {str(reason): words for reason, words in REASONS.items()}
    answers: dict[str, str] = {str(answer): words for answer, words in CALL_BACKS.items()}
    asked = f"Asked by {entry.text}. " if entry.text else "Who asked was erased. "
    rung = f"Rung back: {answers.get(entry.code, entry.code)}"
    return Told(f"Looked up. {reasons.get(entry.step, entry.step)}", asked + rung)


def _read(entry: Entry) -> Told:
    return Told(f"Read by staff: {entry.step.replace('_', ' ')}")


WORDS: dict[LifeKind, Callable[[Entry], Told]] = {
    LifeKind.SAID: _said,
    LifeKind.REVIEW: _review,
    LifeKind.TRANSACTION: _transaction,
    LifeKind.FILE: _file,
    LifeKind.REPLY: _reply,
    LifeKind.CASE: _case,
    LifeKind.PORT: _port,
    LifeKind.NUMBER: _number,
    LifeKind.MESSAGE: _message,
    LifeKind.ALARM: _alarm,
    LifeKind.LOOK_UP: _look_up,
    LifeKind.READ: _read,
}


def _day(text: str) -> str:
    return written_date(date.fromisoformat(text)) if text else ""
