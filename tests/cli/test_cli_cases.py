"""The rejects queue by hand: shown with its history, noted, taken, given, closed and opened again."""

import json

import pytest
from cli_hand import Eld

SAM, ALEX = "sam@operations.example", "alex@operations.example"


@pytest.fixture
def refused(eld: Eld) -> tuple[Eld, int]:
    """An installation with one case, about a number."""
    eld("locations", "import", eld.write("one.csv", ROW.encode()))
    eld.night("--refuse-postcode", "LS11 5DF")
    (case,) = eld.json("cases", "list")
    return eld, case["id"]


ROW = """number,name,premises,thoroughfare,post_town,postcode
01632960901,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5DF
"""


def steps(eld: Eld, case_id: int) -> list[str]:
    return [line["step"] for line in eld.json("cases", "show", case_id)["history"]][::-1]


def test_a_case_is_shown_with_its_history(refused: tuple[Eld, int]) -> None:
    eld, case_id = refused
    shown = eld.json("cases", "show", case_id)
    assert {"id", "number", "txn_ref", "code", "text", "field", "state", "owner", "opened_at", "due_at"} <= shown.keys()
    assert (shown["id"], shown["number"], shown["state"]) == (case_id, "01632960901", "open")
    assert (shown["urgent"], shown["overdue"], shown["shared_with"]) == (False, False, [])
    assert (shown["sent"]["premises"], shown["typed"]["premises"]) == ("PENNANT HOUSE", "Pennant House")
    assert set(shown["history"][0]) == {"at", "step", "who", "text", "code", "txn_ref"}
    text = eld("cases", "show", case_id).stdout
    for words in ("PENNANT HOUSE", "what was sent", "the agent", "opened", shown["code"]):
        assert words in text
    assert eld.json("cases", "show", 99, status=1)["id"] is None


def test_its_owner_is_who_takes_it_or_is_given_it(refused: tuple[Eld, int]) -> None:
    eld, case_id = refused
    assert eld.json("--as", SAM, "cases", "take", case_id) == {"id": case_id, "owner": SAM}
    assert f"is {ALEX}'s" in eld("--as", SAM, "cases", "give", case_id, "--to", ALEX.upper()).stdout
    assert ALEX in eld("cases", "list").stdout
    assert eld.json("cases", "give", case_id, "--back") == {"id": case_id, "owner": ""}
    assert "K04" in eld("cases", "give", case_id, "--to", "owner@harbourlane.example", status=1).stderr
    assert "no owner already" in eld("cases", "give", case_id, "--back", status=1).stderr
    for wrong in ([], ["--back", "--to", SAM]):
        eld("cases", "give", case_id, *wrong, status=2)
    assert steps(eld, case_id)[-3:] == ["taken", "given", "given back"]


def test_it_is_noted_closed_and_opened_again_with_reasons(refused: tuple[Eld, int]) -> None:
    eld, case_id = refused
    eld("--as", SAM, "cases", "note", case_id, "--text", "Rang the customer")
    assert "K05" in eld("cases", "note", case_id, "--text", " ", status=1).stderr
    assert "K02" in eld("cases", "close", case_id, "--why", "", status=1).stderr
    eld("cases", "close", case_id, status=2)
    eld("--as", SAM, "cases", "close", case_id, "--why", "They gave the number up")
    assert eld("cases", "list").stdout == "no case is open\n"
    refusal = eld("--as", ALEX, "cases", "close", case_id, "--why", "Mine", status=1).stderr
    assert f"was closed by {SAM} on " in refusal
    assert "They gave the number up" in refusal
    (closed,) = eld.json("cases", "list", "--all")
    assert closed["state"] == "closed"
    assert eld.json("cases", "reopen", case_id, "--why", "They keep it") == {"id": case_id, "state": "open"}
    assert "not closed" in eld("cases", "reopen", case_id, "--why", "again", status=1).stderr
    shown = eld.json("cases", "show", case_id)
    assert [
        (line["step"], line["text"]) for line in shown["history"] if line["step"] in {"noted", "closed", "reopened"}
    ] == [
        ("reopened", "They keep it"),
        ("closed", "They gave the number up"),
        ("noted", "Rang the customer"),
    ]
    assert "They gave the number up" not in json.dumps(eld.json("audit", "verify"))
