"""Enquiries and messages by hand: listed, shown, answered, closed."""

import os
from collections.abc import Iterator

import pytest
from cli_hand import Eld

from app.domain.actors import AccountRole, Actor, Role
from app.services.enquiries.asking import make_enquiry
from app.services.enquiries.typed import TypedEnquiry
from app.services.messages.writing import answer, write_to_customer
from app.services.overview import list_numbers
from app.services.people.visits import Visit
from app.services.system import System, open_system
from app.settings import load_settings

STAFF = Actor("cli:test", Role.OPERATIONS)
TYPED = TypedEnquiry("sales", "prices", "Robin Ashdown", "robin@ashdown.example", "", "", "What does it cost?", True)
ROW = """number,name,premises,thoroughfare,post_town,postcode
01632960901,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5DF
"""


@pytest.fixture
def system(sqlite_eld: Eld) -> Iterator[System]:  # noqa: ARG001  sets the environment
    opened = open_system(load_settings(os.environ))
    yield opened
    opened.database.dispose()


def test_an_enquiry_is_listed_shown_answered_and_closed(sqlite_eld: Eld, system: System) -> None:
    eld = sqlite_eld
    assert eld("enquiries", "list").stdout.startswith("no enquiry is waiting: ")
    assert eld.json("enquiries", "list") == []
    made = make_enquiry(system, TYPED, Visit("192.0.2.50"))
    (one,) = eld.json("enquiries", "list")
    assert (one["id"], one["name"], one["state"]) == (made, "Robin Ashdown", "open")
    assert "Robin Ashdown" in eld("enquiries", "list").stdout
    assert eld.json("enquiries", "answer", made, "--text", "Less than you think.") == {"id": made, "state": "answered"}
    assert "Q01 error (answer)" in eld("enquiries", "answer", made, "--text", " ", status=1).stderr
    assert eld.json("enquiries", "list") == []
    assert [one["id"] for one in eld.json("enquiries", "list", "--state", "answered")] == [made]
    shown = eld.json("enquiries", "show", made)
    assert [(line["step"], line["text"]) for line in shown["history"]] == [("answered", "Less than you think.")]
    text = eld("enquiries", "show", made).stdout
    for words in ("What does it cost?", "I agree that", "Less than you think."):
        assert words in text
    letters = eld.json("user", "mail")
    assert ["Less than you think." in letter["text"] for letter in letters] == [False, True]
    assert "will be erased on" in eld("enquiries", "close", made).stdout
    assert "E04" in eld("enquiries", "close", made, status=1).stderr
    assert eld.json("enquiries", "list", "--all")[0]["state"] == "closed"
    assert eld.json("enquiries", "show", 99, status=1)["id"] is None


def test_who_waits_for_an_answer(sqlite_eld: Eld, system: System) -> None:
    eld = sqlite_eld
    assert eld("messages", "list").stdout == "no customer waits for an answer\n"
    eld("locations", "import", eld.write("one.csv", ROW.encode()))
    line = list_numbers(system, STAFF, None, search="01632960901").lines[0]
    thread = write_to_customer(system, STAFF, line.id, "Behind the shop?")
    assert eld.json("messages", "list") == []
    assert [one["id"] for one in eld.json("messages", "list", "--all")] == [thread]
    customer = Actor("owner@harbourlane.example", Role.CUSTOMER, line.account_id, None, "", AccountRole.OWNER)
    answer(system, customer, thread, "Yes.")
    (one,) = eld.json("messages", "list")
    assert (one["number"], one["awaits_us"], one["case_id"]) == ("01632960901", True, None)
    assert "01632960901" in eld("messages", "list").stdout


def test_a_list_of_several_pages_is_whole(sqlite_eld: Eld, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.enquiries.AT_A_TIME", 1)
    made = [make_enquiry(system, TYPED, Visit("192.0.2.50")) for _ in range(3)]
    assert [one["id"] for one in sqlite_eld.json("enquiries", "list")] == made
