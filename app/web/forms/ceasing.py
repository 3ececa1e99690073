"""The last question before a number goes out of use."""

from flask_wtf import FlaskForm

from app.web.forms.fields import TypedDate


class CeaseForm(FlaskForm):
    """The day on which it ends."""

    on = TypedDate("Last day of use", description="Leave it blank for today")
