"""A review in words: why it waits, what the directory says, by when."""

from datetime import date
from typing import Any

from app.web.label import FIELD_NAMES
from validators.directory import written_end

# What the findings that ask for a person are about, for the filter of the list.
ABOUT = {
    "P03": "Postcode not known",
    "P04": "Postcode ended",
    "G02": "Coordinates far away",
    "A04": "Accommodation address",
    "A06": "Another post town",
    "N13": "Number not known as theirs",
}


def directory_sentence(facts: dict[str, Any]) -> str:
    """Say what the directory knows of the postcode today."""
    postcode, area = facts["postcode"], facts["area"]
    known = {
        "not loaded": "No postcode directory is loaded: nothing can be said of its postcode.",
        "not covered": f"The directory does not cover {area} postcodes: nothing can be said of {postcode}.",
        "unknown": f"{postcode} is not in the directory, which covers {area}. A building newer than the directory may"
        " have it.",
        "ended": f"{postcode} ended {facts['ended']}.",
        "live": f"{postcode} is in use.",
    }[facts["state"]]
    if facts["large_user"]:
        known += " It belongs to one large organisation or to PO boxes."
    return known


def edition_sentence(facts: dict[str, Any]) -> str:
    """Say how old the directory is and what it knows; nothing where there is none."""
    if facts["state"] == "not loaded":
        return ""
    # Without its `on` or `in`: the first of a month stands for the month, of which no day is claimed.
    day = written_end(date.fromisoformat(facts["edition"])).partition(" ")[2] if facts["edition"] else ""
    edition = f"is of {day}" if day else "bears no date"
    ends = "lists postcodes that have ended" if facts["knows_end_dates"] else "does not list postcodes that have ended"
    return f"The directory {edition} and {ends}."


def measured_from(review: dict[str, Any]) -> str:
    """Say from where distances are measured, if from anywhere."""
    about = review["surroundings"]
    if about["from"] == "centre":
        return f"measured from the centre of {review['directory']['postcode']}"
    if about["from"] == "sector":
        return f"measured from the middle of {about['sector']}"
    return f"not measured: no place in {about['sector']} is known"


def field_name(name: str) -> str:
    """Return a column as people call it."""
    return FIELD_NAMES.get(name, name.replace("_", " ").capitalize())


def spoken_km(distance: float | None) -> str:
    """Return a distance as people read it: metres below a kilometre."""
    if distance is None:
        return ""
    return f"{distance * 1000:.0f} m" if distance < 1 else f"{distance:.1f} km"
