"""Who acts: a person, a customer's user or a process, as the trail names them."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an actor is, which decides what they may do (see permissions)."""

    CUSTOMER = "customer"
    OPERATIONS = "operations"
    PRIVACY = "privacy"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SCHEDULER = "scheduler"


class AccountRole(StrEnum):
    """What a customer's user is within their account."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


STAFF_ROLES = (Role.OPERATIONS, Role.PRIVACY, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts; `origin` is the address they came from, `account_id` the account a customer belongs to.

    `user_id` is empty for the command line without `--as` and for the scheduler: those judge nothing (U7).
    `account_role` is what a customer's user is in the account; where it is empty, for a program that acts for the
    account, it counts as editor. `key_id` is set where a program calls with a key; `lent` are permissions of the
    account's owner that the owner gave to the key beyond what an editor may. `maker_id` is the person who made the
    key of an account: what its program says counts as theirs where nobody may judge their own (U7).
    """

    name: str
    role: Role
    account_id: int | None = None
    user_id: int | None = None
    origin: str = ""
    account_role: AccountRole | None = None
    key_id: int | None = None
    lent: frozenset[str] = frozenset()
    maker_id: int | None = None

    @property
    def hand(self) -> int | None:
        """Return the person who acts, or whose program does."""
        return self.user_id if self.user_id is not None else self.maker_id


SCHEDULER = Actor("scheduler", Role.SCHEDULER)
