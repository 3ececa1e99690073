"""One contract for the place that agent and CP share: a folder, and a real OpenSSH server."""

import pytest
from agent_dat import Rehearsal, dat, data, name_of, number_of, ref_of
from ssh_server import make_key

from emergency_export.agent import Agent, AgentError, ExchangeDownError, Faults
from emergency_export.agent.exchange import HEAD
from emergency_export.agent.folder import ExchangeFolder
from emergency_export.agent.sftp import ExchangeSftp, Server
from emergency_export.sftp.address import parse_address, read_host_keys


def sftp(server, root, key, **changed):
    address = parse_address(server.url_of(root))
    pinned = [(each.kind, each.blob) for each in read_host_keys(server.host_key, address)]
    facts = {"user": address.user, "host": address.host, "port": address.port, "path": address.path}
    return ExchangeSftp(Server(**facts | {"host_keys": pinned} | changed), client_key=key, timeout=10)


@pytest.fixture
def client_key(ssh_server, tmp_path):
    copy = tmp_path / "client_key"
    copy.write_bytes(ssh_server.client_key.read_bytes())
    copy.chmod(0o600)
    return copy


@pytest.fixture(params=["folder", "sftp"])
def shared(request, tmp_path):
    """The place itself, and the exchange over it."""
    if request.param == "folder":
        return tmp_path, ExchangeFolder(tmp_path)
    server = request.getfixturevalue("ssh_server")
    root = server.new_root()
    return root, sftp(server, root, request.getfixturevalue("client_key"))


class Place(Rehearsal):
    """A rehearsal whose agent works over a given exchange."""

    def __init__(self, shared, tmp_path, **options):
        root, exchange = shared
        super().__init__(
            root,
            lambda _database, _root, *rest, **more: Agent(tmp_path / "own" / "agent.db", exchange, *rest, **more),
            **options,
        )


def test_the_contract(shared):
    root, exchange = shared
    (root / "outbox" / "A.DAT").write_bytes(b"x" * (HEAD + 5))
    (root / "outbox" / "B.DAT").write_bytes(b"")
    (root / "outbox" / "folder").mkdir()
    with exchange.reached():
        assert sorted(exchange.names()) == ["A.DAT", "B.DAT"]
        assert exchange.head("A.DAT") == b"x" * HEAD
        assert exchange.head("B.DAT") == b""
        with exchange.reached(), exchange.open("A.DAT") as (stream, mark):
            assert mark == exchange.mark("A.DAT")
            assert mark.size == HEAD + 5
            assert len(stream.read()) == HEAD + 5
            stream.seek(0)
            assert stream.readline(10) == b"x" * 10
        with exchange.open("B.DAT") as (stream, mark):
            assert (stream.read(), mark.size) == (b"", 0)
        exchange.remove("A.DAT")
        assert exchange.names() == ["B.DAT"]


def test_a_reply_is_put_whole_and_never_over_another(shared):
    root, exchange = shared
    large = [b"line %d\r\n" % n for n in range(200_000)]
    with exchange.reached():
        assert not exchange.lies("R.FCO")
        assert exchange.put("R.FCO", large)
        assert exchange.lies("R.FCO")
        assert exchange.put("R.FCO", iter(large))
        assert not exchange.put("R.FCO", large[:-1])
        assert not exchange.put("R.FCO", [*large, b"x"])
        assert exchange.put("EMPTY", [])
    assert exchange.place("R.FCO") == root / "inbox" / "R.FCO"
    assert (root / "inbox" / "R.FCO").read_bytes() == b"".join(large)
    assert sorted(path.name for path in (root / "inbox").iterdir()) == ["EMPTY", "R.FCO"]


def test_a_part_left_by_a_crash_is_written_over(shared):
    root, exchange = shared
    part = root / "inbox" / "R.FCO.part"
    part.write_bytes(b"half" * 9)
    part.chmod(0o666)
    with exchange.reached():
        assert exchange.put("R.FCO", [b"whole"])
    assert (root / "inbox" / "R.FCO").read_bytes() == b"whole"
    assert not part.exists()


@pytest.mark.parametrize("keep", [True, False])
def test_a_night_with_faults_is_the_same_over_both(shared, tmp_path, keep):
    faults = Faults(11, late_share=0.5, damage_share=0.5, twice_share=0.5, reject_share=0.5, partial_share=0.5)
    found = []
    for place in (Place(shared, tmp_path, keep=keep, faults=faults), None):
        rehearsal = place or Rehearsal(tmp_path / "beside", Agent, keep=keep, faults=faults)
        replies = []
        for sequence in (1, 2):
            rows = [data(n, ref=ref_of(10 * sequence + n), telephone_no=number_of(10 * sequence + n)) for n in (1, 2)]
            rehearsal.send(dat(sequence, rows), name_of(sequence))
            for _ in range(4):
                report = rehearsal.agent.step()
                replies.append(
                    (report, {path.name: path.read_bytes() for path in (rehearsal.root / "inbox").iterdir()})
                )
                for path in (rehearsal.root / "inbox").iterdir():
                    path.unlink()
        found.append(
            (replies, list(rehearsal.agent.records()), sorted(p.name for p in (rehearsal.root / "outbox").iterdir()))
        )
    assert found[0] == found[1]


def test_an_extract(shared, tmp_path):
    rehearsal = Place(shared, tmp_path)
    rehearsal.submit(1, [data(1)])
    (extract,) = rehearsal.agent.extract()
    assert extract.read_bytes() == (rehearsal.root / "inbox" / "BT199901032701.EXT").read_bytes()
    (beside,) = rehearsal.agent.extract(tmp_path)
    assert beside.parent == tmp_path


def test_boxes_are_made_where_they_are_missing(ssh_server, client_key):
    root = ssh_server.new_root()
    for box in ("outbox", "inbox"):
        (root / box).rmdir()
    with sftp(ssh_server, root, client_key).reached():
        assert (root / "inbox").is_dir()
        assert (root / "outbox").is_dir()


def test_another_host_key_than_the_pinned_one_is_refused(ssh_server, client_key, tmp_path):
    make_key(tmp_path / "other")
    make_key(tmp_path / "other_kind", "ecdsa")
    for name in ("other", "other_kind"):
        address = parse_address(ssh_server.url)
        text = (tmp_path / f"{name}.pub").read_text("ascii")
        pinned = [(each.kind, each.blob) for each in read_host_keys(text, address)]
        exchange = sftp(ssh_server, ssh_server.root, client_key, host_keys=pinned)
        with pytest.raises(AgentError, match="host key") as caught, exchange.reached():
            pass
        assert not isinstance(caught.value, ExchangeDownError)


def test_another_key_of_ours_is_refused(ssh_server, tmp_path):
    make_key(tmp_path / "other")
    with (
        pytest.raises(AgentError, match="does not let this user in") as caught,
        sftp(ssh_server, ssh_server.root, tmp_path / "other").reached(),
    ):
        pass
    assert not isinstance(caught.value, ExchangeDownError)


def test_a_server_that_is_down_may_be_back(ssh_server, client_key):
    with pytest.raises(ExchangeDownError), sftp(ssh_server, ssh_server.root, client_key, port=1).reached():
        pass


def test_a_connection_that_breaks_off_may_be_back(ssh_server, client_key, tmp_path):
    root = ssh_server.new_root()
    exchange = sftp(ssh_server, root, client_key)
    rehearsal = Place((root, exchange), tmp_path)
    rehearsal.send(dat(1, [data(1)]), name_of(1))
    listed = exchange.names

    def names():
        found = listed()
        exchange._open.get_channel().get_transport().close()
        return found

    exchange.names = names
    with pytest.raises(ExchangeDownError):
        rehearsal.agent.step()
    exchange.names = listed
    assert rehearsal.agent.step().files == (name_of(1),)


def test_a_pinned_key_that_cannot_be_read_is_refused(ssh_server, client_key):
    with pytest.raises(AgentError, match="pinned"):
        sftp(ssh_server, ssh_server.root, client_key, host_keys=[("ssh-ed25519", b"short")])
