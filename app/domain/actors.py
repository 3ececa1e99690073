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


STAFF_ROLES = (Role.OPERATIONS, Role.PRIVACY, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts; `origin` is the address they came from, `account_id` the account a customer belongs to.

    `user_id` is empty for the command line without `--as` and for the scheduler: those judge nothing (U7).
    """

    name: str
    role: Role
    account_id: int | None = None
    user_id: int | None = None
    origin: str = ""


SCHEDULER = Actor("scheduler", Role.SCHEDULER)
