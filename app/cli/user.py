"""`eld user`: staff users, and the mails to people that wait."""

import secrets
import sys
from dataclasses import asdict
from datetime import datetime

import click

from app.cli.output import Text, json_option, show, table
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.domain.actors import STAFF_ROLES, Role
from app.services.accounts import add_user
from app.services.people.mail import list_waiting, show_waiting

PASSWORD_BYTES = 15  # 20 letters


@click.group(cls=CommandGroup)
def user() -> None:
    """Manage staff users; see the mails to people that wait."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in STAFF_ROLES]))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@json_option({"id": None})
def add(email: str, role: str, *, password_stdin: bool) -> None:
    """Add a member of staff; a password is made and shown once, unless it comes on standard input."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    password = secrets.token_urlsafe(PASSWORD_BYTES) if given is None else given
    with opened() as (system, actor):
        user_id = add_user(system, actor, email, Role(role), password)
    made = {"password": password} if given is None else {}
    show(
        {"id": user_id, "email": email, "role": role, **made},
        lambda: [
            f"user {user_id} added: {email}, {role}",
            *(f"password, shown this once: {value}" for value in made.values()),
        ],
    )


@user.command()
@json_option([])
def mail() -> None:
    """Show the mails that wait: in demo mode without a mail server what they say, each once; else how they stand."""
    with opened() as (system, actor):
        if system.settings.demo and not system.settings.mail_smtp:
            letters = show_waiting(system, actor)
            shown = [{"to": letter.to, "subject": letter.subject, "text": letter.text} for letter in letters]
            show(shown, lambda: _letters(shown))
            return
        waiting = [asdict(line) for line in list_waiting(system, actor)]
    headings = ["id", "kind", "since", "tries", "next try", "fault"]
    show(
        waiting,
        lambda: (
            table(headings, [[_plain(value) for value in line.values()] for line in waiting])
            if waiting
            else ["no mail waits"]
        ),
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _letters(shown: list[dict[str, str]]) -> Text:
    if not shown:
        yield "no mail waits"
    for letter in shown:
        yield f"To: {letter['to']}"
        yield f"Subject: {letter['subject']}"
        yield ""
        yield from letter["text"].splitlines()
        yield ""
