"""The imports that wait, by a process of its own, which kills itself at a step: `killed_import.py STEP MOMENT`.

A step is `batch N`, `noted` or `committed`.
"""

import os
import signal
import sys
from datetime import datetime

from app.clock import FixedClock
from app.db.unit_of_work import UnitOfWork
from app.services import import_worker, uploads
from app.services.locations.storing import Store
from app.services.system import open_system
from app.settings import load_settings


def die_after(owner: type, name: str, times: int) -> None:
    """Kill the process when a method has done its work for the given time."""
    original, seen = getattr(owner, name), 0

    def method(*arguments: object, **options: object) -> object:
        nonlocal seen
        found = original(*arguments, **options)
        seen += 1
        if seen == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    setattr(owner, name, method)


def main() -> None:
    step, moment = sys.argv[1:]
    uploads.BATCH = 4
    if step == "noted":
        die_after(uploads._Import, "note", 1)
    elif step == "committed":
        die_after(UnitOfWork, "commit", 2)  # the first one takes the upload
    else:
        die_after(Store, "store", int(step.removeprefix("batch ")))
    system = open_system(load_settings(os.environ), FixedClock(datetime.fromisoformat(moment)))
    import_worker.run_waiting_imports(system)


if __name__ == "__main__":
    main()
