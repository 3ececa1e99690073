"""What every answer says to the browser about its own safety (OWASP ASVS V3 and V14)."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Links that are good once stand in paths: no address is told to anybody (ASVS 5.0, 3.4.5).
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TWO_YEARS = 2 * 365 * 24 * 3600
ASSETS = "assets.static"
KEPT = (200, 304)


def guard_answers(flask_app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer, errors too; `secure` also pins the site to TLS."""

    @flask_app.after_request
    def put_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains")
        if request.endpoint != ASSETS or response.status_code not in KEPT:
            # Pages hold addresses: no copy of them stays in a shared browser.
            response.headers["Cache-Control"] = "no-store"
        return response
