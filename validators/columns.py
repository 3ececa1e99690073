"""The columns of a location, as a row of the CSV, a form or the API brings them."""

from dataclasses import dataclass, fields

_NO = frozenset({"0", "n", "no", "false", "f", "off"})
_YES = frozenset({"1", "y", "yes", "true", "t", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One row as it was typed, by the names of the CSV columns; a column that is not there is empty."""

    number: str = ""
    name: str = ""
    title: str = ""
    forename: str = ""
    honours: str = ""
    business_suffix: str = ""
    premises: str = ""
    thoroughfare: str = ""
    locality: str = ""
    post_town: str = ""
    postcode: str = ""
    line_type: str = ""
    effective_date: str = ""
    uprn: str = ""
    latitude: str = ""
    longitude: str = ""
    reference: str = ""
    udprn: str = ""
    child_cupid: str = ""
    losing_cupid: str = ""
    voip_acknowledged: str = ""
    address_confirmed: str = ""
    nomadic: str = ""
    outside_uk: str = ""
    organisation: str = ""
    department: str = ""
    po_box: str = ""
    sub_building: str = ""
    building_name: str = ""
    building_number: str = ""
    dependent_thoroughfare: str = ""
    double_dependent_locality: str = ""
    dependent_locality: str = ""


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Location))
# Elements of Royal Mail's Postcode Address File that are not columns of the record: they are composed (A10).
PAF_COLUMNS = COLUMNS[COLUMNS.index("organisation") :]


def is_yes(text: str) -> bool:
    """Read a column that is either yes or not: 1, y, yes, true, on in any case."""
    return text.strip().casefold() in _YES


def is_no(text: str) -> bool:
    """Say whether such a column says no, and is not merely blank."""
    return text.strip().casefold() in _NO
