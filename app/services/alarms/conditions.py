"""What an alarm is raised of: something that is so at this moment, by the database and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.alarms import AlarmKind


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is so: `says` what, `todo` what may be done about it, each with the command to type.

    Nothing of it is personal: file names, references, counts, codes and times alone.
    """

    kind: AlarmKind
    subject: str
    says: str
    todo: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """What is kept and sent: one line each."""
        return "\n".join([self.says, *(f"{what}: {command}" for what, command in self.todo)])


def in_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as people where the provider is read it, with GMT or BST: one hour a year comes twice."""
    return f"{moment.astimezone(zone):%-d %B %Y %H:%M %Z}"
