"""A link is good for one act, for a while: whatever is tried, in whatever order, and by two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage_people import ANOTHER, HOME, PARTICULARS, PASSWORD

from app.domain.people import LinkKind
from app.models.accounts import Account
from app.models.people import OneTimeLink
from app.services.people.links import GOOD_FOR, LinkSpent, find_link, give_token, make_link, use_link
from app.services.people.signing_up import confirm_sign_up, sign_up
from app.services.people.tokens import digest_of

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("time"), st.sampled_from([1, 59, 61, 60 * 23, 60 * 25, 60 * 24 * 8])),
        st.tuples(st.just("mail"), st.just(0)),
        st.tuples(st.just("revoke"), st.just(0)),
        st.tuples(st.sampled_from(["use", "use and roll back"]), st.sampled_from([*LinkKind])),
        st.tuples(st.just("use an older one"), st.just(0)),
    ),
    min_size=1,
    max_size=14,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from([*LinkKind]), steps=STEPS)
def test_a_token_is_good_at_most_once(sqlite_people, kind, steps) -> None:
    """The model: the newest token is good until it is used, withdrawn or too old; all others never."""
    people = sqlite_people
    good_until, tokens, used, revoked = None, [], 0, False
    with people.system.database.unit_of_work() as work:
        link_id = make_link(work, kind, "a@b.example", people.clock.now()).id
        work.commit()
    for what, value in steps:
        now = people.clock.now()
        alive = good_until is not None and now < good_until and not used and not revoked
        if what == "time":
            people.clock.advance(timedelta(minutes=value))
            continue
        with people.system.database.unit_of_work() as work:
            link = work.session.get_one(OneTimeLink, link_id)
            if what == "mail":
                tokens.append(give_token(link, now))
                good_until = now + GOOD_FOR[kind]
            elif what == "revoke":
                link.revoked_at, revoked = now, True
            elif what == "use an older one":
                for token in tokens[:-1]:
                    with pytest.raises(LinkSpent):
                        use_link(work, kind, token, now)
            elif tokens:
                expected = alive and value is kind
                assert (find_link(work, value, tokens[-1], now) is not None) is expected
                try:
                    assert use_link(work, value, tokens[-1], now).id == link_id
                except LinkSpent:
                    assert not expected
                    continue
                assert expected
                if what == "use and roll back":
                    continue
                used += 1
            work.commit()
    assert used <= 1


def test_the_database_holds_no_token(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    (before,) = people.stage.all(OneTimeLink)
    assert before.digest is None
    token = people.token()
    (after,) = people.stage.all(OneTimeLink)
    assert after.digest == digest_of(token)
    assert token not in after.digest


def test_of_many_who_use_a_link_at_once_one_succeeds(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    token, before = people.token(), len(people.stage.all(Account))

    def confirm(number: int) -> bool:
        try:
            confirm_sign_up(people.system, token, PASSWORD if number % 2 else ANOTHER, HOME)
        except LinkSpent:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, range(4))) == [False, False, False, True]
    assert len(people.stage.all(Account)) == before + 1
