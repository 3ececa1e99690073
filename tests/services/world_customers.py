"""What customers say in the small world, and operations for them; remembered where a restored backup never heard it."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from stage import Stage, number
from stage_copies import Stages
from witness import Records, Witness
from world_contents import NUMBERS, REFUSED_UNIT, Place, columns_of

from app.domain.cases import CaseState
from app.domain.transactions import IN_FLIGHT, WAITING
from app.errors import CallAPerson
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import Registration
from app.models.replies import Case
from app.services.casework.mending import fix_case
from app.services.exports.urgent import correct_urgently
from app.services.inventory import load_numbers
from app.services.locations.cancelling import cancel_change
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.planned import planned
from app.services.locations.registering import register_location
from emergency_export.agent import RefusalRule
from emergency_export.faults import ForeignContent
from validators.columns import Location
from validators.numbers import read_number

CALLED = (CallAPerson, ForeignContent)
MOVING = select(func.count()).select_from(Transaction).where(Transaction.state.in_((*WAITING, *IN_FLIGHT)))


def id_of(at: int):
    return select(Number.id).where(Number.number == read_number(number(at))).scalar_subquery()


class Customers:
    """One run: an installation, its agent, and what both were told."""

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
        outlook = cancel_change(self.system, self.stage.cli, change.id)
        place.model.cancel(entry)
        content = place.model.wanted(max(change.due_on, self.today))
        told = (outlook.ends_on, outlook.sent and outlook.sent["premises"])
        assert told == (place.model.ends_on, content and f"UNIT {content[2]}")

    def _fix(self, at, unit) -> None:
        """Operations correct what the agent refused."""
        case, place = self.open_case_of(at), self.places[at]
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
            place.words[self.value(select(func.max(Registration.id)))] = place.model.words

    def value(self, query):
        with self.system.database.reading() as look:
            return look.session.scalar(query)

    def open_case_of(self, at):
        """The number's case that waits for a person."""
        return self.value(select(Case.id).where(Case.number_id == id_of(at), Case.state == CaseState.OPEN))
