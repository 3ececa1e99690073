"""`eld lookup`: recorded, answered, and answered from a copy while the database is gone."""

import json
import os
from pathlib import Path

import pytest
from cli_hand import Eld

WHY = ("--reason", "call_now", "--call-back", "yes", "--asked-by", "Sergeant Okoro, police control")
NUMBER = "01632960501"


def trail(eld: Eld) -> list[str]:
    lines = eld("audit", "export").stdout.splitlines()
    return [json.loads(line)["action"] for line in lines]


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def away() -> None:
        monkeypatch.setenv("ELD_DATABASE_URL", f"sqlite:///{tmp_path / 'gone' / 'eld.db'}")

    return away


def test_a_number_is_looked_up(eld: Eld) -> None:
    eld.import_samples()
    eld.night()
    told = eld("lookup", NUMBER, *WHY).stdout.splitlines()
    found = eld.json("lookup", *WHY, "01632", "960 501")
    assert found["known"]
    assert told[0] == found["held"]["postcode"]
    assert (found["number"], found["source"], found["parent_cupid"]) == (NUMBER, "main", "999")
    assert trail(eld).count("number_looked_up") == 2


def test_a_number_that_is_not_ours_ends_with_1(sqlite_eld: Eld) -> None:
    done = sqlite_eld("lookup", "01632960999", *WHY, status=1)
    assert "E02 error (number)" in done.stderr
    assert sqlite_eld.json("lookup", "01632960999", *WHY, status=1)["known"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        (NUMBER,),
        (NUMBER, "--reason", "curiosity", *WHY[2:]),
        (NUMBER, *WHY[:2], "--call-back", "maybe", *WHY[4:]),
        (NUMBER, *WHY, "--from-replica", "--from-copy", "x"),
        WHY,
        ("copy",),
    ],
)
def test_wrong_usage(sqlite_eld: Eld, wrong: tuple[str, ...]) -> None:
    assert "Error" in sqlite_eld("lookup", *wrong, status=2).stderr


def test_a_copy_answers_when_the_database_is_gone(eld: Eld, gone, monkeypatch: pytest.MonkeyPatch) -> None:
    eld.import_samples()
    eld.night()
    copy = eld.data_dir / "copy.db"
    assert eld.json("lookup", "copy", "--to", copy)["numbers"] > 0
    url = os.environ["ELD_DATABASE_URL"]
    before = eld.json("lookup", NUMBER, *WHY)
    gone()
    lines = eld("lookup", NUMBER, *WHY, "--from-copy", copy).stdout.splitlines()
    assert lines[0].startswith("from the copy made ")
    assert lines[1] == before["held"]["postcode"]
    assert eld("lookup", NUMBER, *WHY, status=1).stdout == ""  # nothing else is set
    monkeypatch.setenv("ELD_LOOKUP_COPY", str(copy))
    fallen_back = eld.json("lookup", NUMBER, *WHY)
    assert (fallen_back["source"], fallen_back["held"]) == ("copy", before["held"])
    monkeypatch.setenv("ELD_DATABASE_URL", url)
    assert eld.json("lookup", "hand-in") == {"new": 2, "known": 0}
    assert eld.json("lookup", "hand-in") == {"new": 0, "known": 0}
    actions = trail(eld)
    assert (actions.count("number_looked_up"), actions.count("look_up_handed_in")) == (1, 2)


def test_a_replica_answers(sqlite_eld: Eld, gone, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_eld.import_samples()
    url = os.environ["ELD_DATABASE_URL"]
    assert "ELD_LOOKUP_DATABASE_URL" in sqlite_eld("lookup", NUMBER, *WHY, "--from-replica", status=1).stderr
    monkeypatch.setenv("ELD_LOOKUP_DATABASE_URL", url)
    gone()
    lines = sqlite_eld("lookup", NUMBER, *WHY, "--from-replica").stdout.splitlines()
    assert lines[0].startswith("from the replica, whose last entry is of ")
    done = sqlite_eld("--as", "alex@operations.example", "lookup", NUMBER, *WHY)
    assert "nobody can act as alex@operations.example" in done.stderr
    monkeypatch.setenv("ELD_DATABASE_URL", url)
    assert sqlite_eld.json("lookup", "hand-in") == {"new": 2, "known": 0}


def test_a_copy_overwrites_nothing_else(sqlite_eld: Eld) -> None:
    path = sqlite_eld.write("notes.txt", b"mine")
    assert "L04" in sqlite_eld("lookup", "copy", "--to", path, status=1).stderr
    assert path.read_bytes() == b"mine"
