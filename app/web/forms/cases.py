"""What can be done to a case: mend it, close it with a reason."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.web.forms.fields import TypedDate, choices
from app.web.forms.location import ALL, ALONE
from app.web.label import FIELD_NAMES

FIXABLE = (
    "postcode",
    "premises",
    "thoroughfare",
    "locality",
    "post_town",
    "name",
    "title",
    "forename",
    "honours",
    "business_suffix",
    "line_type",
    "reference",
    "uprn",
)


class FixForm(FlaskForm):
    """Every column that a correction may set; only what differs from what was typed is handed on."""

    scope = RadioField("Which numbers does this mend?", choices=[], default=ALONE, widget=GovRadioInput())
    effective_date = TypedDate("In use from", description="Leave it blank for today")
    seen = HiddenField()

    def offer_scope(self, shared: int) -> None:
        """Offer to change the shared address for all."""
        self.scope.choices = choices(
            [(ALONE, "This number alone: it leaves the shared address"), (ALL, f"All {shared + 1} numbers")]
        )


for _name in FIXABLE:
    setattr(
        FixForm,
        _name,
        StringField(
            FIELD_NAMES[_name], widget=GovTextInput(), render_kw={"autocomplete": "off", "spellcheck": "false"}
        ),
    )


class WhyForm(FlaskForm):
    """A reason, that somebody will read years later."""

    why = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="One sentence, without personal details: it stays in the trail",
        validators=[InputRequired("Say why"), Length(max=500, message="At most 500 characters")],
        render_kw={"rows": 3},
    )


class NoteForm(FlaskForm):
    """What a person wants the next one to know of a case."""

    text = TextAreaField(
        "Note",
        widget=GovTextArea(),
        description="For whoever works on this case. It is kept, and can be erased where it names somebody",
        validators=[
            InputRequired("Write what the note is to say"),
            Length(max=1000, message="At most 1,000 characters"),
        ],
        render_kw={"rows": 3},
    )


class GiveForm(FlaskForm):
    """Whose a case is to be."""

    owner = SelectField("Person", widget=GovSelect(), validators=[InputRequired("Choose a person")])
