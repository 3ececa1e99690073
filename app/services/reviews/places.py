"""What the directory says today of the postcode in a review: its state, its place, and what lies about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from geopy.distance import geodesic

from validators.directory import Directory, DirectoryEntry, check_postcode, written_end
from validators.places import Point, given_place
from validators.postcodes import parse_postcode

DIGITS = 6
Place = dict[str, float] | None


def directory_facts(directory: Directory | None, postcode: str) -> dict[str, Any]:
    """Return what the directory knows of a postcode.

    `state` is `live`, `ended`, `unknown`, `not covered` (its area is not in the directory) or `not loaded`.
    """
    area = parse_postcode(postcode).area or ""
    entry = None if directory is None else directory.find(postcode)
    return {
        "postcode": postcode,
        "area": area,
        "state": _state(directory, entry, area),
        "edition": directory and directory.edition and directory.edition.isoformat(),
        "knows_end_dates": directory is not None and directory.knows_end_dates,
        "terminated": entry and entry.terminated and entry.terminated.isoformat(),
        "ended": written_end(entry.terminated) if entry is not None and entry.terminated else "",
        "large_user": entry is not None and entry.large_user,
        "place": _place(entry),
    }


def offered_values(findings: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return field and value of all that was offered in place of what was typed, each once."""
    offered: dict[tuple[str, str], None] = {}
    for finding in findings:
        values = [finding.get("suggestion"), *(finding.get("alternatives") or ())]
        offered |= {(str(finding["field"]), str(value)): None for value in values if value}
    return list(offered)


def offered_today(directory: Directory | None, postcode: str) -> list[dict[str, Any]]:
    """Return the findings that the directory of today has on a postcode: it may know more than when it was said."""
    return [asdict(finding) for finding in check_postcode(postcode, directory).findings]


def alternatives_of(directory: Directory | None, findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the offered values with the place of each; values of other fields than the postcode have none."""
    return [_alternative(directory, field, value) for field, value in offered_values(findings)]


def surroundings(
    directory: Directory | None, postcode: str, typed: Mapping[str, Any], alternatives: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the places about a postcode: the `given` coordinates, the live `neighbours` of its sector.

    Each has its distance in `km` from the postcode's centre (`from` is `centre`), else from the middle of its
    neighbours (`sector`), also put into `alternatives`.
    """
    neighbours = list(_neighbours(directory, postcode))
    centre = _point(None if directory is None else directory.find(postcode))
    anchor = centre or _middle([point for _, point in neighbours])
    given = given_place(str(typed.get("latitude") or "").strip(), str(typed.get("longitude") or "").strip())
    for offered in alternatives:
        offered["km"] = _km(anchor, offered["place"] and (offered["place"]["latitude"], offered["place"]["longitude"]))
    return {
        "from": "centre" if centre else "sector" if anchor else None,
        "sector": postcode[:-2],
        "given": given and _as_place(given) | {"km": _km(anchor, given)},
        "neighbours": [
            {"postcode": name} | _as_place(point) | {"km": _km(anchor, point)} for name, point in neighbours
        ],
    }


def _state(directory: Directory | None, entry: DirectoryEntry | None, area: str) -> str:
    if directory is None:
        return "not loaded"
    if entry is not None:
        return "live" if entry.terminated is None else "ended"
    return "unknown" if directory.covers(area) else "not covered"


def _alternative(directory: Directory | None, field: str, value: str) -> dict[str, Any]:
    entry = directory.find(value) if directory is not None and field == "postcode" else None
    ended = entry.terminated.isoformat() if entry is not None and entry.terminated is not None else None
    return {"field": field, "value": value, "place": _place(entry), "terminated": ended}


def _neighbours(directory: Directory | None, postcode: str) -> Iterator[tuple[str, Point]]:
    """Yield the live ones of the sector that have a place, without the postcode itself."""
    for name in () if directory is None else directory.neighbours(postcode):
        entry = None if directory is None else directory.find(name)
        point = _point(entry)
        if name != postcode and point is not None and entry is not None and entry.terminated is None:
            yield name, point


def _point(entry: DirectoryEntry | None) -> Point | None:
    if entry is None or entry.latitude is None or entry.longitude is None:
        return None
    return entry.latitude, entry.longitude


def _place(entry: DirectoryEntry | None) -> Place:
    point = _point(entry)
    return None if point is None else _as_place(point)


def _as_place(point: Point) -> dict[str, float]:
    return {"latitude": round(point[0], DIGITS), "longitude": round(point[1], DIGITS)}


def _middle(points: list[Point]) -> Point | None:
    if not points:
        return None
    return sum(one[0] for one in points) / len(points), sum(one[1] for one in points) / len(points)


def _km(anchor: Point | None, point: Point | None) -> float | None:
    return None if anchor is None or point is None else round(float(geodesic(anchor, point).km), 2)
