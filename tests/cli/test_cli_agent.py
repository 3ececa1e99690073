"""A person at the simulated agent: faults on request, files refused, ports ended, over a folder and over SFTP."""

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cli_hand import Eld, an_eld
from ssh_server import SshServer

from emergency_export.agent.codes import REASONS
from emergency_export.agent.faults import KINDS

LONDON = ZoneInfo("Europe/London")
NAMES = [kind.replace("_", "-") for kind in KINDS]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """No database of the product: the agent has its own."""
    monkeypatch.setenv("ELD_DEMO", "1")
    monkeypatch.setenv("ELD_DATA_DIR", str(tmp_path / "data"))
    return an_eld(tmp_path / "data")


@pytest.mark.parametrize("kind", NAMES)
def test_every_kind_of_fault_can_be_asked_for(bare: Eld, kind: str) -> None:
    bare("agent", "step", "--fault", f"{kind}=0.5", "--seed", 7)
    assert kind in " ".join(bare("agent", "step", "--help").stdout.split()).replace("- ", "-")


@pytest.mark.parametrize(
    "arguments",
    [
        ("step", "--fault", "late"),
        ("step", "--fault", "late=often"),
        ("step", "--fault", "late=nan"),
        ("step", "--fault", "late=101%"),
        ("step", "--fault", "misfortune=0.1"),
        ("step", "--fault", "late=0.1", "--fault", "late=0.2"),
        ("step", "--late-steps", "0"),
        ("step", "--port-days", "-1"),
        ("refuse-file", "BADLUCK"),
        ("port", "complete", "harbour"),
        ("port", "lose", "01632960501"),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(bare: Eld, arguments: tuple[str, ...]) -> None:
    assert "Usage: " in bare("agent", *arguments, status=2).stderr


def test_the_same_seed_gives_the_same_faults(sqlite_eld: Eld) -> None:
    sqlite_eld.import_samples()
    sqlite_eld("export", "run")
    other = shutil.copytree(sqlite_eld.data_dir, sqlite_eld.data_dir.with_name("other"))
    faults = ("--seed", 5, "--fault", "reject=40%", "--fault", "partial=1")
    first = sqlite_eld.json("agent", "step", *faults)
    assert first["rejected"] not in {0, 24}
    assert first["late"] == 1
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ELD_DATA_DIR", str(other))
        monkeypatch.setenv("ELD_DATABASE_URL", f"sqlite:///{other / 'eld.db'}")
        monkeypatch.delenv("ELD_TRANSPORT", raising=False)
        assert an_eld(other).json("agent", "step", *faults) == first


def test_what_was_lost_comes_once_the_agent_is_calm(sqlite_eld: Eld) -> None:
    sqlite_eld.import_samples()
    sqlite_eld("export", "run")
    lost = sqlite_eld.json("agent", "step", "--fault", "lose-reply=1")
    assert (len(lost["files"]), lost["fcos"], lost["cars"]) == (1, [], [])
    assert sqlite_eld("agent", "step").stdout == "nothing to answer\n"
    found = sqlite_eld.json("agent", "calm")
    assert (len(found["fcos"]), len(found["cars"])) == (1, 1)
    assert sqlite_eld.json("replies", "collect")["applied"] == 24


@pytest.mark.parametrize("reason", ["BADCHECKSUM", "badlength"])
def test_a_person_refuses_a_file(sqlite_eld: Eld, reason: str) -> None:
    assert reason.upper() in REASONS
    assert sqlite_eld.json("agent", "refuse-file", reason) == {"reason": reason.upper()}
    sqlite_eld.import_samples()
    (sent,) = sqlite_eld.json("export", "run")["files"]
    assert sqlite_eld.json("agent", "step")["rejected_files"] == [[sent["file_name"], reason.upper()]]
    sqlite_eld("replies", "collect")
    (file,) = sqlite_eld.json("export", "list")
    assert file["state"] == "FCO_REJECTED"


def test_a_person_ends_a_port(sqlite_eld: Eld) -> None:
    sqlite_eld.import_samples()
    sqlite_eld.night()
    number = "01134960101"
    sqlite_eld("numbers", "port-out", number, "--gaining", "123", "--date", datetime.now(LONDON).date())
    sqlite_eld.night()
    assert sqlite_eld.json("records", "show", number)["accepted_state"] == "none"
    assert "0045 or 0047" in sqlite_eld("agent", "port", "--help").stdout
    told = sqlite_eld.json("agent", "port", "expire", "0113 496 0101")
    assert told == {"number": number, "move": "expire"}
    sqlite_eld("agent", "step")
    sqlite_eld("replies", "collect")
    assert sqlite_eld.json("records", "show", number)["accepted_state"] == "live"
    assert sqlite_eld("agent", "port", "complete", number, status=1).stderr.startswith("E04 error: ")


def test_files_are_deleted_where_that_is_asked_for(sqlite_eld: Eld) -> None:
    sqlite_eld.import_samples()
    sqlite_eld("export", "run")
    outbox = sqlite_eld.data_dir / "outbox"
    sqlite_eld("agent", "step")
    assert list(outbox.iterdir())
    sqlite_eld("agent", "step", "--delete")
    assert not list(outbox.iterdir())


# Over SFTP


def over(server: SshServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **changed: str) -> Eld:
    settings = {
        "ELD_CUPID": "999",
        "ELD_ENVIRONMENT": "test",
        "ELD_DATA_DIR": str(tmp_path / "data"),
        "ELD_KEY_DIR": str(tmp_path / "keys"),
        "ELD_TRANSPORT": server.url_of(root),
        "ELD_SFTP_HOST_KEY": server.host_key,
        "ELD_SFTP_KEY": str(own_key(server, tmp_path)),
    }
    for name, value in (settings | changed).items():
        monkeypatch.setenv(name, value)
    return an_eld(tmp_path / "data")


def own_key(server: SshServer, tmp_path: Path) -> Path:
    """A copy that belongs to who runs the tests and to no other."""
    copy = tmp_path / "client_key"
    copy.write_bytes(server.client_key.read_bytes())
    copy.chmod(0o600)
    return copy


def test_a_step_over_sftp(ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = ssh_server.new_root()
    eld = over(ssh_server, root, tmp_path, monkeypatch)
    (root / "outbox" / "BT199901032701.DAT").write_bytes(b"")
    report = eld.json("agent", "step", "--delete")
    assert report["rejected_files"] == [["BT199901032701.DAT", "BADHEADER"]]
    assert (root / "inbox" / "BT199901032701.FCO").read_bytes().startswith(b"F|BT199901032701.DAT||REJECTED|BADHEADER|")
    assert not list((root / "outbox").iterdir())


def test_an_empty_night_out_and_back_over_sftp(
    ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    eld = over(ssh_server, ssh_server.new_root(), tmp_path, monkeypatch)
    eld("db", "upgrade")
    (sent,) = eld.json("export", "run")["files"]
    assert eld.json("agent", "step")["files"] == [sent["file_name"]]
    assert eld.json("replies", "collect")["fco"] == 1
    assert [file["state"] for file in eld.json("export", "list")] == ["FCO_ACCEPTED"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ELD_SFTP_KEY": "/nowhere/key"}, "E05 error: "),
        ({"ELD_SFTP_HOST_KEY": "ssh-ed25519 AAAA"}, "E05 error: "),
        ({"ELD_TRANSPORT": "sftp://eld@127.0.0.1:1/x"}, "E11 error: "),
    ],
    ids=["key", "host key", "down"],
)
def test_a_server_that_cannot_be_used_is_told(
    ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], said: str
) -> None:
    eld = over(ssh_server, ssh_server.root, tmp_path, monkeypatch, **changed)
    assert eld("agent", "step", status=1).stderr.startswith(said)


def test_serving_outlives_a_server_that_is_down(
    ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over(ssh_server, ssh_server.root, tmp_path, monkeypatch, ELD_TRANSPORT="sftp://eld@127.0.0.1:1/x")
    program = [sys.executable, "-c", "import app; app.main()", "agent", "serve", "--every", "0.1"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        lines = [serving.stderr.readline() for _ in range(3)]
        time.sleep(0.2)
        serving.send_signal(signal.SIGTERM)
        _, said = serving.communicate(timeout=30)
    assert serving.returncode == 0
    assert "trying again" in lines[1]
    assert "trying again" in lines[2]
    assert "Traceback" not in said + json.dumps(lines)
