"""A number's way through the command line, out and back, with the documents of interfaces.md."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

from cli_hand import Eld

from validators import COLUMNS

FILE = {"file_name", "file_sequence", "kind", "state", "record_count", "sha256", "created_at", "path"}
CASE = {"id", "number", "txn_ref", "code", "text", "field", "state", "owner", "opened_at", "due_at"}
RECORD = set(COLUMNS[: COLUMNS.index("reference") + 1])
REPLY = {"code", "class", "final", "text", "at"}
NUMBER = "0113 496 0101"
REFUSED_NUMBER, REFUSED_POSTCODE = "0151 496 0190", "L1 8JQ"


def test_out_and_back(eld: Eld) -> None:
    eld.import_samples()
    made = eld.night()
    assert set(made) >= {"files", "transactions", "held_back"}
    assert made["transactions"] == {"A": 24, "C": 0, "M": 0, "E": 0, "I": 0}
    assert made["held_back"] == 0
    (file,) = made["files"]
    assert set(file) >= FILE
    assert (file["kind"], file["file_sequence"], file["record_count"]) == ("D", 1, 24)
    path = Path(file["path"])
    assert path.is_absolute()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
    (listed,) = eld.json("export", "list")
    assert set(listed) >= FILE
    assert listed["state"] == "FCO_ACCEPTED"
    assert eld.json("export", "show", file["file_name"])["sha256"] == file["sha256"]


def test_the_record_of_a_number(eld: Eld) -> None:
    eld.import_samples()
    waiting = eld.json("records", "show", NUMBER)
    assert (waiting["accepted_state"], waiting["accepted"]) == ("none", None)
    eld.night()
    live = eld.json("records", "show", NUMBER)
    top = {"number", "status", "wanted", "accepted_state", "accepted", "transactions", "cases"}
    assert set(live) >= top
    assert (live["status"], live["accepted_state"], live["cases"]) == ("live", "live", [])
    assert set(live["wanted"]) >= RECORD
    assert set(live["accepted"]) >= RECORD
    (sent,) = live["transactions"]
    assert set(sent) >= {"txn_ref", "command", "state", "file_name", "rec_no", "replies"}
    assert (sent["command"], sent["state"]) == ("A", "COMPLETED")
    (reply,) = sent["replies"]
    assert set(reply) >= REPLY
    assert (reply["code"], reply["class"]) == ("0037", "END")
    text = eld("records", "show", NUMBER).stdout
    assert "live" in text
    assert "0037" in text


def test_a_number_that_is_not_known(eld: Eld) -> None:
    shown = eld.json("records", "show", "0113 496 0999", status=1)
    nothing = {"wanted": None, "accepted_state": None, "accepted": None, "transactions": [], "cases": []}
    assert {key: shown[key] for key in nothing} == nothing
    assert shown["status"] == "unknown"
    assert eld("records", "show", "0113 496 0999", status=1).stderr.startswith("E02 error (number): ")


def test_a_reject_is_fixed_and_sent_again(eld: Eld) -> None:
    eld.import_samples()
    eld.night("--refuse-postcode", REFUSED_POSTCODE)
    (case,) = eld.json("cases", "list")
    assert set(case) >= CASE
    assert (case["code"], case["state"], case["number"]) == ("0101", "open", REFUSED_NUMBER.replace(" ", ""))
    assert eld.json("records", "show", REFUSED_NUMBER)["accepted_state"] == "none"
    eld("cases", "take", case["id"])
    (taken,) = eld.json("cases", "list")
    assert taken["owner"]
    fixed = eld.json("cases", "fix", case["id"], "--set", "postcode=LS11 5DF", "--set", "post_town=Leeds")
    assert fixed["standing"] == "accepted"
    assert eld.json("cases", "list")[0]["state"] == "resent"
    again = eld.night("--refuse-postcode", REFUSED_POSTCODE)
    assert again["transactions"]["A"] == 1  # nothing was accepted: an activation, not a modification (F2)
    assert again["files"][0]["file_sequence"] == 2
    assert eld.json("cases", "list") == []
    assert [one["state"] for one in eld.json("cases", "list", "--all")] == ["closed"]
    assert eld.json("records", "show", REFUSED_NUMBER)["accepted_state"] == "live"


def test_a_fix_that_is_refused_changes_nothing(eld: Eld) -> None:
    eld.import_samples()
    eld.night("--refuse-postcode", REFUSED_POSTCODE)
    (case,) = eld.json("cases", "list")
    refused = eld("cases", "fix", case["id"], "--set", "postcode=L1 8CQ", status=1)
    assert "P01 error" in refused.stderr
    assert eld("cases", "fix", case["id"], "--set", "colour=red", status=1).stderr
    assert eld.json("cases", "list") == [case]
    assert eld("cases", "close", case["id"], "--why", "no text: \udcff", status=1).stderr.startswith("E16 error: ")
    eld("cases", "close", case["id"], "--why", "the shop has closed")
    assert eld.json("cases", "list") == []


def test_a_fix_shows_and_spares_those_who_share_the_address(eld: Eld) -> None:
    eld.import_samples()
    eld.night("--refuse-postcode", "LS11 5DF")
    case = next(one for one in eld.json("cases", "list") if one["number"] == "01134960102")
    fixed = eld("cases", "fix", case["id"], "--set", "premises=Rope Walk House")
    assert "01134960101" in fixed.stdout
    assert eld.json("records", "show", "0113 496 0102")["wanted"]["premises"] == "ROPE WALK HOUSE"
    assert eld.json("records", "show", "0113 496 0101")["wanted"]["premises"] == "PENNANT HOUSE"
    eld("cases", "fix", case["id"], "--set", "premises=Pennant Court", "--whole-address")
    assert eld.json("records", "show", "0113 496 0102")["wanted"]["premises"] == "PENNANT COURT"


def test_missing_numbers_come_down_to_those_without_a_location(eld: Eld) -> None:
    assert len(eld.json("records", "missing")) == 28
    eld.import_samples()
    eld.night()
    missing = eld.json("records", "missing")
    assert {one["number"] for one in missing} == {"01134960104", "01134960105", "02079460305", "01632960504"}
    assert all("age_days" in one for one in missing)
    assert len(eld("records", "missing").stdout.splitlines()) == 5


def test_the_end_of_use(eld: Eld) -> None:
    eld.import_samples()
    eld.night()
    today = date.fromisoformat(eld.json("export", "list")[0]["created_at"][:10])
    assert eld.json("numbers", "cease", NUMBER, "0113 496 0102") == {"ceased": 2}
    eld("numbers", "port-out", "0131 496 0170", "--gaining", "014", "--date", today + timedelta(days=2))
    assert eld.night()["transactions"] == {"A": 0, "C": 2, "M": 0, "E": 0, "I": 0}
    later = eld.json("export", "run", "--date", today + timedelta(days=3))
    assert later["transactions"] == {"A": 0, "C": 0, "M": 0, "E": 1, "I": 0}
    refused = eld("numbers", "cease", "0113 496 0888", status=1)
    assert refused.stderr.startswith("N11 error")


def test_nothing_due_makes_an_empty_file_only_once_a_day(eld: Eld) -> None:
    first = eld.json("export", "run")
    assert [file["record_count"] for file in first["files"]] == [0]
    assert eld.json("export", "run")["files"] == []
    assert eld("export", "run").stdout.startswith("nothing is due")


def test_a_full_file(eld: Eld) -> None:
    eld.import_samples()
    eld.night()
    full = eld.json("export", "run", "--full")
    assert [(file["kind"], file["record_count"]) for file in full["files"]] == [("F", 24)]
    assert set(full["transactions"].values()) == {0}


def test_a_file_is_sent_again_to_the_byte(eld: Eld) -> None:
    eld.import_samples()
    (file,) = eld.json("export", "run")["files"]
    path = Path(file["path"])
    before = path.read_bytes()
    path.unlink()
    assert eld.json("export", "resend", file["file_name"])["sha256"] == file["sha256"]
    assert path.read_bytes() == before
    assert eld("export", "resend", "BT199901010101.DAT", status=1).stderr.startswith("E02 error: ")
    assert eld(
        "--as", "alex@operations.example", "export", "release", file["file_name"], "--as-accepted", status=1
    ).stderr.startswith("E04 error: ")


def test_what_nobody_answers_is_abandoned(eld: Eld) -> None:
    eld.import_samples()
    (file,) = eld.json("export", "run")["files"]
    reference = eld.json("records", "show", NUMBER)["transactions"][0]["txn_ref"]
    assert eld.json("transactions", "abandon", reference, "--why", "lost at the agent") == {"abandoned": 1}
    assert eld.json("records", "show", NUMBER)["accepted_state"] == "unknown"
    assert eld.json("transactions", "abandon", "--file", file["file_name"], "--why", "lost") == {"abandoned": 23}
    assert eld.json("export", "run")["transactions"]["M"] == 24
    eld("transactions", "abandon", "999/999/000000999999", "--why", "lost", status=1)


def test_a_damaged_reply_is_set_aside(eld: Eld) -> None:
    eld.import_samples()
    (file,) = eld.json("export", "run")["files"]
    name = Path(file["file_name"]).with_suffix(".FCO").name
    eld.write(f"inbox/{name}", b"F|nonsense\r\n")
    report = eld.json("replies", "collect", status=1)
    assert set(report) >= {"fco", "car", "applied", "repeated", "unsolicited", "quarantined"}
    (aside,) = report["quarantined"]
    assert aside["file_name"] == name
    assert aside["problems"][0]["code"]
    assert (eld.data_dir / "quarantine" / name).exists()
    assert eld.json("replies", "collect")["quarantined"] == []


def test_a_damaged_reply_is_said_in_text_too(eld: Eld) -> None:
    eld.write("inbox/BT199901012701.FCO", b"")
    said = eld("replies", "collect", status=1).stderr
    assert "BT199901012701.FCO" in said


def test_the_trail(eld: Eld) -> None:
    eld.import_samples()
    eld.night()
    found = eld.json("audit", "verify")
    assert set(found) >= {"ok", "events", "head", "first_bad"}
    assert (found["ok"], found["first_bad"]) == (True, None)
    assert found["events"] > 10
    assert eld("audit", "verify").stdout.startswith("trail   whole")
    exported = eld("audit", "export").stdout
    assert [json.loads(line)["seq"] for line in exported.splitlines()] == list(range(1, found["events"] + 1))
    assert "Pennant" not in exported
    assert len(eld.json("audit", "export")) == found["events"] + 1  # that it was handed over is an entry too
    target = eld.data_dir / "trail.out"
    eld("audit", "export", "--output", target)
    assert target.stat().st_size > 0
    assert eld("audit", "export", "--output", target, status=1).stderr.startswith("E12 error: ")


def test_the_agent_says_what_it_did(eld: Eld) -> None:
    assert eld("agent", "step").stdout == "nothing to answer\n"
    eld.import_samples()
    eld("export", "run")
    step = eld.json("agent", "step")
    assert len(step["files"]) == len(step["fcos"]) == len(step["cars"]) == 1
    assert (eld.data_dir / "agent.db").exists()
    assert json.loads(eld("agent", "step", "--json").stdout)["files"] == []
