"""The kinds of server that geopy speaks to, by the address of the operator's own; nothing is asked of the public ones.

No customer can set it; one inside the operator's network is called where ELD_GEOCODER_INSIDE names its host.
"""

import base64
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from geopy.geocoders import Nominatim, Pelias, Photon

from app.services.geocoding.wire import BoundedAdapter, within
from validators.places import Point

USER_AGENT = "emergency-location-data"
POSTCODE_RANK = 21  # Nominatim's place_rank: 16 a city, 19 a village, 21 a postcode, 26 a street, 30 a house
PHOTON_TYPES = frozenset({"house", "street", "locality", "other"})
PELIAS_LAYERS = frozenset({"venue", "address", "street", "intersection", "postalcode"})

Question = Callable[[str, float], Point | None]

# geopy writes the whole question, and a server's complaint about it, into its log: an address is personal.
logging.getLogger("geopy").addFilter(lambda _: False)


@lru_cache(maxsize=8)
def server_question(setting: str, inside: tuple[str, ...] = ()) -> Question | None:
    """Return what asks the server of a setting, as `nominatim:https://maps.example/path`; None for no address."""
    kind, _, url = setting.partition(":")
    place = urlsplit(url)
    try:
        usable = place.scheme in {"http", "https"} and place.hostname and (place.port is None or place.port > 0)
    except ValueError:
        return None
    if not usable or place.query or place.fragment or kind not in KINDS:
        return None
    make, options, precise = KINDS[kind]
    geocoder = make(
        domain=place.netloc.rpartition("@")[2] + place.path.rstrip("/"),
        scheme=place.scheme,
        user_agent=USER_AGENT,
        proxies={},
        adapter_factory=partial(BoundedAdapter, inside=frozenset(host.lower() for host in inside)),
    )
    geocoder.headers |= _credentials(place)

    def ask(query: str, seconds: float) -> Point | None:
        found = within(seconds, lambda: geocoder.geocode(query, timeout=seconds, **options))
        if found is None or not precise(found.raw):
            return None
        return float(found.latitude), float(found.longitude)

    return ask


def _credentials(place: SplitResult) -> dict[str, str]:
    if place.username is None:
        return {}
    pair = f"{unquote(place.username)}:{unquote(place.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _precise_nominatim(raw: Mapping[str, Any]) -> bool:
    rank = raw.get("place_rank")
    return isinstance(rank, int) and rank >= POSTCODE_RANK


def _precise_photon(raw: Mapping[str, Any]) -> bool:
    return raw["properties"].get("type") in PHOTON_TYPES


def _precise_pelias(raw: Mapping[str, Any]) -> bool:
    return raw["properties"].get("layer") in PELIAS_LAYERS


# An answer of a whole town or country says nothing of an address, and would be far from most of them.
KINDS: dict[str, tuple[Any, dict[str, Any], Callable[[Mapping[str, Any]], bool]]] = {
    "nominatim": (Nominatim, {"country_codes": "gb"}, _precise_nominatim),
    "photon": (Photon, {"limit": 1}, _precise_photon),
    "pelias": (Pelias, {"countries": ["GBR"]}, _precise_pelias),
}
