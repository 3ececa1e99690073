"""The channels that the settings name, and a try of each."""

from collections.abc import Sequence
from typing import Any

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import Misconfigured
from app.services.access import authorise
from app.services.alarms.mail import Mail
from app.services.alarms.messages import NotSent, Sender, trial_message
from app.services.alarms.webhook import Webhook
from app.services.system import System
from app.settings import Settings


def open_channels(settings: Settings) -> Sequence[Sender]:
    """Return the channels that are set up."""
    mail = [Mail(settings)] if settings.alarm_mail_to else []
    return [*mail, *([Webhook(settings)] if settings.alarm_webhook else [])]


def try_channels(system: System, actor: Actor) -> list[dict[str, Any]]:
    """Send a test message over each channel and return what came of it; Misconfigured where there is none."""
    authorise(actor, Permission.SEE_ALARMS)
    senders = open_channels(system.settings)
    if not senders:
        raise Misconfigured(
            "no channel is set up, nobody is told of any alarm: set ELD_ALARM_MAIL_TO and ELD_ALARM_SMTP, or "
            "ELD_ALARM_WEBHOOK"
        )
    message = trial_message(system)
    tried: list[dict[str, Any]] = []
    for sender in senders:
        try:
            sent, remark = True, sender.send(message)
        except NotSent as fault:
            sent, remark = False, fault.why
        tried.append({"channel": str(sender.channel), "sent": sent, "fault": remark})
    return tried
