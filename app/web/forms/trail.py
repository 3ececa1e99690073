"""What to look for in the trail."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField

from app.audit.events import Action
from app.web.forms.fields import choices

ACTIONS = [("", "Everything"), *sorted((str(action), str(action).replace("_", " ").capitalize()) for action in Action)]


class TrailForm(FlaskForm):
    """What was done, and by whom."""

    action_name = SelectField("What", choices=choices(ACTIONS), widget=GovSelect(), validate_choice=False)
    actor_name = StringField("Who", widget=GovTextInput(), render_kw={"autocomplete": "off", "spellcheck": "false"})
