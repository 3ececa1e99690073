"""Many numbers at once: the upload, and the choice of what to apply."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput, GovSelect
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from app.web.forms.fields import choices

GOOD, EVERY = "good", "all"


class UploadForm(FlaskForm):
    """A CSV file."""

    file = FileField(
        "CSV file",
        widget=GovFileInput(),
        validators=[FileRequired("Choose the CSV file")],
        render_kw={"accept": ".csv,text/csv"},
    )


class AccountUploadForm(UploadForm):
    """A CSV file of an account."""

    account = SelectField("Account", widget=GovSelect(), validators=[InputRequired("Choose the account")])


class ApplyForm(FlaskForm):
    """Good rows only, or all or nothing."""

    rows = RadioField(
        "What should be applied?",
        choices=choices(
            [
                (GOOD, "The good rows only: the refused ones stay as they are"),
                (EVERY, "All rows or none: mend the file first"),
            ]
        ),
        widget=GovRadioInput(),
        validators=[InputRequired("Say what should be applied")],
    )
