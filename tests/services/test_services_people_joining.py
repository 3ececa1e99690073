"""A new member of staff, added by an administrator who never knows the password; and accounts as staff find them."""

from datetime import timedelta

import pytest
from stage_people import EMAIL, HOME, PASSWORD, token_in

from app.domain.actors import STAFF_ROLES, AccountRole, Role
from app.domain.permissions import Permission, permitted
from app.domain.statuses import Status
from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import Account, User
from app.services.account_list import ACCOUNTS_A_PAGE, count_statuses, find_accounts
from app.services.people.links import LinkSpent
from app.services.people.logging_in import Step
from app.services.people.mail import send_waiting
from app.services.people.members import list_members
from app.services.people.passwords import ask_reset, reset_password
from app.services.people.staff import change_staff_role, list_staff, remove_staff
from app.services.people.staff_joining import add_staff

NEW = "noor@operations.example"


@pytest.fixture
def admin(people):
    return people.staff("admin@operations.example", Role.ADMINISTRATOR)


def codes_of(refused) -> set[tuple[str, str]]:
    return {(problem.code, problem.field) for problem in refused.value.problems}


def test_who_is_added_comes_in_by_the_mailed_link_alone(people, admin) -> None:
    user_id = add_staff(people.system, admin, f" {NEW} ", Role.AUDITOR)
    for tried in ("", PASSWORD):
        assert people.log_in(NEW, tried).step is Step.WRONG
    (letter,) = people.letters()
    assert (letter.to, "as auditor" in letter.text) == (NEW, True)
    person, _ = reset_password(people.system, token_in(letter), PASSWORD, HOME)
    assert (person.id, person.role) == (user_id, Role.AUDITOR)
    assert people.log_in(NEW, PASSWORD).step in {Step.IN, Step.SET_UP}
    assert people.user(user_id).email == NEW


def test_a_link_that_has_grown_too_old_is_asked_for_again_at_the_door(people, admin) -> None:
    add_staff(people.system, admin, NEW, Role.PRIVACY)
    old = people.token()
    people.clock.advance(timedelta(hours=1, seconds=1))
    with pytest.raises(LinkSpent):
        reset_password(people.system, old, PASSWORD, HOME)
    ask_reset(people.system, NEW, HOME)
    person, _ = reset_password(people.system, people.token(), PASSWORD, HOME)
    assert person.email == NEW


def test_everything_that_is_wrong_is_said_at_once(people, admin) -> None:
    with pytest.raises(Refused) as refused:
        add_staff(people.system, admin, "nobody", Role.CUSTOMER)
    assert codes_of(refused) == {("B03", "email"), ("B06", "role")}
    people.opened()
    for taken in (EMAIL.upper(), admin.name):
        with pytest.raises(Refused) as refused:
            add_staff(people.system, admin, taken, Role.AUDITOR)
        assert codes_of(refused) == {("B04", "email")}


def test_only_one_who_still_is_an_administrator_adds(people, admin) -> None:
    for role in STAFF_ROLES:
        if role is not Role.ADMINISTRATOR:
            with pytest.raises(NotAllowed):
                add_staff(people.system, people.staff(f"{role}@operations.example", role), NEW, Role.ADMINISTRATOR)
    owner = people.opened().actor()
    with pytest.raises(NotAllowed):
        add_staff(people.system, owner, NEW, Role.AUDITOR)
    other = people.staff("other@operations.example", Role.ADMINISTRATOR)
    change_staff_role(people.system, other, admin.user_id, Role.AUDITOR)
    with pytest.raises(NotAllowed):
        add_staff(people.system, admin, NEW, Role.AUDITOR)
    assert NEW not in [user.email for user in people.stage.all(User)]


def test_who_was_removed_before_reading_the_mail_gets_none(people, admin) -> None:
    user_id = add_staff(people.system, admin, NEW, Role.AUDITOR)
    remove_staff(people.system, admin, user_id)
    assert people.letters() == []
    assert send_waiting(people.system) == 0
    assert add_staff(people.system, admin, NEW, Role.AUDITOR) != user_id


def test_the_last_log_in_is_told_where_it_was_lately(people, admin) -> None:
    owner = people.opened().actor()
    people.joined(owner, "sam@quarry.example", AccountRole.VIEWER)
    first = people.clock.now()
    people.logged_in()
    people.clock.advance(timedelta(days=1))
    people.log_in(password="wrong")
    members = {member.email: member.last_log_in for member in list_members(people.system, owner, owner.account_id)}
    assert members == {EMAIL: first, "sam@quarry.example": None}
    assert {line.email: line.last_log_in for line in list_staff(people.system, admin)}[admin.name] is None


def test_accounts_are_found_by_any_part_of_the_name(people, admin) -> None:
    now = people.clock.now()
    with people.system.database.unit_of_work() as work:
        for place in range(ACCOUNTS_A_PAGE + 3):
            work.session.add(Account(name=f"Alder {place:02} 50% Ltd", created_at=now))
        work.commit()
    found = find_accounts(people.system, admin, "aLDER")
    assert (found.total, found.pages, len(found.lines)) == (ACCOUNTS_A_PAGE + 3, 2, ACCOUNTS_A_PAGE)
    rest = find_accounts(people.system, admin, "alder", 99)
    assert (rest.page, len(rest.lines)) == (2, 3)
    assert find_accounts(people.system, admin, "7 50%").total == 5
    assert find_accounts(people.system, admin, "_lder").total == 0
    assert people.stage.events()[-1] == "personal_data_read"
    assert find_accounts(people.system, admin).total > found.total


def test_a_customer_finds_no_accounts_and_counts_their_own_alone(people, admin) -> None:
    owner, other = people.opened().actor(), people.stage.other_customer
    with pytest.raises(NotFound):
        find_accounts(people.system, owner)
    assert count_statuses(people.system, owner, owner.account_id) == {}
    with pytest.raises(NotFound):
        count_statuses(people.system, owner, other.account_id)
    with pytest.raises(NotAllowed):
        count_statuses(people.system, admin, owner.account_id)
    people.stage.register(1)
    auditor = people.staff("auditor@operations.example", Role.AUDITOR)
    counted = count_statuses(people.system, auditor, people.stage.customer.account_id)
    assert counted[Status.WAITING] == 1


def test_whoever_may_see_people_may_see_the_account() -> None:
    for role in Role:
        assert permitted(role, Permission.SEE_PEOPLE) <= permitted(role, Permission.SEE_ACCOUNT), role
        assert permitted(role, Permission.MANAGE_PEOPLE) <= permitted(role, Permission.SEE_PEOPLE), role
