"""People on a stage: who signs up, logs in, reads mail and holds an app of codes."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pyotp
from sqlalchemy import select
from stage import Stage

from app.domain.actors import AccountRole, Actor, Role
from app.models.accounts import User
from app.services.accounts import Person, make_user
from app.services.people.invitations import accept_invitation, invite
from app.services.people.letters import Letter
from app.services.people.logging_in import LogInAnswer, Step, give_code, log_in
from app.services.people.mail import show_waiting
from app.services.people.particulars import Particulars
from app.services.people.second_factor import begin_second_factor, confirm_second_factor
from app.services.people.sessions import find_session
from app.services.people.signing_up import confirm_sign_up, sign_up
from app.services.people.visits import Visit

PASSWORD = "four herons on a slow pond"
ANOTHER = "seven kettles under the bridge"
EMAIL = "kim@quarry.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"
PARTICULARS = Particulars(
    business_name="Quarry Lane Joiners Ltd",
    contact_name="Kim Hartwell",
    billing_address="12 Dewsbury Road, Leeds",
    billing_postcode="ls11 5df",
    email=EMAIL,
    landline="0113 496 0123",
    mobile="07700 900123",
    company_number="01234567",
    vat_number="GB 980 7806 84",
)
HOME = Visit("192.0.2.50", FIREFOX)
ELSEWHERE = Visit("198.51.100.9", "curl/8")


@dataclass
class People:
    """A stage with what people do."""

    stage: Stage

    @property
    def system(self):
        return self.stage.system

    @property
    def clock(self):
        return self.stage.clock

    # mail

    def letters(self) -> list[Letter]:
        """Read the mail that waits; each comes once."""
        return show_waiting(self.system, self.stage.cli)

    def token(self) -> str:
        """The token in the last mail."""
        return token_in(self.letters()[-1])

    # people

    def opened(self, email: str = EMAIL, password: str = PASSWORD) -> Person:
        """Somebody signs up and confirms."""
        sign_up(self.system, replace(PARTICULARS, email=email), HOME)
        return confirm_sign_up(self.system, self.token(), password, HOME)

    def joined(self, owner: Actor, email: str, role: AccountRole, password: str = PASSWORD) -> Person:
        """Somebody is invited and accepts."""
        invite(self.system, owner, owner.account_id or 0, email, role)
        return accept_invitation(self.system, self.token(), "Sam Reed", password, HOME)

    def staff(self, email: str, role: Role) -> Actor:
        with self.system.database.unit_of_work() as work:
            user_id = make_user(self.system, work, self.stage.staff, email, role, PASSWORD)
            work.commit()
        return Actor(email, role, None, user_id, "192.0.2.8")

    def user(self, user_id: int) -> User:
        with self.system.database.reading() as look:
            return look.session.scalars(select(User).where(User.id == user_id)).one()

    # log-ins

    def log_in(self, email: str = EMAIL, password: str = PASSWORD, visit: Visit = HOME, code: str = "") -> LogInAnswer:
        return log_in(self.system, email, password, visit, code)

    def logged_in(self, email: str = EMAIL, password: str = PASSWORD, visit: Visit = HOME) -> LogInAnswer:
        answer = self.log_in(email, password, visit)
        assert answer.step is Step.IN, answer
        return answer

    def give_code(self, answer: LogInAnswer, code: str, visit: Visit = HOME) -> LogInAnswer:
        return give_code(self.system, answer.session_token, code, visit)

    def session(self, answer: LogInAnswer) -> int:
        found = find_session(self.system, answer.session_token)
        assert found is not None
        return found.session_id

    def goes_on(self, answer: LogInAnswer) -> bool:
        return find_session(self.system, answer.session_token) is not None

    def with_factor(self, actor: Actor, password: str = PASSWORD) -> tuple[str, list[str]]:
        """Set a second factor up; return the secret and the recovery codes. The clock then stands at a new step."""
        made = begin_second_factor(self.system, actor, password)
        codes = confirm_second_factor(self.system, actor, self.code(made.secret))
        self.clock.advance(timedelta(seconds=90))
        return made.secret, codes

    def code(self, secret: str) -> str:
        """What the app shows now."""
        return pyotp.TOTP(secret).at(self.clock.now())

    def next_code(self, secret: str) -> str:
        """What the app shows once it has changed."""
        self.clock.advance(timedelta(seconds=30))
        return self.code(secret)


def token_in(letter: Letter) -> str:
    found = re.search(r"http://127\.0\.0\.1:8999/[a-z/-]+/([0-9A-Za-z_-]{43})\b", letter.text)
    assert found is not None, letter.text
    return found[1]
