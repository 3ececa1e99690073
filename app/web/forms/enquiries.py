"""What somebody asks us, and what we say to it; what is wrong with an answer the services say, not the form."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from app.domain.enquiries import EnquiryInterest, EnquiryTopic
from app.services.enquiries.typed import TypedEnquiry
from app.web.enquiry_words import INTERESTS, TOPICS
from app.web.forms.fields import choices


def _text(label: str, autocomplete: str, hint: str = "", **given: Any) -> StringField:
    more = {"autocomplete": autocomplete, "spellcheck": "false"} | given
    return StringField(label, widget=GovTextInput(), description=hint, render_kw=more)


def _several(label: str, hint: str, rows: int) -> TextAreaField:
    return TextAreaField(label, widget=GovTextArea(), description=hint, render_kw={"rows": rows})


class EnquiryForm(FlaskForm):
    """One enquiry; `website` is left alone by people and filled in by programs."""

    topic = RadioField(
        "Whom do you want to ask?",
        choices=choices([(str(topic), TOPICS[topic]) for topic in EnquiryTopic]),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    interest = SelectField(
        "What is it about?",
        choices=choices([("", "Choose"), *((str(one), INTERESTS[one]) for one in EnquiryInterest)]),
        widget=GovSelect(),
        validate_choice=False,
    )
    name = _text("Your name", "name")
    email = _text("E-mail address", "email", "We answer to this address.", inputmode="email")
    telephone = _text("Telephone (optional)", "tel", "Only where you would like to be called.", inputmode="tel")
    business_name = _text("Name of your business (optional)", "organization")
    message = _several("Your message", "Leave out what we need not know, such as other people's names.", 8)
    consent = BooleanField("", widget=GovCheckboxInput(), false_values=("", "no"))
    website = _text("Leave this field empty", "off", tabindex="-1")

    def typed(self) -> TypedEnquiry:
        """Return what was typed."""
        words = {name: str(self[name].data or "") for name in TypedEnquiry.__dataclass_fields__ if name != "consent"}
        return TypedEnquiry(**words, consent=bool(self.consent.data))


class AnswerForm(FlaskForm):
    """What goes to the one who asked, by mail."""

    answer = _several("Answer", "It goes by mail, as it stands, with the link to what we keep.", 8)


class NoteForm(FlaskForm):
    """What stays among ourselves."""

    note = _several("Note", "For whoever works on this. It is erased with the enquiry.", 3)
