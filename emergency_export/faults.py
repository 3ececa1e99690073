"""What can be wrong with a file, a record, a reply or a profile, and the errors that carry it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FaultCode(StrEnum):
    """The contract of a fault; its wording may change, its code does not."""

    LENGTH = "F01"
    LINE_ENDING = "F02"
    CHARACTER = "F03"
    CASE = "F04"
    TOO_LONG = "F05"
    MISSING = "F06"
    SHAPE = "F07"
    VALUE = "F08"
    FORM = "F09"
    RECORD_NUMBER = "F10"
    COMMAND = "F11"
    HEADER = "F12"
    TRAILER = "F13"
    DISAGREES = "F14"
    COUNT = "F15"
    CHECKSUM = "F16"
    RECORD_TYPE = "F17"
    SPACE = "F18"
    NOT_BLANK = "F19"
    TOO_MANY = "F20"
    COLUMNS = "F21"
    CONTRADICTION = "F22"
    NO_PLACE = "F23"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    `line` counts lines of the file from 1, `record` is the data record's number, `columns` are the first and last
    column from 1. The message never repeats a personal value: at most one character of it.
    """

    code: FaultCode
    message: str
    line: int | None = None
    record: int | None = None
    field: str | None = None
    columns: tuple[int, int] | None = None

    def __str__(self) -> str:
        """Return where and what, on one line."""
        where = [f"line {self.line}"] if self.line is not None else []
        if self.columns is not None:
            where.append(f"columns {self.columns[0]}-{self.columns[1]}")
        return f"{self.code} {', '.join(where)}: {self.message}" if where else f"{self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class ProfileFault:
    """One thing that is wrong in a format profile; `path` is where in its TOML."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return path and message on one line."""
        return f"{self.path}: {self.message}"


class ExportError(Exception):
    """The work cannot go on; `retryable` says whether the same call may succeed later."""

    retryable = False


class WrongProfile(ExportError):
    """A format profile contradicts itself or asks for what this version cannot do; `faults` holds all of it."""

    def __init__(self, faults: Iterable[ProfileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class FaultyContent(ExportError):
    """Something read or about to be written does not fit its layout; `faults` holds all that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class RecordFault(FaultyContent):
    """One record cannot be rendered or parsed."""


class DamagedFile(FaultyContent):
    """A DAT, EXT or full file does not agree with itself or with its profile."""


class DamagedReply(FaultyContent):
    """An FCO or a CAR is not what the profile says: it is set aside whole."""


class FileFull(ExportError):
    """The file holds as many records as the profile allows: the next row belongs in the next file."""


class NameExhausted(ExportError):
    """No further file name is left for the day (nn is 01 to 99)."""


class ForeignContent(ExportError):
    """Other content stands under a name of ours: a person must look before anything is sent."""


class UnusableSettings(ExportError):
    """What the settings say of the way to the agent cannot be used: an address, a host key or a key file."""


class WrongHostKey(ExportError):
    """The server does not have the pinned key: it is another machine, or its key was changed. Nothing was sent.

    `offered` and `pinned` are fingerprints as `ssh-keygen -l` prints them.
    """

    def __init__(self, server: str, offered: str, pinned: Iterable[str]) -> None:
        self.server, self.offered, self.pinned = server, offered, tuple(pinned)
        super().__init__(
            f"{server} shows another host key ({offered}) than the one it is known by ({', '.join(self.pinned)}): "
            "nothing was sent; ask the agent whether the key was changed, by another way than this one"
        )


class KeyRefused(ExportError):
    """The server does not let our user in with our key."""


class NotPermitted(ExportError):
    """The server knows us and forbids what delivery or collection needs."""


class MissingFolder(ExportError):
    """A folder that was agreed with the agent is not on its server."""


class NoSpace(ExportError):
    """The server has no room for the file."""


class ServerRefused(ExportError):
    """The server refuses for a reason that it does not tell, or that time will not mend."""


class UnsafeFolder(ExportError):
    """Others than the service's user can write where replies are read from."""


class NoSuchReply(ExportError):
    """The reply is not in the inbox, or not any more."""


class NotWhatWasFixed(ExportError):
    """The file rendered now differs from the digest stored when its rows were fixed: nothing may leave."""


class TransportDown(ExportError):
    """The other side could not be reached or broke off; the same call may succeed later."""

    retryable = True
