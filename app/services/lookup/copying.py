"""The local copy for look-ups: a dated SQLite file with the answers alone, each sealed under a key in ELD_KEY_DIR."""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.look_ups import LookUpSource
from app.domain.permissions import Permission
from app.errors import CallAPerson, Misconfigured, Problem, Refused
from app.models.numbers import NumberBlock, NumberRange
from app.services.access import authorise, note_reading
from app.services.blocks import Block, after_code, longest, ours, prefixes_of
from app.services.lookup.answers import Answer, all_answers
from app.services.people.secrets import SecretRing
from app.services.system import System
from app.settings import Settings
from validators.numbers import national

RING = "look-up.ring"
FORM = "eld look-up copy 1"
SCHEMA = """
CREATE TABLE about (form TEXT, made_at TEXT, environment TEXT, cupid TEXT, numbers INTEGER);
CREATE TABLE answers (place TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ranges (first INTEGER, last INTEGER);
CREATE TABLE blocks (prefix TEXT PRIMARY KEY, digits TEXT, status TEXT, holder TEXT, own INTEGER) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class CopyMade:
    """A copy that was written."""

    path: Path
    numbers: int
    made_at: datetime


def write_copy(system: System, actor: Actor, path: Path) -> CopyMade:
    """Write the copy under its name at once, whole, with mode 600.

    Refused where another kind of file has the name. Neither numbers nor names can be read in it without the key.
    """
    authorise(actor, Permission.LOOK_UP)
    _check_place(path)
    ring, made_at = SecretRing(system.settings.key_dir, RING), system.clock.now()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        count = _fill(system, draft, ring, made_at)
        _sync(draft)
        # Before it has its name: no copy lies about that the trail does not know of.
        note_reading(system, actor, "look_up_copy", ("installation", 1), count)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)
    return CopyMade(path, count, made_at)


def made_at(path: Path) -> datetime | None:
    """Return when a copy was made, None where there is none that can be read."""
    try:
        with _opened(path) as file:
            return _about(file)[0]
    except (CallAPerson, Misconfigured):
        return None


def answer_from_copy(settings: Settings, path: Path, e164: str) -> Answer:
    """Return what a copy tells of a number.

    Misconfigured where there is no copy or no key, or it is another installation's; CallAPerson where it is damaged.
    """
    if not (settings.key_dir / RING).exists():
        raise Misconfigured(f"The copy is sealed: bring {RING} into ELD_KEY_DIR, from where it was made.")
    ring = SecretRing(settings.key_dir, RING)
    with _opened(path) as file:
        made, environment, cupid = _about(file)
        if (environment, cupid) != (settings.environment, settings.cupid):
            raise Misconfigured("The copy is of another installation (ELD_ENVIRONMENT, ELD_CUPID).")
        place = ring.digest(e164)
        row = file.execute("SELECT sealed FROM answers WHERE place = ?", (place,)).fetchone()
        found = _not_ours(file, e164) if row is None else Answer(**json.loads(ring.open(row[0], place)))
    return replace(found, source=LookUpSource.COPY.value, as_of=made.isoformat())


def _check_place(path: Path) -> None:
    """Overwrite a copy, and nothing else."""
    if path.exists() and made_at(path) is None:
        raise Refused([Problem("L04", "to", "error", f"{path.name} is there and is no copy for look-ups.")])


def _fill(system: System, draft: Path, ring: SecretRing, made: datetime) -> int:
    """Write everything into the draft and return how many numbers there are."""
    settings = system.settings
    with closing(sqlite3.connect(draft)) as file, system.database.reading() as look:
        file.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {SCHEMA} BEGIN;")
        count = 0
        for number, answer in all_answers(look, settings, system.today):
            place = ring.digest(number)
            sealed = ring.seal(json.dumps(asdict(answer)), place)
            file.execute("INSERT INTO answers VALUES (?, ?)", (place, sealed))
            count += 1
        ranges = look.session.execute(select(NumberRange.start, NumberRange.end))
        file.executemany("INSERT INTO ranges VALUES (?, ?)", [tuple(row) for row in ranges])
        for block in look.session.scalars(select(NumberBlock)):
            known = Block(block.prefix, tuple(block.digits), block.status, block.holder, block.allocated_on)
            is_own = ours(system, known) is not None
            row = (block.prefix, json.dumps(block.digits), block.status, block.holder, is_own)
            file.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", row)
        about = (FORM, made.isoformat(), settings.environment, settings.cupid, count)
        file.execute("INSERT INTO about VALUES (?, ?, ?, ?, ?)", about)
        file.commit()
    return count


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy to be read and not changed."""
    if not path.is_file():
        raise Misconfigured(f"There is no copy for look-ups at {path}.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            yield file
    except (sqlite3.Error, ValueError, TypeError) as fault:
        raise CallAPerson(f"{path.name} is no whole copy for look-ups: make another.") from fault


def _about(file: sqlite3.Connection) -> tuple[datetime, str, str]:
    row = file.execute("SELECT form, made_at, environment, cupid FROM about").fetchone()
    if row is None or row[0] != FORM:
        raise ValueError("another form")
    return datetime.fromisoformat(row[1]), row[2], row[3]


def _not_ours(file: sqlite3.Connection, e164: str) -> Answer:
    digits = after_code(e164)
    blocks, own = {}, set()
    for prefix in prefixes_of(digits):
        row = file.execute("SELECT * FROM blocks WHERE prefix = ?", (prefix,)).fetchone()
        if row is not None:
            blocks[prefix] = Block(row[0], tuple(json.loads(row[1])), row[2], row[3], None)
            own |= {prefix} if row[4] else set()
    block = longest(digits, blocks)
    whole = int(e164.removeprefix("+"))
    ranged = file.execute("SELECT 1 FROM ranges WHERE first <= ? AND last >= ?", (whole, whole)).fetchone()
    return Answer(
        national(e164),
        known=False,
        own_range=ranged is not None or (block is not None and block.prefix in own),
        holder=block.holder if block is not None and block.is_held else "",
    )


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
