"""What comes in and goes out of webhooks."""

from typing import Any

from marshmallow import Schema, ValidationError, validates_schema
from marshmallow import fields as shape
from marshmallow.validate import Length

from app.api.fields import Text, TrueFalse, WholeNumber, Word
from app.api.shapes_in import CursorIn, In
from app.api.shapes_lists import MOMENT, page_of
from app.domain.statuses import Status
from app.domain.webhooks import DeliveryState, SwitchedOff

WORDS = [str(status) for status in Status]
URL = {"description": "https:// of your own server; it must not lead into a private network"}
TOLD = {"description": "the statuses that it is told of; a number that comes to another one is not told"}
WHEN: dict[str, Any] = {"required": True, "allow_none": True}


class WebhookIn(In):
    """A new webhook."""

    url = Text(required=True, metadata=URL)
    statuses = shape.List(Word(Status), load_default=WORDS, validate=Length(1, len(WORDS)), metadata=TOLD)


class WebhookChangeIn(In):
    """What changes of a webhook; what is left out stays."""

    url = Text(metadata=URL)
    statuses = shape.List(Word(Status), validate=Length(1, len(WORDS)), metadata=TOLD)
    on = TrueFalse(metadata={"description": "false: it is told nothing until it is true again"})


class ReplayIn(In):
    """Which events are sent again: all since a moment, or one; exactly one of the two."""

    since = shape.AwareDateTime(metadata={"description": "with its zone, 2027-03-03T12:00:00Z"})
    event_id = WholeNumber(1, 10**18 - 1, metadata={"description": "`event_id` of a try in the log"})

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both, and neither."""
        if len(data) != 1:
            raise ValidationError("Say either `since` or `event_id`.")


class AttemptsIn(CursorIn):
    """Where the log goes on."""


class WebhookOut(Schema):
    """A webhook; its secret is shown when it is made, and never again."""

    id = shape.Integer(required=True)
    url = shape.String(required=True)
    statuses = shape.List(shape.String(metadata={"enum": WORDS}), required=True)
    on = shape.Boolean(required=True)
    off_why = shape.String(**WHEN, metadata={"enum": [*map(str, SwitchedOff), None]})
    off_at = shape.String(**WHEN, metadata=MOMENT)
    failing_since = shape.String(**WHEN, metadata=MOMENT)
    old_secret_ends_at = shape.String(
        **WHEN, metadata=MOMENT | {"description": "until then events are signed with the old secret too"}
    )
    waiting = shape.Integer(required=True, metadata={"description": "events on their way"})
    stopped = shape.Integer(required=True, metadata={"description": "events that were not taken: replay them"})
    created_at = shape.String(required=True, metadata=MOMENT)


class WebhooksOut(Schema):
    """The account's webhooks, the first first."""

    items = shape.List(shape.Nested(WebhookOut), required=True)


class SecretOut(Schema):
    """A webhook's secret, this once."""

    id = shape.Integer(required=True)
    secret = shape.String(required=True, metadata={"description": "`whsec_` and base64"})


class EventOut(Schema):
    """An event that was made."""

    event_id = shape.Integer(required=True)


class ReplayedOut(Schema):
    """How many events are on their way again."""

    events = shape.Integer(required=True)


class AttemptOut(Schema):
    """One try to tell the webhook something; without status and fault nobody heard how it ended."""

    id = shape.Integer(required=True)
    event_id = shape.Integer(required=True)
    message_id = shape.String(required=True, metadata={"description": "the event's id as it was sent"})
    number_id = shape.Integer(required=True, allow_none=True, metadata={"description": "null for a test"})
    sequence = shape.Integer(required=True, allow_none=True)
    status = shape.String(required=True, allow_none=True, metadata={"enum": [*WORDS, None]})
    replayed = shape.Boolean(required=True)
    state = shape.String(required=True, metadata={"enum": [str(state) for state in DeliveryState]})
    taken = shape.Boolean(required=True)
    at = shape.String(required=True, metadata=MOMENT)
    http_status = shape.Integer(required=True, allow_none=True)
    fault = shape.String(required=True)
    milliseconds = shape.Integer(required=True, allow_none=True)
    next_try_at = shape.String(**WHEN, metadata=MOMENT)


AttemptsOut = page_of(AttemptOut, "AttemptsOut")
