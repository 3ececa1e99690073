"""The draft of a file: used where it is what was fixed, and never more than that."""

import pytest
from export_samples import ACTIVATE, CEASE, EFF, facts, rendered
from test_export_pipeline import FIRST, MemoryLedger

from emergency_export.memory_transport import MemoryTransport
from emergency_export.pipeline import begin_draft, deliver_files

WHOLE = rendered(EFF, (ACTIVATE, CEASE), nn=1, sequence=7)


class CountingLedger(MemoryLedger):
    """Counts how often rows were asked for."""

    asked = 0

    def rows(self, file):
        self.asked += 1
        return super().rows(file)


@pytest.fixture
def ledger():
    found = CountingLedger()
    found.fix(EFF, (ACTIVATE, CEASE), 1, 7)
    return found


def draft(tmp_path, *pieces, name=FIRST):
    write = begin_draft(tmp_path, name)
    for piece in pieces:
        write(piece)


def test_a_draft_that_is_what_was_fixed_saves_the_second_rendering(ledger, tmp_path):
    draft(tmp_path, WHOLE[:500], WHOLE[500:])
    transport = MemoryTransport()
    deliver_files(ledger, transport, tmp_path)
    assert (transport.outbox, ledger.asked) == ({FIRST: WHOLE}, 0)
    assert list((tmp_path / "outgoing").iterdir()) == []


@pytest.mark.parametrize("torn", [b"", WHOLE[:-1], WHOLE + b" ", WHOLE.replace(b"A", b"B", 1)])
def test_any_other_draft_is_rendered_again(ledger, tmp_path, torn):
    draft(tmp_path, torn)
    transport = MemoryTransport()
    deliver_files(ledger, transport, tmp_path)
    assert (transport.outbox, ledger.asked) == ({FIRST: WHOLE}, 1)


def test_a_draft_is_begun_anew_after_a_broken_attempt(ledger, tmp_path):
    draft(tmp_path, b"of the broken attempt")
    draft(tmp_path, WHOLE)
    deliver_files(ledger, MemoryTransport(), tmp_path)
    assert ledger.asked == 0


def test_the_draft_of_a_night_that_was_undone_does_not_stay(ledger, tmp_path):
    draft(tmp_path, b"personal data", name=facts(EFF, nn=9).file_name)
    ledger.marked.append(FIRST)
    assert deliver_files(ledger, MemoryTransport(), tmp_path) == ()
    assert list((tmp_path / "outgoing").iterdir()) == []


def test_nobody_else_can_read_a_draft(tmp_path):
    draft(tmp_path, WHOLE)
    (path,) = (tmp_path / "outgoing").iterdir()
    assert path.parent.stat().st_mode & 0o077 == path.stat().st_mode & 0o007 == 0
