"""The forms of webhooks."""

from datetime import timedelta

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextInput
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from app.web.forms.fields import choices
from app.web.status_words import PLAIN, WORST_FIRST

SPANS = {
    "1": "the last hour",
    "24": "the last 24 hours",
    "72": "the last 3 days",
    "168": "the last 7 days",
    "720": "the last 30 days: all that is kept",
}


class WebhookForm(FlaskForm):
    """Where to, and what of; what is wrong with them the service says, all at once."""

    url = StringField(
        "Address",
        widget=GovTextInput(),
        description="Of your own server, beginning with https://. It must not lead into a private network.",
        filters=[lambda typed: (typed or "").strip()],
        render_kw={"type": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    statuses = SelectMultipleField(
        "Tell it when a number comes to",
        choices=choices((status.value, PLAIN[status]) for status in WORST_FIRST),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )


class ReplayForm(FlaskForm):
    """Since when everything is sent again."""

    hours = RadioField(
        "Send again what happened in",
        choices=choices(SPANS.items()),
        widget=GovRadioInput(),
        validators=[InputRequired("Choose since when")],
    )

    def span(self) -> timedelta:
        """Return the length of time that was chosen."""
        return timedelta(hours=int(self.hours.data))
