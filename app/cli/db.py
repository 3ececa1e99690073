"""`eld db`: the database itself."""

import click

from app.cli.environment import read_settings
from app.cli.output import json_option, show
from app.cli.program import CommandGroup
from app.services.setup import set_up


@click.group(cls=CommandGroup)
def db() -> None:
    """Create or migrate the database."""


@db.command()
@json_option({"database": None, "logins": []})
def upgrade() -> None:
    """Create or migrate the schema, with folders and keys; in demo mode the demo account and users too."""
    settings = read_settings()
    logins = set_up(settings)
    database = next(value for name, value, _ in settings.listing() if name == "ELD_DATABASE_URL")
    people = [{"email": login.email, "password": login.password, "role": str(login.role)} for login in logins]
    show(
        {"database": database, "logins": people},
        lambda: [
            f"{database} is up to date",
            *(f"demo log-in: {login.email}  password {login.password}  ({login.role})" for login in logins),
        ],
    )
