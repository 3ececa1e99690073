"""Fields that the components do not bring along."""

from collections.abc import Iterable, Sequence
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import StringField
from wtforms.fields.choices import SelectChoice

PARTS = 3


class TypedDate(StringField):
    """A date in three parts, kept as it was typed: the rules say what is wrong with it, all findings at once.

    Its data is `2027-03-03` where the parts can be put together so, else the parts with strokes between.
    """

    widget = GovDateInput()
    raw_data: list[Any]

    def process(self, formdata: Any, data: Any = "", extra_filters: Sequence[Any] | None = None) -> None:
        """Read the three parts; a form without them leaves the date blank."""
        super().process(formdata, data if isinstance(data, str) else "", extra_filters)
        given = [str(part).strip() for part in self.raw_data or []][:PARTS]
        self.raw_data = given + [""] * (PARTS - len(given))
        if formdata is not None:
            self.data = composed(*self.raw_data)

    def show(self, day: str) -> None:
        """Put a day into the three parts, written `2027-03-03`; a blank one leaves them blank."""
        self.data, self.raw_data = day, [str(int(part)) for part in reversed(day.split("-"))] if day else [""] * PARTS


def composed(day: str, month: str, year: str) -> str:
    """Put day, month and year together."""
    if not (day or month or year):
        return ""
    parts = (day, month, year)
    if all(part.isascii() and part.isdecimal() for part in parts) and len(year) == len("2027"):
        return f"{year}-{month:0>2}-{day:0>2}"
    return "/".join(parts)


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return value and word of each option as WTForms wants them."""
    return [SelectChoice(value, word) for value, word in pairs]
