"""One address for many numbers in one act: a block of DDIs with exceptions, or a customer's move (L1, L2)."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from app.audit.events import Action
from app.db.bulk import one_of
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.errors import Problem, Refused
from app.models.records import Registration
from app.services.access import authorise_account
from app.services.geocoding import look_up
from app.services.locations.judgement import REFUSED, UNCHANGED, Judgement
from app.services.locations.judging import Judge
from app.services.locations.known import KnownNumber, known_numbers
from app.services.locations.merging import IN_PARTS, mended, moved_to
from app.services.locations.placed import Placed
from app.services.locations.registering import STORED, judge_for
from app.services.locations.spans import MOST, spread
from app.services.locations.storing import Store
from app.services.locations.typed import typed_locations
from app.services.system import System
from validators.columns import COLUMNS, Location
from validators.numbers import national, read_number

__all__ = ["BATCH", "MOST", "Placed", "location_of", "place_numbers", "spread"]

BATCH = 500
DDI = "DDI"
OVER = Problem(
    "M06",
    "exceptions",
    "error",
    "This number of the block was taken out of use, or moved to another provider. Name it as an exception; if it is"
    " used again, register it by itself.",
)
ABROAD = Problem(
    "M07",
    "exceptions",
    "error",
    "999 is barred on this number of the block, since its user is outside the UK. Name it as an exception; if it is"
    " used in the UK again, register it by itself.",
)
APART = Problem(
    "M08",
    "premises",
    "error",
    "This number is at another place than the first of them: say the whole address, or change it by itself.",
)
Progress = Callable[[int], None]


def place_numbers(
    system: System,
    actor: Actor,
    account_id: int,
    numbers: Sequence[str],
    location: Location,
    *,
    block: bool = False,
    said: Collection[str] = (),
    dry_run: bool = False,
    progress: Progress = lambda _: None,
) -> Placed:
    """Register many numbers of one account at one address, all of them or none.

    What `location` leaves blank of the name, the line and the reference stays as each number has it; with `said`
    these columns alone count, blank or not, and numbers of different places are refused a part of an address (M08).
    A number that is not in the inventory is put in use, in a `block` as a DDI. In a block a number that was taken
    out of use (M06) or that is used abroad (M07) is refused: it is an exception, until somebody says otherwise of
    it. A number that is refused is in the report and nothing is saved; Refused where there is none to judge (M01)
    or more than 10,000 (M02). `progress` is told how many numbers are done more.
    """
    authorise_account(actor, Permission.REGISTER_LOCATION, account_id)
    report = Placed(dry_run=dry_run)
    listed = _each_once(numbers, report)
    act = look_up(system, [location])
    placing = _Placing(system, actor, account_id, location, report, block=block, said=frozenset(said))
    if dry_run:
        with system.database.reading() as look:
            judge = judge_for(system, look, actor, account_id, act)
            judge.remember(_Kept())  # nothing of this act can be counted in the database
            for batch in _batches(listed):
                placing.judge(look, judge, batch)
                progress(len(batch))
        return report
    with system.database.unit_of_work() as work:
        judge = judge_for(system, work, actor, account_id, act)
        store = Store(system, work, actor, account_id)
        for batch in _batches(listed):
            chosen = placing.judge(work, judge, batch)
            if not report.refused:
                store.store(chosen, judge.known)
            work.session.flush()
            work.session.expunge_all()
            progress(len(batch))
        if report.refused:
            report.accepted = report.for_review = 0
            return report
        placing.note(work)
        work.commit()
        report.saved = True
    return report


def location_of(fields: Mapping[str, str]) -> Location:
    """Return what is said of all numbers, by the names of the CSV's columns; Refused (U01) names each unknown one."""
    allowed = [name for name in COLUMNS if name != "number"]
    told = f"Known: {', '.join(allowed)}."
    unknown = [
        Problem("U01", name, "error", f"There is no column {name} that could be set. {told}")
        for name in fields
        if name not in allowed
    ]
    if unknown:
        raise Refused(unknown)
    return Location(**fields)


def _each_once(numbers: Sequence[str], report: Placed) -> list[str]:
    """Return the numbers in order, each once; one that cannot be read stays for the rules to say so."""
    read = sorted((read_number(number) or "", number.strip()) for number in numbers if number.strip())
    seen: dict[str, str] = {}
    twice = []
    for number, text in read:
        if (number or text) in seen:
            twice.append(national(number) if number else text)
        seen.setdefault(number or text, text)
    if not seen:
        raise Refused([Problem("M01", "numbers", "error", "Say which numbers: there is none yet.")])
    if len(seen) > MOST:
        raise Refused([Problem("M02", "numbers", "error", f"{len(seen):,} numbers; at most {MOST:,} in one act.")])
    report.numbers = len(seen)
    for number in twice:
        report.tell(number, [Problem("M05", "numbers", "warning", "A number stands there twice; it is taken once.")])
    return list(seen.values())


def _batches(numbers: Sequence[str]) -> list[Sequence[str]]:
    return [numbers[first : first + BATCH] for first in range(0, len(numbers), BATCH)]


class _Kept(dict[str, int]):
    """How full addresses get in a dry run (crowds.Memory)."""

    def recall(self, digests: Collection[str]) -> Mapping[str, int]:
        return {digest: self[digest] for digest in digests if digest in self}

    def keep(self, counts: Mapping[str, int]) -> None:
        self.update(counts)


@dataclass
class _Placing:
    """One act in the caller's unit."""

    system: System
    actor: Actor
    account_id: int
    location: Location
    report: Placed
    block: bool
    said: frozenset[str]
    _address: tuple[str, ...] | None = None
    _digest: Any = field(default_factory=hashlib.sha256)

    def judge(self, look: Reading, judge: Judge, numbers: Sequence[str]) -> list[Judgement]:
        """Judge a batch, count it, and return what is to be stored."""
        wanted = {e164 for number in numbers if (e164 := read_number(number))}
        known = known_numbers(look, wanted, self.system.today)
        here = {facts.id for facts in known.values() if self._is_here(facts)}
        typed = typed_locations(look, sorted(here), self.system.today)
        left_out = self._left_out(look, known)
        judged = judge.judge([self._location(number, known, typed) for number in numbers])
        return [item for item in judged if self._count(item, left_out.get(item.number or "") or self._apart(item))]

    def _apart(self, item: Judgement) -> Problem | None:
        """Refuse a part of an address where it would make several: one act gives one address."""
        if not self.said & set(IN_PARTS):
            return None
        address = tuple(getattr(item.location, name).strip().upper() for name in IN_PARTS)
        self._address = self._address or address
        return None if address == self._address else APART

    def _is_here(self, facts: KnownNumber) -> bool:
        return not facts.ceased and facts.account_id == self.account_id

    def _location(self, text: str, known: Mapping[str, KnownNumber], typed: Mapping[int, Location]) -> Location:
        """Return what is said of one number: a number that comes to this customer starts with nothing."""
        e164 = read_number(text)
        number = national(e164) if e164 else text
        facts = known.get(e164 or "")
        if facts is None or not self._is_here(facts):
            ddi = DDI if self.block and DDI in self.system.profile.line_types else ""
            return replace(self.location, number=number, line_type=self.location.line_type.strip() or ddi)
        own = typed.get(facts.id) or Location(line_type=facts.line_type, child_cupid=facts.child_cupid)
        moved = mended(own, self.location, self.said) if self.said else moved_to(own, self.location)
        return replace(moved, number=number)

    def _left_out(self, look: Reading, known: Mapping[str, KnownNumber]) -> dict[str, Problem]:
        """Return the numbers of a block that nobody has in mind who names its ends alone, and why (M06, M07)."""
        if not self.block:
            return {}
        ceased = {number: facts for number, facts in known.items() if facts.ceased}
        moved_out = set(
            look.session.scalars(
                select(Registration.number_id)
                .where(one_of(look, Registration.number_id, [facts.id for facts in ceased.values()]))
                .where(Registration.kind == RegistrationKind.PORT_OUT)
                .where(Registration.state == RegistrationState.ACCEPTED)
            )
        )
        found = {number: ABROAD for number, facts in known.items() if facts.barred and self._is_here(facts)}
        for number, facts in ceased.items():
            if facts.account_id == self.account_id or facts.id in moved_out:
                found[number] = OVER
        return found

    def _count(self, item: Judgement, left_out: Problem | None) -> bool:
        self._digest.update(repr(item.location).encode())
        standing = item.standing if left_out is None else REFUSED
        self.report.tell(item.location.number, (*item.problems, *([left_out] if left_out else ())))
        setattr(self.report, standing, getattr(self.report, standing) + 1)
        if self.report.sample is None and item.sent is not None:
            self.report.sample = item
        return standing in STORED

    def note(self, work: UnitOfWork) -> None:
        """One entry for the whole act, with the digest of what was said of its numbers."""
        report, sample = self.report, self.report.sample
        detail = {name: getattr(report, name) for name in ("numbers", "accepted", UNCHANGED, "for_review")} | {
            "digest": self._digest.hexdigest(),
            "effective_date": str(sample.effective_date) if sample else "",
            "findings": sorted({finding.problem.code for finding in report.findings}),
        }
        filled = {name: text for name in self.location.__dataclass_fields__ if (text := getattr(self.location, name))}
        self.system.record(
            work,
            self.actor,
            Action.NUMBERS_PLACED,
            ("account", self.account_id),
            detail,
            values={"typed": filled},
            account_id=self.account_id,
        )
