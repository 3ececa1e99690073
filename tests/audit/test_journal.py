from concurrent.futures import ThreadPoolExecutor

import pytest
from trail import trail_of

from app.audit.anchors import Anchor, anchor_head, append_anchor, read_anchors
from app.audit.journal import append_line, read_lines
from app.errors import CallAPerson


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "outside" / "journal.jsonl"


def test_no_journal_holds_nothing(journal):
    assert list(read_anchors(journal)) == []


def test_anchors_are_read_back_among_lines_of_other_kinds(journal, clock):
    append_anchor(journal, clock, Anchor(1, "ab"))
    append_line(journal, "file", file_sequence=7)
    append_anchor(journal, clock, Anchor(2, "cd"))
    assert list(read_anchors(journal)) == [Anchor(1, "ab"), Anchor(2, "cd")]
    assert list(read_lines(journal, "file")) == [{"kind": "file", "file_sequence": 7}]
    assert journal.stat().st_mode & 0o777 == 0o600


def test_a_trail_that_has_not_begun_has_no_anchor(database, keys, clock, journal):
    assert anchor_head(database, journal, clock) is None
    trail_of(database, keys, clock, 2)
    anchor = anchor_head(database, journal, clock)
    assert list(read_anchors(journal)) == [anchor]
    assert anchor.seq == 2


@pytest.mark.parametrize("kept", [1, 5000])
def test_a_line_that_a_crash_cut_is_passed_over_and_then_replaced(journal, kept):
    append_line(journal, "file", file_sequence=1)
    with journal.open("ab") as file:
        file.write(b"{" * kept)
    assert [line["file_sequence"] for line in read_lines(journal, "file")] == [1]
    append_line(journal, "file", file_sequence=2)
    assert [line["file_sequence"] for line in read_lines(journal, "file")] == [1, 2]


def test_a_first_line_that_a_crash_cut_is_replaced(journal):
    journal.parent.mkdir()
    journal.write_bytes(b'{"kind":"fi')
    append_line(journal, "file", file_sequence=1)
    assert journal.read_bytes() == b'{"file_sequence":1,"kind":"file"}\n'


@pytest.mark.parametrize("line", [b"garbage\n", b"[]\n", b"{}\n", b"\xff\n", b"5\n"])
def test_a_whole_line_that_cannot_be_read_calls_a_person(journal, line):
    append_line(journal, "file", file_sequence=1)
    with journal.open("ab") as file:
        file.write(line)
    with pytest.raises(CallAPerson, match="Line 2"):
        list(read_lines(journal, "file"))


@pytest.mark.parametrize("facts", [{"seq": "1", "hash": "ab"}, {"seq": True, "hash": "ab"}, {"seq": 1}])
def test_an_anchor_without_number_or_hash_calls_a_person(journal, facts):
    append_line(journal, "anchor", **facts)
    with pytest.raises(CallAPerson):
        list(read_anchors(journal))


def test_many_at_once_lose_no_line(journal):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append_line(journal, "file", number=number), range(100)))
    assert sorted(line["number"] for line in read_lines(journal, "file")) == list(range(100))
