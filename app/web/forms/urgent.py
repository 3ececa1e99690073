"""The urgent correction of one number: where it is, and which incident showed that it was wrong."""

from collections.abc import Iterator

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovTextInput
from wtforms import BooleanField, HiddenField, StringField

from app.web.forms.cases import FIXABLE
from app.web.label import FIELD_NAMES
from validators.columns import PAF_COLUMNS, Location

PLACE = ("postcode", "premises", "thoroughfare", "locality", "post_town")
# What the form does not show, and what belongs to the address that was wrong.
OF_THE_OLD_ADDRESS = ("udprn", "latitude", "longitude", *PAF_COLUMNS)


class UrgentForm(FlaskForm):
    """The columns of the record, the incident, and that an address which is billed is the right one all the same."""

    incident = StringField(
        "Incident",
        widget=GovTextInput(),
        description="The reference of the wrong-location call, as in INC-2041: letters, digits and _ . / -",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    address_confirmed = BooleanField(
        "The number is used at this address", widget=GovCheckboxInput(), false_values=("", "no")
    )
    seen = HiddenField()

    def fill(self, location: Location) -> None:
        """Start from what was typed last."""
        for name in FIXABLE:
            self[name].data = getattr(location, name)

    def changes(self, location: Location) -> dict[str, str]:
        """Return what differs from what was typed last; what belongs to an address goes with it."""
        given = {name: str(self[name].data or "").strip() for name in FIXABLE}
        changed = {name: value for name, value in given.items() if value != getattr(location, name).strip()}
        if any(name in changed for name in PLACE):
            changed |= {name: "" for name in OF_THE_OLD_ADDRESS if getattr(location, name)}
        return changed | ({"address_confirmed": "yes"} if changed and self.address_confirmed.data else {})

    def answers(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of every answer, for the page that carries them on."""
        for name in ("incident", "seen", *FIXABLE):
            yield name, str(self[name].data or "")
        if self.address_confirmed.data:
            yield "address_confirmed", "yes"


for _name in FIXABLE:
    setattr(
        UrgentForm,
        _name,
        StringField(
            FIELD_NAMES[_name], widget=GovTextInput(), render_kw={"autocomplete": "off", "spellcheck": "false"}
        ),
    )
