"""The text as it will be sent: what was typed, made to fit the agent's fields in plain sight (A02, A03)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from validators.abbreviations import abbreviate
from validators.alphabet import character_name, transliterate
from validators.findings import Finding, error

__all__ = ["Change", "FieldLimits", "OverLength", "Wording", "abbreviate", "as_sent", "transliterate"]

OverLength = Literal["abbreviate", "refuse"]
ChangeKind = Literal["capitals", "transliterated", "abbreviated", "moved"]

LABELS: Mapping[str, str] = {
    "title": "Title",
    "forename": "First name",
    "name": "Name",
    "honours": "Honours",
    "business_suffix": "Business suffix",
    "premises": "Premises",
    "thoroughfare": "Thoroughfare",
    "locality": "Locality",
    "post_town": "Post town",
    "reference": "Reference",
}
_IDENTIFIERS = frozenset({"reference"})  # a shortened reference would be another one


class FieldLimits(Mapping[str, int]):
    """The widths of the agent's fields in characters, by the names of the CSV columns; cannot be changed."""

    __slots__ = ("_widths",)

    def __init__(self, widths: Mapping[str, int]) -> None:
        self._widths = dict(widths)

    def __getitem__(self, name: str) -> int:
        return self._widths[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._widths)

    def __len__(self) -> int:
        return len(self._widths)

    def __hash__(self) -> int:
        return hash(frozenset(self._widths.items()))

    def __repr__(self) -> str:
        return f"FieldLimits({self._widths!r})"


@dataclass(frozen=True, slots=True)
class Change:
    """One step between what was typed and what is sent, shown to the customer before saving."""

    field: str
    kind: ChangeKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The text as sent by field, how it came about, and what stands in its way.

    `locality` holds the locality and the post town as the agent takes them, there is no `post_town`. A field
    with a finding still holds its whole text, for the customer to see; it may not be sent.
    """

    fields: dict[str, str]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


def as_sent(
    fields: Mapping[str, str], *, limits: Mapping[str, int], upper: bool = True, over_length: OverLength = "abbreviate"
) -> Wording:
    """Compose the text as it will be sent from what was typed; no field is ever cut.

    White space at the ends is left off. Fields without a limit are rewritten but not measured.
    """
    composition = _Composition(limits, upper=upper, shorten=over_length == "abbreviate")
    texts = {name: composition.rewritten(name, typed) for name, typed in fields.items()}
    if "post_town" in texts:
        composition.place(texts)
    sent = {name: composition.fitted(name, text) for name, text in texts.items()}
    return Wording(sent, tuple(composition.changes), tuple(composition.findings))


class _Composition:
    """One record on its way to its text as sent, gathering changes and findings."""

    def __init__(self, limits: Mapping[str, int], *, upper: bool, shorten: bool) -> None:
        self._limits = limits
        self._upper = upper
        self._shorten = shorten
        self._advice: dict[str, str] = {}
        self._town_alone = False
        self.changes: list[Change] = []
        self.findings: list[Finding] = []

    def rewritten(self, name: str, typed: str) -> str:
        """Write a text in the agent's alphabet and, where the profile says so, in capitals."""
        typed = typed.strip()
        if not typed:
            return ""
        text, refused = transliterate(typed)
        if text != typed:
            self.changes.append(Change(name, "transliterated", typed, text))
        if refused:
            self.findings.append(_unsendable(name, refused))
        if not self._upper:
            return text
        # A letter that is refused stays as it was typed: its capital may be another character.
        capitals = text.upper() if not refused else "".join(c.upper() if c.isascii() else c for c in text)
        if capitals != text:
            self.changes.append(Change(name, "capitals", text, capitals))
        return capitals

    def place(self, texts: dict[str, str]) -> None:
        """Bring locality and post town together as `LOCALITY, POST TOWN`, or move the locality.

        file-interface.md, Locality and over-length: joined where that fits; else abbreviated; else the
        locality goes to the end of the thoroughfare, where that fits, and the post town stands alone; else
        the joined text stays, and is refused for its length.
        """
        town, locality = texts.pop("post_town"), texts.get("locality", "")
        texts["locality"] = _listed(locality, town)
        self._town_alone = not locality
        if self._fits("locality", texts["locality"]) or not (self._shorten and town and locality):
            return
        thoroughfare = _listed(texts.get("thoroughfare", ""), locality)
        if self._fits("thoroughfare", thoroughfare) and self._fits("locality", town):
            texts |= {"thoroughfare": thoroughfare, "locality": town}
            self.changes.append(Change("locality", "moved", locality, thoroughfare))
        else:
            moved, room = len(self._short("thoroughfare", thoroughfare)), self._limits.get("thoroughfare")
            self._advice["locality"] = (
                f"With the locality at its end, Thoroughfare would be {moved} characters; the agent takes {room}."
                " Shorten the locality or leave it out."
            )

    def fitted(self, name: str, text: str) -> str:
        """Shorten a text that is too long for its field, and refuse it where that is not enough."""
        if len(text) <= self._limits.get(name, len(text)):
            return text
        short = self._short(name, text)
        if short != text:
            self.changes.append(Change(name, "abbreviated", text, short))
        limit = self._limits.get(name, len(short))
        if len(short) > limit:
            field = "post_town" if name == "locality" and self._town_alone else name
            label = "Locality with post town" if field == "locality" else LABELS.get(field, field)
            when = " after shortening" if short != text else ""
            advice = self._advice.get(name, "Shorten it; leave out what the crew does not need to find the door.")
            self.findings.append(
                error("A02", field, f"{label} is {len(short)} characters{when}; the agent takes {limit}. {advice}")
            )
        return short

    def _short(self, name: str, text: str) -> str:
        limit = self._limits.get(name)
        if limit is None or len(text) <= limit or not self._shorten or name in _IDENTIFIERS:
            return text
        return abbreviate(text, limit)

    def _fits(self, name: str, text: str) -> bool:
        return len(self._short(name, text)) <= self._limits.get(name, len(text))


def _listed(first: str, last: str) -> str:
    return f"{first}, {last}" if first and last else first or last


def _unsendable(name: str, refused: tuple[str, ...]) -> Finding:
    named = ", ".join(
        f"{char} ({character_name(char)})" if char.isprintable() else character_name(char) for char in refused
    )
    return error(
        "A03",
        name,
        f"{LABELS.get(name, name)} has what cannot be sent to the emergency services: {named}. Write it in"
        " letters A to Z, digits and plain punctuation.",
    )
