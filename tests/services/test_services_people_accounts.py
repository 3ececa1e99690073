"""An account's people: invited, given another role, removed; who may what; and an owner always stays."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from stage import location, number
from stage_people import ELSEWHERE, EMAIL, HOME, PARTICULARS, PASSWORD, token_in

from app.domain.actors import STAFF_ROLES, AccountRole, Actor, Role
from app.domain.permissions import WITHIN_ACCOUNT, Permission, permitted, permitted_to
from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import Account, User
from app.services.accounts import find_person, staff_actor
from app.services.api_keys import Scope, authenticate, list_keys, make_key
from app.services.locations.registering import register_location
from app.services.people.account_data import change_account, show_account
from app.services.people.email_change import ask_email_change, confirm_email_change, see_email_change
from app.services.people.invitations import (
    accept_invitation,
    invite,
    list_invitations,
    revoke_invitation,
    see_invitation,
    send_invitation_again,
)
from app.services.people.links import LinkSpent
from app.services.people.members import change_account_role, list_members, remove_member
from app.services.people.staff import change_staff_role, list_staff, remove_staff
from app.services.records import show_record

OWNER, EDITOR, VIEWER = AccountRole


@pytest.fixture
def owner(people) -> Actor:
    return people.opened().actor("192.0.2.50")


def codes_of(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


# invitations


def test_an_invitation_is_accepted_with_a_password_of_ones_own(people, owner) -> None:
    people.letters()
    invitation = invite(people.system, owner, owner.account_id, "Sam@Quarry.example", EDITOR)
    (waiting,) = list_invitations(people.system, owner, owner.account_id)
    assert (waiting.id, waiting.email, waiting.account_role) == (invitation, "Sam@quarry.example", EDITOR)
    (letter,) = people.letters()
    assert letter.subject == "Quarry Lane Joiners Ltd invites you to Numbergroup"
    assert "Kim Hartwell invites you" in letter.text
    token = token_in(letter)
    assert see_invitation(people.system, token).account_name == "Quarry Lane Joiners Ltd"
    with pytest.raises(Refused) as refused:
        accept_invitation(people.system, token, " ", "short", ELSEWHERE)
    assert codes_of(refused) == ["B07", "B05"]
    person = accept_invitation(people.system, token, "Sam Reed", PASSWORD, ELSEWHERE)
    assert (person.account_id, person.account_role) == (owner.account_id, EDITOR)
    assert list_invitations(people.system, owner, owner.account_id) == []
    assert [(m.email, m.account_role) for m in list_members(people.system, owner, owner.account_id)] == [
        (EMAIL, OWNER),
        ("Sam@quarry.example", EDITOR),
    ]
    assert people.stage.events()[-3:] == ["mails_shown", "user_added", "invitation_accepted"]
    with pytest.raises(LinkSpent):
        accept_invitation(people.system, token, "Sam Reed", PASSWORD, ELSEWHERE)


def test_an_invitation_is_withdrawn_sent_again_and_grows_old(people, owner) -> None:
    first = invite(people.system, owner, owner.account_id, "sam@quarry.example", VIEWER)
    old = people.token()
    send_invitation_again(people.system, owner, owner.account_id, first)
    new = people.token()
    assert see_invitation(people.system, old) is None
    revoke_invitation(people.system, owner, owner.account_id, first)
    assert see_invitation(people.system, new) is None
    with pytest.raises(NotFound):
        revoke_invitation(people.system, owner, owner.account_id, first)
    invite(people.system, owner, owner.account_id, "sam@quarry.example", VIEWER)
    late = people.token()
    people.clock.advance(timedelta(days=7))
    with pytest.raises(LinkSpent):
        accept_invitation(people.system, late, "Sam", PASSWORD, HOME)
    assert list_invitations(people.system, owner, owner.account_id) == []


def test_nobody_is_invited_twice_and_nobody_learns_who_has_a_log_in(people, owner) -> None:
    stranger = people.opened("else@where.example").actor()
    people.letters()
    invite(people.system, owner, owner.account_id, "sam@quarry.example", VIEWER)
    for email, code in (("SAM@quarry.example", "B15"), (EMAIL.upper(), "B04"), ("nobody", "B03")):
        with pytest.raises(Refused) as refused:
            invite(people.system, owner, owner.account_id, email, VIEWER)
        assert codes_of(refused) == [code]
    people.letters()
    invite(people.system, owner, owner.account_id, stranger.name, VIEWER)
    (letter,) = people.letters()
    assert letter.subject == "You have a log-in at Numbergroup already"
    assert "Quarry" not in letter.text


def test_too_many_mails_to_one_address_are_refused_to_who_is_known(people, owner) -> None:
    invitation = invite(people.system, owner, owner.account_id, "sam@quarry.example", VIEWER)
    for _ in range(2):
        send_invitation_again(people.system, owner, owner.account_id, invitation)
    with pytest.raises(Refused) as refused:
        send_invitation_again(people.system, owner, owner.account_id, invitation)
    assert codes_of(refused) == ["B14"]


# who may what


def test_each_of_an_accounts_people_may_what_the_table_says(people, owner) -> None:
    system, account = people.system, owner.account_id
    actors = {OWNER: owner}
    for role in (EDITOR, VIEWER):
        actors[role] = people.joined(owner, f"{role}@quarry.example", role).actor()
    uses = {
        "register": ({OWNER, EDITOR}, lambda actor: register_location(system, actor, account, location(1))),
        "see": ({OWNER, EDITOR, VIEWER}, lambda actor: show_record(system, actor, number(1))),
        "keys": ({OWNER}, lambda actor: list_keys(system, actor, account)),
        "make key": ({OWNER}, lambda actor: make_key(system, actor, account, "x", [Scope.READ])),
        "members": ({OWNER}, lambda actor: list_members(system, actor, account)),
        "invitations": ({OWNER}, lambda actor: list_invitations(system, actor, account)),
        "invite": ({OWNER}, lambda actor: invite(system, actor, account, "new@quarry.example", VIEWER)),
        "role": ({OWNER}, lambda actor: change_account_role(system, actor, account, owner.user_id, OWNER)),
        "data": ({OWNER}, lambda actor: show_account(system, actor, account)),
        "change": ({OWNER}, lambda actor: change_account(system, actor, account, PARTICULARS)),
    }
    for name, (may, use) in uses.items():
        for role, actor in actors.items():
            if role in may:
                use(actor)
            else:
                with pytest.raises(NotAllowed):
                    use(actor)
                assert not permitted_to(actor, Permission.MANAGE_PEOPLE), name


def test_the_tables_fit_together() -> None:
    for role, permissions in WITHIN_ACCOUNT.items():
        assert all(permitted(Role.CUSTOMER, permission) for permission in permissions), role
    assert WITHIN_ACCOUNT[VIEWER] < WITHIN_ACCOUNT[EDITOR] < WITHIN_ACCOUNT[OWNER]
    assert all(permitted(role, Permission.OWN_LOG_IN) for role in (*STAFF_ROLES, Role.CUSTOMER))
    assert [role for role in Role if permitted(role, Permission.CHANGE_STAFF)] == [Role.ADMINISTRATOR]


def test_a_key_is_an_editor_and_no_owner(people, owner) -> None:
    key = make_key(people.system, owner, owner.account_id, "x", [Scope.WRITE]).key
    holder = authenticate(people.system, key, "192.0.2.9")
    assert holder.actor.account_role is EDITOR
    with pytest.raises(NotAllowed):
        make_key(people.system, holder.actor, owner.account_id, "y", [Scope.WRITE])


def test_another_account_is_not_there(people, owner) -> None:
    system, other = people.system, people.stage.other_customer
    sam = people.joined(owner, "sam@quarry.example", VIEWER)
    account = owner.account_id
    uses = [
        lambda: list_members(system, other, account),
        lambda: list_invitations(system, other, account),
        lambda: invite(system, other, account, "x@quarry.example", OWNER),
        lambda: change_account_role(system, other, account, sam.id, OWNER),
        lambda: remove_member(system, other, account, sam.id),
        lambda: show_account(system, other, account),
        lambda: change_account(system, other, account, PARTICULARS),
        lambda: change_account_role(system, other, other.account_id, sam.id, OWNER),
        lambda: remove_member(system, other, other.account_id, sam.id),
        lambda: revoke_invitation(system, other, other.account_id, 1),
    ]
    for use in uses:
        with pytest.raises(NotFound):
            use()
    assert find_person(system, sam.id).account_role is VIEWER


def test_who_lost_their_role_a_moment_ago_cannot_use_it(people, owner) -> None:
    sam = people.joined(owner, "sam@quarry.example", OWNER).actor()
    change_account_role(people.system, owner, owner.account_id, sam.user_id, VIEWER)
    with pytest.raises(NotAllowed):
        remove_member(people.system, sam, sam.account_id, owner.user_id)
    admin = people.staff("admin@operations.example", Role.ADMINISTRATOR)
    second = people.staff("second@operations.example", Role.ADMINISTRATOR)
    remove_staff(people.system, admin, second.user_id)
    with pytest.raises(NotAllowed):
        remove_staff(people.system, second, admin.user_id)
    with pytest.raises(NotAllowed):
        change_account_role(people.system, second, owner.account_id, sam.user_id, OWNER)


def test_an_administrator_helps_an_account_out(people, owner) -> None:
    sam = people.joined(owner, "sam@quarry.example", VIEWER)
    admin = people.staff("admin@operations.example", Role.ADMINISTRATOR)
    change_account_role(people.system, admin, owner.account_id, sam.id, OWNER)
    remove_member(people.system, admin, owner.account_id, owner.user_id)
    (left,) = list_members(people.system, admin, owner.account_id)
    assert (left.id, left.account_role) == (sam.id, OWNER)
    assert people.stage.events()[-1] == "personal_data_read"


# removal


def test_one_who_is_removed_leaves_nothing_but_what_they_did(people, owner) -> None:
    sam = people.joined(owner, "sam@quarry.example", EDITOR)
    remove_member(people.system, owner, owner.account_id, sam.id)
    row = people.user(sam.id)
    assert (row.email, row.name, row.password_hash) == (f"removed-{sam.id}@removed.invalid", "", "")
    assert row.removed_at == people.clock.now()
    assert find_person(people.system, sam.id) is None
    with pytest.raises(NotFound):
        remove_member(people.system, owner, owner.account_id, sam.id)
    again = people.joined(owner, "sam@quarry.example", VIEWER)
    assert again.id != sam.id


def test_the_last_owner_stays(people, owner) -> None:
    sam = people.joined(owner, "sam@quarry.example", EDITOR)
    for use in (
        lambda: remove_member(people.system, owner, owner.account_id, owner.user_id),
        lambda: change_account_role(people.system, owner, owner.account_id, owner.user_id, VIEWER),
    ):
        with pytest.raises(Refused) as refused:
            use()
        assert codes_of(refused) == ["B11"]
    change_account_role(people.system, owner, owner.account_id, sam.id, OWNER)
    remove_member(people.system, owner, owner.account_id, owner.user_id)
    assert find_person(people.system, owner.user_id) is None


def test_of_two_owners_who_remove_each_other_at_once_one_stays(people, owner) -> None:
    sam = people.joined(owner, "sam@quarry.example", OWNER).actor()

    def remove(pair) -> bool:
        actor, other = pair
        try:
            remove_member(people.system, actor, owner.account_id, other.user_id)
        except (NotAllowed, NotFound):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, [(owner, sam), (sam, owner)])) == [False, True]
    assert (
        len([user for user in people.stage.all(User) if user.account_id == owner.account_id and not user.removed_at])
        == 1
    )


class Accounts(RuleBasedStateMachine):
    """Whatever people do to each other, an account that was opened keeps an owner; a model says who is what."""

    people = None
    names = count(1)
    members = Bundle("members")

    @initialize(target=members)
    def open(self):
        self.people.clock.advance(timedelta(minutes=16))  # no more mails at once than strangers may cause
        person = self.people.opened(f"first{next(self.names)}@quarry.example")
        self.account, self.roles = person.account_id, {person.id: OWNER}
        return person.id

    @rule(target=members, by=members, role=st.sampled_from([*AccountRole]))
    def join(self, by, role):
        self.people.clock.advance(timedelta(minutes=16))
        actor = self.actor(by)
        try:
            person = self.people.joined(actor, f"next{next(self.names)}@quarry.example", role)
        except NotAllowed:
            assert self.roles.get(by) is not OWNER
            return by
        assert self.roles[by] is OWNER
        self.roles[person.id] = role
        return person.id

    @rule(by=members, whom=members, role=st.sampled_from([*AccountRole]))
    def change(self, by, whom, role):
        self.try_it(
            by, whom, lambda actor: change_account_role(self.people.system, actor, self.account, whom, role), role
        )

    @rule(by=members, whom=members)
    def remove(self, by, whom):
        self.try_it(by, whom, lambda actor: remove_member(self.people.system, actor, self.account, whom), None)

    def try_it(self, by, whom, use, after):
        owners = [user for user, role in self.roles.items() if role is OWNER]
        try:
            use(self.actor(by))
        except NotAllowed:
            assert self.roles.get(by) is not OWNER
        except NotFound:
            assert whom not in self.roles
        except Refused:
            assert owners == [whom]
            assert after is not OWNER
        else:
            assert self.roles[by] is OWNER
            assert whom in self.roles
            self.roles[whom] = after
            if after is None:
                del self.roles[whom]

    def actor(self, user_id) -> Actor:
        """As one whose session says what they were: the service is to ask anew."""
        return Actor(f"user{user_id}", Role.CUSTOMER, self.account, user_id, "", OWNER)

    @invariant()
    def an_owner_stays(self):
        if not hasattr(self, "roles"):
            return
        with self.people.system.database.reading() as look:
            rows = look.session.scalars(select(User).where(User.account_id == self.account, User.removed_at.is_(None)))
            found = {user.id: user.account_role for user in rows}
        assert found == self.roles
        assert OWNER in found.values()


def test_an_account_keeps_an_owner_whatever_its_people_do(sqlite_people) -> None:
    class OnStage(Accounts):
        people = sqlite_people

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        OnStage, settings=settings(max_examples=15, stateful_step_count=20, suppress_health_check=checks)
    )
    assert len(sqlite_people.stage.all(Account)) > 2


# the account's own data


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
