"""Setting up, settings, people, processes: and what a machine can do to a command."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_hand import SAMPLES, Eld, an_eld

from app.audit.verify import Verification

PROGRAM = [
    sys.executable,
    "-c",
    "from app.cli import build; build(serve=lambda _: None, schedule=lambda _: None)(prog_name='eld')",
]


def run(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str], code: str) -> None:
    assert done.returncode == 1
    assert done.stderr.startswith(f"{code} error"), done.stderr
    assert done.stderr.count("\n") == 1


def test_setting_up_may_be_repeated(empty_eld: Eld) -> None:
    first = empty_eld.json("db", "upgrade")
    assert len(first["logins"]) == 3
    assert empty_eld.json("db", "upgrade") == first
    assert "demo log-in: " in empty_eld("db", "upgrade").stdout
    for folder in ("outbox", "inbox", "archive", "quarantine", "keys"):
        assert (empty_eld.data_dir / folder).is_dir()
    assert (empty_eld.data_dir / "keys").stat().st_mode & 0o777 == 0o700
    assert empty_eld.json("export", "list") == []
    assert empty_eld.json("cases", "list") == []
    assert empty_eld.json("postcodes", "check", "LS11 5DF")[0]["in_directory"] is False


def test_the_samples_use_the_account_of_the_demo(sqlite_eld: Eld) -> None:
    assert {one["account"] for one in sqlite_eld.json("records", "missing")} == {"Harbour Lane Bakery Ltd"}


def test_nothing_works_before_it_is_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELD_DEMO", "1")
    monkeypatch.setenv("ELD_DATA_DIR", str(tmp_path))
    eld = an_eld(tmp_path)
    said = eld("export", "list", status=1)
    assert said.stderr.startswith("E05 error: ")
    assert "eld db upgrade" in said.stderr
    assert eld.json("export", "run", status=1)["files"] == []
    assert not (tmp_path / "eld.db").exists()


def test_a_database_of_another_use_is_refused(sqlite_eld: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ELD_DEMO": "0", "ELD_CUPID": "013", "ELD_ENVIRONMENT": "test"}.items():
        monkeypatch.setenv(name, value)
    assert sqlite_eld("export", "list", status=1).stderr.startswith("E05 error: ")


def test_settings_are_shown_and_secrets_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELD_DEMO", "1")
    monkeypatch.setenv("ELD_DATABASE_URL", "postgresql+psycopg://eld:open-sesame@db.example/eld")
    listed = an_eld(tmp_path)
    settings = {one["name"]: one for one in listed.json("config")}
    assert settings["ELD_DEMO"]["source"] == "environment"
    assert settings["ELD_EXPORT_AT"]["source"] == "default"
    assert "open-sesame" not in json.dumps(settings) + listed("config").stdout


def test_people(sqlite_eld: Eld) -> None:
    made = sqlite_eld.json("user", "add", "kim@operations.example", "--role", "operations")
    assert len(made["password"]) >= 16
    typed = sqlite_eld(
        "user", "add", "lee@audit.example", "--role", "auditor", "--password-stdin", stdin="herons on a long pond\n"
    )
    assert "herons on a long pond" not in typed.stdout
    again = sqlite_eld("user", "add", "KIM@operations.example", "--role", "privacy", status=1)
    assert again.stderr.startswith("B04 error (email): ")
    short = sqlite_eld(
        "user", "add", "not an address", "--role", "auditor", "--password-stdin", status=1, stdin="short\n"
    )
    assert {line.split()[0] for line in short.stderr.splitlines()} == {"B03", "B05"}
    assert sqlite_eld("--as", "lee@audit.example", "export", "run", status=1).stderr.startswith("E03 error: ")
    sqlite_eld("--as", "lee@audit.example", "export", "list")


def test_the_real_program(tmp_path: Path) -> None:
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(tmp_path / "data")}
    assert run("db", "upgrade", **environ).returncode == 0
    assert run("numbers", "load", SAMPLES / "numbers.csv", **environ).returncode == 0
    done = run("locations", "import", SAMPLES / "locations.csv", "--json", **environ)
    assert done.returncode == 0
    assert json.loads(done.stdout)["accepted"] == 24
    assert "P00 warning" in done.stderr
    piped = run("export", "run", "--json", **environ)
    assert json.loads(piped.stdout)["transactions"]["A"] == 24
    ascii_only = run(
        "records", "show", "029 2018 0401", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii", **environ
    )
    assert ascii_only.returncode == 0
    assert ascii_only.stdout.isascii()


def test_a_database_that_is_away() -> None:
    environ = {"ELD_DEMO": "1", "ELD_DATABASE_URL": "postgresql+psycopg://eld@127.0.0.1:1/eld"}
    one_line(run("export", "list", **environ), "E08")
    done = run("export", "list", "--json", **environ)
    assert (done.returncode, json.loads(done.stdout)) == (1, [])


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(tmp_path / "data" / "within")}
    one_line(run("db", "upgrade", **environ), "E12")
    one_line(run("demo", **environ), "E12")
    assert (tmp_path / "data").read_text() == "a file"


def test_a_database_address_that_is_none(tmp_path: Path) -> None:
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(tmp_path), "ELD_DATABASE_URL": "nonsense"}
    done = run("export", "list", **environ)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_ctrl_c_is_one_line(tmp_path: Path) -> None:
    code = (
        "import os, signal, app.cli.config as config\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a suite in the background has it ignored
        "config.read_settings = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        "config.config()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    one_line(done, "E14")
    assert tmp_path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_agent_serves_until_it_is_stopped(sqlite_eld: Eld, number: signal.Signals) -> None:
    sqlite_eld.import_samples()
    process = subprocess.Popen(
        [*PROGRAM, "agent", "serve", "--every", "0.1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        sqlite_eld("export", "run")
        waited_until = time.monotonic() + 30
        while not list((sqlite_eld.data_dir / "inbox").glob("*.CAR")):
            assert time.monotonic() < waited_until
            time.sleep(0.05)
        process.send_signal(number)
        printed, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, printed) == (0, "")
    assert "took in BT1999" in said
    assert "Traceback" not in said
    assert sqlite_eld.json("replies", "collect")["applied"] == 24


@pytest.mark.parametrize(
    ("name", "value"), [("ELD_ENVIRONMENT", "live"), ("ELD_TRANSPORT", "sftp://eld@agent.example:22/in")]
)
def test_the_simulated_agent_keeps_away_from_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    live = {"ELD_CUPID": "013", "ELD_ENVIRONMENT": "test", "ELD_KEY_DIR": str(tmp_path / "keys"), name: value}
    monkeypatch.setenv("ELD_DATA_DIR", str(tmp_path / "data"))
    for variable, setting in live.items():
        monkeypatch.setenv(variable, setting)
    assert an_eld(tmp_path)("agent", "step", status=1).stderr.startswith("E05 error: ")


def test_a_broken_trail_names_the_first_bad_entry(sqlite_eld: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Verification(ok=False, events=9, head="abc", first_bad=(4, "is missing"))
    monkeypatch.setattr("app.cli.audit.verify_trail", lambda *_: broken)
    found = sqlite_eld.json("audit", "verify", status=1)
    assert found == {"ok": False, "events": 9, "head": "abc", "first_bad": {"seq": 4, "why": "is missing"}}
    said = sqlite_eld("audit", "verify", status=1)
    assert said.stdout.startswith("trail   BROKEN")
    assert said.stderr == "E15 error: entry 4 is missing\n"


def test_the_demo_plays_a_night_apart_from_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ELD_DATABASE_URL", "postgresql+psycopg://eld@127.0.0.1:1/eld")
    played = an_eld(tmp_path).json("demo")
    assert set(played) >= {"data_dir", "files", "records_live", "rejected_then_fixed", "audit"}
    assert Path(played["data_dir"]).parent == tmp_path
    assert Path(played["data_dir"]).is_dir()
    assert played["rejected_then_fixed"] >= 1
    assert played["records_live"] > 0
    assert played["audit"]["ok"] is True
    assert all(file["state"] == "FCO_ACCEPTED" for file in played["files"])
    assert not (tmp_path / "eld.db").exists()


def test_the_groups_work_as_flask_commands_too(sqlite_eld: Eld) -> None:
    flask = [Path(sys.executable).with_name("flask"), "--app", "app"]
    listed = subprocess.run([*flask, "export", "list", "--json"], capture_output=True, text=True, check=False)
    assert (listed.returncode, json.loads(listed.stdout)) == (0, sqlite_eld.json("export", "list"))
    refused = subprocess.run([*flask, "numbers", "cease", "0113 496 0888"], capture_output=True, text=True, check=False)
    one_line(refused, "N11")
