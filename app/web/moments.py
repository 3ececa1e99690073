"""Times and dates as people say them, in the provider's time zone: `today at 02:00`, `3 March 2027`."""

from datetime import date, datetime, timedelta
from typing import cast

from flask import Flask, g, has_request_context
from markupsafe import Markup, escape

from app.services.exports.tonight import next_night
from app.web.desk import the_moment, the_system
from validators.dates import written_date

NEAR = {0: "today", 1: "tomorrow", -1: "yesterday"}


def spoken_day(day: date, today: date) -> str:
    """Return `today`, `tomorrow`, `yesterday` or the date."""
    return NEAR.get((day - today).days) or written_date(day)


def spoken_moment(moment: datetime, now: datetime) -> str:
    """Return a moment in words; both are aware, and told in the zone of `now`."""
    there = moment.astimezone(now.tzinfo)
    return f"{spoken_day(there.date(), now.date())} at {there:%H:%M}"


def spoken_length(length: timedelta) -> str:
    """Return a length of time in its largest whole unit: `3 days`, `5 hours`, `1 minute`."""
    seconds = int(length.total_seconds())
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = seconds // size
        if count >= 1:
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def read_moment(value: datetime | date | str | None) -> datetime | date | None:
    """Take a moment or a day as the services hand it over: an object, or ISO text from a JSON shape."""
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value) if "T" in value or " " in value.strip() else date.fromisoformat(value)


def moment(value: datetime | date | str | None) -> Markup:
    """Show a moment or a day, with its exact form as the title."""
    read = read_moment(value)
    if read is None:
        return Markup("")
    now = the_moment()
    if isinstance(read, datetime):
        there = read.astimezone(now.tzinfo)
        words, exact = spoken_moment(read, now), f"{written_date(there.date())}, {there:%H:%M:%S %Z}"
    else:
        words, exact = written_date(read), f"{read:%A}, {written_date(read)}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(read.isoformat(), escape(exact), words)


def age(value: datetime | date | str | None) -> str:
    """Say how long ago something was."""
    read = read_moment(value)
    if read is None:
        return ""
    now = the_moment()
    if isinstance(read, datetime):
        return spoken_length(now - read)
    days = (now.date() - read).days
    return f"{days} day{'' if days == 1 else 's'}"


def next_run() -> datetime:
    """Return when the night's file goes out next, asked once for a page; past where a night is overdue."""
    if not has_request_context():
        return next_night(the_system())
    if "next_run" not in g:
        g.next_run = next_night(the_system())
    return cast("datetime", g.next_run)


def goes_out(due: datetime | date | str | None) -> datetime | None:
    """Return when what is due on a day goes out; None where that is with the next file, and the night is overdue."""
    read, run = read_moment(due), next_run()
    day = read.date() if isinstance(read, datetime) else read
    if day is not None and day > run.date():
        return datetime.combine(day, the_system().settings.export_at, run.tzinfo)
    return run if run > the_moment() else None


def teach_moments(flask_app: Flask) -> None:
    """Give the templates `moment`, `age` and `day`."""
    flask_app.add_template_filter(moment)
    flask_app.add_template_filter(age)
    flask_app.add_template_filter(written_date, "day")
    flask_app.add_template_filter(goes_out)
