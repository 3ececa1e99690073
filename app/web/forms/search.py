"""Looking for a number: always sent as a form's body, never as part of an address."""

from flask import request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField

from app.domain.statuses import Status
from app.web.forms.fields import choices
from app.web.status_words import PLAIN, WORST_FIRST

EVERY = [("", "All"), *((status.value, PLAIN[status]) for status in WORST_FIRST)]


class SearchForm(FlaskForm):
    """A search and a status."""

    search = StringField(
        "Number, name or postcode", widget=GovTextInput(), render_kw={"autocomplete": "off", "spellcheck": "false"}
    )
    status = SelectField("Status", choices=choices(EVERY), widget=GovSelect(), validate_choice=False)

    def chosen_status(self) -> Status | None:
        """Return the status that was chosen; anything else is all of them."""
        known = {status.value: status for status in Status}
        return known.get(str(self.status.data or ""))


def page_asked() -> int:
    """Return the page that was asked for, by form or by address; anything strange is the first."""
    given = request.form.get("page") or request.args.get("page", "1")
    return max(1, int(given)) if given.isdecimal() and len(given) < len("1000000") else 1
