"""A night run by a process of its own, which kills itself at a named step: `killed_night.py STEP TIMES MOMENT`."""

import os
import signal
import sys
from datetime import datetime

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.services.exports.night import run_export
from app.services.system import open_system
from app.settings import load_settings


def main() -> None:
    step, times, moment = sys.argv[1:]
    seen = 0

    def on_step(name: str) -> None:
        nonlocal seen
        seen += name == step
        if seen == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    system = open_system(load_settings(os.environ), FixedClock(datetime.fromisoformat(moment)))
    run_export(system, Actor("cli:test", Role.OPERATIONS, origin="cli"), on_step=on_step)


if __name__ == "__main__":
    main()
