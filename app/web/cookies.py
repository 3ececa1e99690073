"""The cookies that the house gives: who visits, and which device was here before; none is readable by a script."""

from datetime import timedelta

from flask import current_app, request
from werkzeug import Response

VISIT = "eld_visit"
DEVICE = "eld_device"
SIGN_UP = "eld_sign_up"
# As long as the services remember what stands behind them; that of the visit ends with the browser, and there too.
KEPT_FOR = {VISIT: None, DEVICE: timedelta(days=180), SIGN_UP: timedelta(days=2)}


def secure_name(name: str, *, secure: bool) -> str:
    """Return the name of a cookie; the prefix keeps other hosts of the domain from setting it (ASVS 5.0, 3.3.1)."""
    return f"__Host-{name}" if secure else name


def cookie(name: str) -> str:
    """Return what the visitor brought back, or nothing."""
    return request.cookies.get(secure_name(name, secure=_secure()), "")


def give_cookie(response: Response, name: str, token: str) -> None:
    """Have the browser keep a token, for this site alone."""
    response.set_cookie(
        secure_name(name, secure=_secure()),
        token,
        max_age=KEPT_FOR[name],
        path="/",
        secure=_secure(),
        httponly=True,
        samesite="Lax",
    )


def take_cookie(response: Response, name: str) -> None:
    """Have the browser forget a token."""
    response.delete_cookie(
        secure_name(name, secure=_secure()), path="/", secure=_secure(), httponly=True, samesite="Lax"
    )


def _secure() -> bool:
    # A demonstration runs on loopback, without TLS.
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
