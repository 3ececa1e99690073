"""File names: `BT1{cupid:3}{DDMMYY}{nn:2}` and an ending."""

import re
from datetime import date

_DAT = re.compile(r"BT1([0-9]{3})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})\.DAT")
_ANSWERABLE = re.compile(r"[\x21-\x7b\x7d\x7e][\x20-\x7b\x7d\x7e]*\.DAT", re.IGNORECASE)

LAST_OF_DAY = 99


def is_dat(name: str) -> bool:
    """Tell whether a file is for the agent: it ends in .DAT, and an FCO line can carry its name."""
    return _ANSWERABLE.fullmatch(name) is not None


def cupid_of(name: str) -> str | None:
    """Return the CUPID in the name of a DAT, or None when the name is not of the agreed form."""
    match = _DAT.fullmatch(name)
    if match is None:
        return None
    cupid, day, month, year, number = match.groups()
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return None
    return cupid if int(number) else None


def own_name(cupid: str, day: date, number: int, ending: str) -> str:
    """Return the name of a CAR or EXT that the agent writes."""
    return f"BT1{cupid}{day:%d%m%y}{number:02d}.{ending}"


def fco_name(dat_name: str) -> str:
    """Return the DAT's stem with `.FCO`."""
    return f"{dat_name[:-4]}.FCO"
