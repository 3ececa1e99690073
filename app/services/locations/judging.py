"""The judgement on locations before anything is stored: the rules' findings, and what is known of each number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.errors import Problem
from app.models.accounts import Account
from app.models.numbers import NumberRange
from app.services.blocks import BatchBlocks
from app.services.deadlines import working_days_after
from app.services.directory import open_directory
from app.services.geocoding import Act, open_geocoder
from app.services.locations.content import content_digest, content_of
from app.services.locations.crowds import Crowds, Memory
from app.services.locations.judgement import ACCEPTED, FOR_REVIEW, REFUSED, UNCHANGED, Judgement, as_problem
from app.services.locations.known import KnownNumber, known_numbers
from app.services.locations.rules import rules_of
from app.services.system import System
from validators.directory import Directory
from validators.location import CheckedLocation, Location, Standing, check_location
from validators.numbers import read_number
from validators.postcodes import parse_postcode


class BatchHoldings:
    """What the rules ask of the numbers of one batch (validators.Holdings); `ranges` are start, end, child CUPID."""

    def __init__(
        self, ranges: Sequence[tuple[int, int, str]], known: dict[str, KnownNumber], blocks: BatchBlocks
    ) -> None:
        self._ranges = ranges
        self._children = sorted((end - start, start, end, child) for start, end, child in ranges if child)
        self._known = known
        self._blocks = blocks
        self.ranges_loaded = bool(ranges) or blocks.any_ours

    def holds(self, e164: str) -> bool:
        """Say whether the number lies in a range of ours, by our word or Ofcom's, or was recorded as ported in."""
        known = self._known.get(e164)
        if known is not None and known.ported_in:
            return True
        digits = int(e164.removeprefix("+"))
        return any(start <= digits <= end for start, end, _ in self._ranges) or bool(self._blocks.cupid_of(e164))

    def holder_of(self, e164: str) -> str:
        """Return the provider that Ofcom gave the number's range to, empty where it is not known."""
        return self._blocks.holder_of(e164)

    def child_of(self, e164: str) -> str:
        """Return the child CUPID of the number's range, the narrowest first, or of the holder by Ofcom's tables."""
        digits = int(e164.removeprefix("+"))
        said = next((child for _, start, end, child in self._children if start <= digits <= end), "")
        return said or self._blocks.cupid_of(e164)

    def account_of(self, e164: str) -> int | None:
        """Return the account that uses the number; one that was ceased is free."""
        known = self._known.get(e164)
        return None if known is None or known.ceased else known.account_id


class Judge:
    """Judges locations of one account in batches: a few questions to the database for each batch.

    `act` is what was asked of a geocoder already, where that was done before the unit opened; `may_bring_in` says
    that whoever speaks may record that a number comes from another provider.
    """

    def __init__(
        self, system: System, look: Reading, account: Account, act: Act | None = None, *, may_bring_in: bool
    ) -> None:
        self._system = system
        self._may_bring_in = may_bring_in
        self._look = look
        self._account = account
        self._crowds = Crowds(look, account.id, system.settings.numbers_per_address)
        self._directory = open_directory(look)
        self._locator = open_geocoder(system, self._directory, act)
        self.known: dict[str, KnownNumber] = {}
        self._rules = rules_of(system)
        # A CP has some hundreds of blocks at most: they are read once, not asked for with each number.
        ranges = look.session.execute(select(NumberRange.start, NumberRange.end, NumberRange.child_cupid))
        self._ranges = [(start, end, child) for start, end, child in ranges]
        self._blocks = BatchBlocks(look, system.settings)
        settings = system.settings
        self._due = working_days_after(system.clock.now(), settings.review_due, settings.timezone).date()

    def remember(self, memory: Memory) -> None:
        """Count in `memory` how full addresses get: where nothing is stored, the database cannot tell."""
        self._crowds = Crowds(self._look, self._account.id, self._system.settings.numbers_per_address, memory)

    def judge(self, locations: Sequence[Location]) -> list[Judgement]:
        """Return the judgement on each location, in order."""
        if self._locator is not None:
            self._locator.look_up(locations)  # before a number is locked
        numbers = {number for location in locations if (number := read_number(location.number))}
        self.known = known_numbers(self._look, numbers, self._system.today)
        if self._directory is not None:
            postcodes = {code for location in locations if (code := parse_postcode(location.postcode).postcode)}
            self._directory.prefetch(postcodes)
        self._blocks.about(numbers)
        holdings = BatchHoldings(self._ranges, self.known, self._blocks)
        judged = [self._judge(location, self._directory, holdings) for location in locations]
        crowded = self._crowds.found(judged, self.known)
        return [
            replace(item, problems=(*item.problems, crowded[at])) if at in crowded else item
            for at, item in enumerate(judged)
        ]

    def _judge(self, location: Location, directory: Directory | None, holdings: BatchHoldings) -> Judgement:
        number = read_number(location.number)
        known = self.known.get(number) if number else None
        checked = check_location(
            location,
            rules=self._rules,
            directory=directory,
            holdings=holdings,
            account_id=self._account.id,
            standing=Standing(
                accepted_effective_date=None if known is None else known.accepted_date,
                looked_at_by=self._looked_at_by(known),
                here_already=known is not None and not known.ceased and not known.ported_in,
                may_bring_in=self._may_bring_in,
                barred=known is not None and known.barred and not known.ceased,
                billing_address=self._account.billing_address,
                billing_postcode=self._account.billing_postcode,
            ),
            today=self._system.today,
            located=None if self._locator is None else self._locator.locate(location),
        )
        problems = [as_problem(finding) for finding in checked.findings]
        sent = None
        standing = REFUSED
        if checked.valid and checked.wording is not None:
            sent = self._content(location, checked, known, holdings)
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
            replace(location, **checked.composed) if checked.composed else location,
            standing,
            tuple(problems),
            checked.number,
            _effective_date(checked.effective_date, known),
            sent,
            changes,
            checked.postcode,
        )

    def _looked_at_by(self, known: KnownNumber | None) -> date | None:
        """Return by when a person looks at a number that an account nobody vouched for does not use yet."""
        in_use = known is not None and not known.ceased and known.account_id == self._account.id
        return None if in_use or self._account.vouched_at is not None else self._due

    def _content(
        self, location: Location, checked: CheckedLocation, known: KnownNumber | None, holdings: BatchHoldings
    ) -> dict[str, str]:
        if known is not None and known.ceased:
            known = None  # it starts with nothing, whoever takes it
        child = location.child_cupid or (known.child_cupid if known else "")
        child = child or holdings.child_of(str(checked.number)) or self._system.settings.cupid
        line_type = location.line_type or (known.line_type if known else "")
        return content_of(location, checked, child.strip(), line_type.strip().upper(), self._account.retailer_id)


def _effective_date(said: date | None, known: KnownNumber | None) -> date | None:
    """A number that is ported in is here from its port date: its import must not carry an earlier day."""
    if said is None or known is None or known.port_date is None:
        return said
    return max(said, known.port_date)
