"""What operations and a customer write to each other."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField


class MessageForm(FlaskForm):
    """One message; what is wrong with it the services say, not the form."""

    text = TextAreaField("Message", widget=GovTextArea(), description="In plain words", render_kw={"rows": 5})
