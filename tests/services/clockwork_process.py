"""`eld scheduler` as a process of a test's own: `clockwork_process.py MOMENT [STEP TIMES DEED]`.

The clock stands at MOMENT and every job looks all the time. The first process to come to STEP for the TIMES-th time
does the DEED there: `kill` itself, `freeze` until it is woken, or `wait` for half a second after saying so, that it
may be told to stop.
"""

import os
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import app
from app import scheduler
from app.clock import FixedClock
from app.services import demo
from app.services import system as system_module
from app.services.exports import fixing, night_clock
from app.settings import load_settings
from emergency_export.disk import Disk
from emergency_export.transport import FolderTransport

PACE = timedelta(milliseconds=40)
# What lies around and between the pipeline's own steps.
NIGHT_BEGUN, FIXING, NIGHT_OVER = "night begun", "rows being fixed", "night over"
RENAMING = "renaming"
REPLY_KEPT, REPLY_APPLIED = "reply kept", "reply applied"


class Deed:
    """What is to be done at a step, once among all processes of one folder."""

    def __init__(self, step: str = "", times: str = "1", deed: str = "") -> None:
        self._step, self._times, self._deed, self._seen = step, int(times), deed, 0

    def at(self, step: str) -> None:
        self._seen += step == self._step
        if step != self._step or self._seen != self._times or not self._first():
            return
        if self._deed == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._deed == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        print("waiting", flush=True)  # noqa: T201  what the test waits for
        time.sleep(0.5)

    def _first(self) -> bool:
        try:
            os.close(os.open(Path(os.environ["ELD_DATA_DIR"]) / "deed", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def hook(deed: Deed) -> None:
    """Have the deed asked at every step; the product knows nothing of it."""
    run_export, read_candidates = night_clock.run_export, fixing.read_candidates
    archive, keep, rename = FolderTransport.archive, FolderTransport.keep, Disk.rename

    def run(*arguments, on_step=lambda _: None, **options):
        def both(step):
            deed.at(step)
            on_step(step)

        deed.at(NIGHT_BEGUN)
        report = run_export(*arguments, on_step=both, **options)
        deed.at(NIGHT_OVER)
        return report

    def read(*arguments):
        yield from read_candidates(*arguments)
        deed.at(FIXING)

    def archived(*arguments, **options):
        deed.at(REPLY_APPLIED)
        return archive(*arguments, **options)

    def kept(*arguments):
        found = keep(*arguments)
        deed.at(REPLY_KEPT)
        return found

    def renamed(disk, old, new):
        if new.suffix == ".DAT":
            deed.at(RENAMING)
        return rename(disk, old, new)

    Disk.rename = renamed
    night_clock.run_export, fixing.read_candidates = run, read
    FolderTransport.archive, FolderTransport.keep = archived, kept


def main() -> None:
    moment, *deed = sys.argv[1:]
    hook(Deed(*deed))
    system_module.SystemClock = lambda: FixedClock(datetime.fromisoformat(moment))
    for name in ("NIGHT_EVERY", "URGENT_EVERY", "ALARMS_EVERY", "IMPORTS_EVERY"):
        setattr(scheduler, name, PACE)
    demo.agent_step = lambda _: None  # what lies for the agent stays there to be looked at
    app.schedule(load_settings(os.environ))


if __name__ == "__main__":
    main()
