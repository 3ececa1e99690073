"""What goes out: the shapes of answers, which only grow."""

from marshmallow import Schema
from marshmallow import fields as shape


class ProblemOut(Schema):
    """One finding, the same by form, API, CSV and command line; the code is the contract."""

    code = shape.String(required=True)
    field = shape.String(required=True, metadata={"description": "a column of the location, or a field of the call"})
    severity = shape.String(required=True, metadata={"enum": ["error", "review", "warning"]})
    message = shape.String(required=True)
    suggestion = shape.String(allow_none=True, metadata={"description": "a value that could be taken as it stands"})
    alternatives = shape.List(shape.String(), metadata={"description": "up to three others"})
    row = shape.Integer(metadata={"description": "which of the locations sent, counted from 1"})


class ProblemDocument(Schema):
    """What went wrong (RFC 9457)."""

    type = shape.String(required=True)
    title = shape.String(required=True)
    status = shape.Integer(required=True)
    detail = shape.String(required=True)
    code = shape.String()
    problems = shape.List(shape.Nested(ProblemOut), required=True)


class ChangeOut(Schema):
    """What was done to a value before it is sent."""

    field = shape.String(required=True)
    kind = shape.String(required=True)
    before = shape.String(required=True)
    after = shape.String(required=True)


class JudgementOut(Schema):
    """What the rules say of one location."""

    standing = shape.String(required=True, metadata={"enum": ["accepted", "unchanged", "for_review", "refused"]})
    number = shape.String(required=True, allow_none=True, metadata={"description": "as it is dialled"})
    effective_date = shape.Date(required=True, allow_none=True)
    problems = shape.List(shape.Nested(ProblemOut), required=True)
    sent = shape.Dict(
        keys=shape.String(),
        values=shape.String(),
        required=True,
        allow_none=True,
        metadata={
            "description": "the record as it will be sent, by the names of the columns; null where it is refused"
        },
    )
    changes = shape.List(shape.Nested(ChangeOut), required=True)


class CheckedOut(Schema):
    """The judgement on each location, in the order in which they came."""

    judgements = shape.List(shape.Nested(JudgementOut), required=True)


class RegisteredOut(CheckedOut):
    """As checked, with the counts of what was stored."""

    rows = shape.Integer(required=True)
    accepted = shape.Integer(required=True)
    unchanged = shape.Integer(required=True)
    for_review = shape.Integer(required=True)
    refused = shape.Integer(required=True)


class CeasedOut(Schema):
    """How many numbers' use was ended."""

    ceased = shape.Integer(required=True)


class BarredOut(Schema):
    """On how many numbers 999 was not barred before."""

    barred = shape.Integer(required=True)


class UnbarredOut(Schema):
    """How many numbers were barred before."""

    unbarred = shape.Integer(required=True)


RECORD = shape.Dict(keys=shape.String(), values=shape.String(), allow_none=True, required=True)


class ReplyOut(Schema):
    """The agent's answer to a transaction."""

    class Meta:
        include = {  # noqa: RUF012  marshmallow's form; `class` is a word of Python's
            "class": shape.String(required=True),
        }

    code = shape.String(required=True)
    final = shape.Boolean(required=True)
    text = shape.String(required=True)
    at = shape.String(required=True)


class TransactionOut(Schema):
    """One command that was sent for the number, or waits."""

    txn_ref = shape.String(required=True)
    command = shape.String(required=True, allow_none=True)
    state = shape.String(required=True)
    file_name = shape.String(required=True, allow_none=True)
    rec_no = shape.Integer(required=True, allow_none=True)
    due_on = shape.String(required=True)
    effective_date = shape.String(required=True, allow_none=True)
    created_at = shape.String(required=True)
    replies = shape.List(shape.Nested(ReplyOut), required=True)


class CaseOut(Schema):
    """A rejected record that people work on."""

    id = shape.Integer(required=True)
    txn_ref = shape.String(required=True, allow_none=True)
    code = shape.String(required=True)
    text = shape.String(required=True)
    field = shape.String(required=True, allow_none=True)
    state = shape.String(required=True)
    opened_at = shape.String(required=True)
    due_at = shape.String(required=True)


class RecordOut(Schema):
    """All that is held of one number."""

    number = shape.String(required=True)
    status = shape.String(required=True)
    wanted = RECORD
    accepted_state = shape.String(required=True, allow_none=True, metadata={"enum": ["none", "live", "unknown"]})
    accepted = RECORD
    typed = RECORD
    transactions = shape.List(shape.Nested(TransactionOut), required=True)
    cases = shape.List(shape.Nested(CaseOut), required=True)
