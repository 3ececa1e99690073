"""What to look for in the trail."""

from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField

from app.audit.events import Action
from app.web.forms.fields import TypedDate, choices

PLAIN_TEXT = {"autocomplete": "off", "spellcheck": "false"}


def action_words(action: str) -> str:
    """Return an action as people read it: `Case opened`."""
    return action.replace("_", " ").capitalize()


class TrailForm(FlaskForm):
    """What was done, by whom, to what, and when."""

    action_name = SelectField("What", choices=[], widget=GovSelect(), validate_choice=False)
    actor_name = StringField(
        "Who", widget=GovTextInput(), description="E-mail address, user-12, scheduler", render_kw=PLAIN_TEXT
    )
    subject = StringField("About", widget=GovTextInput(), description="Such as case 12, or file", render_kw=PLAIN_TEXT)
    first = TypedDate("From")
    last = TypedDate("Until")

    def offer(self, used: Iterable[Action]) -> None:
        """Offer the actions that stand in the trail."""
        words = sorted((str(action), action_words(action)) for action in used)
        self.action_name.choices = choices([("", "Everything"), *words])

    def about(self) -> tuple[str, str]:
        """Return kind and id of what is looked for."""
        kind, _, name = " ".join(str(self.subject.data or "").split()).partition(" ")
        return kind.lower(), name

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and the last day; one that is no date gets its error, and is none."""
        return _day(self.first), _day(self.last)

    @property
    def further(self) -> bool:
        """Say whether more than what, who and about is asked for."""
        return bool(self.first.data or self.last.data)


def _day(field: TypedDate) -> date | None:
    typed = str(field.data or "")
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        field.errors = [f"{field.label.text} must be a real date, such as 3 3 2027"]
        return None
