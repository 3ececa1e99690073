"""What a server says of its files, and the refusals of the protocol as faults that tell a person what to do."""

from dataclasses import dataclass

from emergency_export.faults import ExportError, MissingFolder, NotPermitted, ServerRefused, TransportDown

# SSH_FX numbers (SFTP version 3, section 7)
END_OF_FILE, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE, NO_CONNECTION, CONNECTION_LOST = range(1, 8)
TEXT_SHOWN = 120


class RemoteStatus(Exception):
    """The server answered a request with a status other than success; `code` is its SSH_FX number."""

    def __init__(self, code: int, text: str) -> None:
        self.code, self.text = code, "".join(char for char in text if char.isprintable())[:TEXT_SHOWN]
        super().__init__(f"{self.text or 'no reason given'} (status {code})")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder of the server; `size` in bytes, `changed` in seconds since 1970."""

    name: str
    size: int
    changed: int
    is_file: bool


def told(status: RemoteStatus, place: str) -> ExportError:
    """Return a refusal as a fault; `place` is the address that was asked for."""
    match status.code:
        case 2:
            return MissingFolder(f"{place}: there is no such folder on the agent's server, or what was in it is gone")
        case 3:
            return NotPermitted(f"{place}: the agent's server does not permit it")
        case 6 | 7:
            return TransportDown(f"{place}: the agent's server lost its own connection")
    return ServerRefused(f"{place}: the agent's server refused: {status}")
