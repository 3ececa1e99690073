"""Keys and invitations of a person: what their program says is theirs, and both go with them."""

import pytest
from sqlalchemy import select

from app.domain.actors import AccountRole, Actor
from app.domain.permissions import Permission, permitted_to
from app.models.accounts import ApiKey
from app.services.api_door import authenticate
from app.services.api_keys import Scope, make_key
from app.services.people.invitations import invite, see_invitation
from app.services.people.members import change_account_role, remove_member

OWNER, EDITOR, VIEWER = AccountRole


@pytest.fixture
def owner(people) -> Actor:
    return people.opened().actor("192.0.2.50")


@pytest.fixture
def other(people, owner) -> Actor:
    return people.joined(owner, "sam@quarry.example", OWNER).actor("192.0.2.51")


def key_of(people, actor: Actor) -> str:
    return make_key(people.system, actor, actor.account_id, "till", [Scope.WRITE, Scope.ACCESS]).key


def test_keys_end_with_the_person_who_made_them(people, owner, other) -> None:
    theirs, kept = key_of(people, other), key_of(people, owner)
    remove_member(people.system, owner, owner.account_id, other.user_id)
    assert authenticate(people.system, theirs, "192.0.2.9") is None
    assert authenticate(people.system, kept, "192.0.2.9") is not None


def test_what_an_owner_lent_is_lent_while_they_are_an_owner(people, owner, other) -> None:
    key = key_of(people, other)
    before = authenticate(people.system, key, "192.0.2.9")
    assert before is not None
    assert permitted_to(before.actor, Permission.SEE_ACCESS_LOG)
    change_account_role(people.system, owner, owner.account_id, other.user_id, EDITOR)
    after = authenticate(people.system, key, "192.0.2.9")
    assert after is not None
    assert not permitted_to(after.actor, Permission.SEE_ACCESS_LOG)
    assert permitted_to(after.actor, Permission.REGISTER_LOCATION)


@pytest.mark.parametrize("ends", ["removed", "no owner any more"])
def test_invitations_end_with_the_owner_who_sent_them(people, owner, other, ends: str) -> None:
    people.letters()
    invite(people.system, other, other.account_id, "lee@quarry.example", OWNER)
    token = people.token()
    assert see_invitation(people.system, token) is not None
    if ends == "removed":
        remove_member(people.system, owner, owner.account_id, other.user_id)
    else:
        change_account_role(people.system, owner, owner.account_id, other.user_id, VIEWER)
    assert see_invitation(people.system, token) is None


def test_a_key_keeps_who_made_it(people, owner) -> None:
    key_of(people, owner)
    with people.system.database.reading() as look:
        assert look.session.scalars(select(ApiKey.maker_id)).all() == [owner.user_id]
