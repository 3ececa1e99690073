"""An installation on a stage: people, accounts, numbers for fiction, an agent, and replies written by hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.models.audit import AuditEvent
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.models.replies import Case, Reply, ReplyFile
from app.services.exports.night import run_export
from app.services.locations.registering import register_location
from app.services.records import show_record
from app.services.replies.collecting import CollectReport, collect_replies
from app.services.system import System
from app.services.trail import verify_trail
from emergency_export.agent import Agent
from emergency_export.car_check import CarHeader
from emergency_export.file import read_file
from emergency_export.replies import CarRow, Fco, render_car, render_fco
from emergency_export.rows import DataRow
from validators.columns import Location
from validators.numbers import national, read_number

START = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
ADDRESS = {"premises": "Pennant House", "thoroughfare": "Dewsbury Road", "post_town": "Leeds", "postcode": "LS11 5DF"}


# Blocks of a thousand numbers for fiction.
BLOCKS = ("01632960", "01134960", "01144960", "01154960", "01164960", "01174960", "01184960", "01214960")


def number(place: int) -> str:
    """A number for fiction, as it is dialled; there are 8,000."""
    block, within = divmod(place, 1000)
    return f"{BLOCKS[block]}{within:03d}"


def location(place: int | str, **columns: str) -> Location:
    telephone = place if isinstance(place, str) else number(place)
    return Location(number=telephone, **({"name": "Hartwell Ltd"} | ADDRESS | columns))


@dataclass(repr=False)
class Stage:
    """One system with two accounts and four people; the verbs that most tests begin with."""

    system: System
    clock: FixedClock
    account: int
    other_account: int
    customer: Actor
    other_customer: Actor
    staff: Actor
    second: Actor
    cli: Actor = field(default_factory=lambda: Actor("cli:test", Role.OPERATIONS, origin="cli"))
    _last: list[str] = field(default_factory=list)
    _cars: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def root(self) -> Path:
        return self.system.settings.data_dir

    @property
    def today(self) -> date:
        return self.system.today

    def tomorrow(self, days: int = 1) -> None:
        self.clock.advance(timedelta(days=days))

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    # what customers and the night do

    def register(self, place, **columns):
        actor = columns.pop("actor", self.customer)
        account = columns.pop("account", actor.account_id or self.account)
        return register_location(self.system, actor, account, location(place, **columns))

    def night(self, run_date: date | None = None, **options):
        report = run_export(self.system, self.cli, run_date, **options)
        self._last = [file["file_name"] for file in report.files]
        return report

    def collect(self) -> CollectReport:
        return collect_replies(self.system, self.cli)

    def live(self, *places: int, **columns: str) -> None:
        """Register, send, and let the agent accept."""
        for place in places:
            self.register(place, **columns)
        self.night()
        self.accept()
        for place in places:
            assert self.record(place)["accepted_state"] == "live"

    # what was sent

    def rows(self, file_name: str | None = None) -> list[DataRow]:
        """The records of a file as they lie for the agent; of the last night's files where none is named."""
        outbox = self.root / "outbox"
        names = self._last if file_name is None else [file_name]
        return [row for name in names for _, row in read_file(outbox / name, self.system.profile)]

    def sent(self) -> list[tuple[str, str]]:
        """Command and number's last three digits of what the last night sent."""
        return [(row.command, row.telephone_no[-3:]) for row in self.rows()]

    def files(self) -> list[ExportFile]:
        with self.system.database.reading() as look:
            return list(look.session.scalars(select(ExportFile).order_by(ExportFile.file_sequence)))

    # replies written by hand

    def put(self, name: str, content: bytes) -> None:
        (self.root / "inbox" / name).write_bytes(content)

    def fco(self, file: ExportFile | None = None, reason: str = "", **facts) -> str:
        """Lay an FCO into the inbox: ACCEPTED without a reason."""
        file = file or self.files()[-1]
        rejected = facts.pop("rejected", bool(reason))
        known = {
            "file_name": file.file_name,
            "file_sequence": file.file_sequence,
            "accepted": not rejected,
            "reason": reason,
            "received_count": file.record_count,
            "answered_at": self.clock.now(),
        }
        name = self.system.profile.fco_name(file.file_name)
        self.put(name, render_fco(Fco(**(known | facts)), self.system.profile))
        return name

    def reply(self, row: DataRow, code: str, **facts) -> CarRow:
        """A CAR row that answers a record; class and final as the table says."""
        known = self.system.profile.response_codes.get(code)
        answer = CarRow(
            record=1,
            txn_ref=row.txn_ref,
            telephone_no=row.telephone_no,
            command=row.command,
            response_code=code,
            class_=known.class_ if known else "INFO",
            final=known.final if known else False,
            message_time=self.clock.now().replace(microsecond=0),
            error_count=0,
            error_list=(),
            text="",
        )
        return replace(answer, **facts)

    def car_bytes(self, *rows: CarRow, name: str | None = None) -> tuple[str, bytes]:
        nn = next(self._cars)
        name = name or f"BT1999{self.today:%d%m%y}{(nn - 1) % 99 + 1:02d}.CAR"
        header = CarHeader("999", self.clock.now().replace(microsecond=0), nn, name)
        return name, b"".join(render_car(header, rows, self.system.profile))

    def car(self, *rows: CarRow) -> str:
        """Lay a CAR into the inbox."""
        name, content = self.car_bytes(*rows)
        self.put(name, content)
        return name

    def answer(self, code: str, place: int | None = None, **facts) -> CollectReport:
        """Answer the last night's record of a number (or its only one) and collect."""
        rows = [row for row in self.rows() if place is None or row.telephone_no == number(place)]
        assert len(rows) == 1
        self.car(self.reply(rows[0], code, **facts))
        return self.collect()

    def accept(self) -> CollectReport:
        """The agent accepts the newest file and all of its records."""
        codes = {"A": "0037", "C": "0038", "M": "0039", "E": "0041", "I": "0042"}
        if not self._last:
            return self.collect()
        self.fco()
        rows = self.rows()
        if rows:
            self.car(*(self.reply(row, codes[row.command]) for row in rows))
        return self.collect()

    def agent(self, **options) -> Agent:
        return Agent(
            self.root / "agent.db", self.root, "999", clock=self.clock.now, profile=self.system.profile.name, **options
        )

    # what came of it

    def record(self, place: int | str):
        telephone = place if isinstance(place, str) else number(place)
        return show_record(self.system, self.cli, telephone)

    def states(self, place: int) -> list[str]:
        return [item["state"] for item in self.record(place)["transactions"]]

    def case(self, place: int):
        """The number's newest case."""
        return self.record(place)["cases"][0]

    def number_id(self, place: int) -> int:
        with self.system.database.reading() as look:
            return look.session.scalars(select(Number.id).where(Number.number == read_number(number(place)))).one()

    def execute(self, statement) -> None:
        """Change the database behind the services' back."""
        with self.system.database.unit_of_work() as work:
            work.session.execute(statement)
            work.commit()

    def all(self, row):
        with self.system.database.reading() as look:
            return list(look.session.scalars(select(row).order_by(*row.__table__.primary_key)))

    def events(self) -> list[str]:
        return [str(event.action) for event in self.all(AuditEvent)]

    def end_state(self):
        """Everything that a collection changes, without the times and ids of its own attempts."""
        names = {item.id: national(item.number) for item in self.all(Number)}
        return {
            "transactions": [
                (names[t.number_id], t.state, t.command, t.cause, t.due_on) for t in self.all(Transaction)
            ],
            "accepted": [(names[a.number_id], a.state, a.values_id, a.heals) for a in self.all(AcceptedRecord)],
            "files": [(f.file_name, f.state, f.reason, f.holds) for f in self.all(ExportFile)],
            "cases": [(names.get(c.number_id), c.code, c.state, c.file_name) for c in self.all(Case)],
            "replies": [(r.txn_ref, r.code, r.effect, r.marked) for r in self.all(Reply)],
            "kept": sorted({(f.file_name, f.sha256) for f in self.all(ReplyFile) if f.outcome != "repeated"}),
            "registrations": [(names[r.number_id], r.kind, r.state) for r in self.all(Registration)],
            "inbox": sorted(path.name for path in (self.root / "inbox").iterdir()),
            "archive": sorted(path.name for path in (self.root / "archive").iterdir()),
            "quarantine": sorted(path.name for path in (self.root / "quarantine").iterdir()),
        }

    def check_trail(self) -> None:
        found = verify_trail(self.system, self.cli)
        assert found.ok, found.first_bad
