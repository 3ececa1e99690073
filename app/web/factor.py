"""Setting a second factor up, wherever it is begun: square and secret, first code, recovery codes."""

import re

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.domain.actors import Actor
from app.errors import NotFound, Refused
from app.services.people.second_factor import NewFactor, confirm_second_factor, factor_of
from app.web.desk import the_system
from app.web.findings import place, summary_of
from app.web.forms.entry import FactorCodeForm
from app.web.navigation import front_door

SECRET = re.compile(r"[A-Z2-7]{32}")
SVG = re.compile(r"<svg\b.*</svg>", re.DOTALL)


def factor_page(form: FactorCodeForm, made: NewFactor, action: str, back: str | None) -> ResponseReturnValue:
    """Show the secret, as a square and in letters, and ask for the first code.

    The page carries the secret along, so that a slip in the code does not begin all anew; the services keep their own.
    """
    form.secret.data = made.secret
    drawn = SVG.search(made.svg)
    square = Markup(drawn[0]) if drawn else ""  # noqa: S704  drawn by the service, of numbers alone
    letters = " ".join(made.secret[at : at + 4] for at in range(0, len(made.secret), 4))
    problems = summary_of(form)
    page = render_template(
        "own/factor.html", form=form, square=square, letters=letters, action=action, back=back, problems=problems
    )
    return page, 422 if problems else 200


def confirm(actor: Actor, session_id: int, action: str, begin: str) -> ResponseReturnValue:
    """Take the first code and show the recovery codes, this once; `begin` is where it begins anew."""
    form, system = FactorCodeForm(), the_system()
    secret = form.secret.data or ""
    if not SECRET.fullmatch(secret):
        return redirect(begin, 303)
    made = factor_of(system, actor, secret)
    if not form.validate():
        return factor_page(form, made, action, None)
    try:
        codes = confirm_second_factor(system, actor, str(form.code.data), session_id, shown=secret)
    except NotFound:
        flash("The second factor was set up already, or begun anew elsewhere.")
        return redirect(begin, 303)
    except Refused as refused:
        place(form, refused.problems)
        return factor_page(form, made, action, None)
    return recovery_page(codes, "Your second factor is set up", front_door(actor))


def recovery_page(codes: list[str], heading: str, onward: str) -> ResponseReturnValue:
    """Show recovery codes, which no page shows again."""
    return render_template("own/recovery_codes.html", codes=codes, heading=heading, onward=onward)
