"""The simulated agent that a CP runs for rehearsal."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from emergency_export.agent.book import AgentError, Book, DayFullError, alone
from emergency_export.agent.check import RefusalRule, Standards
from emergency_export.agent.desk import Desk, system_clock
from emergency_export.agent.extract import write_extract
from emergency_export.agent.folder import ExchangeFolder
from emergency_export.agent.forms import FORMS
from emergency_export.agent.intake import Taken, take_in
from emergency_export.agent.outbox import clear_answered, due_files
from emergency_export.agent.owed import write_owed


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one step did.

    `files`: DATs taken in. `fcos`, `cars`: replies put into the inbox, those owed from before included.
    `rejected`: records refused. `rejected_files`: DATs refused, with the reason. `left`: DATs that wait for
    the next day because its CAR names are used up. `owed`: replies that wait until the CP has collected
    the earlier one of the same name.
    """

    files: tuple[str, ...] = ()
    fcos: tuple[str, ...] = ()
    cars: tuple[str, ...] = ()
    rejected: int = 0
    rejected_files: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()


class Agent:
    """Takes DATs from `outbox/` of a folder and answers into `inbox/`, from a database of its own.

    `environment` is T or L and must be that of the files. With `keep` the DATs stay in the outbox, are known
    again by their digest and answered once; without it they are deleted when they have been taken in.
    `known_postcodes` makes every other one unknown (0101); `refuse_postcodes` and `rules` refuse chosen
    records, beside the rules kept in the database (`refuse`). `first_sequence` is the first file number
    that a new database expects. AgentError: the database belongs to another CP, environment or profile.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        cupid: str,
        environment: str = "T",
        *,
        clock: Callable[[], datetime] = system_clock,
        profile: str = "eff-style-1",
        keep: bool = True,
        known_postcodes: Container[str] | None = None,
        refuse_postcodes: Container[str] = frozenset(),
        rules: tuple[RefusalRule, ...] = (),
        first_sequence: int = 1,
    ) -> None:
        _check_set_up(cupid, environment, profile, first_sequence)
        self._database = database
        self._folder = ExchangeFolder(folder)
        self._desk = Desk(cupid, environment, FORMS[profile], clock)
        self._keep = keep
        self._known, self._refused, self._rules = known_postcodes, refuse_postcodes, rules
        settings = {"CUPID": cupid, "environment": environment, "profile": profile}
        with alone(database), Book(database) as book:
            book.settle(settings, first_sequence=first_sequence)

    def step(self) -> StepReport:
        """Take in every DAT that is due, in the order of the file numbers, then write every reply owed.

        May be repeated and interrupted at any point: each DAT is committed with its answers before a reply
        is seen, and a reply that was not written is written by the next step.
        """
        taken: list[Taken] = []
        left: list[str] = []
        with alone(self._database), Book(self._database) as book:
            standards = self._standards(book)
            clear_answered(book, self._folder, self._desk, keep=self._keep)
            for path in due_files(book, self._folder, self._desk, keep=self._keep):
                try:
                    taken.append(take_in(book, path, self._desk, standards))
                except DayFullError:
                    left.append(path.name)
            clear_answered(book, self._folder, self._desk, keep=self._keep)
            written = write_owed(book, self._folder.inbox, self._desk)
        return StepReport(
            files=tuple(file.name for file in taken),
            fcos=written.fcos,
            cars=written.cars,
            rejected=sum(file.refused for file in taken),
            rejected_files=tuple((file.name, file.reason) for file in taken if file.reason),
            left=tuple(left),
            owed=written.waiting,
        )

    def _standards(self, book: Book) -> Standards:
        return Standards(
            cupid=self._desk.cupid,
            upper_only=self._desk.form.upper_only,
            widths=self._desk.form.widths,
            known_postcodes=self._known,
            refuse_postcodes=self._refused,
            rules=self._rules + book.rules(),
        )

    def refuse(self, rule: RefusalRule) -> None:
        """Keep a refusal rule in the database, for this and later runs."""
        with alone(self._database), Book(self._database) as book:
            book.add_rule(rule)

    def allow(self, rule: RefusalRule) -> None:
        """Take a refusal rule out of the database again."""
        with alone(self._database), Book(self._database) as book:
            book.drop_rule(rule)

    def rules(self) -> tuple[RefusalRule, ...]:
        """Return every refusal rule in force."""
        with Book(self._database) as book:
            return self._rules + book.rules()

    def records(self) -> Iterator[dict[str, str]]:
        """Give every record held, by number: its fields as sent, without padding."""
        with Book(self._database) as book:
            yield from book.records()

    def record(self, telephone_no: str) -> dict[str, str] | None:
        """Return the record held for a number in national form, None when there is none."""
        with Book(self._database) as book:
            return book.record(telephone_no)

    def extract(self, to: Path | None = None, *, max_records: int | None = None) -> tuple[Path, ...]:
        """Write a full extract into the inbox, or another folder, in parts of `max_records`.

        Without it a part has as many records as the profile allows in a file.
        """
        with alone(self._database), Book(self._database) as book:
            most = max_records or self._desk.form.max_records
            return write_extract(book, self._desk, to or self._folder.inbox, most)


def _check_set_up(cupid: str, environment: str, profile: str, first_sequence: int) -> None:
    if not (len(cupid) == 3 and cupid.isascii() and cupid.isdigit()):  # noqa: PLR2004  a CUPID has three digits
        raise AgentError(f"a CUPID has three digits, not {cupid!r}")
    if environment not in {"L", "T"}:
        raise AgentError(f"an environment is L or T, not {environment!r}")
    if profile not in FORMS:
        raise AgentError(f"the agent reads the profiles {', '.join(FORMS)}, not {profile!r}")
    if first_sequence < 1:
        raise AgentError(f"file numbers begin at 1, not {first_sequence}")
