"""What a business gives of itself: the fields; what is wrong with an answer the services say, not the form."""

from dataclasses import fields

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import StringField, TextAreaField

from app.services.people.particulars import Particulars


def _text(label: str, autocomplete: str, hint: str = "", **given: str) -> StringField:
    more = {"autocomplete": autocomplete, "spellcheck": "false"} | given
    return StringField(label, widget=GovTextInput(), description=hint, render_kw=more)


class ParticularsForm(FlaskForm):
    """All account data of the policy."""

    business_name = _text("Name of the business", "organization")
    company_number = _text(
        "Company registration number (optional)", "off", "8 digits, or two letters and 6 digits, such as SC123456."
    )
    vat_number = _text("VAT number (optional)", "off", "GB and 9 digits.")
    contact_name = _text("Your name", "name", "Whom we ask for when something is wrong with a number.")
    email = _text("E-mail address", "email", inputmode="email")
    landline = _text("Landline", "tel", "A landline or a mobile; both are better.", inputmode="tel")
    mobile = _text("Mobile", "off", inputmode="tel")
    billing_address = TextAreaField(
        "Billing address",
        widget=GovTextArea(),
        description="Where bills go. It is never taken as the place where a number is used.",
        render_kw={"autocomplete": "billing street-address", "spellcheck": "false", "rows": 3},
    )
    billing_postcode = _text("Billing postcode", "billing postal-code")

    def particulars(self) -> Particulars:
        """Return what was typed."""
        return Particulars(**{item.name: str(self[item.name].data or "") for item in fields(Particulars)})

    def show(self, kept: Particulars) -> None:
        """Put in what is kept."""
        for item in fields(Particulars):
            self[item.name].data = getattr(kept, item.name)
