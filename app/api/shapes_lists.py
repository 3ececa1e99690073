"""What goes out of lists and of single things: numbers, changes, addresses, reviews, imports, account."""

from typing import Any

from marshmallow import Schema
from marshmallow import fields as shape

from app.api.shapes_out import RECORD, JudgementOut, ProblemOut
from app.domain.jobs import JobState
from app.domain.registrations import RegistrationKind
from app.domain.statuses import Status

NEXT = {"description": "the cursor of the next page; null at the end"}
MOMENT = {"format": "date-time"}


def page_of(item: type[Schema], name: str) -> type[Schema]:
    """Return the shape of a page of items."""
    parts: dict[str, Any] = {
        "items": shape.List(shape.Nested(item), required=True),
        "next": shape.String(required=True, allow_none=True, metadata=NEXT),
    }
    return Schema.from_dict(parts, name=name)


class NumberOut(Schema):
    """A number and where its record stands; `id` names it in addresses, in which no number stands."""

    id = shape.Integer(required=True)
    number = shape.String(required=True, metadata={"description": "as it is dialled"})
    status = shape.String(required=True, metadata={"enum": [str(status) for status in Status]})
    name = shape.String(required=True)
    postcode = shape.String(required=True)
    since = shape.String(required=True, allow_none=True, metadata={"description": "the day or moment of the status"})
    due_on = shape.String(required=True, allow_none=True, metadata={"description": "when what waits goes out"})
    wanted = RECORD
    accepted = RECORD
    accepted_unknown = shape.Boolean(required=True, metadata={"description": "what the agent holds is not known"})
    rejected_because = shape.String(required=True, metadata={"description": "what the agent said, in words"})
    note = shape.String(required=True, metadata={"description": "what was written with a return"})


class PlannedOut(Schema):
    """One thing that was said of a number and has not gone out."""

    id = shape.Integer(required=True)
    number_id = shape.Integer(required=True)
    kind = shape.String(required=True, metadata={"enum": [str(kind) for kind in RegistrationKind]})
    effective_date = shape.String(required=True, metadata={"format": "date"})
    due_on = shape.String(required=True, metadata={"format": "date"})
    waits = shape.String(required=True, metadata={"enum": ["waiting", "review", "returned"]})
    replaced = shape.Boolean(required=True, metadata={"description": "a later word for the same day stands"})
    gaining_cupid = shape.String(required=True)
    submitted_at = shape.String(required=True, metadata=MOMENT)
    sent = RECORD


class PlannedListOut(Schema):
    """What is planned for a number, the first due first."""

    items = shape.List(shape.Nested(PlannedOut), required=True)


class CancelledOut(Schema):
    """What was taken back."""

    cancelled = shape.Integer(required=True, metadata={"description": "the id of the change"})
    number_id = shape.Integer(required=True)


class AddressOut(Schema):
    """An installation address as it was typed, with the ids of the numbers that are wanted there today."""

    id = shape.Integer(required=True)
    typed = shape.Dict(keys=shape.String(), values=shape.String(), required=True)
    numbers = shape.List(shape.Integer(), required=True)
    version = shape.String(required=True, metadata={"description": "its ETag, without the quotation marks"})


class AddressChangedOut(Schema):
    """What became of a change; an address never changes, so its numbers are at another one by it."""

    address_id = shape.Integer(required=True, allow_none=True)
    judgements = shape.List(shape.Nested(JudgementOut), required=True)


class ReviewOut(Schema):
    """A location that waits until a person has looked at it."""

    id = shape.Integer(required=True)
    number_id = shape.Integer(required=True)
    number = shape.String(required=True)
    effective_date = shape.String(required=True, metadata={"format": "date"})
    submitted_at = shape.String(required=True, metadata=MOMENT)
    due_at = shape.String(required=True, metadata=MOMENT)
    problems = shape.List(shape.Nested(ProblemOut), required=True)
    sent = RECORD


class CountsOut(Schema):
    """What an import found, or did once it is applied."""

    rows = shape.Integer(required=True)
    accepted = shape.Integer(required=True)
    unchanged = shape.Integer(required=True)
    for_review = shape.Integer(required=True)
    refused = shape.Integer(required=True)
    dry_run = shape.Boolean(required=True)
    saved = shape.Boolean(required=True)


class ImportOut(Schema):
    """An import: looked through first, applied when that is asked for, gone after a day."""

    id = shape.String(required=True)
    state = shape.String(required=True, metadata={"enum": [str(state) for state in JobState]})
    report = shape.Nested(CountsOut, required=True, allow_none=True)
    why = shape.String(required=True, metadata={"description": "why it failed, or was not applied"})
    rows_done = shape.Integer(required=True)
    bytes_done = shape.Integer(required=True)
    bytes_total = shape.Integer(required=True)
    created_at = shape.String(required=True, metadata=MOMENT)
    expires_at = shape.String(required=True, metadata=MOMENT)


class FindingOut(ProblemOut):
    """One finding of an import; `row` counts its rows from 1, `line` the lines of a CSV."""

    line = shape.Integer()


class AccountOut(Schema):
    """What the account has given of itself."""

    id = shape.Integer(required=True)
    business_name = shape.String(required=True)
    contact_name = shape.String(required=True)
    billing_address = shape.String(required=True)
    billing_postcode = shape.String(required=True)
    email = shape.String(required=True)
    landline = shape.String(required=True)
    mobile = shape.String(required=True)
    company_number = shape.String(required=True)
    vat_number = shape.String(required=True)


class AccessOut(Schema):
    """A log-in, one that was refused, or the calls of one key from one address on one day."""

    id = shape.Integer(required=True)
    kind = shape.String(required=True)
    who = shape.String(required=True, metadata={"description": "an e-mail address, or how a key begins"})
    origin = shape.String(required=True, metadata={"description": "the network address"})
    device = shape.String(required=True)
    at = shape.String(required=True, metadata=MOMENT)
    last_at = shape.String(required=True, metadata=MOMENT)


NumbersOut = page_of(NumberOut, "NumbersOut")
AddressesOut = page_of(AddressOut, "AddressesOut")
ReviewsOut = page_of(ReviewOut, "ReviewsOut")
FindingsOut = page_of(FindingOut, "FindingsOut")
AccessLogOut = page_of(AccessOut, "AccessLogOut")


class ImportsOut(Schema):
    """What was sent with this key within the day, the newest first."""

    items = shape.List(shape.Nested(ImportOut), required=True)
