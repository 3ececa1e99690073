"""Webhooks: the account's own servers that are told of each status change, their log, and what is sent again."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_account, the_actor, the_system
from app.api.rooms import ID, ApiRoom
from app.api.shapes_webhooks import (
    AttemptsIn,
    AttemptsOut,
    EventOut,
    ReplayedOut,
    ReplayIn,
    SecretOut,
    WebhookChangeIn,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
)
from app.services.api_keys import Scope
from app.services.webhooks.listing import SubscriptionLine, list_subscriptions, show_subscription
from app.services.webhooks.log import AttemptLine, list_attempts
from app.services.webhooks.replaying import replay_event, replay_since, send_test
from app.services.webhooks.subscriptions import (
    add_subscription,
    change_subscription,
    remove_subscription,
    switch_off,
    switch_on,
    turn_secret,
)

room = ApiRoom("webhooks_api", description="Webhooks: your own server told of each status change")
LIST = "attempts"
ONE = f"/webhooks/<{ID}:hook_id>"
URL = "https://hooks.example/numbers"
WEBHOOK: dict[str, Any] = {
    "id": 1,
    "url": URL,
    "statuses": ["rejected", "live"],
    "on": True,
    "off_why": None,
    "off_at": None,
    "failing_since": None,
    "old_secret_ends_at": None,
    "waiting": 0,
    "stopped": 0,
    "created_at": "2027-03-03T12:00:00+00:00",
}
SECRET = {"id": 1, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
ATTEMPT: dict[str, Any] = {
    "id": 7,
    "event_id": 5,
    "message_id": "msg_5f0c1a2b3c4d5e6f708192a3b4c5d6e7",
    "number_id": 1,
    "sequence": 3,
    "status": "live",
    "replayed": False,
    "state": "delivered",
    "taken": True,
    "at": "2027-03-03T12:00:00+00:00",
    "http_status": 204,
    "fault": "",
    "milliseconds": 85,
    "next_try_at": None,
}


@room.call("/webhooks", scope=Scope.WEBHOOKS, method="GET")
@room.response(200, WebhooksOut, example={"items": [WEBHOOK]})
def list_webhooks() -> dict[str, Any]:
    """List the account's webhooks, with how each stands."""
    return {"items": [_json(line) for line in list_subscriptions(the_system(), the_actor(), the_account())]}


@room.call("/webhooks", scope=Scope.WEBHOOKS)
@room.arguments(WebhookIn, example={"url": URL, "statuses": ["rejected", "live"]})
@room.response(201, SecretOut, example=SECRET)
def make(body: dict[str, Any]) -> dict[str, Any]:
    """Make a webhook and return its secret, this once; it is told of what happens from now on.

    It takes no Idempotency-Key, since the answer that would be kept for a repetition holds the secret: one address has
    one webhook, so a repeated call is refused (W04).
    """
    return asdict(add_subscription(the_system(), the_actor(), the_account(), body["url"], body["statuses"]))


@room.call(ONE, scope=Scope.WEBHOOKS, method="GET", statuses=(404,))
@room.response(200, WebhookOut, example=WEBHOOK)
def show(hook_id: int) -> dict[str, Any]:
    """Show one webhook."""
    return _now(hook_id)


@room.call(ONE, scope=Scope.WEBHOOKS, method="PATCH", statuses=(404,))
@room.arguments(WebhookChangeIn, example={"statuses": ["rejected", "needs_address", "live"], "on": True})
@room.response(200, WebhookOut, example=WEBHOOK)
def change(body: dict[str, Any], hook_id: int) -> dict[str, Any]:
    """Change address or statuses, turn it off or on."""
    system, actor = the_system(), the_actor()
    line = show_subscription(system, actor, hook_id)
    change_subscription(system, actor, hook_id, body.get("url", line.url), body.get("statuses", line.statuses))
    if "on" in body:
        (switch_on if body["on"] else switch_off)(system, actor, hook_id)
    return _now(hook_id)


@room.call(ONE, scope=Scope.WEBHOOKS, method="DELETE", statuses=(404,))
@room.response(204)
def remove(hook_id: int) -> Response:
    """Remove a webhook for good, with its secret."""
    remove_subscription(the_system(), the_actor(), hook_id)
    answer = Response(status=204)
    answer.content_type = None  # type: ignore[assignment]  # there is no content to have a type
    return answer


@room.call(f"{ONE}/secret", scope=Scope.WEBHOOKS, kinds=(), statuses=(404,))
@room.response(200, SecretOut, example=SECRET)
def new_secret(hook_id: int) -> dict[str, Any]:
    """Give a webhook a new secret and return it, this once; for 24 hours events are signed with the old one too."""
    return {"id": hook_id, "secret": turn_secret(the_system(), the_actor(), hook_id)}


@room.call(f"{ONE}/test", scope=Scope.WEBHOOKS, kinds=(), statuses=(404, 409), once=True)
@room.response(202, EventOut, example={"event_id": 5})
def test(hook_id: int) -> dict[str, Any]:
    """Send an event that tells of no number; how it went stands in the log."""
    return {"event_id": send_test(the_system(), the_actor(), hook_id)}


@room.call(f"{ONE}/attempts", scope=Scope.WEBHOOKS, method="GET", statuses=(404, 422))
@room.arguments(AttemptsIn, location="query")
@room.response(200, AttemptsOut, example={"items": [ATTEMPT], "next": None})
def attempts(asked: dict[str, str], hook_id: int) -> dict[str, Any]:
    """List every try of the last 30 days, the newest first."""
    page = list_attempts(the_system(), the_actor(), hook_id, place_of(LIST, asked["cursor"]))
    return {"items": [_attempt(line) for line in page.attempts], "next": cursor_of(LIST, page.older)}


@room.call(f"{ONE}/replay", scope=Scope.WEBHOOKS, statuses=(404, 409), once=True)
@room.arguments(ReplayIn, example={"since": "2027-03-03T00:00:00Z"})
@room.response(202, ReplayedOut, example={"events": 12})
def replay(body: dict[str, Any], hook_id: int) -> dict[str, int]:
    """Send one event again, or all since a moment: what was never taken is among them.

    Each goes out with its own id and content. A webhook that is off is turned on first (409).
    """
    system, actor = the_system(), the_actor()
    if "event_id" in body:
        replay_event(system, actor, hook_id, body["event_id"])
        return {"events": 1}
    return {"events": replay_since(system, actor, hook_id, body["since"])}


def _now(hook_id: int) -> dict[str, Any]:
    return _json(show_subscription(the_system(), the_actor(), hook_id))


def _json(line: SubscriptionLine) -> dict[str, Any]:
    moments = {name: _moment(getattr(line, name)) for name in ("off_at", "failing_since", "old_secret_ends_at")}
    return {
        "id": line.id,
        "url": line.url,
        "statuses": list(line.statuses),
        "on": line.is_on,
        "off_why": line.off_why and str(line.off_why),
        "waiting": line.waiting,
        "stopped": line.stopped,
        "created_at": line.created_at.isoformat(),
        **moments,
    }


def _attempt(line: AttemptLine) -> dict[str, Any]:
    """The telephone number is left out: a program knows it by its id."""
    shown = {name: value for name, value in asdict(line).items() if name != "number"}
    return shown | {
        "status": line.status and str(line.status),
        "state": str(line.state),
        "taken": line.taken,
        "at": line.at.isoformat(),
        "next_try_at": _moment(line.next_try_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
