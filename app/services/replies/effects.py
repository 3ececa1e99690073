"""What a reply does to its transaction, the accepted record and the port, and what people are told of it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState, CaseStep, Closing
from app.domain.outcomes import Effect, Outcome
from app.models.exports import Transaction
from app.models.replies import Case
from app.services.cases.history import add_step
from app.services.cases.opening import CaseFacts, end_case, open_cases, resend_case, unclosed_cases
from app.services.replies.pairs import give_back, move_pair, restore
from app.services.replies.standings import Sent, Standings
from app.services.system import System
from app.services.wanting import settled_numbers, with_newer_word, with_other_word

ACCEPTED = "the agent accepted the record"


@dataclass(frozen=True, slots=True)
class Told:
    """What one reply means for the queue of operations; `facts` are empty where the agent accepted the record."""

    sent: Sent
    outcome: Outcome
    facts: CaseFacts | None


def apply_outcome(standings: Standings, sent: Sent, outcome: Outcome, code: str, at: datetime, now: datetime) -> None:
    """Change what the outcome of one reply changes; `at` is when the agent says that it happened."""
    if outcome.state is not None:
        standings.move(sent, outcome.state)
    if outcome.restores:
        restore(standings, sent, now)
        give_back(standings.work, sent.number_id)
    if outcome.accepted is not None:
        standings.learn(sent, outcome.accepted, now, healed=outcome.healed)
    if outcome.pair is not None:
        move_pair(standings, sent, outcome.pair, code, at)
    if outcome.heal:
        standings.heals.append(sent.id)


@dataclass
class Queue:
    """Tells operations what a batch of replies means, in the order in which they came, number by number."""

    system: System
    work: UnitOfWork
    actor: Actor

    def tell(self, told: Sequence[Told]) -> None:
        """Open, reopen, resend and close cases; what was told last of a number stands."""
        rest = list(told)
        while rest:
            turn: dict[int, Told] = {}
            later = [item for item in rest if turn.setdefault(item.sent.number_id, item) is not item]
            self._tell_once(list(turn.values()))
            rest = later

    def _tell_once(self, told: Sequence[Told]) -> None:
        """Tell one thing of each number."""
        standing = unclosed_cases(self.work, {item.sent.number_id for item in told})
        opened = [item for item in told if item.facts is not None and not self._older(item, standing)]
        opened = self._needed(opened, standing)
        cases = open_cases(self.system, self.work, self.actor, [item.facts for item in opened if item.facts])
        cases_of = {case.number_id: case for case in cases}
        refused = {item.sent.number_id for item in opened if item.outcome.effect is Effect.APPLIED}
        for number_id in sorted(with_newer_word(self.system, self.work, refused)):
            resend_case(self.system, self.work, self.actor, cases_of[number_id])
        accepted = [standing.get(item.sent.number_id) for item in told if item.facts is None]
        self._close([case for case in accepted if case is not None])

    def _needed(self, opened: list[Told], standing: Container[int]) -> list[Told]:
        """Return without the refusals that need nobody: nothing is wanted any more that the agent does not hold."""
        idle = {item.sent.number_id for item in opened if item.outcome.idle and item.sent.number_id not in standing}
        settled = settled_numbers(self.system, self.work, idle)
        return [item for item in opened if not item.outcome.idle or item.sent.number_id not in settled]

    def _older(self, item: Told, standing: dict[int, Case]) -> bool:
        """Note on a case what the agent says of an older transaction than the case is about: it changes nothing."""
        case = standing.get(item.sent.number_id)
        if case is None or item.facts is None or item.outcome.effect is Effect.APPLIED:
            return False
        if case.transaction_id in {None, item.sent.id}:
            return False
        about = self.work.session.get(Transaction, case.transaction_id)
        if about is None or about.file_id is None or about.rec_no is None:
            return False
        if (about.file_id, about.rec_no) < item.sent.place:
            return False
        add_step(
            self.system, self.work, self.actor, [case.id], CaseStep.NOTED, f"{item.facts.text} ({item.facts.code})"
        )
        return True

    def _close(self, cases: list[Case]) -> None:
        """Close what the agent has accepted, unless it was mended and the mended one has not gone out yet."""
        resent = {case.number_id for case in cases if case.state is CaseState.RESENT and case.number_id is not None}
        waiting = with_other_word(self.work, resent)
        for case in cases:
            if case.number_id not in waiting:
                end_case(self.system, self.work, self.actor, case, ACCEPTED, how=Closing.ACCEPTED_RECORD)
