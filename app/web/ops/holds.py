"""What holds the nights: the brake and its release by two people, and a person's word."""

from datetime import date
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.domain.brake import RELEASES_NEEDED
from app.domain.permissions import Permission
from app.services.exports.brake import hold_nights, holds_for_people, release_night, unhold_nights
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_person, the_system
from app.web.forms.cases import WhyForm
from app.web.moments import moment
from app.web.rooms import Room
from validators.dates import written_date

PERCENT = 100


def put_views(room: Room) -> None:
    """Put the pages into the room of the night."""
    put = room.needs(Permission.RUN_EXPORT)
    room.route("/nights/<night>/release", methods=["GET", "POST"])(put(release))
    room.route("/hold", methods=["GET", "POST"])(put(hold))
    room.route("/unhold", methods=["GET", "POST"])(put(unhold))


def standing() -> list[dict[str, Any]]:
    """Return what holds the nights, with the shares of the live records that the brake counted."""
    return [_counted(held) for held in holds_for_people(the_system(), the_actor())]


def _counted(held: dict[str, Any]) -> dict[str, Any]:
    shares = {f"{name}_share": _share(held[name], held["live"]) for name in ("changes", "ceases")}
    return {
        **held,
        **shares,
        "day": date.fromisoformat(held["night"]),
        "mine": the_person().email in held["released_by"],
        "needed": RELEASES_NEEDED - len(held["released_by"]),
    }


def _share(count: int, live: int) -> str:
    return f"{PERCENT * count / live:.1f} %" if live else "no live record"


def release(night: str) -> ResponseReturnValue:
    """Ask, then give the visitor's word that a night which the brake holds may go."""
    held = next((one for one in standing() if one["kind"] == "brake" and one["night"] == night), None)
    if held is None:
        abort(404)
    given = " and ".join(held["released_by"])
    lead = (
        "You have released it already. Another person must release it too."
        if held["mine"]
        else f"{given} has released it. With your word it goes, without a further look."
        if given
        else "It takes two people: with your word it still waits for another."
    )
    question = Question(
        f"Release the night of {written_date(held['day'])}?",
        lead,
        "" if held["mine"] else "Release this night",
        url_for("tonight.show"),
        keep="Back to Tonight" if held["mine"] else "Keep it held",
        warning=True,
        facts=(
            ("Why it is held", held["why"]),
            ("Changes and ceases", f"{held['changes']} of {held['live']} live records: {held['changes_share']}"),
            ("Ceases alone", f"{held['ceases']}: {held['ceases_share']}"),
            ("Held since", moment(held["made_at"])),
            ("Released by", given or "nobody yet"),
        ),
    )

    def act() -> str:
        needed = release_night(the_system(), the_actor(), held["day"])
        if needed:
            return "Your word is kept. The night goes when another person has released it too."
        return "The night may go: it goes out within the minute, or press Send now."

    return ask(question, act)


def hold() -> ResponseReturnValue:
    """Ask for the reason, then keep every night from being built."""
    question = Question(
        "Hold the nights?",
        "No file is built until somebody lets the nights go again; what is due waits and is not lost. Urgent "
        "corrections still go.",
        "Hold the nights",
        url_for("tonight.show"),
        keep="Let them go",
        warning=True,
    )
    form = WhyForm()

    def act() -> str:
        hold_nights(the_system(), the_actor(), str(form.why.data))
        return "The nights are held."

    return ask(question, act, form=form)


def unhold() -> ResponseReturnValue:
    """Ask, then let the nights go again that a person held."""
    held = [one for one in standing() if one["kind"] == "person"]
    question = Question(
        "Let the nights go again?",
        "What is due goes out with the next night, or when you press Send now.",
        "Let them go",
        url_for("tonight.show"),
        keep="Keep them held",
        facts=tuple(("Held", f"by {one['made_by']}: {one['why']}") for one in held),
    )

    def act() -> str:
        unhold_nights(the_system(), the_actor())
        return "The nights go again."

    return ask(question, act)
