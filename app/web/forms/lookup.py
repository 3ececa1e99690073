"""The look-up of one number: what is asked for, why, by whom, and whether they were rung back."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from wtforms import RadioField, SelectField, StringField

from app.domain.look_ups import CALL_BACKS, REASONS
from app.services.lookup.asking import Asking
from app.web.forms.fields import choices

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
EVERY_REASON = [("", "Choose the reason"), *((reason.value, words) for reason, words in REASONS.items())]


class LookUpForm(FlaskForm):
    """One field that matters, and what is recorded before it is answered."""

    number = StringField("Telephone number", widget=GovTextInput(), render_kw={**PLAIN, "inputmode": "tel"})
    reason = SelectField("Reason", choices=choices(EVERY_REASON), widget=GovSelect(), validate_choice=False)
    words = StringField(
        "In words", widget=GovTextInput(), description="For example the log of the call", render_kw=PLAIN
    )
    asked_by = StringField("Who asks", widget=GovTextInput(), description="Name and service", render_kw=PLAIN)
    call_back = RadioField(
        "Did you ring them back on a number known before?",
        choices=choices((answer.value, words) for answer, words in CALL_BACKS.items()),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def asking(self) -> Asking:
        """Return the look-up as it was typed."""
        names = ("number", "reason", "call_back", "asked_by", "words")
        return Asking(**{name: str(self[name].data or "") for name in names})
