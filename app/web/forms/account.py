"""The forms of an account: its people, its keys."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextInput
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.domain.actors import AccountRole
from app.services.api_keys import LONGEST_NAME
from app.web.account_words import ACCOUNT_ROLES
from app.web.forms.entry import email_field
from app.web.forms.fields import choices


class RoleForm(FlaskForm):
    """What somebody is in the account."""

    account_role = RadioField(
        "Role", choices=choices(ACCOUNT_ROLES), widget=GovRadioInput(), validators=[InputRequired("Choose a role")]
    )

    def chosen(self) -> AccountRole:
        """Return the role; call it once the form is valid."""
        return AccountRole(self.account_role.data)


class InviteForm(RoleForm):
    """Who is invited, as what."""

    email = email_field("E-mail address", "off")


class KeyForm(FlaskForm):
    """A new key: what will use it, and for what."""

    name = StringField(
        "Name",
        widget=GovTextInput(),
        description="What will use it, for example “Billing system”",
        validators=[InputRequired("Give the key a name"), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        "What may it do?", choices=[], widget=GovCheckboxesInput(), validators=[InputRequired("Choose at least one")]
    )
