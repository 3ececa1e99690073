"""The judgement on locations before anything is stored: the rules' findings, and what is known of each number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, select

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.registrations import RegistrationState
from app.errors import Problem
from app.models.numbers import Number, NumberRange
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.services.directory import open_directory
from app.services.locations.content import content_digest, content_of
from app.services.system import System
from validators.directory import Directory
from validators.findings import Finding, Severity
from validators.location import CheckedLocation, Location, Rules, Standing, check_location
from validators.numbers import NumberRules, read_number
from validators.postcodes import parse_postcode
from validators.wording import Change, FieldLimits

ACCEPTED, UNCHANGED, FOR_REVIEW, REFUSED = "accepted", "unchanged", "for_review", "refused"


@dataclass(frozen=True)
class Judgement:
    """What the rules say of one location; `sent` is the record's content as it will be sent, where it can be.

    `standing` is `accepted`, `unchanged`, `for_review` or `refused`.
    """

    location: Location
    standing: str
    problems: tuple[Problem, ...]
    number: str | None
    effective_date: date | None
    sent: dict[str, str] | None
    changes: tuple[Change, ...]
    postcode: str | None


class Said(NamedTuple):
    """One thing that was said of a number and still counts; without a digest it was no location."""

    id: int
    due_on: date
    in_review: bool
    digest: str | None


class KnownNumber(NamedTuple):
    """What is known of a number before a location for it is judged; `ends_on` is a day to come.

    `said` holds what is in force today, what was said for later days, and what is in review.
    """

    id: int
    account_id: int
    child_cupid: str
    line_type: str
    ceased: bool
    ported_in: bool
    port_date: date | None
    ends_on: date | None
    said: tuple[Said, ...]
    accepted_date: date | None

    def due_on(self, effective_date: date | None, today: date) -> date:
        """Return the day from which a location holds: not before it was said, and not before the number is here."""
        return max(day for day in (effective_date, today, self.port_date) if day is not None)

    def says_already(self, digest: str, day: date) -> bool:
        """Say whether a location of this digest changes nothing on `day`: it is in force then, or in review."""
        waiting = [item for item in self.said if item.in_review]
        counting = waiting or [item for item in self.said if item.due_on <= day]
        if not counting:
            return False
        last = max(counting, key=lambda item: (item.due_on, item.id))
        return last.digest == digest and last.due_on <= day


class BatchHoldings:
    """What the rules ask of the numbers of one batch (validators.Holdings)."""

    def __init__(self, ranges: Sequence[tuple[int, int]], known: dict[str, KnownNumber]) -> None:
        self._ranges = ranges
        self._known = known
        self.ranges_loaded = bool(ranges)

    def holds(self, e164: str) -> bool:
        """Say whether the number lies in a range of ours or was recorded as ported in."""
        known = self._known.get(e164)
        if known is not None and known.ported_in:
            return True
        digits = int(e164.removeprefix("+"))
        return any(start <= digits <= end for start, end in self._ranges)

    def account_of(self, e164: str) -> int | None:
        """Return the account that uses the number; one that was ceased is free."""
        known = self._known.get(e164)
        return None if known is None or known.ceased else known.account_id


class Judge:
    """Judges locations of one account in batches: a few questions to the database for each batch."""

    def __init__(self, system: System, look: Reading, account_id: int, retailer_id: str) -> None:
        self._system = system
        self._look = look
        self._account_id = account_id
        self._retailer_id = retailer_id
        self._directory = open_directory(look)
        self.known: dict[str, KnownNumber] = {}
        self._rules = rules_of(system)
        # A CP has some hundreds of blocks at most: they are read once, not asked for with each number.
        blocks = look.session.execute(select(NumberRange.start, NumberRange.end))
        self._ranges = [(start, end) for start, end in blocks]

    def judge(self, locations: Sequence[Location]) -> list[Judgement]:
        """Return the judgement on each location, in order."""
        numbers = {number for location in locations if (number := read_number(location.number))}
        self.known = known_numbers(self._look, numbers, self._system.today)
        if self._directory is not None:
            postcodes = {code for location in locations if (code := parse_postcode(location.postcode).postcode)}
            self._directory.prefetch(postcodes)
        holdings = BatchHoldings(self._ranges, self.known)
        return [self._judge(location, self._directory, holdings) for location in locations]

    def _judge(self, location: Location, directory: Directory | None, holdings: BatchHoldings) -> Judgement:
        number = read_number(location.number)
        known = self.known.get(number) if number else None
        checked = check_location(
            location,
            rules=self._rules,
            directory=directory,
            holdings=holdings,
            account_id=self._account_id,
            standing=Standing(accepted_effective_date=None if known is None else known.accepted_date),
            today=self._system.today,
        )
        problems = [as_problem(finding) for finding in checked.findings]
        sent = None
        standing = REFUSED
        if checked.valid and checked.wording is not None:
            sent = self._content(location, checked, known)
            day = checked.effective_date
            same = (
                known is not None
                and not known.ceased
                and known.says_already(content_digest(sent), known.due_on(day, self._system.today))
            )
            if same:
                problems.append(Problem("R04", "number", "warning", "Nothing changes: this is what we hold already."))
            standing = UNCHANGED if same else FOR_REVIEW if checked.for_review else ACCEPTED
        changes = checked.wording.changes if checked.wording is not None else ()
        return Judgement(
            location,
            standing,
            tuple(problems),
            checked.number,
            _effective_date(checked.effective_date, known),
            sent,
            changes,
            checked.postcode,
        )

    def _content(self, location: Location, checked: CheckedLocation, known: KnownNumber | None) -> dict[str, str]:
        if known is not None and known.ceased:
            known = None  # it starts with nothing, whoever takes it
        child = location.child_cupid or (known.child_cupid if known else "") or self._system.settings.cupid
        line_type = location.line_type or (known.line_type if known else "")
        return content_of(location, checked, child.strip(), line_type.strip().upper(), self._retailer_id)


def _effective_date(said: date | None, known: KnownNumber | None) -> date | None:
    """A number that is ported in is here from its port date: its import must not carry an earlier day."""
    if said is None or known is None or known.port_date is None:
        return said
    return max(said, known.port_date)


def rules_of(system: System) -> Rules:
    """Return the rules that profile and mode make."""
    profile = system.profile
    return Rules(
        number=NumberRules(allowed_prefixes=profile.allowed_prefixes, demo=system.settings.demo),
        limits=FieldLimits(profile.limits()),
        upper=profile.upper,
        over_length="refuse" if profile.over_length == "refuse" else "abbreviate",
        line_types=profile.line_types,
        excluded_areas=profile.excluded_areas,
    )


def as_problem(finding: Finding) -> Problem:
    """Return a finding as every face shows it."""
    return Problem(
        finding.code, finding.field, str(finding.severity), finding.message, finding.suggestion, finding.alternatives
    )


def refusing(problems: Sequence[Problem]) -> list[Problem]:
    """Return those that refuse."""
    return [problem for problem in problems if problem.severity == Severity.ERROR]


def known_numbers(look: Reading, numbers: set[str], today: date) -> dict[str, KnownNumber]:
    """Return what is known of some numbers, in E.164 form.

    In a unit that writes the numbers stay locked until its end: whoever says something of them, or ends their use,
    comes after it.
    """
    query = (
        select(Number, AcceptedRecord.effective_date)
        .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
        .where(Number.number.in_(numbers))
    )
    if isinstance(look, UnitOfWork):
        # key_share: rows that only point at a number are not kept waiting.
        query = query.order_by(Number.id).with_for_update(of=Number, key_share=True)
    rows = look.session.execute(query.execution_options(populate_existing=True)).all()
    said = _said(look, numbers, today)
    return {
        number.number: KnownNumber(
            number.id,
            number.account_id,
            number.child_cupid,
            number.line_type,
            number.ceased_on is not None and number.ceased_on <= today,
            number.ported_in,
            number.port_date,
            number.ceased_on if number.ceased_on is not None and number.ceased_on > today else None,
            tuple(said.get(number.id, ())),
            accepted_date,
        )
        for number, accepted_date in rows
    }


def _said(look: Reading, numbers: set[str], today: date) -> dict[int, list[Said]]:
    """Return what still counts of some numbers; of what is in force by today the last word alone."""
    in_review = Registration.state == RegistrationState.REVIEW
    later = case((in_review | (Registration.due_on > today), 1), else_=0)
    ranked = (
        select(
            Registration.number_id,
            Registration.id,
            Registration.due_on,
            in_review.label("in_review"),
            RecordValues.digest,
            later.label("later"),
            func.row_number()
            .over(
                partition_by=(Registration.number_id, later),
                order_by=(Registration.due_on.desc(), Registration.id.desc()),
            )
            .label("place"),
        )
        .join(Number, Number.id == Registration.number_id)
        .outerjoin(RecordValues, RecordValues.id == Registration.values_id)
        .where(Number.number.in_(numbers))
        .where(Registration.state.in_((RegistrationState.ACCEPTED, RegistrationState.REVIEW)))
        .subquery()
    )
    found: dict[int, list[Said]] = {}
    for row in look.session.execute(select(ranked).where((ranked.c.place == 1) | (ranked.c.later == 1))):
        item = Said(row.id, row.due_on, bool(row.in_review), row.digest)
        found.setdefault(row.number_id, []).append(item)
    return found
