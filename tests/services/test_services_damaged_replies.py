"""Replies that are not to be believed: set aside whole, named, and nothing of them applied."""

import hashlib

import pytest

from app.models.replies import Case, ReplyFile
from emergency_export.faults import TransportDown


def damaged_replies(stage):
    """Name -> content of every kind of reply that is not to be believed, and the word that its reason holds."""
    (file,) = stage.files()
    rows = stage.rows()
    name, content = stage.car_bytes(*(stage.reply(row, "0037") for row in rows))
    lines = content.splitlines(keepends=True)
    fco = stage.fco()
    good = (stage.root / "inbox" / fco).read_bytes()
    (stage.root / "inbox" / fco).unlink()
    return {
        "cut": (name, content[: len(content) // 2], "trailer"),
        "count": (name, b"".join((lines[0], lines[1], lines[3])), "count"),
        "foreign cupid": (name.replace("BT1999", "BT1123"), content.replace(b"H999", b"H123", 1), "name"),
        "empty": (name, b"", "empty|header|trailer"),
        "no reply": ("note to self.txt", b"call them", "name"),
        "never numbered": ("BT199903032777.FCO", good.replace(file.file_name.encode(), b"BT199903032777.DAT"), "never"),
        "wrong sequence": (fco, good.replace(b"|000001|", b"|000002|"), "number"),
        "fco cut": (fco, good[:20], ""),
        "accepted with a reason": (fco, good.replace(b"ACCEPTED||", b"ACCEPTED|BADNAME|"), "reason"),
    }


KINDS = [
    "cut",
    "count",
    "foreign cupid",
    "empty",
    "no reply",
    "never numbered",
    "wrong sequence",
    "fco cut",
    "accepted with a reason",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_reply_is_set_aside_whole(sent, kind):
    name, content, word = damaged_replies(sent)[kind]
    assert content != b"" or kind == "empty"
    before = sent.end_state()
    sent.put(name, content)
    report = sent.collect()
    assert (report.applied, len(report.quarantined)) == (0, 1)
    assert report.quarantined[0]["file_name"] == name
    assert report.quarantined[0]["problems"]
    assert (sent.root / "quarantine" / name).read_bytes() == content
    reason = (sent.root / "quarantine" / f"{name}.reason.txt").read_text()
    assert any(part in reason for part in word.split("|"))
    after = sent.end_state()
    for same in ("transactions", "accepted", "files", "replies", "inbox", "archive"):
        assert before[same] == after[same]
    assert [case.code for case in sent.all(Case)] == ["QUARANTINE"]
    assert sent.events()[-2:] == ["case_opened", "reply_quarantined"]
    assert [file.outcome for file in sent.all(ReplyFile)] == ["quarantined"]


@pytest.mark.parametrize(
    "name", ["x" * 230, "ünïcode name.CAR", "space and\ttab", b"\xff\xfe.CAR".decode("utf8", "surrogateescape")]
)
def test_a_file_of_any_name_is_set_aside(stage, name):
    stage.put(name, b"whatever")
    report = stage.collect()
    assert len(report.quarantined) == 1
    assert [path.name for path in (stage.root / "inbox").iterdir()] == []
    assert len(list((stage.root / "quarantine").iterdir())) == 2
    (kept,) = stage.all(ReplyFile)
    assert kept.sha256 == hashlib.sha256(b"whatever").hexdigest()


def test_one_damaged_file_does_not_keep_the_others_from_being_applied(sent):
    name, content, _ = damaged_replies(sent)["cut"]
    sent.put(name, content)
    sent.put("AAA.txt", b"?")
    sent.fco()
    sent.car(*(sent.reply(row, "0037") for row in sent.rows()))
    report = sent.collect()
    assert (report.fco, report.car, report.applied, len(report.quarantined)) == (1, 1, 2, 2)


def test_a_reply_is_archived_before_it_is_applied(sent, monkeypatch):
    name = sent.fco()
    content = (sent.root / "inbox" / name).read_bytes()
    seen = []

    def look(*_):
        seen.append((sent.root / "archive" / name).read_bytes())
        return "applied"

    monkeypatch.setattr("app.services.replies.collecting.apply_fco", look)
    sent.collect()
    assert seen == [content]
    assert not (sent.root / "inbox" / name).exists()
    assert [file.sha256 for file in sent.all(ReplyFile)] == [hashlib.sha256(content).hexdigest()]


def test_a_reply_that_is_gone_before_it_is_fetched_keeps_no_other_waiting(sent, monkeypatch):
    gone = sent.fco()
    sent.car(*(sent.reply(row, "0037") for row in sent.rows()))
    fetch = type(sent.system.transport).fetch

    def take_away(transport, name, to):
        if name == gone:
            (sent.root / "inbox" / gone).unlink()
        return fetch(transport, name, to)

    monkeypatch.setattr(type(sent.system.transport), "fetch", take_away)
    report = sent.collect()
    assert (report.fco, report.car, report.applied) == (0, 1, 2)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_reply_that_is_replaced_meanwhile_is_not_taken_away_unread(sent, monkeypatch, damaged):
    inbox = sent.root / "inbox" / sent.fco(received_count=3)
    newer = inbox.read_bytes()
    sent.fco()
    if damaged:
        inbox.write_bytes(newer[:20])
    transport, act = type(sent.system.transport), "quarantine" if damaged else "archive"
    take = getattr(transport, act)

    def replaced(self, *arguments, **options):
        inbox.write_bytes(newer)
        return take(self, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(transport, act, replaced)
        with pytest.raises(TransportDown):
            sent.collect()
    assert inbox.read_bytes() == newer
    sent.collect()
    assert not inbox.exists()
    assert len(sent.all(ReplyFile)) == 2


def test_a_reply_that_comes_whole_after_all_closes_the_case_about_its_damage(sent):
    name = sent.fco()
    path = sent.root / "inbox" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    sent.collect()
    path.write_bytes(whole)
    sent.collect()
    (case,) = [case for case in sent.all(Case) if case.code == "QUARANTINE"]
    assert (str(case.state), case.closed_why) == ("closed", "answered: it came whole")
