"""What a geocoder is asked: the address and no more."""

from validators.columns import Location

# In the order in which an address is written. Names, numbers and references are nobody's business outside.
STREET_LINE = ("building_number", "thoroughfare")
LINES = (
    ("sub_building",),
    ("building_name",),
    ("premises",),
    ("building_number", "dependent_thoroughfare"),
    STREET_LINE,
    ("double_dependent_locality",),
    ("dependent_locality",),
    ("locality",),
    ("post_town",),
)
LONGEST = 300


def query_of(location: Location, postcode: str | None) -> str:
    """Return the address on one line, with its postcode last; empty where there is no more than a postcode."""
    typed = location.dependent_thoroughfare.strip()
    lines = []
    for names in LINES:
        if typed and names is STREET_LINE:
            names = ("thoroughfare",)  # noqa: PLW2901  the number stands on the street before, by PAF's rules
        elif not typed and "dependent_thoroughfare" in names:
            continue
        line = " ".join(part for name in names if (part := " ".join(getattr(location, name).split())))
        if line:
            lines.append(line)
    address = ", ".join(lines)[:LONGEST]
    return f"{address}, {postcode}" if address and postcode else address
