"""Whatever is lost or late to and from the agent, in the end it holds what is wanted (F11): random histories."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select
from stage import number
from wanted_model import WantedModel

from app.domain.transactions import IN_FLIGHT, WAITING
from app.errors import CallAPerson, Conflict
from app.models.exports import Transaction
from app.services.exports.files import release_file, resend_file
from app.services.locations.ceasing import cease_numbers
from app.services.transactions import abandon
from emergency_export.agent import RefusalRule

NUMBERS, DAYS, ROUNDS = 6, 10, 40
REFUSED = "Unit 7"
QUICK, LONG = 6, 150


class History:
    """One history of one seed."""

    def __init__(self, stage, seed):
        self.stage, self.chance = stage, random.Random(seed)  # noqa: S311  a history, no secret
        self.models = [WantedModel() for _ in range(NUMBERS)]
        self.agent = stage.agent(keep=False, rules=(RefusalRule("0102", "premises", REFUSED.upper()),))
        self.late: list[tuple[str, bytes]] = []

    def happens(self, share):
        return self.chance.random() < share

    # what customers say

    def say(self):
        today = self.stage.today
        for place, model in enumerate(self.models):
            day = today + timedelta(days=self.chance.choice((0, 0, 0, 1, 2)))
            if self.happens(0.45):
                self.register(place, f"Unit {self.chance.randint(1, 7)}", day)
            elif model.said and model.in_use(today) and self.happens(0.2):
                cease_numbers(self.stage.system, self.stage.customer, [number(place)], day)
                model.cease(day, today)

    def register(self, place, content, day):
        self.stage.register(place, premises=content, effective_date=day.isoformat())
        self.models[place].register(content, day, self.stage.today)

    # the night, and what happens to it on its way

    def night(self):
        flying = self.in_flight()
        try:
            self.stage.night()
        except CallAPerson:
            for file in self.stage.files():
                if file.holds:
                    release_file(self.stage.system, self.stage.staff, file.file_name)
            self.stage.night()
        sent = [row.telephone_no for row in self.stage.rows()]
        assert len(set(sent)) == len(sent), "two commands of one number in one night"
        assert not set(sent) & {number(place) for place in flying}, "two commands of one number in flight"

    def in_flight(self):
        with self.stage.system.database.reading() as look:
            rows = look.session.scalars(select(Transaction.number_id).where(Transaction.state.in_(IN_FLIGHT))).all()
        assert len(set(rows)) == len(rows)
        ids = {self.stage.number_id(place): place for place, model in enumerate(self.models) if model.words}
        return [ids[number_id] for number_id in rows]

    def spoil_files(self):
        for path in sorted((self.stage.root / "outbox").glob("*.DAT")):
            content = path.read_bytes()
            if self.happens(0.12):
                path.unlink()
            elif self.happens(0.12):
                # after the header: the agent can still read the file's number, and spends it
                place = self.chance.randrange(460, len(content) - 2)
                cut = self.happens(0.3)
                path.write_bytes(content[:place] + (b"" if cut else b"~") + content[place + 1 :])

    def spoil_replies(self):
        for path in sorted((self.stage.root / "inbox").iterdir()):
            content = path.read_bytes()
            fate = self.chance.random()
            if fate < 0.15:
                path.unlink()
            elif fate < 0.3:
                self.late.append((path.name, content))
                path.unlink()
            elif fate < 0.4:
                self.late.append((path.name, content))  # it comes twice
            elif fate < 0.45:
                path.write_bytes(content[: len(content) // 2])

    def deliver_late(self, share):
        rest = []
        for name, content in self.late:
            if self.happens(share) and not (self.stage.root / "inbox" / name).exists():
                self.stage.put(name, content)
            else:
                rest.append((name, content))
        self.late = rest

    # what operations do

    def operate(self, patience):
        """Send again what stands without an answer, and end what nobody answers."""
        old = self.stage.clock.now() - timedelta(days=patience)
        for file in self.stage.files():
            if str(file.state) == "DELIVERED" and file.delivered_at <= old:
                try:
                    release_file(self.stage.system, self.stage.staff, file.file_name, as_accepted=True)
                except Conflict:  # nothing shows that it was taken
                    resend_file(self.stage.system, self.stage.staff, file.file_name)
            if file.delivered_at and file.delivered_at <= old - timedelta(days=patience):
                try:
                    abandon(self.stage.system, self.stage.staff, file_name=file.file_name, why="nobody answers")
                except Conflict:
                    continue  # all of it has ended

    def mend(self):
        """A record that the agent refused is corrected by its customer."""
        for place, model in enumerate(self.models):
            if model.words and model.in_use(self.stage.today) and self.stage.record(place)["status"] == "rejected":
                self.register(place, f"Unit {self.chance.randint(1, 6)}", self.stage.today)

    def day(self):
        self.say()
        self.night()
        self.spoil_files()
        self.agent.step()
        self.spoil_replies()
        self.deliver_late(0.4)
        self.stage.collect()
        self.operate(patience=2)
        self.stage.tomorrow()

    def come_to_rest(self):
        for _ in range(ROUNDS):
            self.mend()
            self.night()
            self.operate(patience=1)
            self.deliver_late(1)
            self.agent.step()
            self.stage.collect()
            self.stage.tomorrow()
            if self.at_rest():
                return
        pytest.fail("it never came to rest")

    def at_rest(self):
        moving = (*WAITING, *IN_FLIGHT)
        rejected = [place for place, model in enumerate(self.models) if model.words and self.waits_for_mending(place)]
        return not self.late and not rejected and not any(t.state in moving for t in self.stage.all(Transaction))

    def waits_for_mending(self, place):
        return self.models[place].in_use(self.stage.today) and self.stage.record(place)["status"] == "rejected"

    def check(self):
        for place, model in enumerate(self.models):
            wanted = model.wanted(self.stage.today)
            held = self.agent.record(number(place))
            if wanted is None:
                assert held is None, f"{number(place)} is held, and nothing is wanted"
                continue
            assert held is not None, f"{number(place)} is wanted and not held"
            assert {name: held[name] for name in EXPECTED} == EXPECTED | {"premises": wanted.upper()}
            accepted = self.stage.record(place)["accepted"]
            assert (accepted["premises"], accepted["postcode"]) == (held["premises"], held["postcode"])
            assert accepted["effective_date"].replace("-", "") == held["effective_date"]
        with closing(sqlite3.connect(self.stage.root / "agent.db")) as book:
            early = book.execute("SELECT count(*) FROM answers WHERE code = '0105'").fetchone()[0]
        assert early == 0, "no command carried a date earlier than that of the record held"


EXPECTED = {
    "child_cupid": "999",
    "line_type": "",
    "title": "",
    "forename": "",
    "name": "HARTWELL LTD",
    "honours": "",
    "bus_suffix": "",
    "premises": "",
    "thoroughfare": "DEWSBURY ROAD",
    "locality": "LEEDS",
    "postcode": "LS11 5DF",
    "retailer_id": "HART01",
    "address_id": "",
    "address_id_source": "",
    "cross_ref": "",
}
seeds = [*range(QUICK), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(QUICK, LONG))]


@pytest.mark.parametrize("seed", seeds)
def test_whatever_is_lost_late_repeated_or_refused_the_agent_ends_with_what_is_wanted(new_stage, seed):
    stage = new_stage()
    history = History(stage, seed)
    for _ in range(DAYS):
        history.day()
    history.come_to_rest()
    history.check()
    stage.check_trail()
