"""Post towns: which of them each postcode area has, and whether a typed one is among them (A06).

The table is the project's own, of facts about the Royal Mail's system; an operator may load a better one.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple
from unicodedata import combining, normalize

from rapidfuzz import process
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from validators.areas import AREAS
from validators.findings import Finding, review

_HEADER = ["area", "post_town", "also"]
_AGREES = 90.0  # rules.md A06
_RESEMBLES = 60.0  # below it a likeness says nothing
_SHORT = 8  # letters; a shorter name is a slip of another only where one letter differs
_MOST_ALTERNATIVES = 3
_MOST_NAMED = 8
_APOSTROPHES = re.compile(r"['`.\u00b4\u2018\u2019\u02bc]")
_WORD = re.compile(r"[A-Z0-9]+")
# Where nothing typed resembles a town, the place is most often a part of the largest.
_LARGEST: Mapping[str, str] = dict(
    re.findall(
        r"([A-Z]{1,2}) ([A-Z .-]+)",
        """
        AB ABERDEEN, AL ST. ALBANS, B BIRMINGHAM, BA BATH, BB BLACKBURN, BD BRADFORD, BH BOURNEMOUTH, BL BOLTON,
        BN BRIGHTON, BR BROMLEY, BS BRISTOL, BT BELFAST, CA CARLISLE, CB CAMBRIDGE, CF CARDIFF, CH CHESTER,
        CM CHELMSFORD, CO COLCHESTER, CR CROYDON, CT CANTERBURY, CV COVENTRY, CW CREWE, DA DARTFORD, DD DUNDEE,
        DE DERBY, DG DUMFRIES, DH DURHAM, DL DARLINGTON, DN DONCASTER, DT DORCHESTER, DY DUDLEY, E LONDON, EC LONDON,
        EH EDINBURGH, EN ENFIELD, EX EXETER, FK FALKIRK, FY BLACKPOOL, G GLASGOW, GL GLOUCESTER, GU GUILDFORD,
        GY GUERNSEY, HA HARROW, HD HUDDERSFIELD, HG HARROGATE, HP HEMEL HEMPSTEAD, HR HEREFORD, HS STORNOWAY, HU HULL,
        HX HALIFAX, IG ILFORD, IM ISLE OF MAN, IP IPSWICH, IV INVERNESS, JE JERSEY, KA KILMARNOCK,
        KT KINGSTON UPON THAMES, KW KIRKWALL, KY KIRKCALDY, L LIVERPOOL, LA LANCASTER, LD LLANDRINDOD WELLS,
        LE LEICESTER, LL WREXHAM, LN LINCOLN, LS LEEDS, LU LUTON, M MANCHESTER, ME ROCHESTER, MK MILTON KEYNES,
        ML MOTHERWELL, N LONDON, NE NEWCASTLE UPON TYNE, NG NOTTINGHAM, NN NORTHAMPTON, NP NEWPORT, NR NORWICH,
        NW LONDON, OL OLDHAM, OX OXFORD, PA PAISLEY, PE PETERBOROUGH, PH PERTH, PL PLYMOUTH, PO PORTSMOUTH, PR PRESTON,
        RG READING, RH REDHILL, RM ROMFORD, S SHEFFIELD, SA SWANSEA, SE LONDON, SG STEVENAGE, SK STOCKPORT, SL SLOUGH,
        SM SUTTON, SN SWINDON, SO SOUTHAMPTON, SP SALISBURY, SR SUNDERLAND, SS SOUTHEND-ON-SEA, ST STOKE-ON-TRENT,
        SW LONDON, SY SHREWSBURY, TA TAUNTON, TD GALASHIELS, TF TELFORD, TN TUNBRIDGE WELLS, TQ TORQUAY, TR TRURO,
        TS MIDDLESBROUGH, TW TWICKENHAM, UB SOUTHALL, W LONDON, WA WARRINGTON, WC LONDON, WD WATFORD, WF WAKEFIELD,
        WN WIGAN, WR WORCESTER, WS WALSALL, WV WOLVERHAMPTON, YO YORK, ZE SHETLAND
        """,
    )
)


class PostTown(NamedTuple):
    """A post town of one postcode area; `also` are other names of the same town."""

    area: str
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PostTowns:
    """The post towns of some or all postcode areas.

    `areas_by_name` has every name, other names too, in the form of `compared`. Two tables are never equal, so that
    answers can be kept.
    """

    rows: tuple[PostTown, ...]
    _by_area: dict[str, dict[str, str]] = field(init=False, repr=False, default_factory=dict)
    areas_by_name: dict[str, frozenset[str]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            for name in (row.name, *row.also):
                key = compared(name)
                self._by_area.setdefault(row.area, {}).setdefault(key, row.name)
                self.areas_by_name[key] = self.areas_by_name.get(key, frozenset()) | {row.area}

    def towns(self, area: str) -> tuple[str, ...]:
        """List the post towns of an area, in the order of the table."""
        return tuple(dict.fromkeys(self._by_area.get(area, {}).values()))

    def names(self, area: str) -> Mapping[str, str]:
        """Map every name of an area's towns, other names too, in the form of `compared`, to the town."""
        return self._by_area.get(area, {})

    def covers(self, area: str) -> bool:
        """Say whether the area's towns are known."""
        return area in self._by_area

    def areas_of(self, post_town: str) -> frozenset[str]:
        """List the areas in which a town of this name lies; a near-exact spelling (90) will do."""
        return _areas_of(post_town, self)


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong with one line of a table, counted from 1."""

    line: int
    message: str


class PostTownsFault(ValueError):
    """A table of post towns cannot be used; `faults` has every wrong line."""

    def __init__(self, faults: tuple[TableFault, ...]) -> None:
        super().__init__("; ".join(f"line {fault.line}: {fault.message}" for fault in faults))
        self.faults = faults


@lru_cache(maxsize=1 << 16)
def compared(post_town: str) -> str:
    """Write a name for comparison: no case, accents, punctuation or space; Saint is St, & is And."""
    plain = "".join(char for char in normalize("NFKD", post_town) if not combining(char)).upper()
    words = _WORD.findall(_APOSTROPHES.sub("", plain).replace("&", " AND "))
    return "".join("ST" if word == "SAINT" else word for word in words)


@lru_cache(maxsize=1)
def shipped_post_towns() -> PostTowns:
    """Read the table that comes with the project."""
    return read_post_towns(files("validators").joinpath("tables", "post_towns.csv").read_text("utf-8"))


def read_post_towns(text: str) -> PostTowns:
    """Read a table in CSV: `area,post_town` and, where wanted, `also` with other names separated by |.

    Raises PostTownsFault with every line that is wrong.
    """
    faults: list[TableFault] = []
    rows = tuple(_rows(text.removeprefix("\ufeff"), faults))
    if not (rows or faults):
        faults.append(TableFault(1, "no post town is in the table"))
    if faults:
        raise PostTownsFault(tuple(faults))
    return PostTowns(rows)


@lru_cache(maxsize=1 << 16)
def check_post_town(post_town: str, area: str | None, towns: PostTowns) -> tuple[Finding, ...]:
    """Ask for review where a post town is not one of the postcode's area (A06); blank is A01's, no area P01's.

    Names are compared whole by rapidfuzz's `ratio`: one letter more or less passes from five letters on, another
    letter from ten on, so that Hall never passes for Hull. The exact name of a town elsewhere is no slip.
    """
    key = compared(post_town)
    if not key or area is None or not towns.covers(area) or key in towns.names(area):
        return ()
    elsewhere = towns.areas_by_name.get(key)
    if not elsewhere and process.extractOne(key, towns.names(area).keys(), scorer=ratio, score_cutoff=_AGREES):
        return ()
    meant = None if elsewhere else _meant(post_town, key, towns.names(area))
    likely = tuple(town for town in _likely(key, area, towns) if town != meant)[:_MOST_ALTERNATIVES]
    message = _message(area, towns.towns(area), sorted(elsewhere or ()), meant, likely)
    return (review("A06", "post_town", message, suggestion=meant, alternatives=likely),)


@lru_cache(maxsize=1 << 14)
def _areas_of(post_town: str, towns: PostTowns) -> frozenset[str]:
    key = compared(post_town)
    if key in towns.areas_by_name or not key:
        return towns.areas_by_name.get(key, frozenset())
    near = process.extractOne(key, towns.areas_by_name.keys(), scorer=ratio, score_cutoff=_AGREES)
    return towns.areas_by_name[near[0]] if near else frozenset()


def _meant(post_town: str, key: str, names: Mapping[str, str]) -> str | None:
    """Tell the town that was mistyped, or that stands among other words: Nr Hexham, London SW1."""
    words = [compared(word) for word in post_town.replace("-", " ").split()]
    phrases = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    inside = max(phrases & names.keys(), key=len, default=None)
    if inside:
        return names[inside]
    furthest = 1 if len(key) < _SHORT else 2
    near = process.extractOne(key, names.keys(), scorer=OSA.distance, score_cutoff=furthest)
    return names[near[0]] if near else None


def _likely(key: str, area: str, towns: PostTowns) -> tuple[str, ...]:
    """Order the towns that may have been meant: those that read alike, then the largest; all where they are few."""
    names = towns.names(area)
    alike = process.extract(key, names.keys(), scorer=ratio, limit=_MOST_ALTERNATIVES + 1, score_cutoff=_RESEMBLES)
    known = towns.towns(area)
    likely = [names[name] for name, _, _ in alike] + [town for town in known if town == _LARGEST.get(area)]
    return tuple(dict.fromkeys([*likely, *(known if len(known) <= _MOST_ALTERNATIVES else ())]))


def _message(
    area: str, known: tuple[str, ...], elsewhere: list[str], meant: str | None, likely: tuple[str, ...]
) -> str:
    kept = "If you keep it as it is, a person will check it first."
    if meant:
        return f"No post town of {area} postcodes is spelt like this; it may be {meant}. Correct it. {kept}"
    if elsewhere:
        return (
            f"This post town has {_listed(elsewhere, 'or')} postcodes, not {area}. Check the postcode; if it is right,"
            f" enter the post town that goes with it: {_choice(known, likely)}. {kept}"
        )
    return (
        f"This is not a post town of {area} postcodes. Enter {_choice(known, likely)}, and put a village or district in"
        f" locality; or check the postcode. {kept}"
    )


def _choice(known: tuple[str, ...], likely: tuple[str, ...]) -> str:
    """Name all towns of an area, or the likely ones where they would be too many to read."""
    if len(known) <= _MOST_NAMED or not likely:
        return _listed(known[:_MOST_NAMED], "or")
    return f"{', '.join(likely)} or another of the {len(known)} towns of the area"


def _listed(names: Iterable[str], word: str) -> str:
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def _rows(text: str, faults: list[TableFault]) -> Iterator[PostTown]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    seen: dict[tuple[str, str], int] = {}
    try:
        header = next(reader, [])
        if header not in (_HEADER, _HEADER[:2]):
            faults.append(TableFault(1, "the first line must be area,post_town or area,post_town,also"))
            return
        for cells in reader:
            line = reader.line_num
            problem = _problem(cells, len(header))
            if problem:
                faults.append(TableFault(line, problem))
                continue
            area, name, *others = (cell.strip() for cell in cells)
            first = seen.setdefault((area, compared(name)), line)
            if first != line:
                faults.append(TableFault(line, f"the town is in line {first} already"))
                continue
            yield PostTown(area, name, tuple(part.strip() for part in "".join(others).split("|") if part.strip()))
    except csv.Error as fault:
        faults.append(TableFault(reader.line_num, f"not CSV: {fault}"))


def _problem(cells: list[str], width: int) -> str:
    """Say what is wrong with one line, nothing where it is right."""
    if len(cells) != width:
        return f"{len(cells)} values where there must be {width}"
    if cells[0].strip() not in AREAS:
        return "the first value must be a postcode area in capitals, for example LS"
    return "" if compared(cells[1]) else "the post town is missing"
