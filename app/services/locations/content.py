"""The content of a record as the agent gets it, from what was typed and what the rules made of it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from validators.alphabet import transliterate
from validators.columns import PAF_COLUMNS
from validators.location import CheckedLocation, Location

# Every field that the agent can see, by its column; post_town is inside locality and kept for people.
VISIBLE = (
    "child_cupid",
    "line_type",
    "title",
    "forename",
    "name",
    "honours",
    "business_suffix",
    "premises",
    "thoroughfare",
    "locality",
    "postcode",
    "retailer_id",
    "address_id",
    "address_id_source",
    "reference",
)
COLUMNS = (*VISIBLE, "post_town")
WORDED = (
    "title",
    "forename",
    "name",
    "honours",
    "business_suffix",
    "premises",
    "thoroughfare",
    "locality",
    "reference",
)
UPRN, UDPRN = "U", "P"


def content_of(
    location: Location, checked: CheckedLocation, child_cupid: str, line_type: str, retailer_id: str
) -> dict[str, str]:
    """Return the columns of record_values for a location without errors."""
    if checked.wording is None or checked.postcode is None:
        raise ValueError("a location with errors has no content")
    fields = checked.wording.fields
    source = UPRN if location.uprn.strip() else UDPRN if location.udprn.strip() else ""
    return {
        "child_cupid": child_cupid,
        "line_type": line_type,
        **{name: fields.get(name, "") for name in WORDED},
        "post_town": transliterate(location.post_town.strip()).text.upper(),
        "postcode": checked.postcode,
        "retailer_id": retailer_id,
        "address_id": location.uprn.strip() or location.udprn.strip(),
        "address_id_source": source,
    }


def content_digest(content: Mapping[str, str]) -> str:
    """Return the digest by which two contents differ for the agent: over every field that it can see."""
    return _digest([content[name] for name in VISIBLE])


ADDRESS_TYPED = ("premises", "thoroughfare", "locality", "post_town", "uprn", "udprn", "latitude", "longitude")


def address_of(location: Location, postcode: str) -> dict[str, Any]:
    """Return the columns of an address as it was typed, with its digest."""
    typed = {name: getattr(location, name).strip() for name in ADDRESS_TYPED}
    paf = {name: text for name in PAF_COLUMNS if (text := getattr(location, name).strip())}
    # The elements are not in the digest: the same place is the same address, however it was given.
    return {**typed, "postcode": postcode, "paf": paf or None, "digest": _digest([*typed.values(), postcode])}


def _digest(values: list[str]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()
