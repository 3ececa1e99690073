"""Who may do what: one table, asked by the services and never by a page alone."""

from enum import StrEnum

from app.domain.actors import AccountRole, Actor, Role


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
    MANAGE_WEBHOOKS = "manage webhooks"
    SEE_PORTING = "see porting"
    BAR_NUMBER = "bar number"
    SEE_ALARMS = "see alarms"
    OWN_LOG_IN = "manage the own log-in"
    MANAGE_PEOPLE = "manage an account's people"
    SEE_PEOPLE = "see an account's people"
    CHANGE_ACCOUNT = "change account data"
    SEE_ACCOUNT = "see account data"
    SEE_ACCESS_LOG = "see access log"
    CHANGE_STAFF = "change staff"
    LOOK_UP = "look up a number"
    EXPLAIN_FILE = "explain file"
    WORK_ENQUIRIES = "work enquiries"
    SEE_MESSAGES = "see messages"
    WRITE_MESSAGES = "write messages"
    SEE_REPORTS = "see reports"


P = Permission

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # A customer's permissions hold within their own account alone: the services check the account too.
    Role.CUSTOMER: frozenset(
        {
            P.REGISTER_LOCATION,
            P.SEE_RECORD,
            P.IMPORT_LOCATIONS,
            P.MANAGE_API_KEYS,
            P.MANAGE_WEBHOOKS,
            P.BAR_NUMBER,
            P.OWN_LOG_IN,
            P.MANAGE_PEOPLE,
            P.SEE_PEOPLE,
            P.CHANGE_ACCOUNT,
            P.SEE_ACCOUNT,
            P.SEE_ACCESS_LOG,
            P.SEE_MESSAGES,
            P.WRITE_MESSAGES,
        }
    ),
    Role.OPERATIONS: frozenset(
        {
            # Not privacy: whoever asks them for a location goes by way of a disclosure (P6).
            P.LOOK_UP,
            P.REGISTER_LOCATION,
            P.SEE_RECORD,
            P.IMPORT_LOCATIONS,
            P.MANAGE_NUMBERS,
            P.SEE_ACCOUNT,
            P.SEE_PEOPLE,
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
            P.MANAGE_WEBHOOKS,
            P.SEE_PORTING,
            P.BAR_NUMBER,
            P.SEE_ALARMS,
            P.OWN_LOG_IN,
            P.EXPLAIN_FILE,
            P.WORK_ENQUIRIES,
            P.SEE_MESSAGES,
            P.WRITE_MESSAGES,
            P.SEE_REPORTS,
        }
    ),
    Role.PRIVACY: frozenset(
        {
            P.SEE_RECORD,
            P.READ_TRAIL,
            P.OWN_LOG_IN,
            P.SEE_ACCESS_LOG,
            P.EXPLAIN_FILE,
            P.SEE_REPORTS,
            P.WORK_ENQUIRIES,
            P.SEE_ACCOUNT,
            P.SEE_PEOPLE,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            P.SEE_RECORD,
            P.SEE_ACCOUNT,
            P.SEE_PEOPLE,
            P.SEE_FILES,
            P.READ_TRAIL,
            P.SEE_PORTING,
            P.SEE_ALARMS,
            P.OWN_LOG_IN,
            P.SEE_ACCESS_LOG,
            P.EXPLAIN_FILE,
            P.SEE_REPORTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            P.MANAGE_USERS,
            P.LOAD_DIRECTORY,
            P.READ_TRAIL,
            P.SEE_FILES,
            P.OWN_LOG_IN,
            P.MANAGE_PEOPLE,
            P.SEE_PEOPLE,
            P.CHANGE_ACCOUNT,
            P.SEE_ACCOUNT,
            P.SEE_ACCESS_LOG,
            P.CHANGE_STAFF,
            P.EXPLAIN_FILE,
            P.SEE_REPORTS,
        }
    ),
    Role.SCHEDULER: frozenset({P.LOOK_UP, P.RUN_EXPORT, P.COLLECT_REPLIES, P.SEE_RECORD, P.SEE_ALARMS}),
}

# What is left of a customer's permissions for each of the account's people.
WITHIN_ACCOUNT: dict[AccountRole, frozenset[Permission]] = {
    AccountRole.OWNER: PERMISSIONS[Role.CUSTOMER],
    AccountRole.EDITOR: frozenset(
        {
            P.REGISTER_LOCATION,
            P.SEE_RECORD,
            P.SEE_ACCOUNT,
            P.IMPORT_LOCATIONS,
            P.BAR_NUMBER,
            P.OWN_LOG_IN,
            P.SEE_MESSAGES,
            P.WRITE_MESSAGES,
        }
    ),
    AccountRole.VIEWER: frozenset({P.SEE_RECORD, P.SEE_ACCOUNT, P.OWN_LOG_IN, P.SEE_MESSAGES}),
}


def permitted(role: Role, permission: Permission) -> bool:
    """Say whether `role` holds `permission`."""
    return permission in PERMISSIONS[role]


def permitted_to(actor: Actor, permission: Permission) -> bool:
    """Say whether one who acts holds `permission`: by their role, a customer also by their place in the account."""
    if not permitted(actor.role, permission):
        return False
    if actor.role is not Role.CUSTOMER or permission in actor.lent:
        return True
    return permission in WITHIN_ACCOUNT[actor.account_role or AccountRole.EDITOR]
