"""What every step of a log-in ends with: cookies, and the page that comes next."""

from urllib.parse import urlsplit

from flask import flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from app.services.people.logging_in import LogInAnswer, Step, log_in
from app.services.people.sessions import log_out
from app.web.cookies import DEVICE, VISIT, give_cookie
from app.web.desk import the_system, the_visit, the_visiting
from app.web.navigation import front_door


def go_on(answer: LogInAnswer) -> Response:
    """Lead on to what comes after a step that did not fail."""
    if answer.step is Step.CODE:
        return with_cookies(redirect(url_for("entry.give_code", next=asked_for()), 303), answer)
    said = session.get("_flashes")
    session.clear()  # nothing of the visitor before the log-in is carried into it but what is still to be said
    if said:
        session["_flashes"] = said
    if answer.step is Step.SET_UP or answer.person is None:
        return with_cookies(redirect(url_for("set_up.show"), 303), answer)
    return with_cookies(redirect(asked_for() or front_door(answer.person.actor()), 303), answer)


def with_cookies(page: ResponseReturnValue, answer: LogInAnswer) -> Response:
    """Return the page with the tokens that the browser is to keep."""
    response = make_response(page)
    if answer.session_token:
        give_cookie(response, VISIT, answer.session_token)
    if answer.device_token:
        give_cookie(response, DEVICE, answer.device_token)
    return response


def asked_for() -> str | None:
    """Return the page that was asked for before the log-in, where it is a path of this site (ASVS 5.0, 3.7.2)."""
    target = request.args.get("next")
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if not target.isprintable():  # a line break can stand in no header
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def enter(email: str, password: str, welcome: str) -> Response:
    """Log in one who has just chosen a password behind a link; whoever was logged in here before is so no more."""
    system, visit, before = the_system(), the_visit(), the_visiting()
    if before is not None:
        log_out(system, before.person.actor(visit.address), before.session_id)
    answer = log_in(system, email, password, visit)
    flash(welcome, "done")
    if answer.step in (Step.WRONG, Step.WAIT):
        return make_response(redirect(url_for("entry.log_in"), 303))
    return go_on(answer)
