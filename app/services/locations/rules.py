"""The rules that profile and settings make for this installation."""

from functools import lru_cache
from pathlib import Path

from app.errors import Misconfigured
from app.services.system import System
from validators.location import Rules
from validators.numbers import NumberRules
from validators.post_towns import PostTowns, PostTownsFault, read_post_towns, shipped_post_towns
from validators.wording import FieldLimits


def rules_of(system: System) -> Rules:
    """Return the rules that profile and mode make."""
    profile = system.profile
    return Rules(
        number=NumberRules(allowed_prefixes=profile.allowed_prefixes, demo=system.settings.demo),
        limits=FieldLimits(profile.limits()),
        upper=profile.upper,
        over_length="refuse" if profile.over_length == "refuse" else "abbreviate",
        line_types=profile.line_types,
        excluded_areas=profile.excluded_areas,
        distance_km=system.settings.distance_km,
        accommodation=lines_of(system.settings.accommodation),
        towns=towns_of(system.settings.post_towns),
        area_distance_km=system.settings.area_distance_km,
        own_cupid=system.settings.cupid,
        child_cupids=system.settings.child_cupids,
    )


@lru_cache(maxsize=8)
def lines_of(path: str) -> tuple[str, ...]:
    """Return the lines of a file of the operator's that say something; none where no path is set."""
    return tuple(line.strip() for line in _text_of(path).splitlines() if line.strip()) if path else ()


@lru_cache(maxsize=8)
def towns_of(path: str) -> PostTowns:
    """Return the post towns of the operator's table, or of the one that is shipped where no path is set."""
    if not path:
        return shipped_post_towns()
    try:
        return read_post_towns(_text_of(path))
    except PostTownsFault as wrong:
        raise Misconfigured(f"{path}: {wrong}") from wrong


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as unread:
        raise Misconfigured(f"{path} cannot be read: {unread}") from unread
