"""Calls that are done once, however often they are sent: by the Idempotency-Key that a program gives them (U2).

The row of a call is committed before the call begins, so that of two that come at the same moment one finds the
other's; the answer is put to it when the call has ended. Between the two lies the call itself, in a transaction of its
own: where the process died there, nobody can tell whether that was kept, and whoever asks again is told so.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.actors import Actor
from app.errors import CallAPerson, Conflict, NotAllowed, Problem, Refused
from app.models.calls import IdempotentCall
from app.services.people.secrets import SecretRing
from app.services.system import System

KEPT_FOR = timedelta(hours=24)
# Longer than any call may take: the web server ends its workers before.
BROKEN_OFF_AFTER = timedelta(minutes=10)
AT_WORK = "A call with this Idempotency-Key is at work just now: ask again in a moment."
BROKEN_OFF = (
    "A call with this Idempotency-Key broke off. Whether anything of it was kept is not known: look at what it was to "
    "change, and if it has to be done again, send it with a new Idempotency-Key."
)
OTHER_CALL = "This Idempotency-Key was used for another call: give each call a key of its own."


@dataclass(frozen=True)
class Answer:
    """An answer as it was given the first time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True)
class Begun:
    """A call that is ours to do."""

    id: int


def begin_call(system: System, actor: Actor, word: str, asked: bytes) -> Begun | Answer:
    """Take a call up, or return the answer that it was given before; `asked` is all that the program sent.

    Conflict while it is at work, and CallAPerson where it broke off; Refused (J03) where the key was another call's.
    """
    if actor.key_id is None:
        raise NotAllowed(f"{actor.name} calls with no key")
    now = system.clock.now()
    facts = {"key_id": actor.key_id, "word": sha256(word.encode()).hexdigest()}
    digest = sha256(asked).hexdigest()
    of_call = (IdempotentCall.key_id == facts["key_id"]) & (IdempotentCall.word == facts["word"])
    try:
        with system.database.unit_of_work() as work:
            past = of_call & (IdempotentCall.begun_at <= now - KEPT_FOR)
            work.session.execute(delete(IdempotentCall).where(past))
            row = IdempotentCall(**facts, digest=digest, begun_at=now)
            work.session.add(row)
            work.session.flush()
            begun = Begun(row.id)
            work.commit()
    except IntegrityError:
        with system.database.reading() as look:
            found = look.session.scalars(select(IdempotentCall).where(of_call)).one_or_none()
        return _known(system, found, digest)
    return begun


def end_call(system: System, begun: Begun, answer: Answer) -> None:
    """Keep the answer of a call, sealed; it is given again for a day."""
    text = json.dumps([answer.status, answer.headers, answer.body])
    sealed = SecretRing(system.settings.key_dir).seal(text, _purpose(begun.id))
    with system.database.unit_of_work() as work:
        ended = {"ended_at": system.clock.now(), "answer": sealed}
        work.session.execute(update(IdempotentCall).where(IdempotentCall.id == begun.id).values(ended))
        work.commit()


def release_call(system: System, begun: Begun) -> None:
    """Let a call be sent again of which nothing was kept."""
    with system.database.unit_of_work() as work:
        work.session.execute(delete(IdempotentCall).where(IdempotentCall.id == begun.id))
        work.commit()


def expire_idempotency(system: System) -> int:
    """Delete the calls that are a day old and return how many; may be run as often as wanted."""
    old = IdempotentCall.begun_at <= system.clock.now() - KEPT_FOR
    with system.database.unit_of_work() as work:
        gone = work.session.scalars(delete(IdempotentCall).where(old).returning(IdempotentCall.id)).all()
        work.commit()
    return len(gone)


def _known(system: System, found: IdempotentCall | None, digest: str) -> Answer:
    if found is None:  # released in this moment
        raise Conflict(AT_WORK)
    if found.digest != digest:
        raise Refused([Problem("J03", "Idempotency-Key", "error", OTHER_CALL)])
    if found.answer is None:
        if system.clock.now() - found.begun_at < BROKEN_OFF_AFTER:
            raise Conflict(AT_WORK)
        raise CallAPerson(BROKEN_OFF)
    text = SecretRing(system.settings.key_dir).open(found.answer, _purpose(found.id))
    status, headers, body = json.loads(text)
    return Answer(status, tuple((name, value) for name, value in headers), body)


def _purpose(call_id: int) -> str:
    return f"call:{call_id}"
