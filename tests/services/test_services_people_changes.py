"""An account's own data, another e-mail address, and staff, changed by whom they concern or by administrators."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from stage_people import ELSEWHERE, EMAIL, HOME, PASSWORD, token_in

from app.domain.actors import AccountRole, Actor, Role
from app.errors import NotAllowed, NotFound, Refused
from app.services.accounts import staff_actor
from app.services.people.account_data import change_account, show_account
from app.services.people.email_change import ask_email_change, confirm_email_change, see_email_change
from app.services.people.links import LinkSpent
from app.services.people.staff import change_staff_role, list_staff, remove_staff

OWNER, EDITOR, VIEWER = AccountRole


@pytest.fixture
def owner(people) -> Actor:
    return people.opened().actor("192.0.2.50")


def codes_of(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_an_owner_changes_the_accounts_data(people, owner) -> None:
    before = show_account(people.system, owner, owner.account_id)
    assert before.billing_postcode == "LS11 5DF"
    typed = replace(before, business_name="Quarry Joiners Ltd", vat_number="")
    assert change_account(people.system, owner, owner.account_id, typed) == ["business_name", "vat_number"]
    assert show_account(people.system, owner, owner.account_id) == typed
    assert change_account(people.system, owner, owner.account_id, typed) == []
    assert people.stage.events()[-1] == "account_changed"
    with pytest.raises(Refused) as refused:
        change_account(people.system, owner, owner.account_id, replace(typed, vat_number="1", email=""))
    assert codes_of(refused) == ["B03", "B02"]


# another e-mail address


def test_another_address_counts_once_it_is_confirmed_there(people, owner) -> None:
    here, there = people.logged_in(), people.logged_in(visit=ELSEWHERE)
    people.letters()
    with pytest.raises(Refused) as refused:
        ask_email_change(people.system, owner, "new@quarry.example", "wrong", HOME)
    assert codes_of(refused) == ["B12"]
    ask_email_change(people.system, owner, "New@quarry.example", PASSWORD, HOME)
    (letter,) = people.letters()
    assert letter.to == "New@quarry.example"
    token = token_in(letter)
    assert see_email_change(people.system, token) == "New@quarry.example"
    person = confirm_email_change(people.system, token, HOME, people.session(here))
    assert person.email == "New@quarry.example"
    assert (people.goes_on(here), people.goes_on(there)) == (True, False)
    (notice,) = people.letters()
    assert (notice.to, notice.subject) == (EMAIL, "Your e-mail address at Numbergroup was changed")
    assert "new@" not in notice.text.lower()
    assert people.log_in().step == "wrong"
    assert people.log_in("new@quarry.example").step == "in"
    with pytest.raises(LinkSpent):
        confirm_email_change(people.system, token, HOME)


def test_a_later_wish_replaces_the_one_before_and_a_taken_address_is_told_there_alone(people, owner) -> None:
    people.opened("sam@quarry.example")
    people.letters()
    ask_email_change(people.system, owner, "one@quarry.example", PASSWORD, HOME)
    first = people.token()
    ask_email_change(people.system, owner, "SAM@quarry.example", PASSWORD, HOME)
    assert see_email_change(people.system, first) is None
    assert [letter.subject for letter in people.letters()] == ["You have a log-in at Numbergroup already"]
    ask_email_change(people.system, owner, "late@quarry.example", PASSWORD, HOME)
    late = people.token()
    people.opened("late@quarry.example")
    with pytest.raises(Refused) as refused:
        confirm_email_change(people.system, late, HOME)
    assert codes_of(refused) == ["B04"]


def test_capitals_of_ones_own_address_may_change(people, owner) -> None:
    people.letters()
    ask_email_change(people.system, owner, "Kim@quarry.example", PASSWORD, HOME)
    assert confirm_email_change(people.system, people.token(), HOME).email == "Kim@quarry.example"


# staff


def test_administrators_change_staff_and_never_themselves(people) -> None:
    admin = people.staff("admin@operations.example", Role.ADMINISTRATOR)
    kim = people.staff("kim@operations.example", Role.OPERATIONS)
    for use in (
        lambda: change_staff_role(people.system, admin, admin.user_id, Role.OPERATIONS),
        lambda: remove_staff(people.system, admin, admin.user_id),
        lambda: change_staff_role(people.system, kim, admin.user_id, Role.OPERATIONS),
        lambda: remove_staff(people.system, people.stage.cli, kim.user_id),
    ):
        with pytest.raises(NotAllowed):
            use()
    with pytest.raises(NotFound):
        change_staff_role(people.system, admin, people.stage.customer.user_id, Role.AUDITOR)
    with pytest.raises(Refused):
        change_staff_role(people.system, admin, kim.user_id, Role.CUSTOMER)
    change_staff_role(people.system, admin, kim.user_id, Role.PRIVACY)
    assert staff_actor(people.system, "kim@operations.example").role is Role.PRIVACY
    assert people.stage.events()[-1] == "role_changed"
    remove_staff(people.system, admin, kim.user_id)
    assert "kim@operations.example" not in [line.email for line in list_staff(people.system, admin)]
    with pytest.raises(NotFound):
        staff_actor(people.system, f"removed-{kim.user_id}@removed.invalid")


def test_of_two_administrators_who_remove_each_other_at_once_one_stays(people) -> None:
    pair = [people.staff(f"{name}@operations.example", Role.ADMINISTRATOR) for name in ("one", "two")]

    def remove(at: int) -> bool:
        try:
            remove_staff(people.system, pair[at], pair[1 - at].user_id)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, (0, 1))) == [False, True]
