"""The post towns of the postcode areas: the table that comes with the project, or an operator's better one.

Ours is a table of facts about the Royal Mail's system, written by the project.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple
from unicodedata import combining, normalize

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from validators.areas import AREAS
from validators.strays import is_country, is_county

_HEADER = ["area", "post_town", "also"]
_AGREES = 90.0  # rules.md A06
_MOST_WORDS = 12  # what is longer is no town with its county
_APOSTROPHES = re.compile(r"['`.\u00b4\u2018\u2019\u02bc]")
_WORD = re.compile(r"[A-Z0-9]+")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?(\s?\d[A-Z]{2})?", re.IGNORECASE)


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


@lru_cache(maxsize=1 << 14)
def _areas_of(post_town: str, towns: PostTowns) -> frozenset[str]:
    forms = tuple(forms_of(post_town))
    exact = next((form for form in forms if form in towns.areas_by_name), None)
    found = exact or (nearest(forms[-1], towns.areas_by_name) if forms else None)
    return towns.areas_by_name[found] if found else frozenset()


def forms_of(post_town: str) -> Iterator[str]:
    """Yield a name as it is, and without the counties, countries and postcodes at its end (A08 speaks of them)."""
    words = post_town.replace(",", " ").split()
    if compared(post_town):
        yield compared(post_town)
    at = 1 if len(words) <= _MOST_WORDS else len(words)
    while at < len(words):
        beyond = " ".join(words[at:])
        if is_county(beyond) or is_country(beyond) or _POSTCODE.fullmatch(beyond):
            words, at = words[:at], 0
            if compared(" ".join(words)):
                yield compared(" ".join(words))
        at += 1


def nearest(key: str, names: Mapping[str, object]) -> str | None:
    """Find the name that a near-exact spelling stands for."""
    near = process.extractOne(key, names.keys(), scorer=ratio, score_cutoff=_AGREES)
    return near[0] if near else None


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
