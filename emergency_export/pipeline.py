"""The way of a file from its fixed rows to the agent: the same bytes under the same number, or nothing."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from emergency_export.disk import Disk, write_whole
from emergency_export.faults import DamagedFile, NotWhatWasFixed
from emergency_export.file import Sink, render_file, verify_file
from emergency_export.ports import STEPS, FileToSend, Ledger, Step
from emergency_export.transport import Transport

OnStep = Callable[[str], None]
OUTGOING = "outgoing"


def deliver_files(
    ledger: Ledger,
    transport: Transport,
    workdir: Path,
    on_step: OnStep = lambda _: None,
    *,
    disk: Disk | None = None,
) -> tuple[str, ...]:
    """Deliver every file that the ledger says has not left, strictly in sequence, and return their names.

    Whatever is raised, no later file leaves before an earlier one; the next call goes on where this one stopped.
    NotWhatWasFixed, DamagedFile, ForeignContent: a person must look. TransportDown: the same call may succeed later.
    """
    disk, delivered = disk or Disk(), []
    for file in sorted(ledger.undelivered(), key=lambda file: file.facts.file_sequence):
        _send(ledger, file, transport, workdir, on_step, again=False, disk=disk)
        on_step(Step.DELIVERED)
        ledger.mark_delivered(file)
        on_step(Step.MARKED)
        delivered.append(file.facts.file_name)
    # What still lies there is a draft of a night that came to nothing, and holds personal data.
    for left in _folder(workdir).iterdir():
        disk.remove(left)
    return tuple(delivered)


def send_again(
    ledger: Ledger, file: FileToSend, transport: Transport, workdir: Path, on_step: OnStep = lambda _: None
) -> None:
    """Deliver a file that has left before once more, byte for byte, under its own name and number."""
    _send(ledger, file, transport, workdir, on_step, again=True, disk=Disk())


def _send(
    ledger: Ledger, file: FileToSend, transport: Transport, workdir: Path, on_step: OnStep, *, again: bool, disk: Disk
) -> None:
    on_step(Step.FILE_BEGUN)
    path = _write(ledger, file, workdir, disk)
    on_step(Step.FILE_WRITTEN)
    ledger.note_leaving(file)
    transport.put(file.facts.file_name, path, again=again, on_step=on_step)
    # it holds personal data and has reached its place
    disk.remove(path)


def _write(ledger: Ledger, file: FileToSend, workdir: Path, disk: Disk) -> Path:
    """Make the file beside its final place and read it again: nothing leaves that was not found whole."""
    name = file.facts.file_name
    path = _folder(workdir) / f"{name}.part"
    report = verify_file(path, file.profile, file.facts) if path.exists() else None
    # The draft that was written while the rows were fixed saves a second rendering where it is what was fixed.
    if report is None or report.sha256 != file.sha256:
        written = write_whole(disk, path, render_file(file.profile, file.facts, ledger.rows(file)))
        if written != file.sha256:
            disk.remove(path)
            raise NotWhatWasFixed(
                f"{name} comes out other than it was fixed: nothing was sent, and nothing later will be"
            )
        report = verify_file(path, file.profile, file.facts)
    if report.faults or report.sha256 != file.sha256 or report.record_count != file.record_count:
        disk.remove(path)
        if report.faults:
            raise DamagedFile(report.faults)
        raise NotWhatWasFixed(f"{name} reads other than it was written: nothing was sent")
    return path


def begin_draft(workdir: Path, name: str) -> Sink:
    """Begin the draft of a file whose rows are being fixed, and return what takes its bytes.

    It promises nothing: torn, lost or of a night that was undone, it is no more than not used.
    """
    disk, path = Disk(), _folder(workdir) / f"{name}.part"
    disk.remove(path)
    return partial(disk.append, path)


def _folder(workdir: Path) -> Path:
    folder = workdir / OUTGOING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


__all__ = ["STEPS", "FileToSend", "Ledger", "Step", "begin_draft", "deliver_files", "send_again"]
