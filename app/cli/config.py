"""`eld config`: what the program was told, and by whom."""

import click

from app.cli.environment import read_settings
from app.cli.output import json_option, show, table
from app.cli.program import GuardedCommand


@click.command(cls=GuardedCommand)
@json_option([])
def config() -> None:
    """Show every setting, its value and where it came from."""
    listing = read_settings().listing()
    document = [{"name": name, "value": value, "source": source} for name, value, source in listing]
    show(document, lambda: table(["setting", "source", "value"], [(name, how, value) for name, value, how in listing]))
