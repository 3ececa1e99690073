"""The label: a record exactly as it will be read to the crew, with what was changed on the way marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

FIELD_NAMES: Mapping[str, str] = {
    "number": "Telephone number",
    "postcode": "Postcode",
    "premises": "Premises",
    "thoroughfare": "Street",
    "locality": "Locality",
    "post_town": "Post town",
    "name": "Name",
    "title": "Title",
    "forename": "First name",
    "honours": "Honours",
    "business_suffix": "Business suffix",
    "line_type": "Kind of line",
    "effective_date": "In use from",
    "voip_acknowledged": "Limits of 999 over VoIP",
    "reference": "Your reference",
    "uprn": "UPRN",
    "udprn": "UDPRN",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "address_confirmed": "Address confirmed",
    "nomadic": "Moves about",
    "outside_uk": "Outside the UK",
    "losing_cupid": "CUPID of the provider it comes from",
    "child_cupid": "CUPID",
    "retailer_id": "Retailer",
    "file": "File",
}
KINDS: Mapping[str, str] = {
    "transliterated": "Written without accents or typographic marks",
    "abbreviated": "Shortened to fit",
    "moved": "Moved to the end of the street line, to fit",
    "capitals": "In capitals",
}
NAME_LINE = ("title", "forename", "name", "honours", "business_suffix")
LINES = (("premises",), ("thoroughfare",), ("locality",), ("post_town",))


@dataclass(frozen=True, slots=True)
class LabelLine:
    """One line of the label; `kind` is what it is called in the style sheet."""

    kind: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Label:
    """The lines, and what to say about the changes (capitals go without saying)."""

    lines: tuple[LabelLine, ...]
    changes: tuple[tuple[str, str, str, str], ...]


def label(sent: Mapping[str, Any] | None, changes: Iterable[Any] = (), postcode: str = "") -> Label | None:
    """Return the label of what is sent; None where there is nothing to show yet."""
    if not sent:
        return None
    notable = [change for change in changes if change.kind != "capitals"]
    marked = {change.field for change in notable} | {"thoroughfare" for change in notable if change.kind == "moved"}

    def part(name: str) -> Markup:
        text = escape(sent.get(name) or "")
        return Markup("<mark>{}</mark>").format(text) if text and name in marked else text

    lines = [LabelLine("postcode", escape(sent.get("postcode") or postcode))]
    for kind, names in (("name", NAME_LINE), *((names[0], names) for names in LINES)):
        text = Markup(" ").join(text for text in map(part, names) if text)
        if text and not (kind == "post_town" and _town_is_said(sent)):
            lines.append(LabelLine(kind, text))
    said = tuple(
        (FIELD_NAMES.get(change.field, change.field), KINDS.get(change.kind, change.kind), change.before, change.after)
        for change in notable
    )
    return Label(tuple(line for line in lines if line.html), said)


def one_line(record: Mapping[str, Any]) -> str:
    """Return a record's name and address on one line."""
    names = ("premises", "thoroughfare", "locality", "post_town", "postcode")
    parts = [" ".join(str(record[name]) for name in NAME_LINE if record.get(name))]
    parts += [str(record[name]) for name in names if record.get(name)]
    if _town_is_said(record) and record.get("post_town"):
        parts.remove(str(record["post_town"]))
    return ", ".join(part for part in parts if part)


def _town_is_said(record: Mapping[str, Any]) -> bool:
    """As sent, the locality ends with the post town: it is not said twice."""
    town, locality = str(record.get("post_town") or ""), str(record.get("locality") or "")
    return bool(town) and locality.upper().endswith(town.upper())
