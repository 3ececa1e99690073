"""Somebody who stands at the door: sees every file that leaves and every reply that is believed, and remembers."""

from hashlib import sha256
from pathlib import Path

from emergency_export.file import read_file
from emergency_export.profiles import FileKind
from emergency_export.replies import read_car, read_fco


class Records:
    """What was seen of one installation, whatever its database says or has forgotten."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.sequences: dict[int, str] = {}  # to the file's name
        self.references: dict[str, tuple[str, str]] = {}  # to number and file
        self.open: dict[str, str] = {}  # the command in flight of a number
        self.ended: set[str] = set()  # references that a person ended before their file left
        self.since_backup = 0

    def leaves(self, name, content, sequence, rows) -> None:
        """A file is about to leave: by then its number, name and references are its own for good."""
        if name in self.files:
            assert self.files[name] == content, f"{name} has two contents"
            return
        assert self.sequences.setdefault(sequence, name) == name, f"number {sequence} has two contents"
        self.files[name] = content
        self.since_backup += 1
        for row in rows:
            if not row.command:
                continue  # a full file's, for comparison only
            assert row.txn_ref not in self.references, f"{row.txn_ref} is used twice"
            assert row.telephone_no not in self.open, f"two commands for {row.telephone_no} in flight"
            self.references[row.txn_ref] = (row.telephone_no, name)
            if row.txn_ref not in self.ended:
                self.open[row.telephone_no] = row.txn_ref

    def ends(self, reference) -> None:
        if reference not in self.references:
            self.ended.add(reference)
        telephone, _ = self.references.get(reference, ("", ""))
        if self.open.get(telephone) == reference:
            del self.open[telephone]

    def close_file(self, name) -> None:
        for reference in [ref for ref in self.open.values() if self.references[ref][1] == name]:
            self.ends(reference)

    def close_all(self) -> None:
        self.open.clear()

    def forget_after(self, sequence) -> None:
        """The agent never took those: their numbers are free, their names and references are not."""
        self.sequences = {number: name for number, name in self.sequences.items() if number <= sequence}

    def check_numbers(self, last) -> None:
        assert sorted(self.sequences) == list(range(1, last + 1)), "no number is missing"


class Witness:
    """A transport that is watched."""

    def __init__(self, transport, records: Records, profile) -> None:
        self._transport, self._records, self._profile = transport, records, profile

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def put(self, name, source: Path, **options):
        content = source.read_bytes()
        rows = [row for _, row in read_file(source, self._profile)]
        self._records.leaves(name, content, int(content[26:32]), rows)
        return self._transport.put(name, source, **options)

    def keep(self, name):
        kept = self._transport.keep(name)
        path = self._transport.root / "inbox" / name
        assert sha256(path.read_bytes()).hexdigest() == kept.sha256
        if self._profile.kind_of(name) is FileKind.FCO:
            reply = read_fco(path, name, self._profile)
            if not reply.accepted and reply.reason not in {"SEQGAP", "SEQDUP"}:
                self._records.close_file(reply.file_name)
        else:
            for row in read_car(path, name, self._profile).rows():
                if row.final or row.command in "IE":
                    self._records.ends(row.txn_ref)
        return kept
