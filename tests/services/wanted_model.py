"""What is wanted of a number, day by day: a few lines that know nothing of how the services keep it."""

from dataclasses import dataclass, field
from datetime import date

Entry = tuple[date, int, str | None]


@dataclass
class WantedModel:
    """The sentences of the specification: the last word about a day counts, an end cancels what follows it.

    A word that no night has taken can be taken back: then it was never said. What an end cancelled stays so.
    """

    said: list[Entry] = field(default_factory=list)
    ends_on: date | None = None
    words: int = 0
    gone: set[int] = field(default_factory=set)
    here_from: date | None = None

    def in_use(self, today: date) -> bool:
        return self.ends_on is None or self.ends_on > today

    def register(self, content: str, day: date, today: date, *, again: bool = False) -> None:
        day = max(day, today, self.here_from or today)
        if not self.in_use(today):
            self.said, self.ends_on = [], None  # it starts with nothing
        if self.wanted(day) == content and not again:
            return  # unchanged: nothing is said
        if self.ends_on is not None and day >= self.ends_on:
            self.ends_on = None
        self._say(day, content)

    def bring_in(self, day: date, today: date) -> None:
        """It comes from another provider: nothing holds before that day."""
        if not self.in_use(today):
            self.said, self.ends_on = [], None
        self.here_from = day

    def cease(self, day: date, today: date) -> None:
        self.said = [
            (due, word, content)
            for due, word, content in self.said
            if due <= today or (content is not None and due < day)
        ]
        self.ends_on = day
        self._say(day, None)

    def night(self, today: date) -> None:
        """A file takes all that is due."""
        self.gone |= {word for due, word, _ in self.said if due <= today}

    def planned(self) -> list[Entry]:
        """What no file has taken."""
        return [entry for entry in self.said if entry[1] not in self.gone]

    def cancel(self, entry: Entry) -> None:
        self.said.remove(entry)
        if entry[2] is None or self.ends_on is None:
            standing = [due for due, word, content in self.said if content is None and not self._lifted(due, word)]
            self.ends_on = max(standing, default=None)

    def wanted(self, today: date) -> str | None:
        """The content that holds today, None where there is to be no record."""
        return max((entry for entry in self.said if entry[0] <= today), default=(today, 0, None))[2]

    def _lifted(self, end: date, said: int) -> bool:
        return any(content is not None and word > said and due >= end for due, word, content in self.said)

    def _say(self, day: date, content: str | None) -> None:
        self.words += 1
        self.said.append((day, self.words, content))
