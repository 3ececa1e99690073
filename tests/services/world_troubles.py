"""What goes wrong in the small world: files and replies on their way, a process, the database itself."""

import sqlite3
from contextlib import closing
from copy import deepcopy
from datetime import timedelta

from fault_seams import suffer
from seams import Fault
from sqlalchemy import func, select
from stage_copies import reopened
from witness import Witness
from world_nights import Nights

from app.domain.files import FileState
from app.models.exports import ExportFile
from app.services.exports.night import run_export
from app.services.exports.resuming import resume_export
from app.services.exports.urgent import send_urgent
from app.services.replies.collecting import collect_replies


class Troubles(Nights):
    """Each does its harm where there is something to harm."""

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
        self.stage.clock.advance(timedelta(seconds=1))  # no two answers are given in one moment
        left, stopped = self.records.since_backup, self.export()
        assert not left or "older copy" in stopped, f"an older copy must stop: {stopped}"
        if "older copy" in stopped:
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
        sequence = max(sequence, self.value(delivered) or 0)  # what the copy knows can be sent again
        resume_export(self.system, self.stage.staff, sequence, int(last or 0), agent_confirmed=True)
        self.happened["resumed"] += 1
        self.records.forget_after(sequence)

    def _say_again(self, verb, passed, *arguments) -> None:
        if verb in {"register", "cease", "port_out", "port_in"}:
            *facts, days = arguments
            arguments = (*facts, max(0, days + passed))
        self.say(verb, *arguments)
