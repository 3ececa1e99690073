"""The nights of the small world, the way there and back, and the people who watch over it."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from sqlalchemy import select
from stage import Stage
from stage_copies import reopened
from world_customers import CALLED, Customers

from app.errors import Busy, Conflict, NotAllowed
from app.models.exports import NightHold
from app.services.exports import night, night_clock
from app.services.exports.brake import hold_nights, release_night, unhold_nights
from app.services.exports.files import release_file, resend_file
from app.services.exports.night import run_export
from app.services.exports.urgent import send_urgent
from app.services.replies.collecting import collect_replies
from app.services.transactions import abandon
from emergency_export.faults import ForeignContent


class Nights(Customers):
    """What happens where nothing goes wrong, and what people do where it did."""

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

    def deliver(self) -> None:
        self.agent.step()

    def _outbox(self):
        return sorted((self.stage.root / "outbox").glob("*.DAT"))

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
