"""Shapes of arguments that several commands take."""

from datetime import date
from pathlib import Path

import click

ID = click.IntRange(1, 2**31 - 1)  # what both kinds of database can be asked for
REFERENCE_DIGITS = 12
DATA_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Day(click.ParamType[date]):
    """A calendar day, written 2026-11-24."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day; anything else is wrong usage."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is not a day, written as 2026-11-24", param, ctx)


class Assignment(click.ParamType[tuple[str, str]]):
    """FIELD=VALUE, where FIELD is a column of the CSV of locations."""

    name = "FIELD=VALUE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first `=`; a blank value empties the field."""
        if isinstance(value, tuple):
            return value
        field, equals, content = str(value).partition("=")
        if not equals or not field.strip():
            self.fail(f"{value} is not FIELD=VALUE, as in premises='Unit 3'", param, ctx)
        return field.strip(), content


class Reference(click.ParamType[int]):
    """The number of a transaction, alone or as the end of its reference: 999/999/000000003245."""

    name = "N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        text = str(value).rpartition("/")[2]
        if not (text.isascii() and text.isdigit()) or len(text) > REFERENCE_DIGITS:
            self.fail(f"{value} is no transaction's number, as in 999/999/000000003245 or 3245", param, ctx)
        return int(text)
