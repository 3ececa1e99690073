"""What a real OpenSSH server may do with our files and the agent's: forbid, run full, keep, or be quicker than we."""

import subprocess

import pytest
from sftp_waiting import raises_for_good, server_of_its_own
from transport_sides import DAT

from emergency_export.faults import ForeignContent, MissingFolder, NoSpace, NotPermitted, ServerRefused, TransportDown
from emergency_export.sftp.session import SftpSession


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


# two of us


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
