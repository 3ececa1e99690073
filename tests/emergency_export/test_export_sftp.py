"""Getting in at a real OpenSSH server: what stops and calls a person, and what passes by itself."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sftp_waiting import raises_for_good, raises_for_now, server_of_its_own, wait_for
from ssh_server import make_key
from transport_sides import DAT, FCO, QUICK, contents

from emergency_export.disk import Disk
from emergency_export.faults import (
    KeyRefused,
    ServerRefused,
    TransportDown,
    UnusableSettings,
    WrongHostKey,
)
from emergency_export.sftp.connection import load_key


@pytest.fixture
def side(make_side):
    return make_side()


# who we are talking to


def test_another_host_key_stops_before_anything_is_shown(make_side, tmp_path, source):
    make_key(tmp_path / "other")
    other = (tmp_path / "other.pub").read_text()
    with server_of_its_own() as server:
        side = make_side(server, host_key=other)
        with raises_for_good(WrongHostKey) as stopped:
            side.transport.put(DAT, source)
        assert "publickey" not in server.log
        assert side.outbox() == {}
    shown = subprocess.run(["ssh-keygen", "-lf", tmp_path / "other.pub"], capture_output=True, text=True, check=True)
    assert stopped.value.pinned == (shown.stdout.split()[1],)
    assert stopped.value.offered.startswith("SHA256:")
    assert stopped.value.offered != stopped.value.pinned[0]


def test_a_server_without_a_key_of_the_pinned_kind_is_another(make_side, tmp_path):
    make_key(tmp_path / "rsa", "rsa")
    with raises_for_good(WrongHostKey, match="none of that kind"):
        make_side(host_key=(tmp_path / "rsa.pub").read_text()).transport.sent_names()


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_every_kind_of_key_serves(make_side, source, kind):
    with server_of_its_own(key_kind=kind) as server:
        side = make_side(server)
        side.transport.put(DAT, source)
        assert side.delivered(DAT) == b"the whole night"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_every_key_of_a_kind_is_read(tmp_path, kind):
    for place in range(16):
        make_key(tmp_path / str(place), kind)
        shown = (tmp_path / f"{place}.pub").read_text().split()[1]
        assert load_key(tmp_path / str(place)).get_base64() == shown


def test_one_of_several_pinned_keys_is_enough(make_side, ssh_server, tmp_path):
    make_key(tmp_path / "next")
    both = (tmp_path / "next.pub").read_text() + ssh_server.host_key
    assert make_side(host_key=both).transport.sent_names() == ()


def test_another_key_than_the_agents_is_refused(make_side, tmp_path):
    make_key(tmp_path / "other")
    with raises_for_good(KeyRefused, match="does not let") as stopped:
        make_side(key=tmp_path / "other").transport.sent_names()
    assert str(tmp_path) not in str(stopped.value)


def test_no_key_is_looked_for_elsewhere(make_side, ssh_server, tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    shutil.copy(ssh_server.client_key, home / ".ssh" / "id_ed25519")
    monkeypatch.setenv("HOME", str(home))
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", tmp_path / "agent"], stdout=subprocess.DEVNULL)
    try:
        wait_for((tmp_path / "agent").exists)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        subprocess.run(["ssh-add", "-q", ssh_server.client_key], check=True, stderr=subprocess.DEVNULL)
        make_key(tmp_path / "other")
        with raises_for_good(KeyRefused):
            make_side(key=tmp_path / "other").transport.sent_names()
    finally:
        agent.terminate()
        agent.wait()


@pytest.mark.parametrize("methods", ["password", "publickey,password"])
def test_a_server_that_wants_a_password_gets_none(make_side, methods):
    with server_of_its_own(methods=methods) as server, raises_for_good(KeyRefused):
        make_side(server).transport.sent_names()


def test_a_key_that_others_could_have_read_meanwhile_is_not_used(make_side, tmp_path, ssh_server):
    key = tmp_path / "key"
    shutil.copy(ssh_server.client_key, key)
    side = make_side(key=key)
    key.chmod(0o644)
    with raises_for_good(UnusableSettings, match="mode 600"):
        side.transport.sent_names()


@pytest.mark.parametrize(("passphrase", "cut", "told"), [("secret word", 0, "passphrase"), ("", 40, "damaged")])
def test_a_key_that_cannot_be_used_is_told_without_its_content(make_side, tmp_path, passphrase, cut, told):
    make_key(tmp_path / "key", passphrase=passphrase)
    lines = (tmp_path / "key").read_text()
    (tmp_path / "key").write_text(lines[: len(lines) - cut])
    with raises_for_good(UnusableSettings, match=told) as stopped:
        make_side(key=tmp_path / "key").transport.sent_names()
    assert lines.splitlines()[1][:8] not in str(stopped.value)


def test_a_server_without_sftp_calls_a_person(make_side):
    with server_of_its_own(service="") as server, raises_for_good(ServerRefused, match="offers no SFTP"):
        make_side(server).transport.sent_names()


def test_a_login_that_leads_to_no_files_sends_none(make_side, source):
    with server_of_its_own(service="Subsystem sftp internal-sftp\nForceCommand /bin/echo 99") as server:
        side = make_side(server)
        with pytest.raises((ServerRefused, TransportDown)):
            side.transport.put(DAT, source)
        assert side.outbox() == {}


# what passes by itself


def test_a_server_that_is_not_there(make_side):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        side = make_side(port=closed.getsockname()[1])
        with raises_for_now(match="refused"):
            side.transport.sent_names()


def test_a_name_that_does_not_resolve(side, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "create_connection", unknown)
    with raises_for_now(match="name resolution"):
        side.transport.sent_names()


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200])
def test_a_server_that_does_not_greet(make_side, greeting):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        side = make_side(port=silent.getsockname()[1], times=replace(QUICK, connect=0.5))
        silent.settimeout(5)
        if greeting:
            answer_once(silent, greeting)
        with raises_for_now(within=5):
            side.transport.sent_names()


def answer_once(listening, greeting):
    def answer():
        connection, _ = listening.accept()
        connection.sendall(greeting)
        time.sleep(1)
        connection.close()

    threading.Thread(target=answer, daemon=True).start()


def test_a_server_that_is_too_busy(make_side):
    with server_of_its_own(extra="MaxStartups 1") as server:
        wait_for(lambda: server.sessions() == [])
        with socket.create_connection(("127.0.0.1", server.port)) as waiting:
            waiting.recv(4)
            side = make_side(server)
            with raises_for_now():
                side.transport.sent_names()
        wait_for(lambda: server.sessions() == [])
        assert side.transport.sent_names() == ()


def test_a_server_that_answers_no_more(make_side, source):
    with server_of_its_own() as server:
        side = make_side(server, times=replace(QUICK, answer=1, idle=30))
        side.transport.sent_names()
        with stopped(server), raises_for_now(within=4, match="no answer in time"):
            side.transport.put(DAT, source)
        side.transport.put(DAT, source)
        assert side.outbox() == {DAT: b"the whole night"}


def test_a_server_that_takes_nothing_more(make_side, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(30_000_000))
    with server_of_its_own() as server:

        class StoppingDisk(Disk):
            """Reads once to measure; the second reading is the one that is sent."""

            reads = 0

            def read(self, path):
                self.reads += 1
                for number, piece in enumerate(super().read(path)):
                    if self.reads == 2 and number == 3:
                        for session in server.sessions():
                            os.kill(session, signal.SIGSTOP)
                    yield piece

        side = make_side(server, times=replace(QUICK, answer=1), disk=StoppingDisk())
        with raises_for_now(within=8):
            side.transport.put(DAT, large)
        for session in server.sessions():
            os.kill(session, signal.SIGCONT)
        assert DAT not in side.outbox()
        make_side(server, root=side.root).transport.put(DAT, large)
        assert list(side.outbox()) == [DAT]


@contextmanager
def stopped(server):
    sessions = server.sessions()
    assert sessions
    for session in sessions:
        os.kill(session, signal.SIGSTOP)
    yield
    for session in sessions:
        os.kill(session, signal.SIGCONT)


def test_a_server_that_was_killed_and_came_back(make_side, source):
    with server_of_its_own() as server:
        side = make_side(server, times=replace(QUICK, idle=30))
        side.transport.put(DAT, source)
        for session in server.sessions():
            os.kill(session, signal.SIGKILL)
        time.sleep(0.3)
        side.transport.put(DAT, source, again=True)  # seen to be gone, and dialled again
        assert side.outbox() == {DAT: b"the whole night"}


def test_one_login_serves_a_night_and_ends_with_it(make_side, source):
    with server_of_its_own() as server:
        side = make_side(server, times=replace(QUICK, idle=0.5))
        for name in (DAT, "BT199924112602.DAT"):
            side.transport.put(name, source)
        side.answer(FCO, b"reply")
        for name in side.transport.list_replies():
            side.transport.keep(name)
            side.transport.archive(name)
        assert server.log.count("Accepted publickey") == 1
        wait_for(lambda: server.sessions() == [])
        side.transport.put(DAT, source)
        assert server.log.count("Accepted publickey") == 2


def test_a_path_from_where_we_are_let_in(make_side, source):
    with server_of_its_own(service="Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {home}") as server:
        side = make_side(server, url=f"sftp://{server.user}@127.0.0.1:{server.port}/~/root")
        side.transport.put(DAT, source)
        assert contents(server.root / "outbox") == {DAT: b"the whole night"}
        assert side.transport.place(DAT) == f"sftp://{server.user}@127.0.0.1:{server.port}/~/root/outbox/{DAT}"
