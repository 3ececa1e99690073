"""What comes in: the shapes of calls. What a value must be the rules say, not these."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, post_load, pre_load, validates
from marshmallow import fields as shape
from marshmallow.validate import Length

from app.api.fields import Degrees, Text, TrueFalse, WholeNumber, Word, YesNo
from app.api.limits import MOST_AT_ONCE
from app.domain.statuses import Status
from app.services.casework.listing import Queue
from app.services.locations.address_list import CHANGEABLE
from validators.columns import COLUMNS, Location

ABOUT: dict[str, str] = {
    "number": "the telephone number, with its area code",
    "name": "of a business as it stands above the door; of a person the surname",
    "title": "of a person",
    "forename": "of a person",
    "honours": "of a person",
    "business_suffix": "Ltd, plc, a branch or a department",
    "premises": "house number or name, and the flat, floor or unit",
    "thoroughfare": "street",
    "locality": "village, district or estate",
    "post_town": "post town",
    "postcode": "the call is routed by it",
    "line_type": "empty, DDI, EXT, FNET or VOIP",
    "effective_date": "CCYY-MM-DD; today in London where it is empty",
    "uprn": "Unique Property Reference Number, up to 12 digits",
    "udprn": "Royal Mail's number of the delivery point, 8 digits",
    "latitude": "decimal degrees, WGS84",
    "longitude": "decimal degrees, WGS84",
    "reference": "your own order or site number",
    "child_cupid": "the provider on whose behalf the record is sent, three digits",
    "losing_cupid": "the provider that a number is brought from, three digits",
    "voip_acknowledged": "whether the customer knows the limits of 999 over VoIP",
    "address_confirmed": "whether the customer says that this address is right although it looks wrong",
    "nomadic": "whether the user of a VOIP line moves about",
    "outside_uk": "whether the user is outside the United Kingdom",
    "organisation": "PAF element",
    "department": "PAF element",
    "po_box": "PAF element",
    "sub_building": "PAF element",
    "building_name": "PAF element",
    "building_number": "PAF element",
    "dependent_thoroughfare": "PAF element",
    "double_dependent_locality": "PAF element",
    "dependent_locality": "PAF element",
}
KINDS: dict[str, type[Text]] = {
    **dict.fromkeys(("latitude", "longitude"), Degrees),
    **dict.fromkeys(("voip_acknowledged", "address_confirmed", "nomadic", "outside_uk"), YesNo),
}


class In(Schema):
    """What comes in: a field that is not known is refused."""

    class Meta:
        unknown = RAISE


class _LocationShape(In):
    @post_load
    def make(self, data: dict[str, str], **_: Any) -> Location:
        """Return the location that was typed."""
        return Location(**data)


def _column(name: str) -> Text:
    return KINDS.get(name, Text)(metadata={"description": ABOUT[name]})


LocationIn = _LocationShape.from_dict({name: _column(name) for name in COLUMNS}, name="LocationIn")


class LocationsIn(In):
    """One location, a list of them, or both in an object."""

    locations = shape.List(
        shape.Nested(LocationIn),
        required=True,
        validate=Length(1, MOST_AT_ONCE, error=f"Send from 1 to {MOST_AT_ONCE:,} locations at once."),
    )

    @pre_load
    def wrap(self, data: Any, **_: Any) -> Any:
        """Take a location alone, or a list, as well."""
        if isinstance(data, list):
            return {"locations": data}
        if isinstance(data, Mapping) and data.keys() - self.fields.keys() and "locations" not in data:
            own = {name: value for name, value in data.items() if name in self.fields}
            return own | {"locations": [{name: value for name, value in data.items() if name not in own}]}
        return data


class RegisterIn(LocationsIn):
    """Locations to be stored."""

    skip_bad = TrueFalse(
        load_default=False,
        metadata={"description": "store the good ones even where others are refused"},
    )


class NumberIn(In):
    """One number to be looked up: in the body, since a number in an address would stand in logs."""

    number = Text(required=True, metadata={"description": ABOUT["number"]})


class NumbersIn(In):
    """Some numbers, each once."""

    numbers = shape.List(
        Text(),
        required=True,
        validate=Length(1, MOST_AT_ONCE, error=f"Send from 1 to {MOST_AT_ONCE:,} numbers at once."),
        metadata={"description": "with their area codes, each once"},
    )

    @validates("numbers")
    def each_once(self, numbers: list[str], data_key: str) -> None:  # noqa: ARG002  marshmallow's signature
        """Refuse a number that stands there twice as it is written."""
        seen: set[str] = set()
        twice = {}
        for at, number in enumerate(numbers):
            if number in seen:
                twice[at] = ["This number stands in the list already."]
            seen.add(number)
        if twice:
            raise ValidationError(twice)


class CeaseIn(NumbersIn):
    """Numbers whose use ends."""

    date = shape.Date(
        load_default=None,
        allow_none=True,
        format="iso",
        metadata={"description": "the last day of use; today in London where it is not given"},
    )


class PageIn(In):
    """Where a list goes on, and how much of it is wanted."""

    cursor = Text(load_default="", metadata={"description": "`next` of the page before, as it came"})
    limit = WholeNumber(1, 200, load_default=50, metadata={"description": "how many at most"})


class NumbersPageIn(PageIn):
    """As a page, of one status."""

    status = Word(Status, load_default=None, metadata={"description": "only those of this status"})


class NumbersSearchIn(PageIn):
    """What numbers are searched by: in the body, since it may be a number, a name or a postcode."""

    search = Text(required=True, metadata={"description": "part of a number, of a name, or of a postcode"})
    status = Word(Status, load_default=None, allow_none=True, metadata={"description": "only those of this status"})


# What changes of an address, for all of its numbers.
AddressChangeIn = In.from_dict({name: _column(name) for name in CHANGEABLE}, name="AddressChangeIn")


class ApplyIn(In):
    """How an import is applied."""

    skip_bad = TrueFalse(load_default=False, metadata={"description": "store the good rows even where others are bad"})


class CursorIn(In):
    """Where a list goes on whose pages have a size of their own."""

    cursor = Text(load_default="", metadata={"description": "`next` of the page before, as it came"})


class CasesPageIn(PageIn):
    """As a page, of one queue."""

    queue = Word(Queue, load_default=Queue.UNCLOSED.value, metadata={"description": "which of the cases"})


class NoteIn(In):
    """What a note says."""

    text = Text(required=True, metadata={"description": "1 to 1,000 characters"})


class GiveIn(In):
    """Whose a case is to be."""

    owner = Text(required=True, metadata={"description": "the e-mail address of one who works cases"})


class CloseIn(In):
    """Why a case is closed."""

    why = Text(required=True, metadata={"description": "1 to 500 characters; they are kept"})


class FixIn(In):
    """What changes of a rejected record."""

    fields_ = shape.Dict(
        keys=shape.String(),
        values=Text(),
        required=True,
        data_key="fields",
        metadata={"description": "the CSV's columns that change, with their values"},
    )
    whole_address = TrueFalse(
        load_default=False, metadata={"description": "change the address for all numbers that share it"}
    )
