"""What goes out to staff: files, their records, cases, the night."""

from marshmallow import Schema
from marshmallow import fields as shape

from app.api.shapes_lists import MOMENT, page_of
from app.api.shapes_out import RECORD, JudgementOut
from app.domain.cases import CaseState
from app.domain.files import FileState


class FileOut(Schema):
    """A file that was given a number."""

    file_name = shape.String(required=True)
    file_sequence = shape.Integer(required=True)
    kind = shape.String(required=True, metadata={"enum": ["D", "F"]})
    state = shape.String(required=True, metadata={"enum": [str(state) for state in FileState]})
    record_count = shape.Integer(required=True)
    counts = shape.Dict(keys=shape.String(), values=shape.Integer(), required=True)
    sha256 = shape.String(required=True)
    created_at = shape.String(required=True, metadata=MOMENT)
    delivered_at = shape.String(required=True, allow_none=True)
    answered_at = shape.String(required=True, allow_none=True)
    reason = shape.String(required=True)
    holds = shape.Boolean(required=True, metadata={"description": "no further file leaves until it is released"})
    incident = shape.String(required=True)
    resends = shape.Integer(required=True)
    resent_at = shape.String(required=True, allow_none=True)


class ReplyFileOut(Schema):
    """A reply of the agent's to a file."""

    id = shape.Integer(required=True)
    file_name = shape.String(required=True)
    kind = shape.String(required=True)
    outcome = shape.String(required=True)
    reason = shape.String(required=True)
    collected_at = shape.String(required=True, metadata=MOMENT)


class WholeFileOut(FileOut):
    """A file with its profile and its replies."""

    profile = shape.String(required=True)
    profile_digest = shape.String(required=True)
    size = shape.Integer(required=True, metadata={"description": "bytes"})
    replies = shape.List(shape.Nested(ReplyFileOut), required=True)


class RecordFieldOut(Schema):
    """One field of a record, with its place where the profile has fixed ones."""

    class Meta:
        include = {  # noqa: RUF012  marshmallow's form; `from` is a word of Python's
            "from": shape.Integer(required=True, allow_none=True),
        }

    name = shape.String(required=True)
    width = shape.Integer(required=True, allow_none=True)
    value = shape.String(required=True)


class FileRecordOut(Schema):
    """One record of a file, as it was sent and field by field."""

    rec_no = shape.Integer(required=True)
    txn_ref = shape.String(required=True)
    command = shape.String(required=True)
    state = shape.String(required=True)
    raw = shape.String(required=True)
    fields_ = shape.List(shape.Nested(RecordFieldOut), required=True, data_key="fields", attribute="fields")


class StaffCaseOut(Schema):
    """A case as operations see it."""

    id = shape.Integer(required=True)
    number = shape.String(required=True, allow_none=True)
    number_id = shape.Integer(required=True, allow_none=True)
    txn_ref = shape.String(required=True, allow_none=True)
    code = shape.String(required=True)
    text = shape.String(required=True)
    field = shape.String(required=True, allow_none=True)
    state = shape.String(required=True, metadata={"enum": [str(state) for state in CaseState]})
    urgent = shape.Boolean(required=True)
    owner = shape.String(required=True, metadata={"description": "an e-mail address; empty where it is nobody's"})
    opened_at = shape.String(required=True, metadata=MOMENT)
    due_at = shape.String(required=True, metadata=MOMENT)
    overdue = shape.Boolean(required=True)
    file_name = shape.String(required=True, allow_none=True)
    closed_at = shape.String(required=True, allow_none=True)
    closed_why = shape.String(required=True)


class CaseStepOut(Schema):
    """One step of a case's history."""

    step = shape.String(required=True)
    who = shape.String(required=True)
    text = shape.String(required=True)
    code = shape.String(required=True, allow_none=True)
    txn_ref = shape.String(required=True, allow_none=True)
    at = shape.String(required=True, metadata=MOMENT)


class NamedReplyOut(Schema):
    """A reply file by its name."""

    id = shape.Integer(required=True)
    file_name = shape.String(required=True)
    kind = shape.String(required=True)


class WholeCaseOut(Schema):
    """A case with what was sent, what was typed, who shares the address, and its history."""

    case = shape.Nested(StaffCaseOut, required=True)
    sent = RECORD
    typed = RECORD
    field_at_fault = shape.String(required=True, allow_none=True)
    shared_with = shape.List(shape.String(), required=True, metadata={"description": "other numbers at the address"})
    history = shape.List(shape.Nested(CaseStepOut), required=True)
    reply_files = shape.List(shape.Nested(NamedReplyOut), required=True)


class FixedOut(Schema):
    """A case that was fixed, and what the rules say of the record; null for the end of a record."""

    case = shape.Nested(StaffCaseOut, required=True)
    judgement = shape.Nested(JudgementOut, required=True, allow_none=True)


class LastRunOut(Schema):
    """The last night that was run."""

    run_date = shape.String(required=True, metadata={"format": "date"})
    started_at = shape.String(required=True, metadata=MOMENT)
    finished_at = shape.String(required=True, allow_none=True)
    late = shape.Boolean(required=True)


class TonightOut(Schema):
    """What goes out tonight, what waits, and what is overdue."""

    due = shape.Integer(required=True)
    due_by_command = shape.Dict(keys=shape.String(), values=shape.Integer(), required=True)
    on_hold = shape.Integer(required=True, metadata={"description": "due on a later day"})
    waiting_for_agent = shape.Integer(required=True)
    in_review = shape.Integer(required=True)
    open_cases = shape.Integer(required=True)
    holding = shape.List(shape.Nested(FileOut), required=True)
    overdue = shape.List(shape.Nested(FileOut), required=True)
    last_file = shape.Nested(FileOut, required=True, allow_none=True)
    last_run = shape.Nested(LastRunOut, required=True, allow_none=True)
    next_run_at = shape.String(required=True, metadata=MOMENT)


FilesOut = page_of(FileOut, "FilesOut")
FileRecordsOut = page_of(FileRecordOut, "FileRecordsOut")
CasesOut = page_of(StaffCaseOut, "CasesOut")
