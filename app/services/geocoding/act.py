"""What one act may spend on a geocoder: so many seconds in all, so few failures in a row, no question twice."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from validators.places import Point

MOST_FAILURES = 3
CACHE_MOST = 50_000
log = structlog.get_logger()


@dataclass
class Act:
    """One registration, import or call of the API; times in seconds. What was answered is known until its end."""

    timeout: float
    budget: float
    clock: Callable[[], float] = time.monotonic
    questions: int = 0
    given_up: str = ""
    _spent: float = 0.0
    _failures: int = 0
    _answers: dict[str, Point | None] = field(default_factory=dict)

    def ask(self, query: str, question: Callable[[str, float], Point | None]) -> Point | None:
        """Return the answer to a query; None where there is none, it failed, or nothing more may be asked."""
        if query in self._answers:
            return self._answers[query]
        if not self._may_ask():
            return None
        began = self.clock()
        answer = None
        try:
            answer = question(query, min(self.timeout, self.budget - self._spent))
            self._failures = 0
        except Exception:  # noqa: BLE001  whatever a server does, a registration goes on
            self._failures += 1
        self.questions += 1
        self._spent += self.clock() - began
        if len(self._answers) < CACHE_MOST:
            self._answers[query] = answer
        return answer

    def _may_ask(self) -> bool:
        """Say whether time and patience are left; the log gets one line when they are not, with no address in it."""
        if self.given_up:
            return False
        if self._failures >= MOST_FAILURES:
            self.given_up = "failures in a row"
        elif self._spent >= self.budget:
            self.given_up = "budget spent"
        if self.given_up:
            log.warning("geocoder given up", why=self.given_up, questions=self.questions)
        return not self.given_up
