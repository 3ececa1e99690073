"""Where a number is used: the form; what is wrong with an answer the rules say, not the form."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextInput
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField

from app.web.forms.fields import TypedDate, choices
from app.web.label import FIELD_NAMES
from validators.columns import Location

LINE_TYPES = (
    ("", "An ordinary line, at this address"),
    ("DDI", "A direct number of a switchboard at this address (DDI)"),
    ("EXT", "An extension that may be away from the main building (EXT)"),
    ("FNET", "A line of a private network over several sites (FNET)"),
    ("VOIP", "An internet line (VoIP): it works wherever there is internet"),
)
ALONE, ALL = "alone", "all"
PERSON = ("title", "forename", "honours")
# Answers that the record's columns hold as text.
TEXTS = (
    "postcode",
    "premises",
    "thoroughfare",
    "locality",
    "post_town",
    "name",
    *PERSON,
    "business_suffix",
    "reference",
    "uprn",
)


def _text(name: str, hint: str = "", autocomplete: str = "off") -> StringField:
    return StringField(
        FIELD_NAMES[name],
        widget=GovTextInput(),
        description=hint,
        render_kw={"autocomplete": autocomplete, "spellcheck": "false"},
    )


class LocationForm(FlaskForm):
    """Postcode first, then the address, then the name that the crew looks for."""

    postcode = _text("postcode", "The call is routed by it", "postal-code")
    premises = _text("premises", "House number or name, and the flat, floor or unit: what the crew looks for")
    thoroughfare = _text("thoroughfare")
    locality = _text("locality", "Village, district or estate, where it helps to find the street")
    post_town = _text("post_town")
    name = _text("name", "Of a business as it stands above the door; of a person the surname")
    business_suffix = _text("business_suffix", "Ltd, plc, a branch or a department")
    title = _text("title")
    forename = _text("forename")
    honours = _text("honours")
    line_type = RadioField(FIELD_NAMES["line_type"], choices=choices(LINE_TYPES), default="", widget=GovRadioInput())
    voip_acknowledged = BooleanField(
        "I know that a 999 call over the internet fails without power or internet, "
        "and gives this address even where the telephone was taken elsewhere",
        widget=GovCheckboxInput(),
        false_values=("", "no"),
    )
    effective_date = TypedDate(
        FIELD_NAMES["effective_date"], description="Leave it blank for today. For a move: the day of the move"
    )
    reference = _text("reference", "Your own order or site number, if you want it in the record")
    uprn = _text("uprn", "The property's own number of up to 12 digits, if you know it")
    scope = RadioField("Which numbers does this change?", choices=[], widget=GovRadioInput(), validate_choice=False)
    seen = HiddenField()

    def offer_scope(self, shared: int) -> None:
        """Ask whether the other numbers of the address move too, where there are others."""
        self.scope.choices = choices([(ALONE, "This number alone"), (ALL, f"All {shared + 1} numbers at this address")])

    def fill(self, location: Location) -> None:
        """Start from what was typed last."""
        for name in TEXTS:
            self[name].data = getattr(location, name)
        self.line_type.data = location.line_type
        self.voip_acknowledged.data = bool(location.voip_acknowledged)

    def location(self, start: Location) -> Location:
        """Return what was typed, over what stays of `start`."""
        typed: dict[str, Any] = {name: str(self[name].data or "") for name in (*TEXTS, "line_type", "effective_date")}
        moved = any(typed[name].strip() != getattr(start, name).strip() for name in ("postcode", "premises", "uprn"))
        if moved:
            # Coordinates and the delivery point belong to the old address.
            typed |= {"latitude": "", "longitude": "", "udprn": ""}
        return replace(start, **typed, voip_acknowledged="yes" if self.voip_acknowledged.data else "")

    def answers(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of every answer, for the pages that carry them on."""
        for field in self:
            if field.name in {"csrf_token", "seen"}:
                continue
            for value in _values(field):
                yield field.name, value


class NewNumberForm(LocationForm):
    """The same, with the number in front."""

    number = StringField(
        FIELD_NAMES["number"],
        widget=GovTextInput(),
        description="With its area code, as it is dialled in the UK",
        render_kw={"autocomplete": "off", "inputmode": "tel", "spellcheck": "false"},
    )

    def location(self, start: Location) -> Location:
        """Return what was typed, the number too."""
        return replace(super().location(start), number=str(self.number.data or ""))


def _values(field: Field) -> list[str]:
    if isinstance(field, TypedDate):
        return [str(part) for part in field.raw_data or []]
    if isinstance(field, BooleanField):
        return ["yes"] if field.data else []
    return [str(field.data)] if field.data else []


def blank_location() -> Location:
    """Return a location in which nothing was typed yet."""
    return Location()


def typed_values(location: Location) -> dict[str, str]:
    """Return the columns of a location as text."""
    return {name: str(value) for name, value in asdict(location).items()}
