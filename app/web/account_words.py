"""The words in which pages tell of people, their roles and keys."""

from collections.abc import Mapping

from app.domain.actors import AccountRole, Role
from app.domain.people import AccessKind, MailKind

ACCOUNT_ROLES = (
    (AccountRole.VIEWER, "Viewer: sees numbers and addresses"),
    (AccountRole.EDITOR, "Editor: registers and changes addresses too"),
    (AccountRole.OWNER, "Owner: may do everything, people and keys too"),
)
STAFF_WORDS = (
    (Role.OPERATIONS, "Operations: numbers, cases, reviews, the night"),
    (Role.PRIVACY, "Privacy: requests of persons, records and trail to read"),
    (Role.AUDITOR, "Auditor: reads everything that is needed to check, changes nothing"),
    (Role.ADMINISTRATOR, "Administrator: users, accounts and settings; neither numbers nor cases"),
)
SCOPES: Mapping[str, str] = {
    "locations:read": "See numbers and addresses",
    "locations:write": "Register and change addresses",
    "account:read": "See the account's data",
    "access:read": "See the access log",
    "webhooks": "Make and change webhooks",
}
ACCESS_KINDS: Mapping[AccessKind, str] = {
    AccessKind.LOGGED_IN: "Logged in",
    AccessKind.REFUSED: "Log-in refused",
    AccessKind.API: "API calls",
}
MAIL_KINDS: Mapping[str, str] = {
    MailKind.SIGN_UP: "Confirm a sign-up",
    MailKind.INVITATION: "Invitation into an account",
    MailKind.NEW_EMAIL: "Confirm a new e-mail address",
    MailKind.RESET: "Choose a new password",
    MailKind.STAFF: "New member of staff",
    MailKind.NEW_LOG_IN: "Log-in from a new device",
    MailKind.EMAIL_CHANGED: "E-mail address changed",
    MailKind.PASSWORD_CHANGED: "Password changed",
    MailKind.SECOND_FACTOR_CHANGED: "Second factor changed",
    MailKind.CODES_TRIED: "Wrong codes were tried",
    MailKind.WEBHOOK_OFF: "Webhook switched off",
}


def scope_words(scope: str) -> str:
    """Return what a scope of a key allows."""
    return SCOPES.get(scope, scope)


def mail_words(kind: str) -> str:
    """Return what a mail is about."""
    return MAIL_KINDS.get(kind, kind.replace("-", " ").capitalize())
