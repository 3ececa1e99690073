"""The forms of the console's own people, and of looking for an account."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from app.domain.actors import Role
from app.web.account_words import STAFF_WORDS
from app.web.forms.entry import email_field
from app.web.forms.fields import choices


class StaffRoleForm(FlaskForm):
    """What a member of staff is."""

    role = RadioField(
        "Role", choices=choices(STAFF_WORDS), widget=GovRadioInput(), validators=[InputRequired("Choose a role")]
    )

    def chosen(self) -> Role:
        """Return the role; call it once the form is valid."""
        return Role(self.role.data)


class StaffForm(StaffRoleForm):
    """Who is added, as what."""

    email = email_field("E-mail address", "off")


class AccountSearchForm(FlaskForm):
    """Which account is looked for."""

    name = StringField(
        "Name of the account", widget=GovTextInput(), render_kw={"autocomplete": "off", "spellcheck": "false"}
    )
