"""The one place where a command opens the system and learns for whom it acts."""

import ipaddress
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from app.cli.environment import read_settings
from app.cli.output import ZONE
from app.cli.program import ACTS_AS
from app.domain.actors import Actor, Role
from app.services.system import System, open_system


@contextmanager
def opened() -> Iterator[tuple[System, Actor]]:
    """Open the installation for one command and give it with the actor: `--as`, or who is logged in here."""
    system = open_system(read_settings())
    try:
        meta = click.get_current_context().meta
        meta[ZONE] = system.settings.timezone
        email = meta.get(ACTS_AS)
        yield system, operator() if email is None else _member_of_staff(system, email)
    finally:
        system.database.dispose()


def operator() -> Actor:
    """Return the actor of a command without `--as`: the login name, with the operations role."""
    return Actor(f"cli:{_login_name()}", Role.OPERATIONS, origin=_came_from())


def _member_of_staff(system: System, email: str) -> Actor:
    # Here, since what checks passwords takes longer to load than most commands take to run.
    from app.services.accounts import staff_actor  # noqa: PLC0415

    return replace(staff_actor(system, email), origin=_came_from())


def _login_name() -> str:
    """Return the name of the process's user; not from the environment, which anybody can set for the trail."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def _came_from() -> str:
    """Return the address that a remote shell came from, nothing at the machine itself."""
    address, *_ = os.environ.get("SSH_CONNECTION", "").split() or [""]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
