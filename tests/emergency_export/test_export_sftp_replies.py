"""Taking replies from a real OpenSSH server: what may not be removed, what grows, what is replaced, what we lose."""

import pytest
from failing_disk import every_fault
from sftp_waiting import raises_for_good, raises_for_now
from transport_sides import CAR, FCO, contents

from emergency_export.disk import Disk
from emergency_export.faults import NotPermitted, TransportDown


@pytest.fixture
def side(make_side):
    return make_side()


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
