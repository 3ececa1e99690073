"""The console's pages of people: its users, the accounts, the mails that wait; by role of staff."""

import re

import pytest
from flask import Flask
from web_visitor import Visitor

from app.audit.events import Action
from app.domain.actors import STAFF_ROLES, Role
from app.models.accounts import Account, User
from app.models.audit import AuditEvent
from app.models.people import SecondFactor
from app.services.accounts import add_user
from app.services.demo import load_samples
from app.services.setup import DEMO_LOGINS, SETTING_UP
from app.services.system import System

PASSWORD = "four herons on a slow pond"
ADDED = "noor@operations.example"


@pytest.fixture
def staff(lone_system: System, lone_app: Flask) -> dict[Role, Visitor]:
    """A visitor of each role of staff, logged in."""
    found = {}
    for role in STAFF_ROLES:
        email = f"{role}@console.example"
        add_user(lone_system, SETTING_UP, email, role, PASSWORD)
        found[role] = Visitor(lone_app)
        found[role].log_in(email, PASSWORD)
    return found


@pytest.fixture
def administrator(staff: dict[Role, Visitor]) -> Visitor:
    return staff[Role.ADMINISTRATOR]


def user_id(system: System, email: str) -> int:
    with system.database.reading() as look:
        return look.session.query(User).where(User.email == email).one().id


def events(system: System) -> list[str]:
    with system.database.reading() as look:
        return [event.action for event in look.session.query(AuditEvent).order_by(AuditEvent.seq)]


def test_who_sees_and_changes_the_users(staff: dict[Role, Visitor], lone_system: System) -> None:
    other = user_id(lone_system, DEMO_LOGINS[1].email)
    acts = ["/ops/users/new", *(f"/ops/users/{other}/{act}" for act in ("role", "remove", "second-factor"))]
    for role, visitor in staff.items():
        sees, changes = role in {Role.OPERATIONS, Role.ADMINISTRATOR}, role is Role.ADMINISTRATOR
        page = visitor.get("/ops/users", 200 if sees else 403)
        assert (DEMO_LOGINS[1].email in page.text) is sees
        assert ("/ops/users/new" in page.links()) is changes
        for url in acts:
            visitor.get(url, 200 if changes else 403)
        visitor.get("/ops/mails", 200 if sees else 403)


def test_a_new_user_chooses_a_password_by_the_mailed_link(
    administrator: Visitor, lone_app: Flask, lone_system: System
) -> None:
    administrator.get("/ops/users/new")
    assert {"#email", "#role"} <= {link.removesuffix("-1") for link in administrator.send("Add", 422).links()}
    page = administrator.send("Add", email=ADDED, role="auditor")
    assert (f"{ADDED} is added" in page.text, "Auditor" in page.text) == (True, True)
    administrator.get("/ops/users/new")
    assert "has a log-in already" in administrator.send("Add", 422, email=ADDED.upper(), role="privacy").text
    new = Visitor(lone_app)
    new.get("/log-in")
    new.send("Log in", 422, email=ADDED, password="")
    new.send("Log in", 422, email=ADDED, password=PASSWORD)
    page = administrator.get("/ops/mails")
    assert ("New member of staff" in page.text, ADDED in page.text) == (True, False)
    page = administrator.send("Read them")
    assert (ADDED in page.text, "as auditor" in page.text) == (True, True)
    (link,) = [link for link in page.links() if re.fullmatch(r"/password/reset/[\w-]{43}", link)]
    assert "New member of staff" not in administrator.get("/ops/mails").text
    assert events(lone_system)[-1] == Action.MAILS_SHOWN
    new.get(link)
    assert user_id(lone_system, ADDED)


def test_a_role_is_changed_by_another_administrator_alone(
    administrator: Visitor, staff: dict[Role, Visitor], lone_system: System
) -> None:
    mine = user_id(lone_system, "administrator@console.example")
    other = user_id(lone_system, "auditor@console.example")
    assert "Nobody changes their own role" in administrator.get(f"/ops/users/{mine}/role").text
    assert "Nobody removes themselves" in administrator.get(f"/ops/users/{mine}/remove").text
    token = dict(administrator.page.forms[0].values)["csrf_token"]
    own = administrator.client.post(f"/ops/users/{mine}/role", data={"csrf_token": token, "role": "auditor"})
    assert (own.status_code, "another administrator does" in own.text) == (422, True)
    page = administrator.get(f"/ops/users/{other}/role")
    assert dict(page.form_with("Change the role")[0].values)["role"] == "auditor"
    assert "is privacy now" in administrator.send("Change the role", role="privacy").text
    assert staff[Role.AUDITOR].get("/ops/trail").heading == "Log in"
    administrator.get(f"/ops/users/{other}/role")
    administrator.send("Change the role", 422, role="customer")


def test_a_user_is_removed_after_one_more_question(
    administrator: Visitor, staff: dict[Role, Visitor], lone_system: System
) -> None:
    other = user_id(lone_system, "auditor@console.example")
    administrator.get(f"/ops/users/{other}/remove")
    assert "was removed" in administrator.send("Remove").text
    assert "auditor@console.example" not in administrator.get("/ops/users").with_class("eld-foreign")
    assert staff[Role.AUDITOR].get("/ops/trail").heading == "Log in"
    administrator.get(f"/ops/users/{other}/remove", 404)
    administrator.get(f"/ops/users/{user_id(lone_system, DEMO_LOGINS[0].email)}/remove", 404)


def test_there_is_nothing_to_reset_without_a_second_factor(administrator: Visitor, lone_system: System) -> None:
    other = user_id(lone_system, "auditor@console.example")
    assert "nothing to reset" in administrator.get(f"/ops/users/{other}/second-factor").text


def test_an_administrator_resets_the_second_factor_of_one_who_lost_theirs(
    administrator: Visitor, lone_system: System
) -> None:
    other = user_id(lone_system, "auditor@console.example")
    with lone_system.database.unit_of_work() as work:
        now = lone_system.clock.now()
        work.session.add(SecondFactor(user_id=other, sealed="x", made_at=now, confirmed_at=now))
        work.commit()
    page = administrator.get("/ops/users")
    assert f"/ops/users/{other}/second-factor" in page.links()
    administrator.get(f"/ops/users/{other}/second-factor")
    assert "was reset" in administrator.send("Reset it").text
    assert Action.SECOND_FACTOR_REMOVED in events(lone_system)[-3:]
    assert f"/ops/users/{other}/second-factor" not in administrator.get("/ops/users").links()


@pytest.fixture
def two_accounts(lone_system: System) -> int:
    """The demo account with numbers, and another one, whose id this is."""
    load_samples(lone_system)
    with lone_system.database.unit_of_work() as work:
        other = Account(name="Quayside 100% Cycles", contact_name="Ada Quill", created_at=lone_system.clock.now())
        work.session.add(other)
        work.session.flush()
        account_id = other.id
        work.commit()
    return account_id


def test_an_account_is_looked_for_by_name(lone_operator: Visitor, two_accounts: int) -> None:
    page = lone_operator.get("/ops/accounts")
    assert ("2 accounts" in page.text, "Harbour Lane" in page.text, "Ada Quill" in page.text) == (True,) * 3
    page = lone_operator.send("Show", name="QUAYSIDE")
    assert "quayside" not in page.url.lower()
    assert (f"/ops/accounts/{two_accounts}" in page.links(), "Harbour Lane" in page.text) == (True, False)
    assert "Quayside" in lone_operator.send("Show", name="100%").text
    assert "No account fits" in lone_operator.send("Show", name="%%").text


def test_operations_vouch_for_an_account_that_signed_itself_up(
    lone_operator: Visitor, lone_system: System, two_accounts: int
) -> None:
    assert "Nobody has vouched" not in lone_operator.get("/ops/accounts/1").text
    page = lone_operator.get(f"/ops/accounts/{two_accounts}")
    assert ("Nobody has vouched" in page.text, f"/ops/accounts/{two_accounts}/vouch" in page.links()) == (True, True)
    lone_operator.get(f"/ops/accounts/{two_accounts}/vouch")
    assert "is vouched for." in lone_operator.send("Vouch for it").text
    assert Action.ACCOUNT_VOUCHED in events(lone_system)[-3:]
    assert "Nobody has vouched" not in lone_operator.get(f"/ops/accounts/{two_accounts}").text
    assert "nothing left to do" in lone_operator.get(f"/ops/accounts/{two_accounts}/vouch").text


def test_each_role_sees_of_an_account_what_it_may_and_the_trail_says_so(
    staff: dict[Role, Visitor], lone_system: System, two_accounts: int
) -> None:
    assert two_accounts
    for role, visitor in staff.items():
        page = visitor.get("/ops/accounts/1")
        assert events(lone_system)[-1] == Action.PERSONAL_DATA_READ
        assert "Harbour Lane Bakery Ltd" in page.heading
        headings = {" ".join(element.text.split()) for element in page.all("h2")}
        assert {"Account data", "People"} <= headings
        assert ("Numbers" in headings) is (role is not Role.ADMINISTRATOR)
        assert ("API keys" in headings) is (role is Role.OPERATIONS)
        assert DEMO_LOGINS[0].email in page.text
        may_read_log = role is not Role.OPERATIONS
        assert ("/ops/accounts/1/access" in page.links()) is may_read_log
        visitor.get("/ops/accounts/1/access", 200 if may_read_log else 403)
    assert "Nobody can log in for this account" in staff[Role.PRIVACY].get(f"/ops/accounts/{two_accounts}").text
    staff[Role.PRIVACY].get("/ops/accounts/4711", 404)
    staff[Role.PRIVACY].get("/ops/accounts/4711/access", 404)


def test_the_access_log_of_an_account_is_read_and_noted(
    staff: dict[Role, Visitor], lone_app: Flask, lone_system: System
) -> None:
    Visitor(lone_app).log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    page = staff[Role.PRIVACY].get("/ops/accounts/1/access")
    assert ("Logged in" in page.text, "127.0.0.1" in page.text, "90 days" in page.text) == (True,) * 3
    assert events(lone_system)[-1] == Action.PERSONAL_DATA_READ


def test_an_administrator_helps_where_the_owners_cannot(
    administrator: Visitor, staff: dict[Role, Visitor], lone_system: System
) -> None:
    owner = user_id(lone_system, DEMO_LOGINS[0].email)
    other = add_user(lone_system, SETTING_UP, "second@harbourlane.example", Role.CUSTOMER, PASSWORD, 1)
    administrator.get(f"/ops/accounts/1/people/{other}/role")
    assert "is viewer of the account now" in administrator.send("Change the role", account_role="viewer").text
    assert "only owner" in administrator.get(f"/ops/accounts/1/people/{owner}/remove").text
    administrator.get(f"/ops/accounts/1/people/{other}/remove")
    assert "was removed" in administrator.send("Remove").text
    for role in (Role.OPERATIONS, Role.PRIVACY, Role.AUDITOR):
        for act in ("role", "remove", "second-factor"):
            staff[role].get(f"/ops/accounts/1/people/{owner}/{act}", 403)


def test_an_invitation_is_read_in_the_console_and_leads_to_the_door(
    lone_app: Flask, lone_operator: Visitor, lone_system: System
) -> None:
    owner = Visitor(lone_app)
    owner.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    owner.get("/account/people/invite")
    owner.send("Send the invitation", email="sam@harbourlane.example", account_role="editor")
    lone_operator.get("/ops/users")
    lone_operator.get("/ops/mails")
    page = lone_operator.send("Read them")
    (link,) = [link for link in page.links() if link.startswith("/join/")]
    joining = Visitor(lone_app).get(link)
    assert "sam@harbourlane.example" in joining.text
    assert "No mail waits" in lone_operator.get("/ops/mails").text
    assert lone_system.settings.public_url + link in page.text


def test_a_customer_has_no_way_in(lone_app: Flask) -> None:
    customer = Visitor(lone_app)
    customer.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    for url in (
        "/ops/users",
        "/ops/users/new",
        "/ops/accounts",
        "/ops/accounts/1",
        "/ops/accounts/1/access",
        "/ops/mails",
    ):
        assert customer.get(url, 403).heading == "This page is not for your log-in"
