"""No other site's page acts for a visitor: a token in each form, and where the browser says it was sent from."""

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

# Every browser of our time sends this over TLS and lets no page set it. Referrers, which Flask-WTF would look at, are
# not sent (headers.py).
OUR_OWN = {"same-origin", "none"}
ONLY_LOOKS = {"GET", "HEAD", "OPTIONS"}


def guard_forms(flask_app: Flask) -> None:
    """Ask every form for its token, and refuse what another site's page sends."""
    flask_app.config["WTF_CSRF_SSL_STRICT"] = False
    CSRFProtect(flask_app)


def refuse_other_sites() -> None:
    """Raise CSRFError where the browser says that another site's page sent this."""
    if request.method not in ONLY_LOOKS and request.headers.get("Sec-Fetch-Site", "none") not in OUR_OWN:
        raise CSRFError("sent by the page of another site")
