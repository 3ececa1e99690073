"""Words about people, their sessions and the links that are mailed to them."""

from enum import StrEnum


def email_key(email: str) -> str:
    """Return the form in which an e-mail address is unique: two that differ in case alone are one person's."""
    return email.strip().casefold().replace("\0", "")  # which PostgreSQL takes in no text


class LinkKind(StrEnum):
    """What a link in a mail is good for, once."""

    SIGN_UP = "sign-up"
    INVITATION = "invitation"
    NEW_EMAIL = "new-email"
    RESET = "reset"


class MailKind(StrEnum):
    """What a mail is about; those with a link first."""

    SIGN_UP = "sign-up"
    INVITATION = "invitation"
    NEW_EMAIL = "new-email"
    RESET = "reset"
    STAFF = "staff"
    NEW_LOG_IN = "new-log-in"
    EMAIL_CHANGED = "email-changed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  a kind of mail
    SECOND_FACTOR_CHANGED = "factor-changed"
    CODES_TRIED = "codes-tried"
    WEBHOOK_OFF = "webhook-off"
    ENQUIRY_RECEIVED = "enquiry-received"
    ENQUIRY_ANSWERED = "enquiry-answered"
    MESSAGE = "message"


class SessionState(StrEnum):
    """How far a log-in has come."""

    CODE_AWAITED = "code-awaited"  # the password was right
    TO_SET_UP = "to-set-up"  # a second factor is required and has to be set up before anything else
    OPEN = "open"


class Ended(StrEnum):
    """Why a session ended."""

    LOGGED_OUT = "logged-out"
    BY_PERSON = "by-person"
    WENT_ON = "went-on"  # the code came: another session took its place
    PASSWORD = "password"  # noqa: S105  a reason
    EMAIL = "email"
    FACTOR = "factor"
    ROLE = "role"
    REMOVED = "removed"


class AccessKind(StrEnum):
    """What the access log tells of."""

    LOGGED_IN = "logged-in"
    REFUSED = "refused"
    API = "api"
