"""What every use case works with: settings, clock, database, keys, profile and transport, opened once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from app.audit.events import Action
from app.audit.keys import KeyStore
from app.audit.log import append
from app.clock import Clock, SystemClock, local_date
from app.db.engine import Database
from app.db.migrate import pending
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.errors import Misconfigured
from app.models.accounts import Installation
from app.settings import Settings
from emergency_export.faults import UnusableSettings
from emergency_export.profile_loading import load_profile
from emergency_export.profiles import Profile
from emergency_export.sftp.address import check_key_file, parse_address, read_host_keys
from emergency_export.sftp.transport import SftpTransport
from emergency_export.transport import FolderTransport, Transport

# What staff write about no account in particular lies under a key of its own.
OPERATIONS_NOTES = "operations-notes"
Read = TypeVar("Read")


@dataclass(frozen=True)
class System:
    """One installation, open for work."""

    settings: Settings
    clock: Clock
    database: Database
    keys: KeyStore
    profile: Profile
    transport: Transport

    @property
    def today(self) -> date:
        """The date where the provider is."""
        return local_date(self.clock, self.settings.timezone)

    @property
    def journal(self) -> Path:
        """The export journal: outside the database, it anchors the trail and the sequence of files."""
        return self.settings.data_dir / "journal.jsonl"

    @property
    def workdir(self) -> Path:
        """Where files are made before they leave."""
        return self.settings.data_dir / "work"

    def record(
        self,
        work: UnitOfWork,
        actor: Actor,
        action: Action,
        subject: tuple[str, int | str],
        detail: dict[str, Any],
        *,
        values: dict[str, Any] | None = None,
        account_id: int | None = None,
    ) -> None:
        """Append to the trail in the caller's transaction; `values` are personal and lie under the account's key."""
        append(
            work,
            self.keys,
            self.clock,
            actor,
            action,
            subject_kind=subject[0],
            subject_id=str(subject[1]),
            detail=detail,
            values=values,
            subject_key=None if values is None else OPERATIONS_NOTES if account_id is None else f"account-{account_id}",
        )


def open_system(settings: Settings, clock: Clock | None = None) -> System:
    """Open the installation that `settings` describe; Misconfigured where it was not set up, or for another use."""
    database = Database(settings.database_url)
    if pending(database):
        raise Misconfigured("the database has no schema, or an older one: run `eld db upgrade`")
    with database.reading() as work:
        installed = work.session.get(Installation, 1)
    found = None if installed is None else (installed.demo, installed.environment, installed.cupid)
    if found != (settings.demo, settings.environment, settings.cupid):
        raise Misconfigured(
            "the database was set up for another use (demo, environment, CUPID) than these settings say: "
            "live and demo data never share a database"
        )
    return System(
        settings=settings,
        clock=clock or SystemClock(),
        database=database,
        keys=KeyStore(settings.key_dir),
        profile=load_profile(settings.profile),
        transport=open_transport(settings),
    )


def open_transport(settings: Settings) -> Transport:
    """Return the way to the agent that the settings name, without reaching out; Misconfigured names every fault."""
    if settings.transport.startswith("folder:"):
        return FolderTransport(Path(settings.transport.removeprefix("folder:")))
    faults: list[str] = []
    address = _checked("ELD_TRANSPORT", partial(parse_address, settings.transport), faults)
    key = _checked("ELD_SFTP_KEY", partial(check_key_file, settings.sftp_key), faults)
    host_keys = None
    if address is not None:
        host_keys = _checked("ELD_SFTP_HOST_KEY", partial(read_host_keys, settings.sftp_host_key, address), faults)
    if address is None or key is None or host_keys is None:
        raise Misconfigured("; ".join(faults))
    return SftpTransport(address, host_keys, key, settings.data_dir)


def _checked(variable: str, read: Callable[[], Read], faults: list[str]) -> Read | None:
    try:
        return read()
    except UnusableSettings as wrong:
        faults.append(f"{variable}: {wrong}")
        return None
