"""The three transports, each seen from the agent's side too."""

import os
from hashlib import sha256
from os import fsencode

from emergency_export.memory_transport import MemoryTransport
from emergency_export.sftp.address import Times, check_key_file, parse_address, read_host_keys
from emergency_export.sftp.transport import SftpTransport
from emergency_export.transport import FolderTransport

DAT, FCO, CAR = "BT199924112601.DAT", "BT199924112601.FCO", "BT199924112601.CAR"
QUICK = Times(connect=5, log_in=5, answer=5, idle=1)


def digest(content):
    return sha256(content).hexdigest()


def contents(folder):
    """Return all that is in a folder, what is unfinished too."""
    return {os.fsdecode(entry.name): _read(folder, entry.name) for entry in os.scandir(fsencode(folder))}


def _read(folder, name):
    with open(os.path.join(fsencode(folder), name), "rb") as file:  # noqa: PTH118, PTH123  a name of bytes
        return file.read()


class FolderSide:
    """A folder transport, seen from the agent's side too."""

    def __init__(self, root):
        self.transport = FolderTransport(root)
        self.transport.prepare()
        self.root = self.local = root

    def delivered(self, name):
        return contents(self.root / "outbox").get(name)

    def outbox(self):
        return contents(self.root / "outbox")

    def place(self, name, content):
        self._put("outbox", name, content)

    def answer(self, name, content):
        self._put("inbox", name, content)

    def withdraw(self, name):
        (self.root / "inbox" / name).unlink()

    def kept(self, folder):
        return contents(self.local / folder)

    def _put(self, folder, name, content):
        (self.root / folder / name).write_bytes(content)


class SftpSide(FolderSide):
    """An SFTP transport and the folders that its server shows."""

    def __init__(self, server, local, *, root=None, port=None, **options):
        self.root = root or server.new_root()
        self.local = local
        address = parse_address(options.pop("url", server.url_of(self.root, port)))
        options = {"times": QUICK} | options
        keys = read_host_keys(options.pop("host_key", server.host_key), address)
        key = check_key_file(str(options.pop("key", server.client_key)))
        self.transport = SftpTransport(address, keys, key, local, **options)
        self.transport.prepare()


class MemorySide:
    """The same view of a transport in memory."""

    def __init__(self, _):
        self.transport = MemoryTransport()

    def delivered(self, name):
        return self.transport.outbox.get(name)

    def outbox(self):
        return dict(self.transport.outbox)

    def place(self, name, content):
        self.transport.outbox[name] = content

    def answer(self, name, content):
        self.transport.inbox[name] = content

    def withdraw(self, name):
        del self.transport.inbox[name]

    def kept(self, folder):
        if folder == "archive":
            return dict(self.transport.kept)
        reasons = {name: text.encode() for name, text in self.transport.reasons.items()}
        return self.transport.quarantined | reasons
