"""The agent's own sequence of CARs: what has not come is told once, and told again when it comes."""

from sqlalchemy import ColumnElement, func, select

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState, CaseStep, Closing
from app.domain.files import COUNTED, ReplyFileOutcome
from app.domain.sequence import place_of_car
from app.models.replies import Case, ReplyFile
from app.services.cases.about_files import call_about, unclosed_about
from app.services.cases.history import add_step
from app.services.cases.opening import CaseFacts, end_case
from app.services.system import System
from emergency_export.profiles import FileKind

MISSING, TWICE, RESTARTED = "CARGAP", "CARTWICE", "CARRESTART"


class CarSequence:
    """The numbers of the CARs that were applied since the numbering last began."""

    def __init__(self, system: System, work: UnitOfWork, actor: Actor) -> None:
        self._system, self._work, self._actor = system, work, actor
        self._since = _beginning(work)

    def place(self, sequence: int) -> ReplyFileOutcome:
        """Return what a CAR with this number is; to be asked before it is kept."""
        of_all = select(func.min(ReplyFile.sequence), func.max(ReplyFile.sequence)).where(*self._counted())
        lowest, highest = self._work.session.execute(of_all).one()
        same = select(ReplyFile.id).where(*self._counted(), ReplyFile.sequence == sequence).limit(1)
        return place_of_car(sequence, lowest, highest, seen=self._work.session.scalar(same) is not None)

    def tell(self, kept: ReplyFile, *, new: bool) -> None:
        """Tell operations what the number of a CAR that was just applied means; `new` where its rows said anything new.

        A CAR that was only made anew, and says again what was known, calls nobody.
        """
        if kept.outcome is ReplyFileOutcome.AFTER_GAP:
            self._call(kept, MISSING, f"{self._missing_before(kept)} Ask the agent for them; they are applied "
                       "whenever they come, and this case closes then.")  # fmt: skip
        elif kept.outcome is ReplyFileOutcome.FILLS_GAP:
            self._came(kept)
        elif kept.outcome is ReplyFileOutcome.NUMBER_TWICE and new:
            text = f"The agent has given number {kept.sequence} to two CARs. Both were applied: ask which numbers hold."
            self._call(kept, TWICE, text)
        elif kept.outcome is ReplyFileOutcome.RESTARTED:
            text = f"The agent's CARs begin again at {kept.sequence}. Ask whether any came after the last that we have."
            self._call(kept, RESTARTED, text)

    def _call(self, kept: ReplyFile, code: str, text: str) -> None:
        if code == TWICE and self._standing(code):
            return  # one case says it all, however many there are
        call_about(self._system, self._work, self._actor, CaseFacts(code, text, file_name=kept.file_name))

    def _standing(self, code: str) -> bool:
        found = select(Case.id).where(Case.code == code, Case.state != CaseState.CLOSED, Case.number_id.is_(None))
        return self._work.session.scalar(found.limit(1)) is not None

    def _missing_before(self, kept: ReplyFile) -> str:
        last, sequence = self._last_before(kept), kept.sequence or 0
        if sequence - last == 2:  # noqa: PLR2004  one between two
            return f"CAR {sequence} of the agent came, {sequence - 1} did not."
        return f"CAR {sequence} of the agent came, {last + 1} to {sequence - 1} ({sequence - last - 1}) did not."

    def _came(self, kept: ReplyFile) -> None:
        """Note on the case of a gap that one of its numbers came, and close it with the last of them."""
        after = self._work.session.scalars(
            select(ReplyFile)
            .where(*self._counted(), ReplyFile.sequence > kept.sequence)
            .where(ReplyFile.outcome == ReplyFileOutcome.AFTER_GAP)
            .order_by(ReplyFile.sequence)
            .limit(1)
        ).one_or_none()
        cases = [] if after is None else unclosed_about(self._work, after.file_name, (MISSING,))
        if after is None or not cases:
            return
        last, end = self._last_before(after), after.sequence or 0
        between = select(func.count(ReplyFile.sequence.distinct())).where(
            *self._counted(), ReplyFile.sequence > last, ReplyFile.sequence < end
        )
        missing = end - last - 1 - (self._work.session.scalar(between) or 0)
        for case in cases:
            if missing:
                text = f"CAR {kept.sequence} came and was applied; {missing} of them still missing."
                add_step(self._system, self._work, self._actor, [case.id], CaseStep.NOTED, text)
            else:
                why = f"it came: CAR {kept.sequence} was applied, and none is missing any more"
                end_case(self._system, self._work, self._actor, case, why, how=Closing.ANSWERED)

    def _last_before(self, after: ReplyFile) -> int:
        """Return the highest number that had come when the one after a gap came."""
        last = select(func.max(ReplyFile.sequence)).where(*self._counted(), ReplyFile.id < after.id)
        return self._work.session.scalar(last) or 0

    def _counted(self) -> tuple[ColumnElement[bool], ...]:
        return (
            ReplyFile.kind == FileKind.CAR,
            ReplyFile.sequence.is_not(None),
            ReplyFile.outcome.in_(COUNTED),
            ReplyFile.id >= self._since,
        )


def _beginning(look: Reading) -> int:
    """Return the id of the CAR with which the numbering last began again, 0 where it never did."""
    begun = select(func.max(ReplyFile.id)).where(ReplyFile.outcome == ReplyFileOutcome.RESTARTED)
    return look.session.scalar(begun) or 0
