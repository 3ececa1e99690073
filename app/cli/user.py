"""`eld user`: staff users."""

import secrets
import sys

import click

from app.cli.output import json_option, show
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.domain.actors import STAFF_ROLES, Role
from app.services.accounts import add_user

PASSWORD_BYTES = 15  # 20 letters


@click.group(cls=CommandGroup)
def user() -> None:
    """Manage staff users."""


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
