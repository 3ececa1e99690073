"""Removal, and an owner that always stays, whatever an account's people do to each other."""

from concurrent.futures import ThreadPoolExecutor
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

from app.domain.actors import AccountRole, Actor, Role
from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import Account, User
from app.services.accounts import find_person
from app.services.people.members import change_account_role, remove_member

OWNER, EDITOR, VIEWER = AccountRole


@pytest.fixture
def owner(people) -> Actor:
    return people.opened().actor("192.0.2.50")


def codes_of(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


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
