"""Look-ups while the trail cannot be written: lines of a local file, brought into the trail later, each once."""

import fcntl
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.audit.events import Action, EventRefused, check_token
from app.audit.journal import append_line, read_lines
from app.audit.log import name_in_trail
from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.look_ups import CallBack, LookUpReason, LookUpSource
from app.domain.permissions import Permission
from app.errors import CallAPerson
from app.models.look_ups import LookUpHandedIn
from app.models.numbers import Number
from app.services.access import authorise
from app.services.lookup.asking import Asked, NotRecorded
from app.services.system import System
from app.settings import Settings
from validators.numbers import read_number

KIND = "look-up"
LOCK_WAIT_SECONDS = 30.0
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class HandedIn:
    """How many look-ups came into the trail, and how many were there already."""

    new: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """One look-up of the journal, read and held against the closed lists."""

    id: str
    at: datetime
    by: str
    origin: str
    number: str
    source: LookUpSource
    reason: LookUpReason
    call_back: CallBack
    asked_by: str
    words: str


def journal_of_copy(path: Path) -> Path:
    """Return the journal that lies beside a copy."""
    return path.with_name(f"{path.name}.journal")


def journal_of_replica(settings: Settings) -> Path:
    """Return the journal of look-ups in a replica."""
    return settings.data_dir / "look-ups.journal"


def known_journals(settings: Settings) -> list[Path]:
    """Return the journals that this installation may have."""
    copies = [journal_of_copy(Path(settings.lookup_copy))] if settings.lookup_copy else []
    return [journal_of_replica(settings), *copies]


def note_look_up(journal: Path, actor: Actor, asked: Asked, source: LookUpSource, at: datetime) -> None:
    """Write a look-up down, on disk for good before this returns; NotRecorded where that is not possible."""
    facts = {
        "id": secrets.token_hex(ID_BYTES),
        "at": at.isoformat(),
        "by": actor.name if actor.user_id is None else name_in_trail(actor),
        "origin": actor.origin,
        "number": asked.number,
        "source": str(source),
        "reason": str(asked.reason),
        "call_back": str(asked.call_back),
        "asked_by": asked.asked_by,
        "words": asked.words,
    }
    try:
        append_line(journal, KIND, **facts)
    except OSError as fault:
        raise NotRecorded(
            f"The look-up cannot be written into {journal.name} ({fault.strerror}), so it is not answered."
        ) from fault


def hand_in(system: System, actor: Actor, journals: Sequence[Path] = ()) -> HandedIn:
    """Bring the look-ups of some journals, else of those that are known, into the trail; each comes there once.

    What is in the trail is then taken out of the journal, which holds personal data. CallAPerson for a line that
    cannot be read: nothing of that journal comes in.
    """
    authorise(actor, Permission.LOOK_UP)
    new = known = 0
    with named_lock(system.database, "look-ups", wait=LOCK_WAIT_SECONDS):
        for journal in journals or known_journals(system.settings):
            lines = [_read(journal, facts) for facts in read_lines(journal, KIND)]
            if not lines:
                continue
            size = journal.stat().st_size
            fresh = _bring_in(system, actor, lines)
            new, known = new + fresh, known + len(lines) - fresh
            _empty(journal, size, len(lines))
    return HandedIn(new, known)


def _read(journal: Path, facts: dict[str, Any]) -> _Line:
    try:
        line = _Line(
            **{name: str(facts[name]) for name in ("id", "by", "origin", "asked_by", "words")},
            at=datetime.fromisoformat(facts["at"]),
            number=read_number(facts["number"]) or "",
            source=LookUpSource(facts["source"]),
            reason=LookUpReason(facts["reason"]),
            call_back=CallBack(facts["call_back"]),
        )
        bytes.fromhex(line.id)
    except (KeyError, ValueError, TypeError):
        line = None
    if line is None or not line.number or line.at.tzinfo is None or len(line.id) != 2 * ID_BYTES:
        raise CallAPerson(f"A line of {journal.name} is no look-up: keep the file, and find out who changed it.")
    return line


def _bring_in(system: System, actor: Actor, lines: Sequence[_Line]) -> int:
    """Write those that are not in the trail yet, and return how many they were."""
    with system.database.unit_of_work() as work:
        count = 0
        for line in {line.id: line for line in lines}.values():
            if work.session.get(LookUpHandedIn, line.id) is None:
                _record(system, work, actor, line)
                count += 1
        work.commit()
    return count


def _record(system: System, work: UnitOfWork, actor: Actor, line: _Line) -> None:
    now = system.clock.now()
    work.session.add(LookUpHandedIn(id=line.id, looked_up_at=line.at, handed_in_at=now))
    found = work.session.execute(select(Number.id, Number.account_id).where(Number.number == line.number)).one_or_none()
    detail = {
        "journal_id": line.id,
        "looked_up_at": line.at.isoformat(),
        "looked_up_by": _token(line.by),
        "source": str(line.source),
        "reason": str(line.reason),
        "call_back": str(line.call_back),
    }
    values = {name: getattr(line, name) for name in ("number", "asked_by", "words", "by", "origin")}
    subject: tuple[str, int] = ("installation", 1) if found is None else ("number", found[0])
    account_id = None if found is None else found[1]
    system.record(work, actor, Action.LOOK_UP_HANDED_IN, subject, detail, values=values, account_id=account_id)


def _token(name: str) -> str:
    """Return a name as the chain may keep it; what is none stands among the values alone."""
    try:
        check_token("looked_up_by", name)
    except EventRefused:
        return "other"
    return name


def _empty(journal: Path, size: int, lines: int) -> None:
    """Take out what is in the trail, unless something came behind it meanwhile: then all stays for the next time."""
    with journal.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_size == size and file.read().count(b"\n") == lines:
            file.truncate(0)
            os.fsync(file.fileno())
