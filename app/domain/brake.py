"""The brake: when a night is so unusual that two people must see it first (file-interface.md, Files refused)."""

from dataclasses import dataclass

RELEASES_NEEDED = 2
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """What a night would do: `changes` counts M and C, `ceases` C alone, `live` the records that the agent holds."""

    changes: int
    ceases: int
    live: int

    def within(self, released: "Tally") -> bool:
        """Say whether this is no more than what was released."""
        return self.changes <= released.changes and self.ceases <= released.ceases


@dataclass(frozen=True, slots=True)
class Brake:
    """More than both, the number and the percentage of the live records, holds the night; A and I never do."""

    changes: int
    changes_percent: float
    ceases: int
    ceases_percent: float

    def reason(self, tally: Tally) -> str:
        """Return why the night is held, '' where it may go."""
        reasons = [
            f"{count} {what} are more than {most} and more than {percent:g} % of {tally.live} live records"
            for what, count, most, percent in (
                ("changes", tally.changes, self.changes, self.changes_percent),
                ("ceases", tally.ceases, self.ceases, self.ceases_percent),
            )
            if count > most and count * PERCENT > percent * tally.live
        ]
        return "; ".join(reasons)
