"""What the agent's response codes mean: a table that belongs to the profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a reply does to its transaction; only `done` and `taken` complete it."""

    DONE = "done"
    TAKEN = "taken"
    REFUSED = "refused"
    NOTED = "noted"
    WAITING = "waiting"
    CLOSES = "closes"
    CLOSES_UNDONE = "closes_undone"


WARNS = "warns"
PORTING = frozenset("IE")


class Basis(StrEnum):
    """Where a code comes from: published by carriers, or assumed by this profile."""

    KNOWN = "known"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class ResponseCode:
    """One row of the table; `overrides` holds the commands for which the outcome is another one."""

    code: str
    commands: frozenset[str]
    class_: str
    final: bool
    outcome: Outcome
    text: str
    basis: Basis
    overrides: Mapping[str, Outcome] = field(default_factory=dict)

    def applies_to(self, command: str) -> bool:
        """Say whether the code belongs to this command; where not, it counts as an unknown code."""
        return command in self.commands

    def meaning_for(self, command: str) -> str:
        """Return the outcome's word, or `warns` for a note that only imports and exports get: it is about the pair."""
        outcome = self.outcome_for(command)
        return WARNS if outcome is Outcome.NOTED and self.commands <= PORTING else str(outcome)

    def outcome_for(self, command: str) -> Outcome:
        """Return what the code does to a transaction with this command."""
        return self.overrides.get(command, self.outcome)
