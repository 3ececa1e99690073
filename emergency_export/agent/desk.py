"""What the agent works with: whose agent it is, in which form, by which clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from emergency_export.agent.book import Book, DayFullError
from emergency_export.agent.faults import Faults
from emergency_export.agent.form import Form
from emergency_export.agent.names import LAST_OF_DAY

# Stamps are Europe/London, whatever the machine's clock zone.
_LONDON = ZoneInfo("Europe/London")


def system_clock() -> datetime:
    """Return the present moment, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """The agent's fixed facts; `clock` returns an aware moment in any zone, `faults` befall what it answers."""

    cupid: str
    environment: str
    form: Form
    clock: Callable[[], datetime]
    faults: Faults = field(default_factory=Faults)

    def now(self) -> datetime:
        """Return the present moment in London."""
        moment = self.clock()
        if moment.tzinfo is None:
            raise ValueError("the agent's clock must return an aware moment")
        return moment.astimezone(_LONDON)

    def stamp(self) -> str:
        """Return the present moment as CCYYMMDDHHMMSS in London."""
        return f"{self.now():%Y%m%d%H%M%S}"

    def new_name(self, book: Book, ending: str) -> str:
        """Take the next name of the day for a CAR or EXT; DayFullError after the 99th."""
        day: date = self.now().date()
        number = book.next_number(f"{ending} {day:%Y%m%d}")
        if number > LAST_OF_DAY:
            raise DayFullError(f"all {LAST_OF_DAY} {ending} names of {day:%d %B %Y} are used")
        return self.form.naming.own(ending, self.cupid, day, number)
