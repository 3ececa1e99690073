"""Holding and releasing nights, and urgent corrections, from the command line."""

from datetime import UTC, date, datetime

import pytest
from cli_hand import Eld

NUMBER = "0113 496 0101"
ALEX, SAM = ("--as", "alex@operations.example"), ("--as", "sam@operations.example")


@pytest.fixture
def live(eld: Eld, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """The samples are live; two changes or more hold a night."""
    eld.import_samples()
    eld.night()
    monkeypatch.setenv("ELD_BRAKE_CHANGES", "1")
    monkeypatch.setenv("ELD_BRAKE_CHANGES_PERCENT", "0")
    return eld


def move(eld: Eld, *numbers: str) -> None:
    rows = [f"{number},Harbour Lane Bakery Ltd,Unit 9,Dewsbury Road,Leeds,LS11 5DF" for number in numbers]
    path = eld.write("moves.csv", "\n".join(["number,name,premises,thoroughfare,post_town,postcode", *rows]).encode())
    eld("locations", "import", path)


def test_a_held_night_and_its_release_by_two(live: Eld) -> None:
    move(live, "0113 496 0101", "0113 496 0102")
    held = live("export", "run", status=1)
    assert held.stderr.startswith("E09 error")
    assert "--night" in held.stderr
    night = f"{datetime.now(UTC).astimezone():%Y-%m-%d}"
    assert live.json("export", "run", status=1)["files"] == []
    live("export", "release", "--night", night, status=1)
    first = live.json("export", "release", "--night", night, *ALEX)
    assert first == {"file_name": None, "night": night, "still_needed": 1}
    assert "another person" in live("export", "release", "--night", night, *ALEX, status=1).stderr
    assert "may go" in live("export", "release", "--night", night, *SAM).stdout
    assert live.json("export", "run")["transactions"]["M"] == 2


def test_nights_are_held_and_let_go(live: Eld) -> None:
    live("export", "hold", status=2)
    assert live.json("export", "hold", "--why", "the agent moves house") == {"held": True}
    assert "moves house" in live("export", "run", status=1).stderr
    live("export", "hold", "--why", "again", status=1)
    assert live.json("export", "unhold") == {"held": False}
    live("export", "unhold", status=1)
    live("export", "run")


def test_wrong_usage_of_release(live: Eld) -> None:
    for arguments in ((), ("FILE", "--night", str(date(2027, 1, 1))), ("--night", "tonight")):
        live("export", "release", *arguments, status=2)
    both = live("export", "release", "--night", str(date(2027, 1, 1)), "--as-accepted", status=2)
    assert "--as-accepted is about a FILE" in both.stderr


def test_an_urgent_correction_that_cannot_leave_is_kept_and_says_so(live: Eld) -> None:
    (live.data_dir / "outbox").rename(live.data_dir / "away")
    stopped = live("locations", "urgent", NUMBER, "--incident", "INC-7", "--set", "premises=Unit 3", status=1)
    assert "do not enter it again" in stopped.stdout
    assert "E11 error: the exchange folder" in stopped.stderr
    (live.data_dir / "away").rename(live.data_dir / "outbox")
    (file,) = live.json("export", "run")["files"]
    assert file["incident"] == "INC-7"


def test_an_urgent_correction(live: Eld) -> None:
    live("export", "hold", "--why", "the agent moves house")
    document = live.json("locations", "urgent", NUMBER, "--incident", "INC-7", "--set", "premises=Unit 3")
    (file,) = document["files"]
    assert (file["incident"], file["state"], document["waits_for"]) == ("INC-7", "DELIVERED", None)
    waits = live("locations", "urgent", NUMBER, "--incident", "INC-7", "--set", "premises=Unit 4")
    assert "is in flight" in waits.stdout
    assert "eld transactions abandon" in waits.stdout
    assert "H02" in live("locations", "urgent", NUMBER, "--incident", "an incident", status=1).stderr
    live("locations", "urgent", NUMBER, "--set", "premises=Unit 3", status=2)
