"""The simulated agent that a CP runs for rehearsal."""

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from emergency_export.agent import codes
from emergency_export.agent.book import AgentError, Book, alone
from emergency_export.agent.check import RefusalRule, Standards
from emergency_export.agent.delivery import write_due
from emergency_export.agent.desk import Desk, system_clock
from emergency_export.agent.exchange import Exchange
from emergency_export.agent.extract import write_extract
from emergency_export.agent.faults import Faults
from emergency_export.agent.folder import ExchangeFolder, put_whole
from emergency_export.agent.forms import FORMS
from emergency_export.agent.intake import take_in
from emergency_export.agent.outbox import clear_answered, due_files
from emergency_export.agent.owed import calm, count_owed
from emergency_export.agent.ports import (
    COMPLETE,
    EXPIRE,
    WARN,
    Port,
    PortRule,
    list_ports,
    move_by_rule,
    move_on_request,
)
from emergency_export.agent.report import StepReport, report_of


class Agent:
    """Takes DATs from the `outbox/` of a shared place and answers into its `inbox/`, from a database of its own.

    `place` is a folder, or another Exchange. `environment` is T or L and must be that of the files. With `keep`
    the DATs stay in the outbox, are known again by their digest and answered once; without it they are deleted when
    they have been taken in. `known_postcodes` makes every other one unknown (0101); `refuse_postcodes` and `rules`
    refuse chosen records, beside the rules kept in the database (`refuse`). `first_sequence` is the first file
    number that a new database expects. `faults` befall what is answered; without any all that is owed comes at the
    next step. `port_rule` lets ports end by themselves; without it they stay open until they are moved.
    AgentError: the database belongs to another CP, environment or profile.
    """

    def __init__(
        self,
        database: Path,
        place: Path | Exchange,
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
        faults: Faults | None = None,
        port_rule: PortRule | None = None,
    ) -> None:
        _check_set_up(cupid, environment, profile, first_sequence)
        self._database = database
        self._exchange: Exchange = ExchangeFolder(place) if isinstance(place, Path) else place
        self._desk = Desk(cupid, environment, FORMS[profile], clock, faults or Faults())
        self._keep, self._port_rule = keep, port_rule
        self._known, self._refused, self._rules = known_postcodes, refuse_postcodes, rules
        settings = {"CUPID": cupid, "environment": environment, "profile": profile}
        with self._at_work() as book:
            book.settle(settings, first_sequence=first_sequence)

    def step(self) -> StepReport:
        """Take in every DAT that is due, in the order of the file numbers, then write every reply that is due.

        May be repeated and interrupted at any point: each DAT is committed with its answers before a reply
        is seen, and a reply that was not written is written by the next step.
        """
        exchange, desk = self._exchange, self._desk
        with self._at_work() as book, exchange.reached():
            book.next_number("step")
            standards = self._standards(book)
            clear_answered(book, exchange, desk, keep=self._keep)
            due = due_files(book, exchange, desk, keep=self._keep)
            taken = [take_in(book, exchange, name, desk, standards) for name in due]
            clear_answered(book, exchange, desk, keep=self._keep)
            with book.transaction():
                if self._port_rule is not None:
                    move_by_rule(book, desk, self._port_rule)
                if desk.faults.calm:
                    calm(book, recover=False)
            written = write_due(book, exchange, desk)
            owed = count_owed(book)
        return report_of(taken, written, owed)

    def calm(self, *, recover: bool = True) -> None:
        """Let no fault happen any more, refuse no file on request, and owe everything at once, whole and once.

        With `recover` the replies that were lost are owed again.
        """
        self._desk = replace(self._desk, faults=Faults())
        with self._at_work() as book, book.transaction():
            book.drop_requests()
            calm(book, recover=recover)

    def owed(self) -> int:
        """Return how many replies are still to be put into the inbox."""
        with Book(self._database) as book:
            return count_owed(book)

    def refuse_file(self, reason: str) -> None:
        """Refuse the next file that is right, for a reason of the FCO; asked twice, the next two."""
        if reason not in codes.REASONS:
            raise AgentError(f"a file is refused for one of {', '.join(codes.REASONS)}, not {reason!r}")
        with self._at_work() as book:
            book.request_refusal(reason)

    def complete_port(self, telephone_no: str) -> None:
        """Say at the next step that a number's newest open port is complete: 0043. AgentError: it has none."""
        self._move_port(telephone_no, COMPLETE)

    def warn_port(self, telephone_no: str) -> None:
        """Warn of a number's newest open port: the other half is missing (0045, 0047), then ours late (0048, 0046).

        AgentError: both were said.
        """
        self._move_port(telephone_no, WARN)

    def expire_port(self, telephone_no: str) -> None:
        """Undo a number's newest open port: an export's record is back (0049), an import's is removed (0050).

        Where a later command for the number has come, the record stays as that left it.
        """
        self._move_port(telephone_no, EXPIRE)

    def _move_port(self, telephone_no: str, move: str) -> None:
        with self._at_work() as book, book.transaction():
            move_on_request(book, self._desk, telephone_no, move)

    def ports(self) -> tuple[Port, ...]:
        """Return every port there ever was, the oldest first."""
        with Book(self._database) as book:
            return list_ports(book)

    @contextmanager
    def _at_work(self) -> Iterator[Book]:
        with alone(self._database), Book(self._database) as book:
            yield book

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
        with self._at_work() as book:
            book.add_rule(rule)

    def allow(self, rule: RefusalRule) -> None:
        """Take a refusal rule out of the database again."""
        with self._at_work() as book:
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
        """Write a full extract into the inbox, or a folder, in parts of `max_records`; return where they lie.

        Without it a part has as many records as the profile allows in a file. In an inbox that is no folder the
        paths are those of its server.
        """
        exchange, most = self._exchange, max_records or self._desk.form.max_records
        with self._at_work() as book:
            if to is not None:
                return tuple(to / name for name in write_extract(book, self._desk, partial(put_whole, to), most))
            with exchange.reached():
                return tuple(exchange.place(name) for name in write_extract(book, self._desk, exchange.put, most))


def _check_set_up(cupid: str, environment: str, profile: str, first_sequence: int) -> None:
    if not (len(cupid) == 3 and cupid.isascii() and cupid.isdigit()):  # noqa: PLR2004  a CUPID has three digits
        raise AgentError(f"a CUPID has three digits, not {cupid!r}")
    if environment not in {"L", "T"}:
        raise AgentError(f"an environment is L or T, not {environment!r}")
    if profile not in FORMS:
        raise AgentError(f"the agent reads the profiles {', '.join(FORMS)}, not {profile!r}")
    if first_sequence < 1:
        raise AgentError(f"file numbers begin at 1, not {first_sequence}")
