"""A link that is good no more: what to do instead, and not whether it ever was one."""

from typing import NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue


class Instead(NamedTuple):
    """What somebody does whose link is spent: a sentence, and a link to where it is done."""

    advice: str
    endpoint: str
    text: str


LOG_IN = "If you used it already, log in."
SIGN_UP = Instead(f"A link to confirm a sign-up is good for 24 hours. {LOG_IN}", "sign_up.begin", "Sign up again")
RESET = Instead(
    "A link for a new password is good for an hour, and the latest alone.", "reset.ask", "Ask for another link"
)
JOIN = Instead(
    f"An invitation is good for a week, unless withdrawn. {LOG_IN} Else ask whoever invited you to send it again.",
    "entry.log_in",
    "Log in",
)
EMAIL = Instead(
    "A link to confirm an e-mail address is good for 24 hours, and the latest alone. Log in to ask for another one.",
    "entry.log_in",
    "Log in",
)


def spent_page(instead: Instead) -> ResponseReturnValue:
    """Say that a link cannot be used, and what can."""
    return render_template("door/spent.html", instead=instead), 410
