"""The forms of one's own log-in."""

from flask_wtf import FlaskForm

from app.web.forms.entry import code_field, email_field, new_password_field, old_password_field


class ChangePasswordForm(FlaskForm):
    """The password that is, and the one to be."""

    password = old_password_field("Your password now")
    new_password = new_password_field("New password")


class ChangeEmailForm(FlaskForm):
    """Another address to log in with."""

    email = email_field("New e-mail address", "email")
    password = old_password_field("Your password")


class OwnPasswordForm(FlaskForm):
    """The password alone, given once more."""

    password = old_password_field("Your password")


class RemoveFactorForm(FlaskForm):
    """Password and code, to take the second factor away."""

    password = old_password_field("Your password")
    code = code_field("Code", "The six digits that your app shows now, or one of your recovery codes.")
