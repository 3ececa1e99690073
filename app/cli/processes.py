"""The commands that run until they are stopped."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from app.cli.program import GuardedCommand

if TYPE_CHECKING:
    from app.settings import Settings


def process_command(name: str, work: Callable[["Settings"], None], sentence: str) -> click.Command:
    """Return the command `name`, which reads the settings and hands them to `work`."""

    @click.command(name, cls=GuardedCommand, help=sentence)
    def process() -> None:
        from app.cli.environment import read_settings  # noqa: PLC0415  `eld --help` reads no settings

        work(read_settings())

    return process
