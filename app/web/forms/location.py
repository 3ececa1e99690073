"""Where a number is used: the form; what is wrong with an answer the rules say, not the form."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextInput
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField

from app.web.forms.fields import TypedDate, choices
from app.web.label import FIELD_NAMES
from validators.columns import PAF_COLUMNS, Location, is_yes
from validators.free_line import SplitLine, split_line
from validators.post_towns import shipped_post_towns

LINE_TYPES = (
    ("", "An ordinary line, at this address"),
    ("DDI", "A direct number of a switchboard at this address (DDI)"),
    ("EXT", "An extension that may be away from the main building (EXT)"),
    ("FNET", "A line of a private network over several sites (FNET)"),
    ("VOIP", "An internet line (VoIP): it works wherever there is internet"),
)
ALONE, ALL = "alone", "all"
PERSON = ("title", "forename", "honours")
ADDRESS = ("postcode", "premises", "thoroughfare", "locality", "post_town")
PLACE = ("latitude", "longitude")
# Answers that the record's columns hold as text.
TEXTS = (
    *ADDRESS,
    "name",
    *PERSON,
    "business_suffix",
    "reference",
    "uprn",
    *PLACE,
)
# Answers that are yes or nothing.
TICKS = ("voip_acknowledged", "nomadic", "outside_uk", "address_confirmed")


def _tick(label: str, hint: str = "") -> BooleanField:
    return BooleanField(label, widget=GovCheckboxInput(), description=hint, false_values=("", "no"))


def _text(name: str, hint: str = "", autocomplete: str = "off") -> StringField:
    return StringField(
        FIELD_NAMES[name],
        widget=GovTextInput(),
        description=hint,
        render_kw={"autocomplete": autocomplete, "spellcheck": "false"},
    )


class LocationForm(FlaskForm):
    """Postcode first, then the address, then the name that the crew looks for."""

    free_line = StringField(
        "The address on one line",
        widget=GovTextInput(),
        description="As you would write it on an envelope, with commas. You see the fields before anything is kept",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
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
    address_confirmed = _tick(
        "I confirm that the number is used at this address", "Not only billed there: somebody who dials 999 is there"
    )
    voip_acknowledged = _tick("I know these limits, and whoever uses this number has been told them")
    nomadic = _tick("Whoever uses this number moves about with it")
    outside_uk = _tick("Whoever uses this number is outside the United Kingdom")
    effective_date = TypedDate(
        FIELD_NAMES["effective_date"], description="Leave it blank for today. For a move: the day of the move"
    )
    reference = _text("reference", "Your own order or site number, if you want it in the record")
    uprn = _text("uprn", "The property's own number of up to 12 digits, if you know it")
    latitude = _text("latitude", "In decimal degrees, for example 53.7960")
    longitude = _text("longitude", "In decimal degrees, for example -1.5479: west of Greenwich with a minus")
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
        self.effective_date.show(location.effective_date)
        for name in TICKS:
            self[name].data = is_yes(getattr(location, name))

    def split(self) -> SplitLine | None:
        """Put what stands on the one line into the fields, over what stood there; None where nothing was typed.

        The customer sees the fields and confirms them; nothing is kept of it before.
        """
        line = str(self.free_line.data or "").strip()
        if not line:
            return None
        found = split_line(line, towns=shipped_post_towns())
        for name in ADDRESS:
            self[name].data = found.fields.get(name, "")
        if "name" in found.fields:
            self.name.data = found.fields["name"]
        return found

    def location(self, start: Location) -> Location:
        """Return what was typed, over what stays of `start`."""
        typed: dict[str, Any] = {name: str(self[name].data or "") for name in (*TEXTS, "line_type", "effective_date")}
        if any(typed[name].strip() != getattr(start, name).strip() for name in (*ADDRESS, "uprn")):
            # The delivery point, and elements that the form does not show, belong to the old address.
            typed |= dict.fromkeys(("udprn", *PAF_COLUMNS), "")
        ticked = {name: "yes" if self[name].data else "" for name in TICKS}
        if start.number and not ticked["outside_uk"]:
            # The form of one number is where a user abroad is said to be back: left unticked it says so (N12).
            ticked["outside_uk"] = "no"
        return replace(start, **typed, **ticked)

    def answers(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of every answer, for the pages that carry them on."""
        for field in self:
            # That a number is to be moved is said anew on each look at the answers, about what they then are.
            if field.name in {"csrf_token", "seen", "free_line", "move_confirmed"}:
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
    move_confirmed = _tick("Yes, move this number")

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
