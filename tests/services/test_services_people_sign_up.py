"""Signing up: all account data checked at once, an account only once it is confirmed, and nothing told to strangers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from stage_people import ANOTHER, ELSEWHERE, EMAIL, HOME, PARTICULARS, PASSWORD, token_in

from app.audit.log import read_values
from app.domain.actors import AccountRole, Role
from app.errors import NotFound, Refused
from app.models.accounts import Account, User
from app.models.audit import AuditEvent, AuditValues
from app.models.numbers import Address
from app.models.people import OneTimeLink, WaitingMail
from app.services.people.keeping import expire_people
from app.services.people.links import LinkSpent
from app.services.people.logging_in import Step
from app.services.people.particulars import Particulars
from app.services.people.signing_up import confirm_sign_up, see_sign_up, send_confirmation_again, sign_up


def codes_of(refused) -> set[tuple[str, str]]:
    return {(problem.code, problem.field) for problem in refused.value.problems}


def test_an_account_opens_with_its_first_user_once_the_mail_is_read(people) -> None:
    before = len(people.stage.all(Account))
    sign_up(people.system, PARTICULARS, HOME)
    assert len(people.stage.all(Account)) == before
    (letter,) = people.letters()
    assert (letter.to, letter.subject) == (EMAIL, "Confirm your e-mail address for Numbergroup")
    assert see_sign_up(people.system, token_in(letter)).business_name == "Quarry Lane Joiners Ltd"
    person = confirm_sign_up(people.system, token_in(letter), PASSWORD, HOME)
    assert (person.email, person.role, person.account_role) == (EMAIL, Role.CUSTOMER, AccountRole.OWNER)
    account = people.stage.all(Account)[-1]
    assert (account.billing_postcode, account.landline) == ("LS11 5DF", "+441134960123")
    assert account.mobile == "+447700900123"
    assert (account.company_number, account.vat_number, account.contact_name) == (
        "01234567",
        "GB980780684",
        "Kim Hartwell",
    )
    assert people.stage.all(Address) == []
    assert people.stage.events()[-2:] == ["account_opened", "user_added"]
    assert people.logged_in().person.id == person.id


def test_everything_that_is_wrong_is_said_at_once(people) -> None:
    typed = {"billing_postcode": "LEEDS", "email": "nobody", "landline": "07700 900123", "mobile": "12"}
    wrong = Particulars(**typed, company_number="1", vat_number="7")
    with pytest.raises(Refused) as refused:
        sign_up(people.system, wrong, HOME)
    assert codes_of(refused) == {
        ("B07", "business_name"),
        ("B07", "contact_name"),
        ("B07", "billing_address"),
        ("P01", "billing_postcode"),
        ("B03", "email"),
        ("B03", "landline"),
        ("B03", "mobile"),
        ("B01", "company_number"),
        ("B02", "vat_number"),
    }
    assert people.stage.all(OneTimeLink) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"landline": "", "mobile": " "}, {("B08", "landline")}),
        ({"business_name": "Win at https://bad.example"}, {("B07", "business_name")}),
        ({"contact_name": "x" * 101}, {("B07", "contact_name")}),
        ({"contact_name": "Kim\u202eHartwell"}, {("B07", "contact_name")}),
        ({"billing_postcode": "LS11 SDF"}, {("P02", "billing_postcode")}),
    ],
)
def test_one_thing_that_is_wrong(sqlite_people, changes, found) -> None:
    with pytest.raises(Refused) as refused:
        sign_up(sqlite_people.system, replace(PARTICULARS, **changes), HOME)
    assert codes_of(refused) == found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("je2 3ab", "JE2 3AB"), ("BFPO 12", "BFPO 12"), ("bx1 1lt", "BX1 1LT")],
)
def test_a_bill_may_go_where_nobody_calls_from(sqlite_people, typed, kept) -> None:
    sign_up(sqlite_people.system, replace(PARTICULARS, billing_postcode=typed, landline=""), HOME)
    confirm_sign_up(sqlite_people.system, sqlite_people.token(), PASSWORD, HOME)
    assert sqlite_people.stage.all(Account)[-1].billing_postcode == kept


def test_lines_of_an_address_become_one(sqlite_people) -> None:
    sign_up(sqlite_people.system, replace(PARTICULARS, billing_address="Unit 3,\r\n 12 Dewsbury Road \n\nLeeds"), HOME)
    confirm_sign_up(sqlite_people.system, sqlite_people.token(), PASSWORD, HOME)
    assert sqlite_people.stage.all(Account)[-1].billing_address == "Unit 3, 12 Dewsbury Road, Leeds"


def test_who_has_a_log_in_is_told_to_its_reader_alone(people) -> None:
    people.opened()
    people.letters()
    before = people.stage.all(Account)
    handle = sign_up(people.system, replace(PARTICULARS, email="KIM@quarry.example"), ELSEWHERE)
    assert len(handle) == 43
    (letter,) = people.letters()
    assert letter.subject == "You have a log-in at Numbergroup already"
    assert "sign-up" not in letter.text
    send_confirmation_again(people.system, handle, ELSEWHERE)
    assert [letter.subject for letter in people.letters()] == ["You have a log-in at Numbergroup already"]
    assert [account.id for account in people.stage.all(Account)] == [account.id for account in before]


def test_a_known_and_an_unknown_address_leave_the_same_behind(people) -> None:
    people.opened()
    people.letters()
    left = []
    for email in (EMAIL, "nobody@quarry.example"):
        before = len(people.stage.events())
        sign_up(people.system, replace(PARTICULARS, email=email), ELSEWHERE)
        link, mail = people.stage.all(OneTimeLink)[-1], people.stage.all(WaitingMail)[-1]
        left.append((link.user_id, link.digest, mail.kind, mail.link_id == link.id, people.stage.events()[before:]))
    assert left[0] == left[1]


def test_the_mail_can_be_had_again_and_the_link_before_is_good_no_more(people) -> None:
    handle = sign_up(people.system, PARTICULARS, HOME)
    first = people.token()
    send_confirmation_again(people.system, handle, HOME)
    second = people.token()
    assert first != second
    assert see_sign_up(people.system, first) is None
    with pytest.raises(LinkSpent):
        confirm_sign_up(people.system, first, PASSWORD, HOME)
    assert confirm_sign_up(people.system, second, PASSWORD, HOME).email == EMAIL
    with pytest.raises(NotFound):
        send_confirmation_again(people.system, handle, HOME)
    with pytest.raises(NotFound):
        send_confirmation_again(people.system, "x" * 43, HOME)


def test_a_bad_password_does_not_use_the_link_up(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    token = people.token()
    for password, code in (("short", "B05"), ("quarrylane2027", "B09"), ("x" * 129, "B05")):
        with pytest.raises(Refused) as refused:
            confirm_sign_up(people.system, token, password, HOME)
        assert codes_of(refused) == {(code, "password")}
    assert confirm_sign_up(people.system, token, PASSWORD, HOME).email == EMAIL


def test_of_two_sign_ups_of_one_address_the_one_that_is_confirmed_first_stands(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    sign_up(people.system, replace(PARTICULARS, business_name="Somebody Else Ltd"), ELSEWHERE)
    mine, other = (token_in(letter) for letter in people.letters())
    confirm_sign_up(people.system, mine, PASSWORD, HOME)
    with pytest.raises(Refused) as refused:
        confirm_sign_up(people.system, other, ANOTHER, ELSEWHERE)
    assert codes_of(refused) == {("B04", "email")}
    assert people.log_in(password=ANOTHER).step is Step.WRONG


def test_a_link_is_too_old_after_a_day_and_its_data_go(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    token = people.token()
    people.clock.advance(timedelta(hours=24))
    with pytest.raises(LinkSpent):
        confirm_sign_up(people.system, token, PASSWORD, HOME)
    people.clock.advance(timedelta(days=3))
    expire_people(people.system)
    (link,) = people.stage.all(OneTimeLink)
    assert (link.particulars, link.email) == (None, "")
    people.clock.advance(timedelta(days=60))
    expire_people(people.system)
    assert (people.stage.all(OneTimeLink), people.stage.all(WaitingMail)) == ([], [])


def test_strangers_cannot_flood_a_mailbox(people) -> None:
    for _ in range(9):
        sign_up(people.system, PARTICULARS, ELSEWHERE)
    assert len(people.letters()) == 3
    people.clock.advance(timedelta(minutes=16))
    sign_up(people.system, PARTICULARS, HOME)
    assert len(people.letters()) == 1


def test_one_address_cannot_fill_the_house_with_sign_ups(people) -> None:
    for at in range(20):
        sign_up(people.system, replace(PARTICULARS, email=f"kim-{at}@quarry.example"), ELSEWHERE)
    with pytest.raises(Refused) as refused:
        sign_up(people.system, PARTICULARS, ELSEWHERE)
    assert codes_of(refused) == {("B14", "")}
    assert "Wait 1 minute." in str(refused.value)
    assert len(people.stage.all(OneTimeLink)) == 20
    sign_up(people.system, PARTICULARS, HOME)
    people.clock.advance(timedelta(minutes=1))
    sign_up(people.system, PARTICULARS, ELSEWHERE)


def test_the_chain_holds_no_name_and_what_lies_beside_it_can_be_erased(people) -> None:
    person = people.opened()
    with people.system.database.reading() as look:
        events = look.session.scalars(select(AuditEvent)).all()
        text = " ".join(f"{event.actor} {event.origin} {event.subject_id} {event.detail}" for event in events)
        values = look.session.scalars(select(AuditValues).where(AuditValues.subject == f"account-{person.account_id}"))
        held = [read_values(row.values) for row in values]
        assert look.session.scalar(select(User.password_hash).where(User.id == person.id)).startswith("$argon2id$")
    assert not any(word in text for word in ("kim", "Hartwell", "Quarry", "192.0.2"))
    assert {"business_name", "vat_number"} <= set(held[0])
