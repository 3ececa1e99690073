"""Who may log in: customers' users, staff, and the accounts that they belong to."""

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import STAFF_ROLES, AccountRole, Actor, Role
from app.domain.permissions import Permission
from app.errors import NotFound, Problem, Refused
from app.models.accounts import Account, User
from app.services.access import authorise
from app.services.people.password_rules import check_password, words_of
from app.services.system import System

HASHER = PasswordHasher()


@dataclass(frozen=True)
class Person:
    """A user as the faces know them; `account_name` is empty for staff."""

    id: int
    email: str
    role: Role
    account_id: int | None
    account_name: str
    account_role: AccountRole | None = None

    def actor(self, origin: str = "") -> Actor:
        """Return this person as one who acts, from a network address."""
        return Actor(self.email, self.role, self.account_id, self.id, origin, self.account_role)


@dataclass(frozen=True)
class AccountLine:
    """An account to choose from."""

    id: int
    name: str


@cache
def nobodys_hash() -> str:
    """Verified where there is no such user, so that an answer takes as long as where there is one."""
    return HASHER.hash("nobody has this password")


def find_person(system: System, user_id: int) -> Person | None:
    """Return the person of a session, None where they are gone."""
    with system.database.reading() as look:
        user = look.session.get(User, user_id)
        return None if user is None or user.removed_at is not None else person_of(look, user)


def staff_actor(system: System, email: str) -> Actor:
    """Return a staff user as one who acts on the command line (`--as`); NotFound where there is none."""
    with system.database.reading() as look:
        user = look.session.scalars(select(User).where(func.lower(User.email) == email.strip().lower())).one_or_none()
        if user is None or user.role not in STAFF_ROLES or user.removed_at is not None:
            raise NotFound("there is no such member of staff")
        return person_of(look, user).actor("command-line")


def add_user(system: System, actor: Actor, email: str, role: Role, password: str, account_id: int | None = None) -> int:
    """Add one who may log in and return their id; Refused with every reason at once."""
    authorise(actor, Permission.MANAGE_USERS)
    with system.database.unit_of_work() as work:
        user_id = make_user(system, work, actor, email, role, password, account_id)
        work.commit()
    return user_id


def make_user(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    email: str,
    role: Role,
    password: str,
    account_id: int | None = None,
) -> int:
    """As `add_user`, in the caller's unit of work; a customer's user is an owner of the account."""
    problems: list[Problem] = []
    address = email.strip()
    try:
        # No look-up of the domain: a test or a closed network has none.
        address = validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        problems.append(Problem("B03", "email", "error", str(wrong)))
    taken = select(User.id).where(func.lower(User.email) == address.lower())
    if work.session.scalar(taken) is not None:
        problems.append(Problem("B04", "email", "error", "This e-mail address has a log-in already."))
    problems += check_password(password, words_of(address))
    if (role is Role.CUSTOMER) != (account_id is not None):
        problems.append(Problem("B06", "account", "error", "A customer's user has an account, staff have none."))
    if problems:
        raise Refused(problems)
    user = User(
        email=address,
        password_hash=HASHER.hash(password),
        role=role,
        account_id=account_id,
        account_role=None if account_id is None else AccountRole.OWNER,
        created_at=system.clock.now(),
    )
    work.session.add(user)
    work.session.flush()
    detail = {"role": str(role), "account_id": account_id}
    system.record(work, actor, Action.USER_ADDED, ("user", user.id), detail)
    return user.id


def list_accounts(system: System, actor: Actor) -> list[AccountLine]:
    """Return every account, by name."""
    authorise(actor, Permission.MANAGE_NUMBERS)
    with system.database.reading() as look:
        rows = look.session.scalars(select(Account).order_by(Account.name))
        return [AccountLine(account.id, account.name) for account in rows]


def only_account(system: System) -> int:
    """Return the account that is meant where none is named: the only one, or in demo mode the demo account."""
    with system.database.reading() as look:
        ids = list(look.session.scalars(select(Account.id).order_by(Account.id).limit(2)))
    if not ids:
        raise Refused([Problem("C01", "account", "error", "There is no account yet: load numbers first.")])
    if len(ids) > 1 and not system.settings.demo:
        message = "There are several accounts: say which one with --account."
        raise Refused([Problem("C02", "account", "error", message)])
    return ids[0]


def person_of(look: Reading, user: User) -> Person:
    """Return a user as the faces know them."""
    account = None if user.account_id is None else look.session.get(Account, user.account_id)
    name = "" if account is None else account.name
    return Person(user.id, user.email, Role(user.role), user.account_id, name, user.account_role)
