"""What each of an account's people may, and who may no longer."""

import pytest
from stage import location, number
from stage_people import PARTICULARS

from app.domain.actors import STAFF_ROLES, AccountRole, Actor, Role
from app.domain.permissions import WITHIN_ACCOUNT, Permission, permitted, permitted_to
from app.errors import NotAllowed, NotFound
from app.services.accounts import find_person
from app.services.api_door import authenticate
from app.services.api_keys import Scope, list_keys, make_key
from app.services.locations.registering import register_location
from app.services.people.account_data import change_account, show_account
from app.services.people.invitations import (
    invite,
    list_invitations,
    revoke_invitation,
)
from app.services.people.members import change_account_role, list_members, remove_member
from app.services.people.staff import remove_staff
from app.services.records import show_record

OWNER, EDITOR, VIEWER = AccountRole


@pytest.fixture
def owner(people) -> Actor:
    return people.opened().actor("192.0.2.50")


def codes_of(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


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
        "data": ({OWNER, EDITOR, VIEWER}, lambda actor: show_account(system, actor, account)),
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
