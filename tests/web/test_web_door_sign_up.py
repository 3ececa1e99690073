"""From nothing to being logged in: sign-up, the mail, the password behind its link."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from web_people import DATA, OWNER, PASSWORD, another, letters, link_in, mailed_link
from web_visitor import Visitor

from app.models.accounts import Account
from app.services.system import System


def signed_up(flask_app: Flask, **given: str) -> Visitor:
    visitor = Visitor(flask_app)
    visitor.get("/log-in")
    visitor.get("/sign-up")
    visitor.send("Sign up", **(DATA | given))
    return visitor


def test_from_the_first_page_to_being_logged_in(system: System, flask_app: Flask) -> None:
    visitor = signed_up(flask_app)
    assert visitor.page.heading == "Check your mail"
    assert "shown in the operations console" in visitor.page.text
    link = mailed_link(system)
    page = visitor.get(link)
    assert page.heading == "Open your account"
    assert "Quarry Lane Joiners Ltd" in page.text
    assert "kim@quarry.example" in page.text
    page = visitor.send("Open the account", password=PASSWORD)
    assert page.heading == "Your numbers"
    assert "The account of Quarry Lane Joiners Ltd is open" in page.text
    assert "kim@quarry.example, Quarry Lane Joiners Ltd" in page.text
    with system.database.reading() as look:
        account = look.session.scalars(select(Account).order_by(Account.id.desc())).first()
        assert (account.billing_postcode, account.vat_number) == ("LS11 5DF", "GB980780684")
    visitor.send("Log out")
    assert visitor.log_in("kim@quarry.example", PASSWORD).heading == "Your numbers"


def test_what_is_wrong_is_said_all_at_once_and_nothing_typed_is_lost(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/sign-up")
    wrong = {
        "business_name": "",
        "contact_name": "Kim Hartwell",
        "email": "kim at quarry",
        "landline": "12",
        "mobile": "0113 496 0123",
        "billing_address": "12 Dewsbury Road",
        "billing_postcode": "LS11",
        "company_number": "12",
        "vat_number": "GB 980 7806 85",
    }
    page = visitor.send("Sign up", 422, **wrong)
    in_summary = {link for link in page.links() if link.startswith("#") and link != "#main-content"}
    told = {"business_name", "email", "landline", "mobile", "billing_postcode", "company_number", "vat_number"}
    assert in_summary == {f"#{name}" for name in told}
    assert {e.attributes["id"] for e in page.elements if e.attributes.get("id", "").endswith("-error")} == {
        f"{name}-error" for name in told
    }
    assert page.all("title")[0].text.startswith("Error: ")
    form, _ = page.form_with("Sign up")
    kept = dict(form.values)
    assert {name: kept[name] for name in wrong if name != "billing_address"} == {
        name: text for name, text in wrong.items() if name != "billing_address"
    }
    assert page.all("textarea")[0].text.strip() == "12 Dewsbury Road"
    assert visitor.send("Sign up", **DATA).heading == "Check your mail"


def test_one_who_has_a_log_in_is_answered_as_anybody(lone_system: System, lone_app: Flask) -> None:
    known, unknown = signed_up(lone_app, email=OWNER.upper()), signed_up(lone_app)
    pages = [re.sub(r'value="[^"]{20,}"', "", visitor.page.html) for visitor in (known, unknown)]
    assert pages[0] == pages[1]
    known_mail, unknown_mail = letters(lone_system)
    assert "have a log-in at Numbergroup already" in known_mail.subject
    assert "/sign-up/confirm/" in unknown_mail.text


def test_the_mail_can_be_had_again(lone_system: System, lone_app: Flask) -> None:
    visitor = signed_up(lone_app)
    first = mailed_link(lone_system)
    page = visitor.send("Send it again")
    assert page.heading == "Check your mail"
    assert "on its way again" in page.text
    second = mailed_link(lone_system)
    assert visitor.get(first, 410).heading == "This link cannot be used"
    visitor.get(second)
    visitor.send("Open the account", password=PASSWORD)
    assert visitor.client.get_cookie("eld_sign_up") is None
    visitor.send("Log out")
    visitor.client.set_cookie("eld_sign_up", "x" * 43)
    visitor.get("/sign-up/sent")
    assert "confirmed already, or too old" in visitor.send("Send it again").text
    assert visitor.page.heading == "Sign up"


def test_the_page_of_a_sign_up_is_of_one_who_signed_up(lone_app: Flask) -> None:
    assert Visitor(lone_app).get("/sign-up/sent").heading == "Sign up"


def test_looking_uses_no_link_up_and_a_bad_password_neither(lone_system: System, lone_app: Flask) -> None:
    signed_up(lone_app)
    link, visitor = mailed_link(lone_system), Visitor(lone_app)
    for _ in range(3):
        assert visitor.client.head(link).status_code == 200
        visitor.get(link)
    for password in ("", "short", "quarrylane2027", "x" * 129, "x" * 1001):
        page = visitor.send("Open the account", 422, password=password)
        assert "#password" in page.links()
    assert visitor.send("Open the account", password=PASSWORD).heading == "Your numbers"


def test_a_link_is_good_once_and_says_what_to_do_then(lone_system: System, lone_app: Flask) -> None:
    signed_up(lone_app)
    link, early, late = mailed_link(lone_system), Visitor(lone_app), Visitor(lone_app)
    early.get(link)
    late.get(link)
    early.send("Open the account", password=PASSWORD)
    page = late.send("Open the account", 410, password=PASSWORD)
    assert page.heading == "This link cannot be used"
    assert "If you used it already, log in." in page.text
    assert {"/sign-up", "/log-in"} <= set(page.links())


@pytest.mark.parametrize(
    ("path", "onward"),
    [
        ("/sign-up/confirm", "/sign-up"),
        ("/join", "/log-in"),
        ("/e-mail/confirm", "/log-in"),
        ("/password/reset", "/password/forgotten"),
    ],
)
def test_a_link_that_never_was_is_answered_as_a_spent_one(lone_app: Flask, path: str, onward: str) -> None:
    visitor = Visitor(lone_app)
    for token in ("x" * 43, "1", "%00", "%E2%98%83", "a" * 2000):
        page = visitor.get(f"{path}/{token}", 410)
        assert page.heading == "This link cannot be used"
        assert onward in page.links()


def test_of_two_sign_ups_of_one_address_the_later_is_told_to_log_in(lone_system: System, lone_app: Flask) -> None:
    mine, theirs = signed_up(lone_app), signed_up(lone_app, business_name="Somebody Else Ltd")
    first, second = (link_in(letter) for letter in letters(lone_system))
    mine.get(first)
    mine.send("Open the account", password=PASSWORD)
    theirs.get(second)
    page = theirs.send("Open the account", 422, password=PASSWORD)
    assert "This e-mail address has a log-in already." in page.text


def test_whoever_was_logged_in_here_before_is_so_no_more(lone_system: System, lone_app: Flask) -> None:
    signed_up(lone_app)
    link, visitor = mailed_link(lone_system), another(lone_app)
    before = visitor.client.get_cookie("eld_visit").value
    visitor.get(link)
    assert "Quarry Lane Joiners Ltd" in visitor.send("Open the account", password=PASSWORD).text
    old = Visitor(lone_app)
    old.client.set_cookie("eld_visit", before)
    assert old.get("/").heading == "Log in"
