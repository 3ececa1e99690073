"""File names: CUPID, day and number of the day, in the form of a profile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LAST_OF_DAY = 99


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one profile.

    `stem` is a template of cupid, day (DDMMYY) and number (two digits); `endings` has DAT, FCO, CAR and EXT.
    """

    stem: str
    endings: Mapping[str, str]

    def is_dat(self, name: str) -> bool:
        """Tell whether a file is for the agent: it has a DAT's ending, and an FCO line can carry its name."""
        lower = name.lower()
        replies = tuple(ending.lower() for kind, ending in self.endings.items() if kind != "DAT")
        return (
            lower.endswith(self.endings["DAT"].lower())
            and not lower.endswith(replies)
            and not lower.startswith((".", " "))
            and re.fullmatch(r"[\x20-\x7b\x7d\x7e]+", name) is not None
        )

    def cupid_of(self, name: str) -> str | None:
        """Return the CUPID in the name of a DAT, or None when the name is not of the agreed form."""
        groups = {"cupid": "([0-9]{3})", "day": "([0-9]{6})", "number": "([0-9]{2})"}
        match = re.fullmatch(self.stem.format_map(groups) + re.escape(self.endings["DAT"]), name)
        if match is None:
            return None
        cupid, day, number = match.groups()
        try:
            date(2000 + int(day[4:]), int(day[2:4]), int(day[:2]))
        except ValueError:
            return None
        return cupid if int(number) else None

    def own(self, kind: str, cupid: str, day: date, number: int) -> str:
        """Return the name of a CAR or EXT that the agent writes."""
        stem = self.stem.format(cupid=cupid, day=f"{day:%d%m%y}", number=f"{number:02d}")
        return stem + self.endings[kind]

    def fco(self, dat_name: str) -> str:
        """Return the DAT's stem with the ending of an FCO."""
        return dat_name[: -len(self.endings["DAT"])] + self.endings["FCO"]
