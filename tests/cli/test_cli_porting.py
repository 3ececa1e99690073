"""The porting board on the command line."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cli_hand import Eld

NUMBER = "01632960501"


def today() -> str:
    return datetime.now(ZoneInfo("Europe/London")).date().isoformat()


def test_a_port_is_followed_and_ended(eld: Eld) -> None:
    assert eld("porting", "list").stdout == "no number is on its way\n"
    assert eld.json("porting", "list") == []
    eld.import_samples()
    eld.night()
    eld("numbers", "port-out", NUMBER, "--gaining", "456", "--date", today())
    (port,) = eld.json("porting", "list")
    facts = [port[name] for name in ("number", "direction", "other_cupid", "state")]
    assert facts == [NUMBER, "export", "456", "coming"]
    eld.night()
    (port,) = eld.json("porting", "list")
    assert (port["state"], port["overdue"]) == ("open", False)
    assert NUMBER in eld("porting", "list").stdout
    assert eld.json("records", "show", NUMBER)["porting"] == [port]
    assert eld("porting", "end", 99, "--why", "unknown", status=1).stderr.startswith("E02 ")
    assert eld.json("porting", "end", port["id"], "--why", "settled by telephone") == {
        "id": port["id"],
        "state": "ended",
    }
    assert eld.json("porting", "list") == []
    assert [one["state"] for one in eld.json("porting", "list", "--all")] == ["ended"]
    assert eld("porting", "end", port["id"], "--why", "again", status=1).stderr.startswith("E0")
