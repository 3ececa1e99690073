"""A reply is read by the profile in force, or by that of a file which still waits for its answers."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from app.db.unit_of_work import Reading
from app.domain.files import FileState
from app.domain.transactions import IN_FLIGHT
from app.models.exports import ExportFile, FormatProfile, Transaction
from app.services.system import System
from emergency_export.faults import DamagedReply, Fault, FaultCode
from emergency_export.profile_loading import parse_profile
from emergency_export.profiles import FileKind, Profile
from emergency_export.replies import CarFile, Fco, read_car, read_fco

REPLIES = (FileKind.FCO, FileKind.CAR)


class ReadReply(NamedTuple):
    """A reply that is whole and meant for us, and the profile that read it: its code table holds."""

    reply: Fco | CarFile
    profile: Profile


class ReplyReader:
    """Reads replies; the profiles of older files are fetched only where the one in force does not do."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._older: list[Profile] | None = None

    def kind_of(self, name: str) -> FileKind | None:
        """Say which of the agent's files bears such a name, None for one that is no reply."""
        return next((kind for profile in self._profiles() if (kind := profile.kind_of(name)) in REPLIES), None)

    def in_order(self, names: Sequence[str]) -> list[str]:
        """Return names as they are applied: FCO before CAR, then by day and number within the day, then the rest."""
        return sorted(names, key=self._order)

    def read(self, path: Path, name: str) -> ReadReply:
        """Read a reply; DamagedReply, with what the first profile that knows the name finds, for any other."""
        damaged = None
        for profile in self._profiles():
            kind = profile.kind_of(name)
            if kind not in REPLIES:
                continue
            try:
                return ReadReply(self._read(path, name, kind, profile), profile)
            except DamagedReply as found:
                damaged = damaged or found
        if damaged is not None:
            raise damaged
        raise DamagedReply([Fault(FaultCode.FORM, "no reply of the agent has such a name")])

    def _read(self, path: Path, name: str, kind: FileKind, profile: Profile) -> Fco | CarFile:
        if kind is FileKind.FCO:
            fco = read_fco(path, name, profile)
            with self._system.database.reading() as look:
                _check_fco(look, fco)
            return fco
        car = read_car(path, name, profile)
        if car.header.cupid != self._system.settings.cupid:
            message = f"the CAR is for CUPID {car.header.cupid}, not ours"
            raise DamagedReply([Fault(FaultCode.DISAGREES, message, line=1, field="cupid")])
        return car

    def _order(self, name: str) -> tuple[int, date, int, str]:
        kind = self.kind_of(name)
        if kind is FileKind.CAR:
            found = (profile.names[FileKind.CAR].parts(name) for profile in self._profiles())
            parts = next(part for part in found if part is not None)
            return 1, parts.day, parts.nn, name
        return (0 if kind is FileKind.FCO else 2), date.min, 0, name

    def _profiles(self) -> Iterator[Profile]:
        yield self._system.profile
        if self._older is None:
            with self._system.database.reading() as look:
                self._older = [parse_profile(body) for body in unanswered_profiles(look, self._system.profile.digest)]
        yield from self._older


def unanswered_profiles(look: Reading, but: str) -> Sequence[str]:
    """Return the texts of the profiles, other than the one with digest `but`, of files that wait for an answer."""
    flying = exists(
        select(Transaction.id).where(Transaction.file_id == ExportFile.id, Transaction.state.in_(IN_FLIGHT))
    )
    waiting = select(ExportFile.profile_digest).where(
        or_(ExportFile.state.in_((FileState.EXTRACTED, FileState.DELIVERED)), flying)
    )
    return look.session.scalars(
        select(FormatProfile.body)
        .where(FormatProfile.digest != but, FormatProfile.digest.in_(waiting))
        .order_by(FormatProfile.name, FormatProfile.digest)
    ).all()


def _check_fco(look: Reading, fco: Fco) -> None:
    """Hold an FCO against the file that it answers for."""
    sequence = look.session.scalar(select(ExportFile.file_sequence).where(ExportFile.file_name == fco.file_name))
    if sequence is None:
        raise DamagedReply([Fault(FaultCode.DISAGREES, "we never numbered such a file", field="file_name")])
    if fco.file_sequence not in {None, sequence}:
        message = f"the file has number {sequence}, the reply says {fco.file_sequence}"
        raise DamagedReply([Fault(FaultCode.DISAGREES, message, field="file_sequence")])
