"""A record as people and programs see it: its values by the CSV's column names."""

from datetime import date

from app.models.records import RecordValues
from validators.numbers import national

NAMES = (
    "name",
    "title",
    "forename",
    "honours",
    "business_suffix",
    "premises",
    "thoroughfare",
    "locality",
    "post_town",
    "postcode",
    "line_type",
    "reference",
    "child_cupid",
    "retailer_id",
)


def record_json(number: str, values: RecordValues, effective_date: date | None) -> dict[str, str]:
    """Return a record as it is sent; `locality` is the agent's field, which holds the post town too."""
    return {
        "number": national(number),
        **{name: getattr(values, name) for name in NAMES},
        "effective_date": "" if effective_date is None else effective_date.isoformat(),
        "uprn": values.address_id if values.address_id_source == "U" else "",
        "udprn": values.address_id if values.address_id_source == "P" else "",
    }
