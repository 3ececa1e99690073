"""Whole nights over a real OpenSSH server, on both kinds of database; and how the way there is opened from settings."""

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from ssh_server import make_key
from stage import Stage

from app.db.engine import Database
from app.errors import Misconfigured
from app.models.replies import ReplyFile
from app.services.exports.files import resend_file
from app.services.setup import set_up
from app.services.system import open_system, open_transport
from app.settings import load_settings
from emergency_export.faults import NotPermitted, TransportDown, WrongHostKey
from emergency_export.sftp.address import Times, check_key_file, parse_address, read_host_keys
from emergency_export.sftp.session import SftpSession
from emergency_export.sftp.transport import SftpTransport


class SftpStage(Stage):
    """A stage whose outbox and inbox lie on a server."""

    remote: Path

    @property
    def root(self) -> Path:
        return self.remote

    @property
    def local(self) -> Path:
        return self.system.settings.data_dir

    def inbox(self) -> list[str]:
        return sorted(path.name for path in (self.remote / "inbox").iterdir())

    def outbox(self) -> list[str]:
        return sorted(path.name for path in (self.remote / "outbox").iterdir())

    def reach(self, server, **options) -> None:
        address = parse_address(server.url_of(self.remote))
        pinned = read_host_keys(options.pop("host_key", server.host_key), address)
        key = check_key_file(str(server.client_key))
        transport = SftpTransport(address, pinned, key, self.local, times=Times(idle=1), **options)
        transport.prepare()
        self.system = replace(self.system, transport=transport)


@pytest.fixture
def far(stage, ssh_server):
    remote = SftpStage(**{item.name: getattr(stage, item.name) for item in fields(Stage)})
    remote.remote = ssh_server.new_root()
    remote.reach(ssh_server)
    yield remote
    remote.system.transport.close()


def test_a_night_and_its_replies(far):
    for place in (1, 2):
        far.register(place)
    (file,) = far.night().files
    assert file["path"] == f"{far.system.transport.address.shown('outbox')}/{file['file_name']}"
    assert far.outbox() == [file["file_name"]]
    assert far.system.transport.digest(file["file_name"]) == file["sha256"]
    assert sorted(far.sent()) == [("A", "001"), ("A", "002")]
    report = far.accept()
    assert (report.fco, report.car, report.applied) == (1, 1, 2)
    assert far.inbox() == []
    kept = {path.name for path in (far.local / "archive").iterdir()}
    assert kept == {reply.file_name for reply in far.all(ReplyFile)}
    assert [far.record(place)["accepted_state"] for place in (1, 2)] == ["live", "live"]
    far.register(1, premises="Unit 4")
    far.night()
    assert far.sent() == [("M", "001")]
    far.accept()
    assert far.record(1)["accepted"]["premises"] == "UNIT 4"
    assert len(far.outbox()) == 2


def test_a_night_whose_confirmation_is_lost_is_found_done(far, monkeypatch):
    rename = SftpSession.rename

    def unheard(session, old, new):
        rename(session, old, new)
        raise TransportDown("the connection broke off")

    far.register(1)
    with monkeypatch.context() as broken:
        broken.setattr(SftpSession, "rename", unheard)
        with pytest.raises(TransportDown):
            far.night()
    assert [(file.state, len(far.outbox())) for file in far.files()] == [("EXTRACTED", 1)]
    lying = next((far.remote / "outbox").iterdir())
    before = lying.stat().st_ino
    far.night()
    assert far.outbox() == [file.file_name for file in far.files()] == [lying.name]
    assert lying.stat().st_ino == before
    assert far.states(1) == ["DELIVERED"]


def test_what_calls_a_person_keeps_the_file_and_its_number(far, ssh_server, tmp_path):
    far.register(1)
    (far.remote / "outbox").chmod(0o555)
    with pytest.raises(NotPermitted):
        far.night()
    (file,) = far.files()
    assert (file.state, far.outbox()) == ("EXTRACTED", [])
    (far.remote / "outbox").chmod(0o755)
    make_key(tmp_path / "other")
    far.reach(ssh_server, host_key=(tmp_path / "other.pub").read_text())
    with pytest.raises(WrongHostKey):
        far.night()
    assert far.outbox() == []
    far.reach(ssh_server)
    far.night()
    (again,) = far.files()
    assert (again.file_name, again.sha256, again.state) == (file.file_name, file.sha256, "DELIVERED")
    assert far.system.transport.digest(file.file_name) == file.sha256


def test_a_damaged_reply_is_set_aside_here_and_removed_there(far):
    far.register(1)
    far.night()
    far.put("BT199903032701.CAR", b"no reply at all\r\n")
    report = far.collect()
    assert [item["file_name"] for item in report.quarantined] == ["BT199903032701.CAR"]
    assert far.inbox() == []
    assert (far.local / "quarantine" / "BT199903032701.CAR").read_bytes() == b"no reply at all\r\n"
    assert far.accept().applied == 1


def test_replies_that_cannot_be_removed_are_applied_once(far):
    far.register(1)
    far.night()
    (far.remote / "inbox").chmod(0o555)
    assert far.accept().applied == 1
    assert len(far.inbox()) == 2
    assert far.collect().as_dict() == type(far.collect())().as_dict()
    assert far.system.transport.left_behind() == tuple(sorted(far.inbox(), reverse=True))
    (far.remote / "inbox").chmod(0o755)


def test_a_resend_is_the_same_bytes_in_a_fresh_copy(far):
    far.register(1)
    (file,) = far.night().files
    lying = far.remote / "outbox" / file["file_name"]
    before, content = lying.stat().st_ino, lying.read_bytes()
    resend_file(far.system, far.staff, file["file_name"])
    assert lying.read_bytes() == content
    assert lying.stat().st_ino != before
    lying.unlink()  # the agent has taken it
    resend_file(far.system, far.staff, file["file_name"])
    assert lying.read_bytes() == content


# from settings


def environment(server, folder, **changes):
    return {
        "ELD_DATA_DIR": str(folder),
        "ELD_CUPID": "123",
        "ELD_ENVIRONMENT": "test",
        "ELD_TRANSPORT": server.url,
        "ELD_SFTP_HOST_KEY": server.host_key,
        "ELD_SFTP_KEY": str(server.client_key),
    } | changes


def test_an_installation_is_set_up_without_reaching_out(ssh_server, tmp_path):
    settings = load_settings(environment(ssh_server, tmp_path / "data", ELD_TRANSPORT="sftp://cp@127.0.0.1:1/999"))
    set_up(settings)
    assert {"archive", "quarantine"} <= {path.name for path in (tmp_path / "data").iterdir()}
    system = open_system(settings)
    assert isinstance(system.transport, SftpTransport)
    with pytest.raises(TransportDown):
        system.transport.sent_names()
    Database(settings.database_url).dispose()
    system.database.dispose()


@pytest.mark.parametrize("given", ["text", "file"])
def test_the_way_there_is_opened_from_settings(ssh_server, tmp_path, given):
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{ssh_server.port} {ssh_server.host_key}\n")
    changes = {"ELD_SFTP_HOST_KEY": str(known)} if given == "file" else {}
    transport = open_transport(load_settings(environment(ssh_server, tmp_path / "data", **changes)))
    assert transport.sent_names() == ()
    assert transport.place("BT112303032701.DAT") == f"{ssh_server.url}/outbox/BT112303032701.DAT"
    transport.close()


def test_every_fault_of_the_settings_is_told_at_once(ssh_server, tmp_path):
    changes = {"ELD_SFTP_HOST_KEY": "ssh-ed25519 AAAA", "ELD_SFTP_KEY": str(tmp_path / "none")}
    with pytest.raises(Misconfigured) as refused:
        open_transport(load_settings(environment(ssh_server, tmp_path, **changes)))
    assert "ELD_SFTP_KEY: the private key cannot be read" in str(refused.value)
    assert "ELD_SFTP_HOST_KEY: the ssh-ed25519 host key is damaged" in str(refused.value)
    changes |= {"ELD_TRANSPORT": "sftp://127.0.0.1/999"}
    with pytest.raises(Misconfigured) as refused:
        open_transport(load_settings(environment(ssh_server, tmp_path, **changes)))
    assert "ELD_TRANSPORT: an address is written as" in str(refused.value)
    assert "ELD_SFTP_KEY" in str(refused.value)


def test_who_delivers_to_a_folder_never_loads_paramiko():
    program = "import sys, app.services.system, emergency_export.sftp.transport; sys.exit('paramiko' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
