"""The account's own pages: data, people, access log and keys, by role and across accounts."""

from collections.abc import Callable

import pytest
from flask import Flask
from web_visitor import Visitor

from app.domain.actors import AccountRole, Role
from app.models.accounts import Account, User
from app.models.people import SecondFactor
from app.services.accounts import add_user
from app.services.setup import DEMO_LOGINS, SETTING_UP
from app.services.system import System

PASSWORD = "four herons on a slow pond"
OWNER, EDITOR, VIEWER = AccountRole.OWNER, AccountRole.EDITOR, AccountRole.VIEWER
GOOD = {
    "business_name": "Harbour Lane Bakery Ltd",
    "contact_name": "Ruth Whelan",
    "billing_address": "12 Dewsbury Road\nLeeds",
    "billing_postcode": "ls11 5df",
    "email": "office@harbourlane.example",
    "landline": "0113 496 0123",
    "mobile": "",
    "company_number": "01234567",
    "vat_number": "GB 980 7806 84",
}
Join = Callable[..., Visitor]


@pytest.fixture
def join(lone_system: System, lone_app: Flask) -> Join:
    """Adds somebody to the demo account, or to another one, and logs them in."""

    def made(role: AccountRole, name: str = "", account_id: int = 1) -> Visitor:
        email = f"{name or role}@harbourlane.example"
        user_id = add_user(lone_system, SETTING_UP, email, Role.CUSTOMER, PASSWORD, account_id)
        with lone_system.database.unit_of_work() as work:
            work.session.get_one(User, user_id).account_role = role
            work.commit()
        visitor = Visitor(lone_app)
        visitor.log_in(email, PASSWORD)
        return visitor

    return made


@pytest.fixture
def owner(lone_app: Flask) -> Visitor:
    """The only owner, at first, of the demo account."""
    visitor = Visitor(lone_app)
    visitor.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    return visitor


@pytest.fixture
def stranger(lone_system: System, join: Join) -> Visitor:
    """The owner of another account."""
    with lone_system.database.unit_of_work() as work:
        other = Account(name="Quayside Cycles Ltd", created_at=lone_system.clock.now())
        work.session.add(other)
        work.session.flush()
        other_id = other.id
        work.commit()
    return join(OWNER, "quayside", other_id)


def id_of(system: System, name: str) -> int:
    with system.database.reading() as look:
        found = look.session.query(User).where(User.email == f"{name}@harbourlane.example").one()
        return found.id


def test_the_owner_finds_every_part_of_the_account(owner: Visitor) -> None:
    owner.get("/")
    assert "/account" in owner.page.links()
    page = owner.get("/account")
    assert "You are an owner of this account" in page.text
    for url, heading in (
        ("/account/data", "Account data"),
        ("/account/people", "People"),
        ("/account/access", "Access log"),
        ("/account/keys", "API keys"),
        ("/account/webhooks", "Webhooks"),
    ):
        assert url in page.links()
        assert owner.get(url).heading == heading


@pytest.mark.parametrize("role", [EDITOR, VIEWER])
def test_others_see_the_data_and_nothing_else(join: Join, role: AccountRole) -> None:
    visitor = join(role)
    page = visitor.get("/account")
    assert "/account/data" in page.links()
    closed = ("/account/people", "/account/people/invite", "/account/access", "/account/keys", "/account/keys/new")
    for url in closed:
        assert url not in page.links()
        assert visitor.get(url, 403).heading == "This page is not for your log-in"
    page = visitor.get("/account/data")
    assert "An owner of the account can change these." in page.text
    token = dict(page.forms[0].values)["csrf_token"]
    answer = visitor.client.post("/account/data", data={**GOOD, "csrf_token": token})
    assert answer.status_code == 403


def test_staff_have_no_account(lone_operator: Visitor) -> None:
    assert lone_operator.get("/account", 403).heading == "This page is not for your log-in"


def test_data_are_changed_and_said_by_name(owner: Visitor, lone_system: System) -> None:
    page = owner.get("/account/data")
    assert "never used as an installation address" in page.text
    page = owner.send("Save", **GOOD)
    assert page.with_class("eld-note--good")[0].startswith("Changed: ")
    assert "Contact name" in page.with_class("eld-note--good")[0]
    with lone_system.database.reading() as look:
        kept = look.session.get_one(Account, 1)
        assert (kept.contact_name, kept.billing_postcode, kept.billing_address) == (
            "Ruth Whelan",
            "LS11 5DF",
            "12 Dewsbury Road, Leeds",
        )
    assert "Nothing was changed." in owner.send("Save", billing_address="12 Dewsbury Road, Leeds").text


def test_every_finding_stands_beside_its_field_and_nothing_typed_is_lost(owner: Visitor) -> None:
    owner.get("/account/data")
    wrong = {"contact_name": "", "billing_postcode": "LEEDS", "vat_number": "12", "landline": "12", "email": "nobody"}
    page = owner.send("Save", 422, **(GOOD | wrong))
    assert page.all("title")[0].text.startswith("Error: ")
    for name in wrong:
        assert f"#{name}" in page.links(), name
    values = dict(page.form_with("Save")[0].values)
    assert (values["billing_postcode"], values["vat_number"]) == ("LEEDS", "12")
    assert "Ruth Whelan" not in owner.get("/account/data").html


def test_somebody_is_invited_asked_again_and_the_invitation_withdrawn(owner: Visitor) -> None:
    page = owner.get("/account/people")
    assert "No invitation waits" in page.text
    owner.get("/account/people/invite")
    assert "#email" in owner.send("Send the invitation", 422, email="").links()
    page = owner.send("Send the invitation", email="sam@harbourlane.example", account_role="editor")
    assert "An invitation to sam@harbourlane.example goes out" in page.text
    assert "Editor" in page.text
    owner.get("/account/people/invite")
    twice = owner.send("Send the invitation", 422, email="SAM@harbourlane.example", account_role="viewer")
    assert "was invited already" in twice.text
    owner.get("/account/people")
    assert "goes out again" in owner.send("Send again to sam@harbourlane.example").text
    owner.get(next(link for link in owner.page.links() if link.endswith("/withdraw")))
    assert "sam@harbourlane.example" in owner.page.text
    assert "was withdrawn" in owner.send("Withdraw it").text
    assert "No invitation waits" in owner.get("/account/people").text


def test_the_last_owner_is_told_before_that_they_cannot_go(owner: Visitor, lone_system: System) -> None:
    mine = next(iter(people_of(lone_system)))
    page = owner.get("/account/people")
    assert "The only owner" in page.text
    assert not [link for link in page.links() if link.endswith(("/remove", "/role"))]
    for act in ("role", "remove"):
        page = owner.get(f"/account/people/{mine}/{act}")
        assert "only owner" in page.text
        assert not [
            form for form in page.forms if any(text in {"Remove", "Change the role"} for *_, text in form.buttons)
        ]
    token = dict(page.forms[0].values)["csrf_token"]
    url = f"/account/people/{mine}"
    refused = owner.client.post(f"{url}/remove", data={"csrf_token": token})
    assert (refused.status_code, "at least one owner" in refused.text) == (422, True)
    refused = owner.client.post(f"{url}/role", data={"csrf_token": token, "account_role": "viewer"})
    assert (refused.status_code, "at least one owner" in refused.text) == (422, True)
    assert people_of(lone_system) == {mine: OWNER}


def test_a_role_is_changed_and_the_session_with_the_old_one_ends(
    owner: Visitor, join: Join, lone_system: System
) -> None:
    editor = join(EDITOR, "sam")
    sam = id_of(lone_system, "sam")
    page = owner.get(f"/account/people/{sam}/role")
    assert dict(page.form_with("Change the role")[0].values)["account_role"] == "editor"
    assert "is owner of the account now" in owner.send("Change the role", account_role="owner").text
    assert editor.get("/account").heading == "Log in"
    assert "The only owner" not in owner.get("/account/people").text


def test_somebody_is_removed_and_so_may_be_an_owner_where_another_stays(
    owner: Visitor, join: Join, lone_system: System
) -> None:
    other = join(OWNER, "sam")
    (mine, _) = people_of(lone_system)
    page = owner.get(f"/account/people/{mine}/remove")
    assert "This is your own log-in" in page.text
    other.get(f"/account/people/{mine}/remove")
    assert "was removed" in other.send("Remove").text
    assert owner.get("/account").heading == "Log in"
    assert list(people_of(lone_system).values()) == [OWNER]


def test_a_second_factor_is_reset_by_another_owner_alone(owner: Visitor, join: Join, lone_system: System) -> None:
    join(OWNER, "sam")
    mine, sam = people_of(lone_system)
    assert "Nobody resets their own" in owner.get(f"/account/people/{mine}/second-factor").text
    assert "nothing to reset" in owner.get(f"/account/people/{sam}/second-factor").text
    give_factor(lone_system, sam)
    assert f"/account/people/{sam}/second-factor" in owner.get("/account/people").links()
    owner.get(f"/account/people/{sam}/second-factor")
    assert "was reset" in owner.send("Reset it").text
    assert "Set up" not in owner.page.text


def give_factor(system: System, user_id: int) -> None:
    """Let somebody have set up a second factor."""
    with system.database.unit_of_work() as work:
        now = system.clock.now()
        work.session.add(SecondFactor(user_id=user_id, sealed="x", made_at=now, confirmed_at=now))
        work.commit()


def test_people_and_invitations_of_another_account_are_not_there(
    owner: Visitor, stranger: Visitor, lone_system: System
) -> None:
    mine = next(iter(people_of(lone_system)))
    owner.get("/account/people/invite")
    owner.send("Send the invitation", email="sam@harbourlane.example", account_role="viewer")
    withdraw = next(link for link in owner.page.links() if link.endswith("/withdraw"))
    for url in (f"/account/people/{mine}/role", f"/account/people/{mine}/remove", withdraw):
        stranger.get(url, 404)
    stranger.get("/account")
    token = dict(stranger.page.forms[0].values)["csrf_token"]
    again = withdraw.replace("/withdraw", "/again")
    assert stranger.client.post(again, data={"csrf_token": token}).status_code == 404
    assert "sam@harbourlane.example" not in stranger.get("/account/people").text
    assert "Ruth" not in stranger.get("/account/data").html


def people_of(system: System) -> dict[int, AccountRole]:
    with system.database.reading() as look:
        rows = look.session.query(User).where(User.account_id == 1, User.removed_at.is_(None)).order_by(User.id)
        return {user.id: user.account_role for user in rows}
