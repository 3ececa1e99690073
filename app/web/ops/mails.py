"""The mails that wait; in demo mode without a mail server also what they say, so that sign-up can be tried out."""

import re
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.people.letters import Letter
from app.services.people.mail import list_waiting, show_waiting
from app.web.account_words import mail_words
from app.web.desk import the_actor, the_system
from app.web.rooms import For, Room

room = Room("mails", audience=For.STAFF, needs=Permission.MANAGE_USERS, prefix="/ops/mails")


@dataclass(frozen=True)
class ShownLetter:
    """A letter as a page shows it: its text in pieces, each with the path that it leads to, if it is a link of ours."""

    to: str
    subject: str
    pieces: list[tuple[str, str]]


@room.get("")
def listing() -> ResponseReturnValue:
    """List the mails that wait, without what they say."""
    return _page([])


@room.post("")
def show() -> ResponseReturnValue:
    """Show what the mails say that wait, each this once, instead of sending them."""
    return _page(show_waiting(the_system(), the_actor()))


def _page(letters: list[Letter]) -> ResponseReturnValue:
    settings = the_system().settings
    return render_template(
        "ops/mails.html",
        waiting=list_waiting(the_system(), the_actor()),
        words=mail_words,
        letters=[_shown(letter, settings.public_url) for letter in letters],
        readable=settings.demo and not settings.mail_smtp,
        server=bool(settings.mail_smtp),
    )


def _shown(letter: Letter, site: str) -> ShownLetter:
    pieces = re.split(rf"({re.escape(site)}/[A-Za-z0-9_/-]+)", letter.text)
    return ShownLetter(
        letter.to,
        letter.subject,
        [(piece, piece.removeprefix(site) if at % 2 else "") for at, piece in enumerate(pieces)],
    )
