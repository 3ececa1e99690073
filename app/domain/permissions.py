"""Who may do what: one table, asked by the services and never by a page alone."""

from enum import StrEnum

from app.domain.actors import Role


class Permission(StrEnum):
    """What a use case asks for before it does anything."""

    REGISTER_LOCATION = "register location"
    SEE_RECORD = "see record"
    IMPORT_LOCATIONS = "import locations"
    MANAGE_NUMBERS = "manage numbers"
    JUDGE_REVIEW = "judge review"
    WORK_CASES = "work cases"
    RUN_EXPORT = "run export"
    SEE_FILES = "see files"
    COLLECT_REPLIES = "collect replies"
    ABANDON_TRANSACTION = "abandon transaction"
    LOAD_DIRECTORY = "load directory"
    READ_TRAIL = "read trail"
    MANAGE_USERS = "manage users"
    MANAGE_API_KEYS = "manage api keys"
    SEE_PORTING = "see porting"
    BAR_NUMBER = "bar number"
    SEE_ALARMS = "see alarms"


P = Permission

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # A customer's permissions hold within their own account alone: the services check the account too.
    Role.CUSTOMER: frozenset({P.REGISTER_LOCATION, P.SEE_RECORD, P.IMPORT_LOCATIONS, P.MANAGE_API_KEYS, P.BAR_NUMBER}),
    Role.OPERATIONS: frozenset(
        {
            P.REGISTER_LOCATION,
            P.SEE_RECORD,
            P.IMPORT_LOCATIONS,
            P.MANAGE_NUMBERS,
            P.JUDGE_REVIEW,
            P.WORK_CASES,
            P.RUN_EXPORT,
            P.SEE_FILES,
            P.COLLECT_REPLIES,
            P.ABANDON_TRANSACTION,
            P.LOAD_DIRECTORY,
            P.READ_TRAIL,
            P.MANAGE_USERS,
            P.MANAGE_API_KEYS,
            P.SEE_PORTING,
            P.BAR_NUMBER,
            P.SEE_ALARMS,
        }
    ),
    Role.PRIVACY: frozenset({P.SEE_RECORD, P.READ_TRAIL}),
    Role.AUDITOR: frozenset({P.SEE_RECORD, P.SEE_FILES, P.READ_TRAIL, P.SEE_PORTING, P.SEE_ALARMS}),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_USERS, P.LOAD_DIRECTORY, P.READ_TRAIL, P.SEE_FILES}),
    Role.SCHEDULER: frozenset({P.RUN_EXPORT, P.COLLECT_REPLIES, P.SEE_RECORD, P.SEE_ALARMS}),
}


def permitted(role: Role, permission: Permission) -> bool:
    """Say whether `role` holds `permission`."""
    return permission in PERMISSIONS[role]
