"""The word of a status in its tag, and the sentence under it (the same words on every page)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from app.domain.statuses import Status
from app.services.deadlines import working_days_after
from app.services.overview import NumberLine
from app.web.desk import is_staff, the_moment, the_system
from app.web.label import one_line
from app.web.moments import goes_out, moment, next_run, read_moment
from validators.dates import written_date

COLOURS: dict[Status, str] = {
    Status.NEEDS_ADDRESS: "red",
    Status.IN_REVIEW: "yellow",
    Status.WAITING: "blue",
    Status.SENT: "blue",
    Status.LIVE: "green",
    Status.REJECTED: "red",
    Status.PORTING: "grey",
    Status.BARRED: "grey",
    Status.CEASED: "grey",
}
# For the filter and for counts, where there is no one number to speak of.
PLAIN: dict[Status, str] = {
    Status.NEEDS_ADDRESS: "Needs an address",
    Status.IN_REVIEW: "Being checked",
    Status.WAITING: "Waiting to go out",
    Status.SENT: "Sent, waiting for the agent",
    Status.LIVE: "Live",
    Status.REJECTED: "Rejected",
    Status.PORTING: "Moving between providers",
    Status.BARRED: "999 barred: used outside the UK",
    Status.CEASED: "No longer in use",
}
WORST_FIRST = tuple(Status)
NEED_YOU = (Status.NEEDS_ADDRESS, Status.REJECTED)
# Nobody is looked for when one of these would dial 999: they are not counted among those that could be live.
DIALS_NO_999 = (Status.CEASED, Status.BARRED)


def status_tag(line: NumberLine) -> Markup:
    """Return the tag of a number: colour and word."""
    return Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>').format(
        COLOURS[line.status], WORDS[line.status](line) if line.status in WORDS else PLAIN[line.status]
    )


def status_sentence(line: NumberLine) -> str | Markup:
    """Return the sentence under the tag."""
    return SENTENCES[line.status](line)


def home_sentence(counts: dict[Status, int]) -> str:
    """Say it all in a sentence, such as `38 of 40 numbers are live. 2 need you`."""
    used = sum(count for status, count in counts.items() if status not in DIALS_NO_999)
    barred = counts.get(Status.BARRED, 0)
    if not used:
        if barred:
            return f"999 is barred on {'your one number' if barred == 1 else f'all your {barred} numbers'}."
        return "You have no numbers in use."
    live, calling = counts.get(Status.LIVE, 0), sum(counts.get(status, 0) for status in NEED_YOU)
    if used == 1:
        first = "Your one number is live." if live else "Your one number is not live yet."
    elif live == used:
        first = f"All {used} numbers are live."
    else:
        first = f"{live or 'None'} of {used} numbers {'is' if live == 1 else 'are'} live."
    beside = f" 999 is barred on {barred} more." if barred else ""
    return f"{first} {_calling(calling)}{beside}"


def found_sentence(counts: dict[Status, int]) -> str:
    """Say how many numbers a search found."""
    found = sum(counts.values())
    return f"{found or 'No'} number{' fits' if found == 1 else 's fit'} what you look for."


def _calling(count: int) -> str:
    if not count:
        return "Nothing needs you."
    return "1 needs you." if count == 1 else f"{count} need you."


def _day(value: datetime | date | str | None) -> str:
    read = read_moment(value)
    if isinstance(read, datetime):
        read = read.astimezone(the_moment().tzinfo).date()
    return "" if read is None else written_date(read)


def _waiting_word(line: NumberLine) -> str:
    run = goes_out(line.due_on)
    if run is None:
        return "Goes out with the next file"
    return f"Goes out tonight at {run:%H:%M}" if run == next_run() else f"Goes out on {written_date(run.date())}"


def _live_word(line: NumberLine) -> str:
    return f"Live since {_day(line.since)}" if line.since else "Live"


def _porting_word(line: NumberLine) -> str:
    return f"Moving to another provider on {_day(line.since)}" if line.since else PLAIN[line.status]


def _rejected_word(_: NumberLine) -> str:
    return "Rejected: we are on it" if is_staff() else "Rejected: needs you"


def _held(line: NumberLine) -> str:
    return one_line(line.held) if line.held else ""


def _waiting(line: NumberLine) -> str:
    held = _held(line)
    return f"Until then the agent holds: {held}" if held else "Until then the agent holds nothing for this number."


def _sent(line: NumberLine) -> Markup:
    if not line.file_name:
        return moment(line.since)
    return Markup("In file {}, {}").format(line.file_name, moment(line.since)) if line.since else escape(line.file_name)


def _review(line: NumberLine) -> Markup:
    held = escape(_held(line))
    meanwhile = Markup(" Until then the agent holds: {}").format(held) if held else ""
    since = read_moment(line.since)
    if not isinstance(since, datetime):
        return Markup("A person looks at the address.{}").format(meanwhile)
    settings = the_system().settings
    by = working_days_after(since, settings.review_due, settings.timezone)
    said = Markup("A person looks at the address, since {}, by {}.{}")
    return said.format(moment(since), moment(by), meanwhile)


def _needs_address(line: NumberLine) -> str:
    warning = "If someone dials 999 from this number, help will not know where to go."
    return f"{warning} It was given back to you: {line.note}" if line.note else warning


def _barred(line: NumberLine) -> str:
    since = f"Since {_day(line.since)}. " if line.since else ""
    held = "The agent holds no record: nobody would be sent to a wrong door."
    if line.held or line.held_unknown:
        held = "The agent still holds a record: its end goes out with the next file."
    returned = f" The address that you gave was given back to you: {line.note}" if line.note else ""
    return f"{since}{held}{returned}"


def _live(line: NumberLine) -> str:
    held = _held(line)
    if line.held_unknown:
        return "What the agent holds is being made sure of: it is sent again with the next file."
    return f"{held}. The address was given back to you: {line.note}" if line.note else held


def _rejected(line: NumberLine) -> str:
    if is_staff():
        return line.case_text
    return f"{line.case_text} Check the address and send it again; our operations look at it too.".strip()


WORDS: dict[Status, Callable[[NumberLine], str]] = {
    Status.WAITING: _waiting_word,
    Status.LIVE: _live_word,
    Status.PORTING: _porting_word,
    Status.REJECTED: _rejected_word,
}
SENTENCES: dict[Status, Callable[[NumberLine], str | Markup]] = {
    Status.NEEDS_ADDRESS: _needs_address,
    Status.IN_REVIEW: _review,
    Status.WAITING: _waiting,
    Status.SENT: _sent,
    Status.LIVE: _live,
    Status.REJECTED: _rejected,
    Status.PORTING: _held,
    Status.BARRED: _barred,
    Status.CEASED: lambda line: f"Since {_day(line.since)}" if line.since else "",
}


def teach_statuses(flask_app: Flask) -> None:
    """Give the templates the words of the statuses."""
    words: dict[str, Any] = {
        "status_tag": status_tag,
        "status_sentence": status_sentence,
        "status_plain": PLAIN,
        "worst_first": WORST_FIRST,
        "file_tag": file_tag,
    }
    flask_app.jinja_env.globals.update(words)


FILE_WORDS: dict[str, tuple[str, str]] = {
    "EXTRACTED": ("grey", "Made, not delivered"),
    "DELIVERED": ("blue", "Delivered, no answer yet"),
    "FCO_ACCEPTED": ("green", "Accepted"),
    "FCO_REJECTED": ("red", "Refused"),
}


def file_tag(state: str) -> Markup:
    """Return the tag of a file."""
    colour, word = FILE_WORDS.get(state, ("grey", state))
    return Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>').format(colour, word)
