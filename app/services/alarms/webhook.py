"""Alarms by webhook."""

import requests

from app.domain.alarms import Channel
from app.services.alarms.deadline import in_time
from app.services.alarms.messages import Message, NotSent
from app.settings import Settings

TIMEOUT_SECONDS = (5.0, 10.0)  # to connect, to wait for the answer
SUCCESS = range(200, 300)
REDIRECTS = range(300, 400)


class Webhook:
    """The address of ELD_ALARM_WEBHOOK, which is never told to anybody: its path is mostly its password.

    It is the operator's own setting, which no customer and no page can change, and the receiver of alarms mostly stands
    inside the operator's network: so it is not held to the open internet, as customers' webhooks are (outside.py).
    """

    channel = Channel.WEBHOOK

    def __init__(self, settings: Settings) -> None:
        self._url = settings.alarm_webhook

    def send(self, message: Message) -> str:
        """POST as JSON; raises NotSent for whatever is not 2xx, a redirect among it."""
        try:
            status = in_time(lambda: _post(self._url, message))
        except requests.Timeout as fault:
            raise NotSent("no answer in time") from fault
        except requests.exceptions.SSLError as fault:
            raise NotSent("the receiver's TLS fails") from fault
        except (OSError, ValueError) as fault:  # requests' own errors are OSErrors
            raise NotSent(f"the receiver cannot be reached ({type(fault).__name__})") from fault
        if status in SUCCESS:
            return ""
        followed = ", and a redirect is not followed" if status in REDIRECTS else ""
        raise NotSent(f"the receiver answers {status}{followed}", channel_down=False)


def _post(url: str, message: Message) -> int:
    """Return the status; nothing of the answer's content is read, however long it is."""
    document = {"key": message.key, "event": str(message.word), "title": message.title, "text": message.text}
    with requests.post(
        url,
        json={**document, "at": message.at.isoformat(), **message.facts},
        headers={"Idempotency-Key": message.key, "User-Agent": "emergency-location-data"},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
        stream=True,
    ) as answer:
        return answer.status_code
