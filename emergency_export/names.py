"""File names: a template that makes a name and reads it back."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from emergency_export.faults import ExportError, NameExhausted

TOKENS = {"{cupid}": r"(?P<cupid>[0-9]{3})", "{DDMMYY}": r"(?P<day>[0-9]{6})", "{nn}": r"(?P<nn>[0-9]{2})"}
LAST_OF_DAY = 99


@dataclass(frozen=True)
class NameParts:
    """What a file name says: CUPID, day, and number within the day (1 to 99)."""

    cupid: str
    day: date
    nn: int


@dataclass(frozen=True)
class NameTemplate:
    """For example `BT1{cupid}{DDMMYY}{nn}.DAT`."""

    template: str

    def name(self, cupid: str, day: date, nn: int) -> str:
        """Return the name; NameExhausted where `nn` is not 1 to 99, ExportError where the CUPID is not three digits."""
        if not 1 <= nn <= LAST_OF_DAY:
            raise NameExhausted(f"file {nn} of the day: a day has 01 to {LAST_OF_DAY}")
        if not re.fullmatch("[0-9]{3}", cupid):
            raise ExportError("a CUPID is three digits")
        day_text = f"{day:%d%m%y}"
        return self.template.replace("{cupid}", cupid).replace("{DDMMYY}", day_text).replace("{nn}", f"{nn:02}")

    def parts(self, name: str) -> NameParts | None:
        """Return what the name says, None where it was not made by this template."""
        match = self._pattern.fullmatch(name)
        if match is None or match["nn"] == "00":
            return None
        try:
            day = datetime.strptime(match["day"], "%d%m%y")  # noqa: DTZ007  a calendar day has no zone
        except ValueError:
            return None
        return NameParts(match["cupid"], day.date(), int(match["nn"]))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pieces = re.split(r"(\{\w+\})", self.template)
        return re.compile("".join(TOKENS.get(piece, re.escape(piece)) for piece in pieces))


def template_faults(template: str) -> list[str]:
    """Return what is wrong with a template: each of the three tokens stands in it once, and no other."""
    found = re.findall(r"\{[^}]*\}?", template)
    faults = [f"holds {token}, which is not known" for token in found if token not in TOKENS]
    faults += [f"must hold {token} once" for token in TOKENS if found.count(token) != 1]
    rest = re.sub(r"\{[^}]*\}?", "", template)
    if not re.fullmatch(r"[A-Za-z0-9._-]*", rest) or template.startswith("."):
        faults.append("may hold letters, digits, dot, dash and underscore, and not begin with a dot")
    return faults
