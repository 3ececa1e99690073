"""Both sides of the interface in one small world: customers, nights, an agent, people, and all that can go wrong.

Each step does one thing and may find nothing to do. After any steps `come_to_rest` ends the faults, lets nights run,
and `check` holds what the agent has against what was said.
"""

import sqlite3
from collections import Counter
from contextlib import closing, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from unittest.mock import patch

from fault_seams import suffer
from seams import Fault
from sqlalchemy import func, select
from stage import ADDRESS, Stage, number
from stage_copies import Stages, reopened
from wanted_model import WantedModel
from witness import Records, Witness

from app.domain.cases import CaseState
from app.domain.files import FileState
from app.domain.transactions import IN_FLIGHT, WAITING
from app.errors import Busy, CallAPerson, Conflict, NotAllowed
from app.models.exports import ExportFile, NightHold, Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.models.replies import Case
from app.services.cases.mending import fix_case
from app.services.exports import night, night_clock
from app.services.exports.brake import hold_nights, release_night, unhold_nights
from app.services.exports.files import release_file, resend_file
from app.services.exports.night import run_export
from app.services.exports.resuming import resume_export
from app.services.exports.urgent import correct_urgently, send_urgent
from app.services.inventory import load_numbers
from app.services.locations.cancelling import cancel_change
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.planned import planned
from app.services.locations.registering import register_location
from app.services.replies.collecting import collect_replies
from app.services.transactions import abandon
from emergency_export.agent import RefusalRule
from emergency_export.faults import ForeignContent
from validators.columns import Location
from validators.numbers import read_number

NUMBERS, ROUNDS = 5, 40
REFUSED_UNIT = 7
# A brake that is felt with five numbers.
SETTINGS = {
    "ELD_BRAKE_CHANGES": "3",
    "ELD_BRAKE_CHANGES_PERCENT": "50",
    "ELD_BRAKE_CEASES": "2",
    "ELD_BRAKE_CEASES_PERCENT": "20",
}
OWNERS = ({"name": "Hartwell Ltd"}, {"name": "Lockside Dental"})
VARIANTS: tuple[dict[str, str], ...] = (
    {},
    {"title": "Dr", "forename": "Rosa", "name": "Finch", "honours": "OBE", "reference": "Order 17"},
    {"thoroughfare": "Wellington Street", "locality": "Holbeck", "postcode": "LS1 4AP", "business_suffix": "Annexe"},
)
HELD_AS = {"business_suffix": "bus_suffix", "reference": "cross_ref"}
BLANK = dict.fromkeys(
    (
        *("line_type", "title", "forename", "honours", "bus_suffix"),
        *("address_id", "address_id_source", "cross_ref", "new_telephone_no"),
    ),
    "",
)
# What a record says of the command that brought it.
OF_THE_COMMAND = ("txn_ref", "effective_date", "change_cupid")

CALLED = (CallAPerson, ForeignContent)

# A content is whose it is, which of the variants, and which unit of the house.
Content = tuple[int, int, int]


def columns_of(content: Content) -> dict[str, str]:
    owner, variant, unit = content
    return ADDRESS | OWNERS[owner] | VARIANTS[variant] | {"premises": f"Unit {unit}"}


def held_for(content: Content) -> dict[str, str]:
    """The agent's record of a content, field by field."""
    columns = dict(columns_of(content))
    town = columns.pop("post_town")
    columns["locality"] = ", ".join(part for part in (columns.get("locality"), town) if part)
    sent = {HELD_AS.get(name, name): text.upper() for name, text in columns.items()}
    return {"parent_cupid": "999", "child_cupid": "999", "retailer_id": ("HART01", "")[content[0]]} | BLANK | sent


_moving = select(func.count()).select_from(Transaction).where(Transaction.state.in_((*WAITING, *IN_FLIGHT)))


def _id_of(at: int):
    return select(Number.id).where(Number.number == read_number(number(at))).scalar_subquery()


@dataclass
class Place:
    """One number as the world knows it."""

    model: WantedModel = field(default_factory=WantedModel)
    owner: int | None = None
    words: dict[int, int] = field(default_factory=dict)  # which word of the model a registration is

    def free(self, today):
        return self.owner is None or not self.model.in_use(today)


class World:
    """One run."""

    def __init__(self, stages: Stages) -> None:
        self.stages, self.records = stages, Records()
        self.stage = self._witnessed(stages.fresh())
        self.places = [Place() for _ in range(NUMBERS)]
        rule = RefusalRule("0102", "premises", f"UNIT {REFUSED_UNIT}")
        self.agent = self.stage.agent(keep=False, rules=(rule,))
        self.late: list[tuple[str, bytes]] = []
        self.withheld: list[tuple[str, bytes]] = []
        self.backup: tuple[str, list[Place]] | None = None
        self.told: list[tuple] = []  # what was said since the backup
        self.strays: set[int] = set()
        self.happened: Counter[str] = Counter()

    def close(self) -> None:
        self.stages.close(self.stage)
        if self.backup is not None:
            self.stages.drop_database(self.backup[0])

    def _witnessed(self, stage: Stage) -> Stage:
        system = replace(stage.system, transport=Witness(stage.system.transport, self.records, stage.system.profile))
        return replace(stage, system=system)

    @property
    def system(self):
        return self.stage.system

    @property
    def today(self):
        return self.stage.today

    def tomorrow(self) -> None:
        self.stage.tomorrow()

    # what customers say

    def say(self, verb, *arguments) -> None:
        """Say something, and remember it in case a restored backup has not heard it."""
        self.told.append((verb, self.today, *arguments))
        getattr(self, f"_{verb}")(*arguments)

    def _register(self, at, content, days) -> None:
        place, day = self.places[at], self.today + timedelta(days=days)
        if not place.free(self.today):
            content = (place.owner, *content[1:])
        actor = (self.stage.customer, self.stage.other_customer)[content[0]]
        location = Location(number=number(at), effective_date=day.isoformat(), **columns_of(content))
        register_location(self.system, actor, actor.account_id, location)
        place.owner, words = content[0], place.model.words
        place.model.register(content, day, self.today)
        self._note(place, words)

    def _cease(self, at, days) -> None:
        place, day = self.places[at], self.today + timedelta(days=days)
        if not place.free(self.today):
            cease_numbers(self.system, self.stage.cli, [number(at)], day)
            self._ended(place, day)

    def _port_out(self, at, days) -> None:
        place, day = self.places[at], self.today + timedelta(days=days)
        if not place.free(self.today):
            port_out(self.system, self.stage.cli, number(at), "456", day)
            self._ended(place, day)

    def _ended(self, place, day) -> None:
        words = place.model.words
        place.model.cease(day, self.today)
        self._note(place, words)

    def _port_in(self, at, owner, days) -> None:
        place, day = self.places[at], self.today + timedelta(days=days)
        if not place.free(self.today):
            return
        account = (self.stage.account, self.stage.other_account)[owner]
        table = self.stage.root / "numbers.csv"
        head = "kind,start,account,losing_cupid,port_date"
        table.write_text(f"{head}\nported_in,{number(at)},{account},123,{day}\n")
        load_numbers(self.system, self.stage.cli, table)
        place.owner = owner
        place.model.bring_in(day, self.today)

    def _cancel(self, at, pick) -> None:
        place = self.places[at]
        if place.owner is None:
            return
        changes = planned(self.system, self.stage.cli, number(at))
        if not changes:
            return
        change = changes[pick % len(changes)]
        (entry,) = (item for item in place.model.said if item[1] == place.words[change.id])
        assert entry[0] == change.due_on
        cancel_change(self.system, self.stage.cli, change.id)
        place.model.cancel(entry)

    def _fix(self, at, unit) -> None:
        """Operations correct what the agent refused."""
        case, place = self._case(at), self.places[at]
        wanted = place.model.wanted(self.today)
        if case is None or wanted is None or place.free(self.today):
            return
        fix_case(self.system, self.stage.cli, case, {"premises": f"Unit {unit}"})
        words = place.model.words
        place.model.register((*wanted[:2], unit), self.today, self.today, again=True)
        self._note(place, words)

    def _urgent(self, at, unit) -> None:
        """A caller was sent to the wrong door."""
        place = self.places[at]
        wanted = place.model.wanted(self.today)
        if wanted is None or place.free(self.today):
            return
        words = place.model.words
        place.model.register((*wanted[:2], unit), self.today, self.today, again=True)
        with suppress(*CALLED):
            correct_urgently(self.system, self.stage.cli, number(at), {"premises": f"Unit {unit}"}, "INC-1")
        self._note(place, words)

    def _note(self, place, words_before) -> None:
        """Remember the newest registration as the model's last word, where one was said."""
        if place.model.words > words_before:
            place.words[self._value(select(func.max(Registration.id)))] = place.model.words

    def _value(self, query):
        with self.system.database.reading() as look:
            return look.session.scalar(query)

    def _case(self, at):
        """The number's case that waits for a person."""
        return self._value(select(Case.id).where(Case.number_id == _id_of(at), Case.state == CaseState.OPEN))

    # the night

    def export(self, *, full: bool = False) -> str:
        """Run a night by hand; return why a person was called, where one was."""
        try:
            self.stage.night(full=full)
        except CALLED as called:
            return str(called)
        return ""

    def scheduled(self) -> None:
        """Two schedulers look whether the night is due."""
        second = self._second()
        for stage in (self.stage, second):
            with suppress(*CALLED):
                night_clock.run_night_if_due(stage.system)
        second.system.database.dispose()

    def send_urgent(self) -> None:
        with suppress(*CALLED):
            send_urgent(self.system, self.stage.cli)

    def second_scheduler(self, at) -> None:
        """While a night is at one of its steps the agent answers, and another scheduler tries all it has to do."""
        second, steps = self._second(), []

        def meanwhile(step) -> None:
            steps.append(step)
            if len(steps) == at + 1:
                self.agent.step()
                collect_replies(second.system, second.cli)
                try:
                    run_export(second.system, second.cli)
                except Busy:
                    return
                raise AssertionError("two nights at once")

        with patch.object(night, "LOCK_WAIT_SECONDS", 0.0), suppress(*CALLED):
            run_export(self.system, self.stage.cli, on_step=meanwhile)
        second.system.database.dispose()

    def _second(self) -> Stage:
        """Another process: a database of its own."""
        return self._witnessed(reopened(self.stage, second=True))

    # the way there and back

    def deliver(self) -> None:
        self.agent.step()

    def _outbox(self):
        return sorted((self.stage.root / "outbox").glob("*.DAT"))

    def spoil_file(self, how, pick) -> None:
        files = self._outbox()
        if how in {"return", "repeat"}:
            self._bring_file(how, pick)
        elif files:
            path = files[pick % len(files)]
            content = path.read_bytes()
            path.unlink()
            if how == "withhold":
                self.withheld.append((path.name, content))
            elif how == "damage":
                # after the header: the agent can still read the file's number, and spends it
                at = 460 + pick % max(1, len(content) - 462)
                path.write_bytes(content[:at] + b"~" + content[at + 1 :])
            elif how == "cut":
                at = 460 + pick % max(1, len(content) - 462)
                path.write_bytes(content[:at] + content[at + 1 :])

    def _bring_file(self, how, pick) -> None:
        if how == "return" and self.withheld:
            name, content = self.withheld.pop(pick % len(self.withheld))
        elif how == "repeat" and self.records.files:
            name, content = list(self.records.files.items())[pick % len(self.records.files)]
        else:
            return
        path = self.stage.root / "outbox" / name
        if not path.exists():
            path.write_bytes(content)

    def spoil_reply(self, how, pick) -> None:
        replies = sorted((self.stage.root / "inbox").iterdir())
        if how == "late":
            self.answer_late(pick)
        elif replies:
            path = replies[pick % len(replies)]
            content = path.read_bytes()
            if how in {"delay", "repeat"}:
                self.late.append((path.name, content))
            if how == "damage":
                path.write_bytes(content[: len(content) // 2])
            elif how != "repeat":
                path.unlink()

    def answer_late(self, pick) -> None:
        if self.late:
            name, content = self.late.pop(pick % len(self.late))
            if (self.stage.root / "inbox" / name).exists():
                self.late.append((name, content))
            else:
                self.stage.put(name, content)

    def collect(self) -> None:
        self.stage.collect()

    def whole_day(self) -> None:
        self.export()
        self.deliver()
        self.collect()
        self.tomorrow()

    # what operations do

    def _files(self, *states):
        return [file for file in self.stage.files() if str(file.state) in states]

    def resend(self, pick) -> None:
        files = self._files("DELIVERED", "FCO_ACCEPTED")
        if files:
            with suppress(ForeignContent):  # a damaged copy lies there
                resend_file(self.system, self.stage.cli, files[-1 - pick % len(files)].file_name)

    def release(self) -> None:
        """Let go what holds: a refusal that would come again, and the brake, which takes two people."""
        for file in self.stage.files():
            if file.holds:
                release_file(self.system, self.stage.staff, file.file_name)
        with suppress(Conflict):  # nobody holds them
            unhold_nights(self.system, self.stage.cli)
        with self.system.database.reading() as look:
            held = look.session.scalars(select(NightHold.night).where(NightHold.ended_at.is_(None))).all()
        for day in held:
            for person in (self.stage.staff, self.stage.second):
                with suppress(NotAllowed):  # this one gave their word already
                    release_night(self.system, person, day)

    def hold(self) -> None:
        with suppress(Conflict):  # they are held already
            hold_nights(self.system, self.stage.cli, "the agent's test week")

    def abandon(self, pick) -> None:
        files = self._files("DELIVERED", "FCO_ACCEPTED", "EXTRACTED")
        if files:
            self._abandon(files[-1 - pick % len(files)])

    def _abandon(self, file) -> None:
        with suppress(Conflict):  # all of it has ended
            abandon(self.system, self.stage.staff, file_name=file.file_name, why="nobody answers")
            self.records.close_file(file.file_name)

    def _chase(self) -> None:
        """Send again what stands without an answer for a day, and end what nobody answers for two."""
        now = self.stage.clock.now()
        for file in self._files("DELIVERED", "FCO_ACCEPTED"):
            age = now - file.delivered_at
            if str(file.state) == "DELIVERED" and age >= timedelta(days=1):
                try:
                    release_file(self.system, self.stage.staff, file.file_name, as_accepted=True)
                except Conflict:  # nothing shows that it was taken
                    resend_file(self.system, self.stage.staff, file.file_name)
            if age >= timedelta(days=2):
                self._abandon(file)

    # the process and its database

    def restart(self) -> None:
        self.stage = self._witnessed(reopened(self.stage))

    def crash(self, what, at, after) -> None:
        """A process dies at one of its calls; the next one starts afresh."""
        act = {
            "night": lambda stage, on_step: run_export(stage.system, stage.cli, on_step=on_step),
            "collection": lambda stage, _: collect_replies(stage.system, stage.cli),
            "urgent": lambda stage, _: send_urgent(stage.system, stage.cli),
        }[what]

        def witness(transport):
            return Witness(transport, self.records, self.system.profile)

        fault = Fault(at, after=after)
        seams, _ = suffer(self.stage, fault, act, witness=witness)
        self.happened["crashed"] += seams.struck
        self.restart()

    def back_up(self) -> None:
        if self.backup is not None:
            self.stages.drop_database(self.backup[0])
        self.backup = self.stages.freeze_database(self.stage), deepcopy(self.places)
        self.told, self.records.since_backup = [], 0

    def restore(self) -> None:
        """An older copy comes back: the export stops, a person answers, and what it never heard is said again."""
        if self.backup is None:
            return
        url, places = self.backup
        self.withheld.clear()  # what the agent has not taken by now it never will
        self.agent.step()
        self.stage = self._witnessed(self.stages.restore_database(self.stage, url))
        self.places, lost, self.told = deepcopy(places), self.told, []
        if self.records.since_backup:
            assert "older copy" in self.export(), "an older copy must stop"
            self._resume()
        self.records.close_all()
        self.happened["restored"] += 1
        for verb, day, *arguments in lost:
            self._say_again(verb, (day - self.today).days, *arguments)

    def _resume(self) -> None:
        """What the agent took last, as it tells when it is asked."""
        with closing(sqlite3.connect(self.stage.root / "agent.db")) as book:
            sequence = book.execute("SELECT coalesce(max(file_sequence), 0) FROM files WHERE spent").fetchone()[0]
            last = book.execute("SELECT max(substr(txn_ref, 9)) FROM answers").fetchone()[0]
        delivered = select(func.max(ExportFile.file_sequence)).where(ExportFile.state != FileState.EXTRACTED)
        sequence = max(sequence, self._value(delivered) or 0)  # what the copy knows can be sent again
        resume_export(self.system, self.stage.staff, sequence, int(last or 0))
        self.happened["resumed"] += 1
        self.records.forget_after(sequence)

    def _say_again(self, verb, passed, *arguments) -> None:
        if verb in {"register", "cease", "port_out", "port_in"}:
            *facts, days = arguments
            arguments = (*facts, max(0, days + passed))
        self.say(verb, *arguments)

    # rest

    def come_to_rest(self) -> None:
        """Faults stop; nights run, and people do what they are called for."""
        for name, content in self.withheld:
            path = self.stage.root / "outbox" / name
            if not path.exists():
                path.write_bytes(content)
        self.withheld.clear()
        for _ in range(ROUNDS):
            for at in range(NUMBERS):
                self._mend(at)
            self.release()
            if self.export():
                self.release()
                stopped = self.export()
                assert not stopped, stopped
            while self.late:
                self.answer_late(0)
                self.collect()
            self.agent.step()
            self.collect()
            self._chase()
            self.happened["nights to rest"] += 1
            if self._at_rest():
                return
            self.tomorrow()
        raise AssertionError("it never came to rest")

    def _mend(self, at) -> None:
        place = self.places[at]
        wanted = place.model.wanted(self.today)
        if place.owner is not None and self._case(at) is not None and wanted is not None:
            self.say("fix", at, wanted[2] if wanted[2] != REFUSED_UNIT else 1)
        if at in self.strays:
            if self._accepted(at) == "live":
                self.say("cease", at, 0)
                self.strays.discard(at)
        elif self._is_stray(at):
            # What came and went after the copy that was restored: a person sees it in the agent's extract.
            self.say("register", at, (place.owner or 0, 0, 1), 0)
            self.strays.add(at)

    def _is_stray(self, at) -> bool:
        """Say whether the agent holds a number that nobody here knows to be held."""
        return bool(
            self.happened["resumed"]
            and self.places[at].model.wanted(self.today) is None
            and self.agent.record(number(at)) is not None
            and self._accepted(at) in {None, "none"}
            and not self._value(_moving.where(Transaction.number_id == _id_of(at)))
        )

    def _accepted(self, at) -> str | None:
        return self._value(select(AcceptedRecord.state).where(AcceptedRecord.number_id == _id_of(at)))

    def _at_rest(self) -> bool:
        return not (
            self.strays
            or self._value(_moving)
            or any(
                self._is_stray(at) or (self._case(at) is not None and place.model.wanted(self.today) is not None)
                for at, place in enumerate(self.places)
            )
        )

    def check(self) -> None:
        """The agent's records are those that are wanted, and ours of the agent's are the same."""
        held = {record.pop("telephone_no"): record for record in map(dict, self.agent.records())}
        wanted = {
            number(at): content
            for at, place in enumerate(self.places)
            if (content := place.model.wanted(self.today)) is not None
        }
        dates = {telephone: record["effective_date"] for telephone, record in held.items()}
        assert held.keys() == wanted.keys(), f"the agent holds {sorted(held)}, wanted are {sorted(wanted)}"
        for telephone, record in held.items():
            expected = held_for(wanted[telephone]).items()
            found = {item for item in record.items() if item[0] not in OF_THE_COMMAND}
            assert found == set(expected), f"{telephone}: {sorted(found ^ set(expected))}"
        with self.system.database.reading() as look:
            rows = look.session.execute(
                select(Number.number, AcceptedRecord)
                .join(Number, Number.id == AcceptedRecord.number_id)
                .where(AcceptedRecord.state != "none")
            ).all()
        known = dict(rows)
        assert {str(record.state) for record in known.values()} <= {"live"}
        ours = {telephone: f"{record.effective_date:%Y%m%d}" for telephone, record in known.items()}
        theirs = {read_number(telephone): day for telephone, day in dates.items()}
        assert ours == theirs, f"we know of {ours}, the agent holds {theirs}"
        with closing(sqlite3.connect(self.stage.root / "agent.db")) as book:
            early = book.execute("SELECT count(*) FROM answers WHERE code = '0105'").fetchone()[0]
        assert early == 0, "no command carried a date earlier than that of the record held"
        self.records.check_numbers(self._value(select(func.max(ExportFile.file_sequence))) or 0)
        self.stage.check_trail()
