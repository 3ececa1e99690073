"""Invitations: accepted with a password of one's own, withdrawn, sent again, grown old; strangers learn nothing."""

from datetime import timedelta

import pytest
from stage_people import ELSEWHERE, EMAIL, HOME, PASSWORD, token_in

from app.domain.actors import AccountRole, Actor
from app.errors import NotFound, Refused
from app.services.people.invitations import (
    accept_invitation,
    invite,
    list_invitations,
    revoke_invitation,
    see_invitation,
    send_invitation_again,
)
from app.services.people.links import LinkSpent
from app.services.people.members import list_members

OWNER, EDITOR, VIEWER = AccountRole


@pytest.fixture
def owner(people) -> Actor:
    return people.opened().actor("192.0.2.50")


def codes_of(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


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
