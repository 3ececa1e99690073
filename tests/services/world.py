"""Both sides of the interface in one small world: customers, nights, an agent, people, and all that can go wrong.

Each step does one thing and may find nothing to do. After any steps `come_to_rest` ends the faults, lets nights run,
and `check` holds what the agent has against what was said.
"""

import sqlite3
from contextlib import closing

from sqlalchemy import func, select
from stage import number
from world_contents import NUMBERS, OF_THE_COMMAND, REFUSED_UNIT, held_for
from world_customers import MOVING, id_of
from world_troubles import Troubles

from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord
from validators.numbers import read_number

ROUNDS = 40


class World(Troubles):
    """One run, and how it ends."""

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
        if place.owner is not None and self.open_case_of(at) is not None and wanted is not None:
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
            and not self.value(MOVING.where(Transaction.number_id == id_of(at)))
        )

    def _accepted(self, at) -> str | None:
        return self.value(select(AcceptedRecord.state).where(AcceptedRecord.number_id == id_of(at)))

    def _at_rest(self) -> bool:
        return not (
            self.strays
            or self.value(MOVING)
            or any(
                self._is_stray(at) or (self.open_case_of(at) is not None and place.model.wanted(self.today) is not None)
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
        self.records.check_numbers(self.value(select(func.max(ExportFile.file_sequence))) or 0)
        self.stage.check_trail()
