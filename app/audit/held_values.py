"""The personal values beside the chain: each is as it was written, or an erasure says where it went (A3)."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.audit.chain import read_digests
from app.audit.events import Action
from app.audit.keys import KeyMissing, KeyReader
from app.audit.log import ORIGIN
from app.models.audit import AuditEvent

ROWS_AT_A_TIME = 1000


class Bad(Exception):
    """An entry that is not as it was written."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(seq, why)
        self.seq = seq
        self.why = why


@dataclass(frozen=True, slots=True)
class Erasures:
    """How far each subject's values were erased, and all network addresses."""

    through: dict[str, int]
    origins_through: int

    def cover(self, seq: int, part: str, subject: str) -> bool:
        """Say whether the trail says that these values were erased."""
        return seq <= self.through.get(subject, 0) or (part == ORIGIN and seq <= self.origins_through)


class HeldValues:
    """The personal values beside the chain, walked in step with it."""

    def __init__(self, rows: Iterable[Row[Any]], keys: KeyReader, erasures: Erasures) -> None:
        self._keys = keys
        self._erasures = erasures
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def check(self, seq: int, values_digest: str) -> None:
        """Raise Bad unless exactly the values that the entry promises are held, or an erasure took them."""
        held = {}
        while self._next is not None and self._next.seq <= seq:
            if self._next.seq < seq:
                raise Bad(self._next.seq, "personal values lie beside no entry")
            held[self._next.part] = self._next
            self._next = next(self._rows, None)
        promised = read_digests(values_digest)
        if held.keys() - promised.keys():
            raise Bad(seq, "personal values were added to it")
        for part, (subject, digest) in promised.items():
            self._check_part(seq, part, subject, digest, held.get(part))

    def check_nothing_left(self) -> None:
        """Raise Bad when values are held for an entry that does not exist."""
        if self._next is not None:
            raise Bad(self._next.seq, "personal values lie beside no entry")

    def _check_part(self, seq: int, part: str, subject: str, digest: str, row: Row[Any] | None) -> None:
        erased = self._erasures.cover(seq, part, subject)
        if row is None:
            if not erased:
                raise Bad(seq, "personal values are missing and no erasure says so")
            return
        if erased:
            raise Bad(seq, "personal values are there that the trail says were erased")
        try:
            right = row.subject == subject and hmac.compare_digest(self._keys.digest(subject, row.values), digest)
        except KeyMissing:
            raise Bad(seq, f"the key of {subject} is missing and no erasure says so") from None
        except (AttributeError, ValueError):  # SQLite holds what it is given: bytes, or text that is none
            right = False
        if not right:
            raise Bad(seq, "personal values are not as they were written")


def read_erasures(session: Session) -> Erasures:
    """Read all erasures ahead of the walk, since they stand behind what they erased; the walk itself proves them."""
    statement = select(AuditEvent.seq, AuditEvent.action, AuditEvent.detail).where(
        AuditEvent.action.in_([Action.VALUES_ERASED.value, Action.ORIGINS_EXPIRED.value])
    )
    through: dict[str, int] = {}
    origins_through = 0
    with session.execute(statement, execution_options={"yield_per": ROWS_AT_A_TIME}) as rows:
        for row in rows:
            try:
                detail = json.loads(row.detail)
                end = int(detail["through_seq"])
                if row.action == Action.ORIGINS_EXPIRED.value:
                    origins_through = max(origins_through, end)
                else:
                    through[detail["subject_key"]] = max(through.get(detail["subject_key"], 0), end)
            except (ValueError, TypeError, KeyError):
                # The walk comes to it and names it, or one before it; what it says excuses nothing.
                continue
    return Erasures(through, origins_through)
