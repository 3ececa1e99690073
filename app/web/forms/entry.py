"""The forms at the door."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length, Optional

LONGEST = 254  # an e-mail address can be no longer (RFC 5321)
LONGEST_CODE = 60
CODE_INPUT = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}


def email_field(label: str, autocomplete: str = "username") -> StringField:
    """Return a field for an e-mail address."""
    return StringField(
        label,
        widget=GovTextInput(),
        validators=[InputRequired("Enter your e-mail address"), Length(max=LONGEST)],
        render_kw={"autocomplete": autocomplete, "spellcheck": "false", "inputmode": "email"},
    )


def old_password_field(label: str, *, needed: bool = True) -> PasswordField:
    """Return a field for the password that somebody has."""
    return PasswordField(
        label,
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your password") if needed else Optional(strip_whitespace=False), _passwords()],
        render_kw={"autocomplete": "current-password"},
    )


def new_password_field(label: str, description: str = "") -> PasswordField:
    """Return a field for a password to be: any characters, pasted or typed (ASVS 5.0, 6.2.4 to 6.2.9)."""
    return PasswordField(
        label,
        widget=GovPasswordInput(),
        description=description
        or "12 characters or more. Four words that nothing connects make a good one; a password manager too.",
        validators=[InputRequired("Choose a password"), _passwords()],
        render_kw={"autocomplete": "new-password"},
    )


def code_field(label: str, description: str, *, needed: bool = True) -> StringField:
    """Return a field for a code of the app, or a recovery code."""
    return StringField(
        label,
        widget=GovTextInput(),
        description=description,
        validators=[InputRequired("Enter the code") if needed else Optional(), Length(max=LONGEST_CODE)],
        render_kw=CODE_INPUT,
    )


def _passwords() -> Length:
    return Length(max=1000, message="A password has 128 characters at most")


class LogInForm(FlaskForm):
    """E-mail address and password; the code as well where the tries are slowed."""

    email = email_field("E-mail address")
    password = old_password_field("Password")
    code = code_field(
        "Code of your app, if you have one",
        "With a code of your app, or a recovery code, you get in at once. Leave it blank if you have none.",
        needed=False,
    )
    submit = SubmitField("Log in", widget=GovSubmitInput())


class CodeForm(FlaskForm):
    """The code that a log-in waits for."""

    code = code_field("Code", "The six digits that your app shows now, or one of your recovery codes.")
    submit = SubmitField("Continue", widget=GovSubmitInput())


class PasswordForm(FlaskForm):
    """The own password, where it has to be given once more."""

    password = old_password_field("Your password", needed=False)


class FactorCodeForm(FlaskForm):
    """The first code of an app."""

    secret = HiddenField()
    code = code_field("Code that the app shows", "Six digits. They change every 30 seconds.")
    submit = SubmitField("Finish", widget=GovSubmitInput())


class ForgottenForm(FlaskForm):
    """Whose password is forgotten."""

    email = email_field("E-mail address")
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class NewPasswordForm(FlaskForm):
    """A password chosen behind a link."""

    password = new_password_field("Choose a password")


class JoinForm(FlaskForm):
    """One who was invited."""

    name = StringField("Your name", widget=GovTextInput(), render_kw={"autocomplete": "name", "spellcheck": "false"})
    password = new_password_field("Choose a password")
