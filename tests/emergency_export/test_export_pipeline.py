"""A night in memory, cut off at every step: afterwards the same bytes under the same number, or nothing."""

from hashlib import sha256

import pytest
from export_samples import ACTIVATE, CEASE, CSV, EFF, HELD, MODIFY, facts, rendered
from failing_disk import FailingDisk, every_fault

from emergency_export.faults import ForeignContent, NotWhatWasFixed, RecordFault, TransportDown
from emergency_export.file import verify_file
from emergency_export.memory_transport import MemoryTransport
from emergency_export.pipeline import STEPS, FileToSend, deliver_files, send_again

FIRST, SECOND, THIRD = (facts(EFF, nn=nn).file_name for nn in (1, 2, 3))


class CutOff(BaseException):
    """The power goes: nothing in the program may catch it."""


class MemoryLedger:
    """Files and their rows; keeps the promises of Ledger."""

    def __init__(self):
        self.files, self.kept, self.marked, self.noted = [], {}, [], []

    def fix(self, profile, rows, nn, sequence, kind="D"):
        head = facts(profile, nn=nn, sequence=sequence, kind=kind)
        content = rendered(profile, rows, nn=nn, sequence=sequence, kind=kind)
        self.files.append(FileToSend(head, profile, sha256(content).hexdigest(), len(rows)))
        self.kept[head.file_name] = rows

    def undelivered(self):
        return [file for file in self.files if file.facts.file_name not in self.marked]

    def rows(self, file):
        return iter(self.kept[file.facts.file_name])

    def note_leaving(self, file):
        self.noted.append(file.facts.file_name)

    def mark_delivered(self, file):
        if file.facts.file_name not in self.marked:
            self.marked.append(file.facts.file_name)


@pytest.fixture
def ledger():
    found = MemoryLedger()
    found.fix(EFF, (MODIFY,), 2, 8)
    found.fix(EFF, (ACTIVATE, CEASE), 1, 7)
    found.fix(EFF, HELD, 3, 9, kind="F")
    return found


def test_files_leave_in_sequence_step_by_step(ledger, tmp_path):
    transport, steps = MemoryTransport(), []
    assert deliver_files(ledger, transport, tmp_path, steps.append) == (FIRST, SECOND, THIRD)
    assert transport.deliveries == ledger.marked == [FIRST, SECOND, THIRD]
    assert steps == list(STEPS[1:]) * 3
    assert transport.outbox[FIRST] == rendered(EFF, (ACTIVATE, CEASE), nn=1, sequence=7)
    assert verify_file(transport.outbox[THIRD], EFF).faults == ()
    assert list((tmp_path / "outgoing").iterdir()) == []
    assert deliver_files(ledger, transport, tmp_path) == ()


@pytest.mark.parametrize("at", range(1, 16))
def test_a_night_cut_off_at_any_step_ends_the_same(ledger, tmp_path, at):
    transport, seen = MemoryTransport(), []

    def cut(step):
        seen.append(step)
        if len(seen) == at:
            raise CutOff

    whole = MemoryTransport()
    with pytest.raises(CutOff):
        deliver_files(ledger, transport, tmp_path, cut)
    assert ledger.marked == transport.deliveries[: len(ledger.marked)]
    assert len(transport.deliveries) - len(ledger.marked) in (0, 1)
    assert ledger.noted[: len(transport.deliveries)] == transport.deliveries, "noted outside before it leaves"
    deliver_files(ledger, transport, tmp_path)
    again = MemoryLedger()
    again.files, again.kept = ledger.files, ledger.kept
    deliver_files(again, whole, tmp_path)
    assert transport.outbox == whole.outbox
    assert transport.deliveries == [FIRST, SECOND, THIRD], "nothing was delivered twice"
    assert ledger.marked == [FIRST, SECOND, THIRD]


def test_a_disk_that_fails_at_any_operation_lets_nothing_half_out(ledger, tmp_path):
    one = ledger.files[1]

    def run(disk):
        alone, transport = MemoryLedger(), MemoryTransport()
        alone.files, alone.kept = [one], ledger.kept
        done = True
        try:
            deliver_files(alone, transport, tmp_path, disk=disk)
        except OSError:
            done = False
        expected = rendered(EFF, (ACTIVATE, CEASE), nn=1, sequence=7)
        assert transport.outbox in ({}, {FIRST: expected})
        deliver_files(alone, transport, tmp_path)
        assert (transport.outbox, transport.deliveries) == ({FIRST: expected}, [FIRST])
        return done

    every_fault(run)
    assert FailingDisk(1).count == 0


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 6])
def test_a_transport_that_breaks_off_is_met_again(ledger, tmp_path, at):
    calls = []

    def broken(_):
        calls.append(_)
        if len(calls) == at:
            raise TransportDown("broke off")

    transport = MemoryTransport(on_operation=broken)
    with pytest.raises(TransportDown):
        deliver_files(ledger, transport, tmp_path)
    deliver_files(ledger, transport, tmp_path)
    assert transport.deliveries == ledger.marked == [FIRST, SECOND, THIRD]


def test_rows_that_came_out_otherwise_stop_everything(ledger, tmp_path):
    ledger.kept[FIRST] = (ACTIVATE,)
    transport = MemoryTransport()
    with pytest.raises(NotWhatWasFixed) as stopped:
        deliver_files(ledger, transport, tmp_path)
    assert not stopped.value.retryable
    assert (transport.outbox, ledger.marked) == ({}, [])
    assert list((tmp_path / "outgoing").iterdir()) == []


def test_a_row_that_can_no_more_be_written_stops_everything(ledger, tmp_path):
    ledger.kept[FIRST] = (ACTIVATE, CEASE._replace(telephone_no="unknown"))
    with pytest.raises(RecordFault):
        deliver_files(ledger, MemoryTransport(), tmp_path)
    assert ledger.marked == []


def test_a_wrong_count_stops_everything(ledger, tmp_path):
    first = ledger.files[1]
    ledger.files[1] = FileToSend(first.facts, first.profile, first.sha256, 3)
    with pytest.raises(NotWhatWasFixed):
        deliver_files(ledger, MemoryTransport(), tmp_path)


def test_foreign_content_holds_what_comes_later(ledger, tmp_path):
    transport = MemoryTransport()
    transport.outbox[SECOND] = b"not ours"
    with pytest.raises(ForeignContent):
        deliver_files(ledger, transport, tmp_path)
    assert ledger.marked == [FIRST]
    assert THIRD not in transport.outbox


def test_a_file_keeps_its_profile_when_the_profile_changes(tmp_path):
    ledger, transport = MemoryLedger(), MemoryTransport()
    ledger.fix(EFF, (ACTIVATE,), 1, 1)
    ledger.fix(CSV, (CEASE,), 2, 2)
    deliver_files(ledger, transport, tmp_path)
    assert list(transport.outbox) == ["BT199924112601.DAT", "999-241126-02.csv"]


def test_a_resend_is_byte_identical_and_marks_nothing(ledger, tmp_path):
    transport = MemoryTransport()
    deliver_files(ledger, transport, tmp_path)
    before = dict(transport.outbox)
    send_again(ledger, ledger.files[1], transport, tmp_path)
    del transport.outbox[FIRST]
    send_again(ledger, ledger.files[1], transport, tmp_path)
    assert transport.outbox == before
    assert transport.deliveries == [FIRST, SECOND, THIRD, FIRST, FIRST]
    assert ledger.marked == [FIRST, SECOND, THIRD]
