"""What the mails say: plain text, one purpose each, and nothing that a stranger could use."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.people import LinkKind, MailKind
from app.services.alarms.conditions import in_words
from app.services.system import System

# Where the link leads; the token stands behind the slash. Asking for such a page uses nothing up, only its form does:
# mail scanners follow every link.
PATHS = {
    LinkKind.SIGN_UP: "sign-up/confirm",
    LinkKind.INVITATION: "join",
    LinkKind.NEW_EMAIL: "e-mail/confirm",
    LinkKind.RESET: "password/reset",
}


@dataclass(frozen=True)
class Letter:
    """One mail; `key` is the same whenever the same mail is sent again."""

    key: str
    to: str
    subject: str
    text: str
    at: datetime


def link_to(system: System, kind: LinkKind, token: str) -> str:
    """Return the address that a mail names."""
    return f"{system.settings.public_url}/{PATHS[kind]}/{token}"


def subject_and_text(system: System, kind: MailKind, facts: dict[str, str], link: str) -> tuple[str, str]:
    """Return the words of a mail."""
    us = system.settings.cp_name
    subject, body = WORDS[kind]
    known = {"us": us, "link": link, "site": system.settings.public_url, "by": "", "account": "", "role": ""}
    words = known | _spoken(system, facts)
    return subject.format_map(words), f"{body.format_map(words)}\n\n{us}\n"


def taken_text(system: System) -> tuple[str, str]:
    """Return what is said to one whose address has a log-in already, whatever it was asked for."""
    us, site = system.settings.cp_name, system.settings.public_url
    return (
        f"You have a log-in at {us} already",
        (
            f"Somebody, perhaps you, gave this e-mail address for a log-in at {us}. It has one already.\n\n"
            f"To log in: {site}/log-in\nIf you do not know the password: {site}/password/forgotten\n\n"
            f"If it was not you, there is nothing to do: nothing was changed.\n\n{us}\n"
        ),
    )


def _spoken(system: System, facts: dict[str, str]) -> dict[str, str]:
    """Write moments as people say them."""
    spoken = dict(facts)
    if "at" in facts:
        spoken["at"] = in_words(datetime.fromisoformat(facts["at"]), system.settings.timezone)
    return spoken


ENQUIRY_LINK = (
    "By this link you see what we keep of your enquiry, can object to its use, and can withdraw your consent, which"
    " erases it at once. You need no account, and the link stays good until then:\n\n{link}"
)
NOT_YOU = "If this was not you, change your password at {site} and end the other sessions there, then tell us."
WORDS: dict[MailKind, tuple[str, str]] = {
    MailKind.SIGN_UP: (
        "Confirm your e-mail address for {us}",
        (
            "Somebody, perhaps you, is opening an account at {us} with this e-mail address. To go on, open this link"
            " within 24 hours and choose a password:\n\n{link}\n\nIf it was not you, there is nothing to do: without"
            " the link no account is opened."
        ),
    ),
    MailKind.INVITATION: (
        "{account} invites you to {us}",
        (
            "{by} invites you to the account of {account} at {us}, as {role}. To accept, open this link within 7 days"
            " and choose a password:\n\n{link}\n\nIf you do not know them, there is nothing to do."
        ),
    ),
    MailKind.NEW_EMAIL: (
        "Confirm your new e-mail address for {us}",
        (
            "You asked to log in at {us} with this e-mail address from now on. To confirm, open this link within 24"
            " hours:\n\n{link}\n\nIf it was not you, there is nothing to do: without the link nothing changes."
        ),
    ),
    MailKind.RESET: (
        "Choose a new password for {us}",
        (
            "Somebody, perhaps you, asked for a new password for {us}. To choose one, open this link within an"
            " hour:\n\n{link}\n\nAll sessions end then. If it was not you, there is nothing to do: your"
            " password is as it was."
        ),
    ),
    MailKind.STAFF: (
        "You have a log-in at {us}",
        (
            "An administrator of {us} made you a log-in of its operations console, as {role}. To choose a password,"
            " open this link within an hour:\n\n{link}\n\nIf it is too old by then, have another one sent:"
            " {site}/password/forgotten\n\nOnce you log in you set up a second factor: have an app for codes at hand."
        ),
    ),
    MailKind.NEW_LOG_IN: (
        "New log-in at {us}",
        (
            "Somebody logged in as you at {us}, {at}, with {device} that was not used before, from {origin}.\n\n"
            f"If it was you, there is nothing to do. {NOT_YOU}"
        ),
    ),
    MailKind.EMAIL_CHANGED: (
        "Your e-mail address at {us} was changed",
        (
            "You no longer log in at {us} with this e-mail address, but with another one that was confirmed, {at}.\n\n"
            "If this was not you, tell us at once: this address cannot change it back."
        ),
    ),
    MailKind.PASSWORD_CHANGED: (
        "Your password at {us} was changed",
        f"Your password at {{us}} was changed, {{at}}. All other sessions have ended.\n\n{NOT_YOU}",
    ),
    MailKind.SECOND_FACTOR_CHANGED: (
        "Your second factor at {us} was changed",
        f"The second factor of your log-in at {{us}} was {{how}}, {{at}}.\n\n{NOT_YOU}",
    ),
    MailKind.ENQUIRY_RECEIVED: (
        "We have your enquiry at {us}",
        (
            "Somebody, perhaps you, wrote to {us} and gave this e-mail address for the answer. A person reads it and"
            " answers by mail.\n\n"
            f"{ENQUIRY_LINK}\n\nIf it was not you, open the link and withdraw it: nothing is kept"
            " then, and nobody writes to you again."
        ),
    ),
    MailKind.ENQUIRY_ANSWERED: (
        "Our answer to your enquiry at {us}",
        f"{{answer}}\n\n----\n{ENQUIRY_LINK}",
    ),
    MailKind.MESSAGE: (
        "You have a message at {us}",
        (
            "Our operations wrote to you about one of your numbers. To read it and to answer, log"
            " in:\n\n{site}/messages\n\nIt is not repeated here, since a mail can be read on its way."
        ),
    ),
    MailKind.CODES_TRIED: (
        "Somebody knows your password at {us}",
        (
            "Somebody gave your password at {us} and then wrong codes, several times. They did not get in. If it was"
            " not you, change your password now: {site}/password/forgotten"
        ),
    ),
    MailKind.WEBHOOK_OFF: (
        "Your webhook at {us} was switched off",
        (
            "The address at {host} took nothing that {us} told it for three days. It was switched off, {at}: nothing"
            " more is sent there until you turn it on again. Then ask for what it missed to be sent again:"
            " it is kept for 30 days. You find both, and every try, under Webhooks in your account: {site}"
        ),
    ),
}
