"""One message over one channel, and how a channel says that it did not get through."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from app.domain.alarms import AlarmKind, Channel
from app.models.alarms import Alarm
from app.services.alarms.conditions import in_words
from app.services.system import System

TITLES = {
    AlarmKind.FCO_OVERDUE: "no FCO for",
    AlarmKind.FINAL_OVERDUE: "records without a final answer in",
    AlarmKind.NIGHT_HELD: "held night",
    AlarmKind.NIGHT_MISSED: "missed night",
    AlarmKind.FILE_REFUSED: "refused file",
    AlarmKind.FILE_STUCK: "file that does not leave",
    AlarmKind.URGENT_WAITS: "urgent correction that waits",
    AlarmKind.JOB_FAILS: "failing job",
}


class Word(StrEnum):
    """What a message says of an alarm."""

    RAISED = "raised"
    LASTS = "lasts"
    OVER = "over"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; `key` is the same whenever the same message is sent again, `thread` for all of one alarm."""

    key: str
    thread: str
    word: Word
    title: str
    text: str
    at: datetime
    facts: dict[str, Any]


class NotSent(Exception):
    """The message did not get through, or nobody knows whether it did.

    `why` is kept and shown: it holds no address and no word of the other side, which may quote one. `channel_down`
    says that the next message would meet the same.
    """

    def __init__(self, why: str, *, channel_down: bool = True) -> None:
        self.why, self.channel_down = why, channel_down
        super().__init__(why)


class Sender(Protocol):
    """A channel that is set up."""

    channel: Channel

    def send(self, message: Message) -> str:
        """Send, and return what is to be remarked of it, mostly nothing; raises NotSent."""


def alarm_message(system: System, alarm: Alarm, word: Word, told: int) -> Message:
    """Return what is said of an alarm; `told` counts the messages that this channel got of it before."""
    zone = system.settings.timezone
    title = f"{TITLES[alarm.kind]} {alarm.subject}"
    began = f"Since {in_words(alarm.raised_at, zone)}; told again each day while it lasts, and when it is over."
    text = f"{alarm.text}\n{began}"
    if word is Word.OVER and alarm.cleared_at is not None:
        first, *_ = alarm.text.splitlines()
        spell = f"raised {in_words(alarm.raised_at, zone)}, over {in_words(alarm.cleared_at, zone)}"
        text = f"This is over ({spell}):\n{first}"
    thread = f"{_origin(system)}-{alarm.id}-{alarm.raised_at:%Y%m%dT%H%M%SZ}"
    return Message(
        key=f"{thread}-{told + 1}-{word}",
        thread=thread,
        word=word,
        title=title,
        text=text,
        at=system.clock.now(),
        facts={
            "kind": str(alarm.kind),
            "subject": alarm.subject,
            "raised_at": alarm.raised_at.isoformat(),
            "cleared_at": alarm.cleared_at and alarm.cleared_at.isoformat(),
            **_installation(system),
        },
    )


def trial_message(system: System) -> Message:
    """Return a message that says that it is a test."""
    now = system.clock.now()
    key = f"{_origin(system)}-test-{now:%Y%m%dT%H%M%S%fZ}"
    text = f"A test of the alarms, sent at {in_words(now, system.settings.timezone)}. Nothing is wrong."
    facts = {"kind": None, "subject": None, "raised_at": None, "cleared_at": None, **_installation(system)}
    return Message(key, key, Word.TEST, "test of the alarms", text, now, facts)


def _origin(system: System) -> str:
    return f"eld-{system.settings.cupid}-{system.settings.environment}"


def _installation(system: System) -> dict[str, str]:
    return {"cupid": system.settings.cupid, "environment": system.settings.environment}
