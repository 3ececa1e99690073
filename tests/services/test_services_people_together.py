"""Many at once: whoever logs in, resets, invites and tidies up at the same time, nothing breaks or waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

import pytest
from stage_people import ANOTHER, ELSEWHERE, EMAIL, HOME, PASSWORD

from app.domain.actors import AccountRole
from app.errors import Busy, NotAllowed, NotFound, Refused
from app.services.people.access_log import list_access
from app.services.people.email_change import ask_email_change
from app.services.people.invitations import invite
from app.services.people.keeping import expire_people
from app.services.people.logging_in import Step
from app.services.people.mail import send_waiting
from app.services.people.members import change_account_role, list_members
from app.services.people.passwords import ask_reset, change_password
from app.services.people.sessions import end_other_sessions, find_session, list_sessions, log_out

AT_ONCE, ACTS_EACH = 5, 16
# What one of many at once may be told: never anything else.
TOLD = (Busy, NotAllowed, NotFound, Refused)


class Drawer:
    """A post office that keeps nothing."""

    def send(self, letter) -> None:
        assert letter.to


@pytest.mark.parametrize("seed", [1, 2])
def test_what_happens_at_once_ends_well(people, seed) -> None:
    owner = people.opened().actor("192.0.2.50")
    sam = people.joined(owner, "sam@quarry.example", AccountRole.EDITOR)
    secret, codes = people.with_factor(sam.actor())
    system, account = people.system, owner.account_id

    def acts(random: Random):
        email = random.choice([EMAIL, "sam@quarry.example", "nobody@quarry.example"])
        visit = random.choice([HOME, ELSEWHERE])
        answer = people.log_in(email, random.choice([PASSWORD, "wrong"]), visit, random.choice(["", codes[0]]))
        yield lambda: people.give_code(answer, random.choice([people.code(secret), "000000"]), visit)
        yield lambda: find_session(system, answer.session_token)
        yield lambda: end_other_sessions(system, owner, 0)
        yield lambda: log_out(system, owner, 1)
        yield lambda: list_sessions(system, owner)
        yield lambda: ask_reset(system, email, visit)
        yield lambda: ask_email_change(system, owner, f"new{random.random()}@quarry.example", PASSWORD, visit)
        yield lambda: change_password(system, sam.actor(), PASSWORD, random.choice([PASSWORD, ANOTHER]))
        yield lambda: invite(system, owner, account, f"a{random.random()}@quarry.example", AccountRole.VIEWER)
        yield lambda: change_account_role(system, owner, account, sam.id, random.choice([*AccountRole]))
        yield lambda: list_access(system, owner, account)
        yield lambda: expire_people(system)
        yield lambda: send_waiting(system, Drawer())

    def go(number: int) -> int:
        random, done = Random(seed * 100 + number), 0  # noqa: S311  the same in every run
        while done < ACTS_EACH:
            with suppress(*TOLD):
                random.choice([*acts(random)])()
            done += 1
        return done

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(go, range(AT_ONCE))) == [ACTS_EACH] * AT_ONCE
    assert AccountRole.OWNER in [member.account_role for member in list_members(system, owner, account)]
    assert people.log_in("nobody@quarry.example").step in {Step.WRONG, Step.WAIT}
