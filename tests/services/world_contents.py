"""What is said of a number in the small world, and the record that the agent has to hold for it, field by field."""

from dataclasses import dataclass, field

from stage import ADDRESS
from wanted_model import WantedModel

NUMBERS = 5
REFUSED_UNIT = 7
# A brake that is felt with five numbers.
SETTINGS = {
    "ELD_BRAKE_CHANGES": "3",
    "ELD_BRAKE_CHANGES_PERCENT": "50",
    "ELD_BRAKE_CEASES": "2",
    "ELD_BRAKE_CEASES_PERCENT": "20",
}
OWNERS = ({"name": "Hartwell Ltd"}, {"name": "Lockside Dental"})
VARIANTS: tuple[dict[str, str], ...] = (
    {},
    {"title": "Dr", "forename": "Rosa", "name": "Finch", "honours": "OBE", "reference": "Order 17"},
    {"thoroughfare": "Wellington Street", "locality": "Holbeck", "postcode": "LS1 4AP", "business_suffix": "Annexe"},
)
HELD_AS = {"business_suffix": "bus_suffix", "reference": "cross_ref"}
BLANK = dict.fromkeys(
    (
        *("line_type", "title", "forename", "honours", "bus_suffix"),
        *("address_id", "address_id_source", "cross_ref", "new_telephone_no"),
    ),
    "",
)
# What a record says of the command that brought it.
OF_THE_COMMAND = ("txn_ref", "effective_date", "change_cupid")


# A content is whose it is, which of the variants, and which unit of the house.
Content = tuple[int, int, int]


def columns_of(content: Content) -> dict[str, str]:
    owner, variant, unit = content
    return ADDRESS | OWNERS[owner] | VARIANTS[variant] | {"premises": f"Unit {unit}"}


def held_for(content: Content) -> dict[str, str]:
    """The agent's record of a content, field by field."""
    columns = dict(columns_of(content))
    town = columns.pop("post_town")
    columns["locality"] = ", ".join(part for part in (columns.get("locality"), town) if part)
    sent = {HELD_AS.get(name, name): text.upper() for name, text in columns.items()}
    return {"parent_cupid": "999", "child_cupid": "999", "retailer_id": ("HART01", "")[content[0]]} | BLANK | sent


@dataclass
class Place:
    """One number as the world knows it."""

    model: WantedModel = field(default_factory=WantedModel)
    owner: int | None = None
    words: dict[int, int] = field(default_factory=dict)  # which word of the model a registration is

    def free(self, today):
        return self.owner is None or not self.model.in_use(today)
