"""Many numbers at one address: which numbers, and where they are used."""

from collections.abc import Iterator, Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextArea, GovTextInput
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField

from app.web.forms.fields import choices
from app.web.forms.location import LINE_TYPES, LocationForm

CARRIED = ("first", "last", "exceptions", "numbers")
# What the form of one number says of "this number".
OF_MANY = {
    "address_confirmed": "I confirm that the numbers are used at this address",
    "voip_acknowledged": "I know these limits, and whoever uses these numbers has been told them",
    "nomadic": "Whoever uses these numbers moves about with them",
    "outside_uk": "Whoever uses these numbers is outside the United Kingdom",
}
_TELEPHONE = {"autocomplete": "off", "inputmode": "tel", "spellcheck": "false"}


class BlockForm(FlaskForm):
    """The first and the last number of a block, and its exceptions."""

    first = StringField("First number", widget=GovTextInput(), render_kw=_TELEPHONE)
    last = StringField("Last number", widget=GovTextInput(), render_kw=_TELEPHONE)
    exceptions = TextAreaField(
        "Numbers of the block that are not at this address",
        widget=GovTextArea(),
        description="One on each line. They keep the address that they have, or get their own later",
        render_kw={"spellcheck": "false"},
    )


class SeveralForm(FlaskForm):
    """Numbers of the account: those ticked, and those typed or pasted."""

    at = HiddenField()
    chosen = SelectMultipleField("Numbers at this address", widget=GovCheckboxesInput(), validate_choice=False)
    typed = TextAreaField(
        "Type or paste the numbers",
        widget=GovTextArea(),
        description="One on each line, with the area code",
        render_kw={"spellcheck": "false"},
    )

    def offer(self, numbers: Sequence[str]) -> None:
        """Offer numbers, all of them ticked until somebody takes a tick away."""
        self.chosen.choices = choices([(number, number) for number in numbers])
        if not self.is_submitted():
            self.chosen.data = list(numbers)

    def numbers(self) -> list[str]:
        """Return what was ticked and what was typed."""
        return [*(self.chosen.data or []), *lines_of(self.typed.data)]


class _Carrying(LocationForm):
    """Where they are used; which numbers they are is carried along."""

    first = HiddenField()
    last = HiddenField()
    exceptions = HiddenField()
    numbers = HiddenField()

    def __init__(self, which: dict[str, str]) -> None:
        super().__init__()
        for name in CARRIED:
            self[name].data = which.get(name, "")
        for name, words in OF_MANY.items():
            self[name].label.text = words

    def answers(self) -> Iterator[tuple[str, str]]:
        """Yield what the next page carries on: `seen` belongs to the form of one number."""
        return ((name, value) for name, value in super().answers() if name != "scope")

    def _call_blank(self, words: str) -> None:
        """Say what it means that no kind of line is chosen."""
        self.line_types = dict(LINE_TYPES) | {"": words}
        self.line_type.choices = choices(self.line_types.items())


class BlockLocationForm(_Carrying):
    """Where the numbers of a block are used."""

    def __init__(self, which: dict[str, str]) -> None:
        super().__init__(which)
        self._call_blank("As it is for each number; a new number becomes a direct number of a switchboard (DDI)")


class SeveralLocationForm(_Carrying):
    """Where several numbers are used from now on; what is left blank of the rest stays."""

    def __init__(self, which: dict[str, str]) -> None:
        super().__init__(which)
        self._call_blank("As it is for each number")
        self.name.description = "Leave it blank where each number keeps the name that it has"


def lines_of(text: str | None) -> list[str]:
    """Return the lines in which something stands; commas and semicolons part numbers too."""
    parted = (text or "").replace(",", "\n").replace(";", "\n")
    return [line.strip() for line in parted.splitlines() if line.strip()]
