"""What only a real folder can show: rights, links, and a fault at every step."""

import os

import pytest
from failing_disk import every_fault
from transport_sides import CAR, DAT, FCO, FolderSide

from emergency_export.disk import Disk
from emergency_export.faults import NoSuchReply, TransportDown, UnsafeFolder
from emergency_export.transport import FolderTransport


def test_a_delivery_cut_off_anywhere_leaves_all_or_nothing(tmp_path, source):
    runs = []

    def run(disk):
        root = tmp_path / f"run{len(runs)}"
        runs.append(root)
        FolderTransport(root).prepare()
        done = True
        try:
            FolderTransport(root, disk=disk).put(DAT, source)
        except TransportDown:
            done = False
        assert visible(root / "outbox") in ({}, {DAT: b"the whole night"})
        FolderTransport(root).put(DAT, source)
        assert everything(root / "outbox") == {DAT: b"the whole night"}
        return done

    every_fault(run)
    assert len(runs) > 10


@pytest.mark.parametrize("folder", ["archive", "quarantine"])
def test_a_reply_put_aside_with_a_fault_anywhere_is_in_one_place(tmp_path, folder):
    runs = []

    def run(disk):
        root = tmp_path / f"run{len(runs)}"
        runs.append(root)
        FolderTransport(root).prepare()
        (root / "inbox" / CAR).write_bytes(b"reply")
        done = True
        try:
            put_aside(FolderTransport(root, disk=disk), folder)
        except TransportDown:
            done = False
        places = [CAR in everything(root / place) for place in ("inbox", folder)]
        assert sum(places) == 1
        if places[0]:
            put_aside(FolderTransport(root), folder)
        assert everything(root / folder)[CAR] == b"reply"
        assert everything(root / "inbox") == {}
        if folder == "quarantine":
            assert everything(root / folder) == {CAR: b"reply", f"{CAR}.reason.txt": b"why\n"}
        return done

    every_fault(run)


def test_keeping_cut_off_anywhere_keeps_all_or_nothing_and_loses_nothing(tmp_path):
    runs = []

    def run(disk):
        root = tmp_path / f"run{len(runs)}"
        runs.append(root)
        FolderTransport(root).prepare()
        (root / "inbox" / CAR).write_bytes(b"reply")
        done = True
        try:
            FolderTransport(root, disk=disk).keep(CAR)
        except TransportDown:
            done = False
        assert everything(root / "inbox") == {CAR: b"reply"}
        assert visible(root / "archive") in ({}, {CAR: b"reply"})
        FolderTransport(root).keep(CAR)
        FolderTransport(root).archive(CAR)
        assert everything(root / "archive") == {CAR: b"reply"}
        assert everything(root / "inbox") == {}
        return done

    every_fault(run)


def put_aside(transport, folder):
    return transport.archive(CAR) if folder == "archive" else transport.quarantine(CAR, "why")


def everything(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def visible(folder):
    return {name: content for name, content in everything(folder).items() if not name.endswith(".part")}


def test_a_short_write_is_met_again_until_all_is_written(tmp_path, source):
    class Trickle:
        def __init__(self, file):
            self.file = file

        def write(self, content):
            return self.file.write(bytes(content[:3]))

    class SlowDisk(Disk):
        def write(self, file, content):
            super().write(Trickle(file), content)

    root = tmp_path / "slow"
    FolderTransport(root).prepare()
    FolderTransport(root, disk=SlowDisk()).put(DAT, source)
    assert everything(root / "outbox") == {DAT: b"the whole night"}


def test_a_disk_that_loses_bytes_is_noticed(tmp_path, source):
    class LossyDisk(Disk):
        def write(self, file, content):
            super().write(file, content[:-1])

    root = tmp_path / "lossy"
    FolderTransport(root).prepare()
    with pytest.raises(TransportDown, match="bytes"):
        FolderTransport(root, disk=LossyDisk()).put(DAT, source)
    assert visible(root / "outbox") == {}


@pytest.fixture
def folder(tmp_path):
    side = FolderSide(tmp_path / "exchange")
    side.answer(FCO, b"reply")
    return side


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o720, 0o777])
def test_replies_that_others_could_have_written_do_not_count(folder, mode, tmp_path):
    (folder.root / "inbox").chmod(mode)
    for call in (
        folder.transport.list_replies,
        lambda: folder.transport.archive(FCO),
        lambda: folder.transport.keep(FCO),
        lambda: folder.transport.fetch(FCO, tmp_path / "x"),
        lambda: folder.transport.quarantine(FCO, "why"),
    ):
        with pytest.raises(UnsafeFolder) as refused:
            call()
        assert not refused.value.retryable


def test_an_inbox_that_others_could_replace_does_not_count(folder):
    folder.root.chmod(0o707)
    with pytest.raises(UnsafeFolder):
        folder.transport.list_replies()
    folder.root.chmod(0o1707)
    assert folder.transport.list_replies() == (FCO,)


def test_an_inbox_that_leads_elsewhere_does_not_count(folder, tmp_path):
    (folder.root / "inbox").rename(tmp_path / "elsewhere")
    (folder.root / "inbox").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeFolder):
        folder.transport.list_replies()


def test_an_inbox_of_another_user_does_not_count(folder, monkeypatch):
    monkeypatch.setattr("emergency_export.transport.geteuid", lambda: os.geteuid() + 1)
    if os.geteuid() != 0:
        with pytest.raises(UnsafeFolder):
            folder.transport.list_replies()
    else:
        os.chown(folder.root / "inbox", 12345, -1)
        with pytest.raises(UnsafeFolder):
            folder.transport.list_replies()


def test_links_and_folders_are_no_replies(folder, tmp_path):
    (folder.root / "inbox" / "LINK.CAR").symlink_to(tmp_path)
    (folder.root / "inbox" / "DIR.CAR").mkdir()
    assert folder.transport.list_replies() == (FCO,)
    for name in ("LINK.CAR", "DIR.CAR"):
        with pytest.raises(NoSuchReply):
            folder.transport.archive(name)


def test_a_folder_that_is_gone_may_come_back(tmp_path, source):
    transport = FolderTransport(tmp_path / "nowhere")
    for call in (transport.list_replies, lambda: transport.put(DAT, source)):
        with pytest.raises(TransportDown) as down:
            call()
        assert down.value.retryable


def test_what_is_delivered_is_not_for_everyone(folder, source):
    folder.transport.put(DAT, source)
    assert (folder.root / "outbox" / DAT).stat().st_mode & 0o007 == 0
    assert [(folder.root / name).stat().st_mode & 0o777 for name in ("outbox", "inbox")] == [0o700, 0o700]


def test_a_resend_is_a_fresh_copy(folder, source):
    folder.transport.put(DAT, source)
    before = (folder.root / "outbox" / DAT).stat().st_ino
    folder.transport.put(DAT, source)
    assert (folder.root / "outbox" / DAT).stat().st_ino == before
    folder.transport.put(DAT, source, again=True)
    assert (folder.root / "outbox" / DAT).stat().st_ino != before
