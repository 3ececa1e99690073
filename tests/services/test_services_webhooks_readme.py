"""What README.md shows a receiver to do with a signature is right: its own lines are run."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.domain.statuses import Status
from app.models.webhooks import WebhookEvent
from app.services.webhooks.signing import body_of, headers_of, new_secret

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8").partition("## Webhooks")[2]
SHOWN = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL)[1])
AT = datetime(2027, 3, 3, 2, 4, 11, tzinfo=UTC)


def shown_check():
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", README, re.DOTALL)[1], names)  # noqa: S102  the lines of our own README
    return names["is_ours"]


IS_OURS = shown_check()


def event() -> WebhookEvent:
    return WebhookEvent(
        message_id="msg_5f0c1a2b3c4d5e6f708192a3b4c5d6e7",
        account_id=1,
        number_id=12,
        sequence=3,
        status=Status.LIVE,
        previous=Status.SENT,
        at=AT,
    )


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_the_body_is_as_it_is_shown() -> None:
    assert json.loads(body_of(event())) == SHOWN


def test_the_shown_lines_know_what_is_ours() -> None:
    secret, old, body = new_secret(), new_secret(), body_of(event())
    headers = lower(headers_of("msg_1", AT, body, [secret, old]))
    now = AT.timestamp()
    assert IS_OURS(secret, headers, body, now)
    assert IS_OURS(old, headers, body, now)
    assert not IS_OURS(new_secret(), headers, body, now)
    assert not IS_OURS(secret, headers | {"webhook-id": "msg_2"}, body, now)
    assert not IS_OURS(secret, headers | {"webhook-timestamp": str(int(now) + 1)}, body, now)
    assert not IS_OURS(secret, headers, body, (AT + timedelta(minutes=6)).timestamp())
    assert not IS_OURS(secret, lower(headers_of("msg_1", AT, body, [old])), body, now)


@given(st.binary(), st.binary(), st.text("abcdefmsg_0123456789", min_size=1))
def test_only_the_very_bytes_are_ours(body: bytes, other: bytes, message_id: str) -> None:
    secret = new_secret()
    headers = lower(headers_of(message_id, AT, body, [secret]))
    assert IS_OURS(secret, headers, other, AT.timestamp()) is (other == body)
