"""One suite for every transport: a folder, OpenSSH by SFTP, and the one in memory make the same promises."""

import tracemalloc

import pytest
from transport_sides import CAR, DAT, FCO, FolderSide, MemorySide, SftpSide, digest

from emergency_export.faults import ExportError, ForeignContent, NoSuchReply, TransportDown

REAL = ["folder", "sftp"]


@pytest.fixture(params=[*REAL, "memory"])
def side(request, tmp_path):
    yield from made(request, tmp_path / "exchange")


@pytest.fixture(params=REAL)
def real_side(request, tmp_path):
    yield from made(request, tmp_path / "exchange")


def made(request, place):
    if request.param == "sftp":
        side = SftpSide(request.getfixturevalue("ssh_server"), place)
        yield side
        side.transport.close()
    else:
        yield (FolderSide if request.param == "folder" else MemorySide)(place)


def test_a_file_is_delivered_whole(side, source):
    steps = []
    assert side.transport.digest(DAT) is None
    side.transport.put(DAT, source, on_step=steps.append)
    assert side.delivered(DAT) == b"the whole night"
    assert side.transport.digest(DAT) == digest(b"the whole night")
    assert steps == ["renamed"]


def test_the_same_again_is_done(side, source):
    side.transport.put(DAT, source)
    steps = []
    side.transport.put(DAT, source, on_step=steps.append)
    assert (side.delivered(DAT), steps) == (b"the whole night", ["renamed"])
    side.transport.put(DAT, source, again=True)
    assert side.delivered(DAT) == b"the whole night"


@pytest.mark.parametrize("again", [False, True])
def test_other_content_under_our_name_stops(side, source, again):
    side.place(DAT, b"somebody else's")
    with pytest.raises(ForeignContent) as stopped:
        side.transport.put(DAT, source, again=again)
    assert not stopped.value.retryable
    assert side.delivered(DAT) == b"somebody else's"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x.part", "a b", "x\n", "x\0"])
def test_a_name_stays_in_its_folder(side, source, name):
    with pytest.raises(ExportError):
        side.transport.put(name, source)
    with pytest.raises(ExportError):
        side.transport.digest(name)
    with pytest.raises(NoSuchReply):
        side.transport.fetch(name, source)


def test_a_reply_is_kept_before_it_leaves_the_inbox(side):
    side.answer(CAR, b"the replies")
    for _ in range(2):
        kept = side.transport.keep(CAR)
        assert (kept.name, kept.sha256) == (CAR, digest(b"the replies"))
        assert side.kept("archive") == {CAR: b"the replies"}
        assert side.transport.list_replies() == (CAR,)
    assert side.transport.archive(CAR) == kept
    assert side.kept("archive") == {CAR: b"the replies"}
    assert side.transport.list_replies() == ()


def test_a_reply_of_a_name_that_was_used_is_kept_beside_the_first(side):
    side.answer(CAR, b"the first")
    side.transport.archive(CAR)
    side.answer(CAR, b"the second")
    kept = side.transport.keep(CAR)
    assert kept.name == f"{digest(b'the second')[:12]}-{CAR}"
    assert side.transport.archive(CAR) == kept
    assert side.kept("archive") == {CAR: b"the first", kept.name: b"the second"}


def test_what_is_not_there_cannot_be_kept(side):
    with pytest.raises(NoSuchReply):
        side.transport.keep(CAR)


def test_replies_are_listed_fco_first_and_whole(side):
    for name in ("BT199924112602.CAR", "BT199924112601.CAR", "BT199924112602.FCO", "BT199924112601.FCO", "NOTE.TXT"):
        side.answer(name, b"x")
    side.answer("BT199924112603.FCO.part", b"half")
    side.answer(".hidden", b"x")
    assert side.transport.list_replies() == (
        "BT199924112601.FCO",
        "BT199924112602.FCO",
        "BT199924112601.CAR",
        "BT199924112602.CAR",
        "NOTE.TXT",
    )


def test_a_reply_is_fetched_and_archived(side, tmp_path):
    side.answer(FCO, b"reply")
    to = tmp_path / "fetched"
    to.write_bytes(b"what a broken attempt left")
    assert side.transport.fetch(FCO, to) == digest(b"reply")
    assert to.read_bytes() == b"reply"
    kept = side.transport.archive(FCO)
    assert (kept.name, kept.sha256) == (FCO, digest(b"reply"))
    assert side.transport.list_replies() == ()
    assert side.kept("archive") == {FCO: b"reply"}
    for call in (side.transport.archive, lambda name: side.transport.fetch(name, to)):
        with pytest.raises(NoSuchReply):
            call(FCO)


def test_the_archive_overwrites_nothing(side):
    for content in (b"first", b"second", b"first", b"second"):
        side.answer(FCO, content)
        side.transport.archive(FCO)
    assert side.kept("archive") == {FCO: b"first", f"{digest(b'second')[:12]}-{FCO}": b"second"}


def test_a_damaged_reply_is_set_aside_with_its_reason(side):
    for content, reason in ((b"bad", "F16 line 5: checksum"), (b"worse", "F01")):
        side.answer(CAR, content)
        side.transport.quarantine(CAR, reason)
    second = f"{digest(b'worse')[:12]}-{CAR}"
    assert side.kept("quarantine") == {
        CAR: b"bad",
        f"{CAR}.reason.txt": b"F16 line 5: checksum\n",
        second: b"worse",
        f"{second}.reason.txt": b"F01\n",
    }
    assert side.transport.list_replies() == ()


def test_setting_aside_may_be_repeated(side):
    for _ in range(3):
        side.answer(CAR, b"bad")
        assert side.transport.quarantine(CAR, "F01").name == CAR
    assert side.kept("quarantine") == {CAR: b"bad", f"{CAR}.reason.txt": b"F01\n"}


def test_what_lies_for_the_agent_is_named(side, source):
    assert side.transport.sent_names() == ()
    for name in ("BT199924112602.DAT", DAT):
        side.transport.put(name, source)
    side.place("BT199924112603.DAT.part", b"half")
    side.place(".hidden", b"x")
    assert side.transport.sent_names() == (DAT, "BT199924112602.DAT")
    assert side.transport.place(DAT).endswith(DAT)


def test_what_a_broken_attempt_left_is_cleared(side, source):
    side.place(f"{DAT}.part", b"the wh")
    side.transport.put(DAT, source)
    side.place(f"{DAT}.part", b"the wh")
    side.transport.put(DAT, source)
    assert {name for name in side.outbox() if name in side.transport.sent_names()} == {DAT}
    if not isinstance(side, MemorySide):
        assert side.outbox() == {DAT: b"the whole night"}


def test_what_the_agent_took_away_may_be_sent_again(side, source):
    side.transport.put(DAT, source, again=True)
    assert side.delivered(DAT) == b"the whole night"


def test_a_file_without_bytes_is_a_file(side, source, tmp_path):
    source.write_bytes(b"")
    side.transport.put(DAT, source)
    assert (side.delivered(DAT), side.transport.digest(DAT)) == (b"", digest(b""))
    side.answer(FCO, b"")
    assert side.transport.fetch(FCO, tmp_path / "fetched") == digest(b"")
    assert side.transport.archive(FCO).sha256 == digest(b"")


def test_a_reply_that_vanishes_after_it_was_listed_is_no_reply(side, tmp_path):
    side.answer(FCO, b"reply")
    assert side.transport.list_replies() == (FCO,)
    side.withdraw(FCO)
    for call in (
        lambda: side.transport.fetch(FCO, tmp_path / "x"),
        lambda: side.transport.keep(FCO),
        lambda: side.transport.archive(FCO),
        lambda: side.transport.quarantine(FCO, "why"),
    ):
        with pytest.raises(NoSuchReply):
            call()
    assert side.transport.list_replies() == ()
    assert side.kept("archive") == side.kept("quarantine") == {}


def test_a_reply_that_took_another_ones_place_stays(side):
    side.answer(CAR, b"the ot")
    side.transport.keep(CAR)
    read = digest(b"the ot")
    side.answer(CAR, b"the other")
    for call in (
        lambda: side.transport.archive(CAR, only=read),
        lambda: side.transport.quarantine(CAR, "F01", only=read),
    ):
        with pytest.raises(TransportDown, match="another"):
            call()
    assert side.transport.list_replies() == (CAR,)
    assert CAR not in side.kept("quarantine")
    assert side.kept("archive")[CAR] == b"the ot"
    kept = side.transport.archive(CAR, only=digest(b"the other"))
    assert side.kept("archive")[kept.name] == b"the other"
    assert side.transport.list_replies() == ()


def test_what_the_agent_has_not_finished_is_not_read(side, tmp_path):
    side.answer(f"{FCO}.part", b"half")
    with pytest.raises(NoSuchReply):
        side.transport.fetch(f"{FCO}.part", tmp_path / "x")
    with pytest.raises(NoSuchReply):
        side.transport.archive(f"{FCO}.part")


LONG = {"letters": "J" * 251 + ".CAR", "two bytes each": "\u00e9" * 125 + ".CAR", "no text": "\udcff" * 251 + ".CAR"}


@pytest.mark.parametrize("name", LONG.values(), ids=LONG)
def test_a_name_too_long_to_be_kept_is_shortened(side, name):
    for content in (b"first", b"second"):
        side.answer(name, content)
        assert side.transport.list_replies() == (name,)
        kept = side.transport.keep(name)
        assert kept.name.startswith(digest(content)[:12])
        assert side.transport.archive(name) == kept
        side.answer(name, content)
        assert side.transport.quarantine(name, "F09").sha256 == digest(content)
        assert side.transport.list_replies() == ()
    assert sorted(side.kept("archive").values()) == [b"first", b"second"]
    assert sorted(side.kept("quarantine").values()) == [b"F09\n", b"F09\n", b"first", b"second"]


def test_names_that_differ_only_where_they_are_cut_are_kept_apart(side):
    names = ["J" * 250 + end for end in ("A.CAR", "B.CAR")]
    for name in names:
        side.answer(name, name.encode())
        side.transport.archive(name)
    assert sorted(side.kept("archive").values()) == [name.encode() for name in names]


def test_a_reply_that_is_called_as_another_would_be_kept_is_kept_too(side):
    first, second = digest(b"first"), digest(b"second")
    for name, content in ((CAR, b"first"), (f"{second[:12]}-{CAR}", b"other"), (CAR, b"second")):
        side.answer(name, content)
        kept = side.transport.archive(name)
    assert kept.name == f"{second}-{CAR}"
    assert sorted(side.kept("archive").values()) == [b"first", b"other", b"second"]
    side.answer(f"{second}-{CAR}", b"other again")
    assert side.transport.archive(f"{second}-{CAR}").name.endswith(f"-{second}-{CAR}")
    assert first[:12] not in "".join(side.kept("archive"))


@pytest.mark.parametrize("name", ["caf\u00e9 1.CAR", "\udcff\udcfe.CAR", "a\nb.CAR", "-rf *.CAR", "a\\b.CAR"])
def test_whatever_a_reply_is_called_it_can_be_set_aside(side, name, tmp_path):
    side.answer(name, b"junk")
    assert side.transport.list_replies() == (name,)
    assert side.transport.fetch(name, tmp_path / "fetched") == digest(b"junk")
    assert side.transport.quarantine(name, "F09").name == name
    assert side.transport.list_replies() == side.transport.left_behind() == ()
    with pytest.raises(NoSuchReply) as gone:
        side.transport.archive(name)
    assert str(gone.value).isprintable()


def test_a_large_file_goes_out_and_comes_back_in_little_memory(real_side, tmp_path):
    large, size = tmp_path / "large", 20_000_000
    with large.open("wb") as file:
        for number in range(size // 100):
            file.write(b"%099d\n" % number)
    wanted = digest(large.read_bytes())
    tracemalloc.start()
    real_side.transport.put(DAT, large)
    assert real_side.transport.digest(DAT) == wanted
    (real_side.root / "outbox" / DAT).rename(real_side.root / "inbox" / CAR)
    assert real_side.transport.fetch(CAR, tmp_path / "fetched") == wanted
    assert real_side.transport.archive(CAR).sha256 == wanted
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000
