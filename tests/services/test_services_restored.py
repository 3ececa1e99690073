"""A restored backup stops and asks: its next file would reuse a number (architecture, Correctness at the core)."""

import pytest
from sqlalchemy import text

from app.audit.anchors import Anchor, append_anchor
from app.domain.files import FileState
from app.errors import CallAPerson


def test_a_database_older_than_the_journal_sends_nothing(stage):
    stage.register(1)
    stage.night()
    append_anchor(stage.system.journal, stage.system.clock, Anchor(10_000, "0" * 64))
    stage.register(2)
    with pytest.raises(CallAPerson, match="older copy"):
        stage.night()
    with stage.system.database.reading() as look:
        assert look.session.scalar(text("SELECT count(*) FROM export_files")) == 1
    stage.system.journal.unlink()


def test_a_name_that_is_too_long_is_set_aside_all_the_same(stage):
    stage.register(1)
    stage.night()
    inbox = stage.root / "inbox"
    (inbox / ("a" * 246 + ".fco")).write_bytes(b"junk")
    stage.fco()
    assert len(stage.collect().quarantined) == 1
    assert stage.files()[0].state is FileState.FCO_ACCEPTED
    assert list(inbox.iterdir()) == []
