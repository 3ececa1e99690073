"""The inventory of numbers (L1): the CP's own blocks, numbers in use and numbers ported in, from a CSV."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy import func, select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.errors import Problem, Refused
from app.models.accounts import Account
from app.models.numbers import Number, NumberRange
from app.models.records import AcceptedRecord
from app.services.access import authorise
from app.services.barring import lift_bar
from app.services.locations.judgement import as_problem
from app.services.locations.tenure import begin_tenure, may_be_held, postpone
from app.services.ranges import check_range
from app.services.setup import open_account
from app.services.system import System
from app.services.tables import TableRow, read_table
from validators.identifiers import check_providers
from validators.numbers import NumberRules, check_number, is_drama, read_number

COLUMNS = ("kind", "start", "end", "account", "child_cupid", "line_type", "losing_cupid", "port_date")
REQUIRED = ("kind", "start")
KINDS = ("range", "in_use", "ported_in")
MOST_IN_ONE_ROW = 10_000
CUPID = re.compile(r"[0-9]{3}")


@dataclass
class _Load:
    """One load in one unit of work: problems gather, and any of them undoes it all."""

    system: System
    work: UnitOfWork
    actor: Actor
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=dict)

    def take(self, row: TableRow) -> None:
        """Take one row."""
        kind = row.values.get("kind", "").strip()
        span = self._span(row)
        if kind not in KINDS:
            self._wrong(row, "kind", f"The kind is one of {', '.join(KINDS)}.")
        if kind not in KINDS or span is None or not self._codes(row):
            return
        if kind == "range":
            self._range(row, *span)
        else:
            self._numbers(row, kind, *span)
        self.counts[kind] += 1

    def _wrong(self, row: TableRow, name: str, message: str) -> None:
        self.problems.append(Problem("I01", name, "error", message, row=row.row))

    def _span(self, row: TableRow) -> tuple[int, int] | None:
        """Return both ends as digits after the +; an end that is left blank is the start."""
        start_text = row.values.get("start", "").strip()
        start = read_number(start_text)
        end = read_number(row.values.get("end", "").strip() or start_text)
        for name, value in (("start", start), ("end", end)):
            if value is None:
                self._wrong(row, name, "This is not a UK telephone number.")
        if start is None or end is None:
            return None
        if len(start) != len(end) or start > end:
            self._wrong(row, "end", "The end comes before the start, or is of another length.")
            return None
        if self.system.settings.demo and not (is_drama(start) and is_drama(end)):
            message = "In demo mode only numbers for fiction are taken."
            self.problems.append(Problem("N03", "start", "error", message, row=row.row))
            return None
        return int(start[1:]), int(end[1:])

    def _codes(self, row: TableRow) -> bool:
        before = len(self.problems)
        cupids = {name: row.values.get(name, "").strip() for name in ("child_cupid", "losing_cupid")}
        settings = self.system.settings
        for name, code in (("child_cupid", "R07"), ("losing_cupid", "I01")):
            if cupids[name] and not CUPID.fullmatch(cupids[name]):
                self.problems.append(Problem(code, name, "error", "A CUPID is three digits.", row=row.row))
                cupids[name] = ""  # said already
        for finding in check_providers(cupids, own=settings.cupid, children=settings.child_cupids):
            self.problems.append(replace(as_problem(finding), row=row.row))
        line_type = row.values.get("line_type", "").strip().upper()
        if line_type and line_type not in self.system.profile.line_types:
            self._wrong(
                row, "line_type", f"The line type is blank or one of {', '.join(self.system.profile.line_types)}."
            )
        return len(self.problems) == before

    def _range(self, row: TableRow, start: int, end: int) -> None:
        found = self.work.session.scalars(
            select(NumberRange).where(NumberRange.start == start, NumberRange.end == end)
        ).one_or_none()
        for problem in check_range(self.system, self.work, start, end):
            if problem.severity == "error" and found is None:
                self.problems.append(replace(problem, row=row.row))
            elif problem.severity != "error":
                self.warnings.append(replace(problem, row=row.row))
        block = found or NumberRange(start=start, end=end)
        block.child_cupid = row.values.get("child_cupid", "").strip()
        block.line_type = row.values.get("line_type", "").strip().upper()
        self.work.session.add(block)

    def _numbers(self, row: TableRow, kind: str, start: int, end: int) -> None:
        account = row.values.get("account", "").strip()
        if not account:
            self._wrong(row, "account", "Say which account uses the number: its name or its id.")
            return
        if end - start >= MOST_IN_ONE_ROW:
            self._wrong(row, "end", f"One row puts at most {MOST_IN_ONE_ROW} numbers in use.")
            return
        port_date = self._port_date(row, kind)
        account_id = self._account(account)
        for digits in range(start, end + 1):
            self._number(row, f"+{digits}", account_id, kind, port_date)

    def _port_date(self, row: TableRow, kind: str) -> date | None:
        text = row.values.get("port_date", "").strip()
        if kind != "ported_in":
            return None
        if not row.values.get("losing_cupid", "").strip():
            self._wrong(row, "losing_cupid", "A number that is ported in comes from a CUPID: say which.")
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._wrong(row, "port_date", "Write the port date as 2027-03-31.")
            return None

    def _number(self, row: TableRow, number: str, account_id: int, kind: str, port_date: date | None) -> None:
        rules = NumberRules(self.system.profile.allowed_prefixes, demo=self.system.settings.demo)
        found = [
            finding
            for finding in check_number(number, rules=rules, holdings=None, account_id=None).findings
            if finding.severity == "error"
        ]
        for finding in found:
            self.problems.append(Problem(finding.code, "start", "error", finding.message, row=row.row))
        held = self.work.session.scalars(select(Number).where(Number.number == number)).one_or_none()
        ceased = held is not None and held.ceased_on is not None and held.ceased_on <= self.system.today
        if held is not None and held.account_id != account_id and not ceased:
            message = "This number is in use for another account: cease it there first."
            self.problems.append(Problem("N05", "start", "error", message, row=row.row))
            return
        if found:
            return
        if held is None:
            held = Number(number=number, account_id=account_id, created_at=self.system.clock.now())
            held.in_use_from = port_date or self.system.today
            self.work.session.add(held)
        elif ceased:
            begin_tenure(self.system, self.work, self.actor, held, account_id)
            lift_bar(self.system, self.work, self.actor, held)  # it was the former holder's user who was abroad
            held.in_use_from = port_date or self.system.today
        # An end of use that is still to come stands: loading the same inventory again does not unsay it.
        held.child_cupid = row.values.get("child_cupid", "").strip()
        held.line_type = row.values.get("line_type", "").strip().upper()
        if kind == "ported_in" and port_date is not None:
            self._port_in(held, row.values.get("losing_cupid", "").strip(), port_date)

    def _port_in(self, number: Number, losing_cupid: str, port_date: date) -> None:
        """Record a port-in: where the agent holds nothing, it is an import that has had no `taken` yet."""
        fresh = (number.ported_in, number.port_date) != (True, port_date)
        number.ported_in, number.port_date, number.losing_cupid = True, port_date, losing_cupid
        self.work.session.flush()
        held = self.work.session.get(AcceptedRecord, number.id)
        if not fresh or (held is not None and held.state is not AcceptedState.NONE):
            return
        if held is not None:
            held.import_taken = False
        # What is in flight may be held any moment: the end of a former holder's record does not wait for the port.
        if port_date > self.system.today and not may_be_held(self.work, number.id):
            postpone(self.work, number.id, port_date)

    def _account(self, text: str) -> int:
        """Return an account by its id or its name; a name that is new opens one."""
        if text not in self.accounts:
            by_id = self.work.session.get(Account, int(text)) if text.isascii() and text.isdecimal() else None
            named = select(Account.id).where(func.lower(Account.name) == text.lower())
            known = by_id.id if by_id is not None else self.work.session.scalar(named)
            self.accounts[text] = known or open_account(self.system, self.work, self.actor, text)
        return self.accounts[text]


class _Counts(TypedDict):
    ranges: int
    in_use: int
    ported_in: int


class LoadedNumbers(_Counts):
    """How many rows of each kind were loaded, and the warnings about them in their JSON form."""

    problems: list[dict[str, Any]]


def load_numbers(system: System, actor: Actor, path: Path) -> LoadedNumbers:
    """Load ranges, numbers in use and numbers ported in, all rows or none; say how many, and what to look at.

    Refused, with every problem of the file, where any row is wrong.
    """
    authorise(actor, Permission.MANAGE_NUMBERS)
    digest = hashlib.sha256()
    with path.open("rb") as stream, system.database.unit_of_work() as work:
        load = _Load(system, work, actor)
        for row in read_table(stream, COLUMNS, REQUIRED, limit=system.settings.upload_limit):
            digest.update(repr(sorted(row.values.items())).encode())
            if row.problems:
                load.problems.extend(row.problems)
            else:
                load.take(row)
        if load.problems:
            raise Refused(load.problems)
        counts = _Counts(ranges=load.counts["range"], in_use=load.counts["in_use"], ported_in=load.counts["ported_in"])
        subject = ("installation", 1)
        system.record(work, actor, Action.NUMBERS_LOADED, subject, {**counts, "digest": digest.hexdigest()})
        work.commit()
    return LoadedNumbers(**counts, problems=[problem.as_dict() for problem in load.warnings])
