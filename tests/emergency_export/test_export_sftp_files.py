"""What a real OpenSSH server may do with our files and the agent's: forbid, run full, keep, or be quicker than we."""

import subprocess

import pytest
from failing_disk import every_fault
from sftp_waiting import raises_for_good, raises_for_now, server_of_its_own
from transport_sides import CAR, DAT, FCO, contents

from emergency_export.disk import Disk
from emergency_export.faults import ForeignContent, MissingFolder, NoSpace, NotPermitted, ServerRefused, TransportDown
from emergency_export.sftp_session import SftpSession


@pytest.fixture
def side(make_side):
    return make_side()


# what does not


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_an_outbox_that_we_may_not_write(side, source, mode):
    (side.root / "outbox").chmod(mode)
    with raises_for_good(NotPermitted, match="outbox"):
        side.transport.put(DAT, source)
    (side.root / "outbox").chmod(0o755)
    assert side.outbox() == {}


def test_an_inbox_that_we_may_not_read(side):
    (side.root / "inbox").chmod(0)
    with raises_for_good(NotPermitted, match="inbox"):
        side.transport.list_replies()


def test_folders_that_are_not_there(side, source):
    for folder in ("outbox", "inbox"):
        (side.root / folder).rmdir()
    for call in (
        lambda: side.transport.put(DAT, source),
        lambda: side.transport.digest(DAT),
        side.transport.sent_names,
        side.transport.list_replies,
    ):
        with raises_for_good(MissingFolder, match="box"):
            call()


def test_a_folder_under_our_name_is_foreign(side, source):
    (side.root / "outbox" / DAT).mkdir()
    for call in (lambda: side.transport.put(DAT, source), lambda: side.transport.digest(DAT)):
        with raises_for_good(ForeignContent):
            call()


@pytest.fixture
def full_disk(ssh_server):
    """An outbox on a disk of 256 KB."""
    root = ssh_server.new_root()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k,mode=777", "tmpfs", root / "outbox"], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield root
    subprocess.run(["umount", "--lazy", root / "outbox"], check=True)


def test_a_disk_that_is_full(make_side, full_disk, source, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(300_000))
    side = make_side(root=full_disk)
    with raises_for_good(NoSpace, match="300000 bytes"):
        side.transport.put(DAT, large)
    assert side.outbox() == {}
    side.transport.put(DAT, source)
    assert side.outbox() == {DAT: b"the whole night"}


def test_a_resend_that_finds_the_disk_full_leaves_what_lies_there(make_side, full_disk, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(150_000))
    side = make_side(root=full_disk)
    side.transport.put(DAT, large)
    with raises_for_good(NoSpace):
        side.transport.put(DAT, large, again=True)
    assert side.outbox() == {DAT: bytes(150_000)}


def test_a_limit_to_the_size_of_files(make_side, source, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(300_000))
    with server_of_its_own(prefix=("prlimit", "--fsize=200000")) as server:
        side = make_side(server)
        with raises_for_good(ServerRefused, match="quota"):
            side.transport.put(DAT, large)
        assert side.outbox() == {}
        side.transport.put(DAT, source)
        assert side.outbox() == {DAT: b"the whole night"}


# replies that cannot be taken away


@pytest.fixture
def locked(side):
    side.answer(FCO, b"reply")
    side.answer(CAR, b"damaged")
    (side.root / "inbox").chmod(0o555)
    return side


def test_replies_that_we_may_not_remove_are_read_once(locked, caplog):
    assert locked.transport.archive(FCO).name == FCO
    assert locked.transport.quarantine(CAR, "F01").name == CAR
    assert locked.kept("archive") == {FCO: b"reply"}
    assert locked.kept("quarantine") == {CAR: b"damaged", f"{CAR}.reason.txt": b"F01\n"}
    assert set(contents(locked.root / "inbox")) == {FCO, CAR}
    assert locked.transport.list_replies() == ()
    assert locked.transport.left_behind() == (FCO, CAR)
    assert [FCO in message for message in caplog.messages] == [True, False]
    locked.transport.archive(FCO)
    assert len(caplog.messages) == 2


def test_one_that_was_written_anew_is_read_again(locked):
    locked.transport.archive(FCO)
    (locked.root / "inbox" / FCO).write_bytes(b"another reply")
    assert locked.transport.list_replies() == (FCO, CAR)
    locked.transport.archive(FCO)
    assert sorted(locked.kept("archive").values()) == [b"another reply", b"reply"]
    assert locked.transport.list_replies() == (CAR,)


def test_one_that_the_agent_removed_is_forgotten(locked):
    locked.transport.archive(FCO)
    (locked.root / "inbox").chmod(0o755)
    locked.withdraw(FCO)
    assert locked.transport.list_replies() == (CAR,)
    assert locked.transport.left_behind() == ()


def test_a_memory_that_is_damaged_costs_one_more_reading(locked):
    locked.transport.archive(FCO)
    (locked.local / "left-behind.json").write_text("{")
    assert locked.transport.list_replies() == (FCO, CAR)
    locked.transport.archive(FCO)
    assert locked.transport.list_replies() == (CAR,)


@pytest.mark.parametrize("locked_inbox", [False, True])
@pytest.mark.parametrize("folder", ["archive", "quarantine"])
def test_our_own_disk_fails_at_every_step(make_side, ssh_server, folder, locked_inbox):
    whole = make_side(root=ssh_server.new_root())

    def put_aside(side):
        return side.transport.archive(CAR) if folder == "archive" else side.transport.quarantine(CAR, "why")

    def run(disk):
        whole.answer(CAR, b"reply")
        (whole.root / "inbox").chmod(0o555 if locked_inbox else 0o755)
        for path in whole.local.rglob("*.*"):
            path.unlink()
        failing = make_side(root=whole.root, local=whole.local, disk=disk)
        done = True
        try:
            put_aside(failing)
        except TransportDown:
            done = False
        failing.transport.close()
        if CAR in whole.transport.list_replies():
            assert whole.kept(folder).get(CAR, b"reply") == b"reply"
            put_aside(whole)
        reasons = {f"{CAR}.reason.txt": b"why\n"} if folder == "quarantine" else {}
        assert whole.kept(folder) == {CAR: b"reply"} | reasons
        assert whole.transport.list_replies() == ()
        assert whole.transport.left_behind() == ((CAR,) if locked_inbox else ())
        return done

    every_fault(run)


@pytest.mark.parametrize("name", ["\udcff.CAR", "a\nb.CAR"])
def test_a_refusal_names_whatever_it_is_in_print(side, name):
    side.answer(name, b"junk")
    (side.root / "inbox" / name).chmod(0)
    with raises_for_good(NotPermitted) as stopped:
        side.transport.archive(name)
    assert str(stopped.value).isprintable()


def test_links_and_folders_are_no_replies(side, tmp_path):
    (side.root / "inbox" / "LINK.CAR").symlink_to(tmp_path)
    (side.root / "inbox" / "DIR.CAR").mkdir()
    assert side.transport.list_replies() == ()


class GrowingDisk(Disk):
    """While the first piece is written down here, the agent goes on writing there."""

    def __init__(self):
        self.grows = None

    def write(self, file, content):
        super().write(file, content)
        if self.grows is not None:
            with self.grows.open("ab") as there:
                there.write(b"more")


def test_a_reply_that_is_still_being_written_waits(make_side, ssh_server, tmp_path):
    disk = GrowingDisk()
    side = make_side(root=ssh_server.new_root(), disk=disk)
    side.answer(CAR, b"half")
    disk.grows = side.root / "inbox" / CAR
    for call in (
        lambda: side.transport.fetch(CAR, tmp_path / "fetched"),
        lambda: side.transport.keep(CAR),
        lambda: side.transport.archive(CAR),
        lambda: side.transport.quarantine(CAR, "F01"),
    ):
        with raises_for_now(match="changed"):
            call()
    disk.grows = None
    assert CAR in contents(side.root / "inbox")
    assert not {CAR} & (side.kept("archive").keys() | side.kept("quarantine").keys())
    there = contents(side.root / "inbox")
    side.transport.archive(CAR)
    assert side.kept("archive") == there


class ReplacingDisk(Disk):
    """Just when a reply is kept here, the agent writes the next one under its name there."""

    def __init__(self):
        self.next = None

    def rename(self, old, new):
        super().rename(old, new)
        if self.next is not None:
            self.next.write_bytes(b"the next reply")


@pytest.mark.parametrize("locked_inbox", [False, True])
def test_a_reply_that_was_not_read_is_not_taken_away(make_side, locked_inbox):
    disk = ReplacingDisk()
    side = make_side(disk=disk)
    side.answer(CAR, b"reply")
    (side.root / "inbox").chmod(0o555 if locked_inbox else 0o755)
    disk.next = side.root / "inbox" / CAR
    with raises_for_now(match="changed after"):
        side.transport.archive(CAR)
    disk.next = None
    assert side.transport.list_replies() == (CAR,)
    side.transport.archive(CAR)
    assert sorted(side.kept("archive").values()) == [b"reply", b"the next reply"]


# two of us, and how often we log in


def test_the_slower_of_two_finds_the_file_there(make_side, source, side):
    def meanwhile():
        make_side(root=side.root).transport.put(DAT, source)
        return "slower"

    make_side(root=side.root, token=meanwhile).transport.put(DAT, source)
    assert side.outbox() == {DAT: b"the whole night"}


def in_between(monkeypatch, action):
    """Do something after all was written and before it is renamed."""
    rename = SftpSession.rename

    def late(session, old, new):
        action()
        rename(session, old, new)

    monkeypatch.setattr(SftpSession, "rename", late)


def test_a_name_that_is_taken_at_the_last_moment(side, source, monkeypatch):
    in_between(monkeypatch, lambda: side.place(DAT, b"somebody else's"))
    with raises_for_good(ForeignContent):
        side.transport.put(DAT, source)
    assert side.outbox() == {DAT: b"somebody else's"}


def test_the_same_content_that_comes_at_the_last_moment(side, source, monkeypatch):
    in_between(monkeypatch, lambda: side.place(DAT, b"the whole night"))
    side.transport.put(DAT, source)
    assert side.outbox() == {DAT: b"the whole night"}


def test_our_half_that_another_cleared_away(side, source, monkeypatch):
    def clear():
        for path in (side.root / "outbox").iterdir():
            path.unlink()

    in_between(monkeypatch, clear)
    with pytest.raises((TransportDown, MissingFolder)):
        side.transport.put(DAT, source)
    assert side.outbox() == {}


def test_a_resend_is_a_fresh_copy(side, source):
    lying = side.root / "outbox" / DAT
    side.transport.put(DAT, source)
    before = lying.stat().st_ino
    side.transport.put(DAT, source)
    assert lying.stat().st_ino == before
    side.transport.put(DAT, source, again=True)
    assert lying.stat().st_ino != before


def test_a_resend_works_where_the_server_replaces_nothing_in_one_step(side, source, monkeypatch):
    begin = SftpSession._send_version

    def bare(session):
        version = begin(session)
        session.offers = frozenset()
        return version

    monkeypatch.setattr(SftpSession, "_send_version", bare)
    for again in (False, True, True):
        side.transport.put(DAT, source, again=again)
    assert side.outbox() == {DAT: b"the whole night"}
    (side.root / "outbox").chmod(0o555)
    with raises_for_good(NotPermitted):
        side.transport.put(DAT, source, again=True)


def test_what_is_delivered_is_not_for_everyone(side, source):
    side.transport.put(DAT, source)
    assert (side.root / "outbox" / DAT).stat().st_mode & 0o137 == 0
