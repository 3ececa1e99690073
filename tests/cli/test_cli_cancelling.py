"""Planned changes by hand: listed, taken back, and named where it is not plain which is meant."""

from datetime import UTC, datetime, timedelta

from cli_hand import Eld

NUMBER = "01632 960001"
HEADER = "number,name,premises,thoroughfare,post_town,postcode,effective_date\n"


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def register(eld: Eld, premises: str, on: str = "") -> None:
    line = f"{NUMBER},Harbour Lane Bakery,{premises},Dewsbury Road,Leeds,LS11 5DF,{on}\n"
    eld("locations", "import", eld.write("one.csv", (HEADER + line).encode()))


def test_list_and_take_back(eld: Eld) -> None:
    register(eld, "Unit 1")
    eld.night()
    assert eld("locations", "planned", NUMBER).stdout == "nothing is planned for this number\n"
    assert eld.json("locations", "planned", NUMBER) == []
    register(eld, "Unit 2", day(20))
    register(eld, "Unit 3", day(30))
    eld("numbers", "cease", NUMBER, "--date", day(40))
    first, second, end = eld.json("locations", "planned", NUMBER)
    assert {"id", "kind", "effective_date", "due_on", "waits", "replaced", "sent"} <= set(first)
    assert (first["kind"], first["effective_date"], first["sent"]["premises"]) == ("record", day(20), "UNIT 2")
    assert (second["waits"], end["kind"], end["sent"]) == ("waiting", "cease", None)
    shown = eld("locations", "planned", NUMBER).stdout
    assert shown.split()[:2] == ["from", "what"]
    assert "end of use  waits for the file" in shown

    refused = eld("locations", "cancel", NUMBER, status=1)
    assert [line[:16] for line in refused.stderr.splitlines()] == ["L01 error (date)"] * 3
    assert f"end of use from {day(40)}, waits for the file" in refused.stderr
    assert {problem["code"] for problem in eld.json("locations", "cancel", NUMBER, status=1)["problems"]} == {"L01"}

    done = eld.json("locations", "cancel", NUMBER, "--date", day(40))
    assert (done["kind"], done["instead"], done["ends_on"]) == ("cease", "record", None)
    assert done["instead_sent"]["premises"] == "UNIT 3"
    told = eld("locations", "cancel", NUMBER, "--date", day(30)).stdout.splitlines()
    assert told[0] == f"location of 01632960001 from {day(30)}: cancelled"
    assert told[2:4] == ["holds     location", "premises  UNIT 2"]
    assert eld.json("locations", "cancel", NUMBER)["instead_sent"]["premises"] == "UNIT 1"
    assert "E04" in eld("locations", "cancel", NUMBER, status=1).stderr
    assert eld.json("export", "run")["transactions"] == {"A": 0, "C": 0, "M": 0, "E": 0, "I": 0}


def test_what_an_end_had_cancelled_is_told(sqlite_eld: Eld) -> None:
    register(sqlite_eld, "Unit 1")
    register(sqlite_eld, "Unit 2", day(20))
    sqlite_eld("numbers", "port-out", NUMBER, "--gaining", "456", "--date", day(10))
    assert "move to another provider 456" in sqlite_eld("locations", "planned", NUMBER).stdout
    told = sqlite_eld("locations", "cancel", NUMBER, "--date", day(10)).stdout
    assert f"stays cancelled by the end of use: location from {day(20)}" in told


def test_the_last_word_of_a_day_is_meant(sqlite_eld: Eld) -> None:
    register(sqlite_eld, "Unit 1")
    register(sqlite_eld, "Unit 2")
    assert "gives way to a later word" in sqlite_eld("locations", "planned", NUMBER).stdout
    assert sqlite_eld.json("locations", "cancel", NUMBER)["instead_sent"]["premises"] == "UNIT 1"
    assert sqlite_eld.json("locations", "cancel", NUMBER)["instead"] is None


def test_a_number_that_is_not_known(sqlite_eld: Eld) -> None:
    for command in ("planned", "cancel"):
        assert "E02" in sqlite_eld("locations", command, "01632 960999", status=1).stderr
    sqlite_eld("locations", "cancel", NUMBER, "--date", "soon", status=2)
