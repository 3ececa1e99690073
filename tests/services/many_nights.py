"""Many nights of one scheduler beside others, by a simulated clock: `many_nights.py DATE NIGHTS`.

Says "ready", waits for a line, goes from night to night as soon as each is done by whomever, and says how many it ran.
"""

import os
import sys
import time
from datetime import UTC, date, datetime, timedelta

from app.clock import FixedClock
from app.errors import Busy
from app.services.exports.night_clock import due_night, night_moment, run_night_if_due
from app.services.system import open_system
from app.settings import load_settings


def main() -> None:
    first, nights = sys.argv[1:]
    settings, ran = load_settings(os.environ), 0
    clock = FixedClock(datetime.now(UTC))
    system = open_system(settings, clock)
    print("ready", flush=True)  # noqa: T201  what the test waits for
    sys.stdin.readline()
    for day in range(int(nights)):
        clock.at = night_moment(settings, date.fromisoformat(first) + timedelta(days=day))
        while is_due(system):
            try:
                ran += run_night_if_due(system) is not None
            except Busy:
                time.sleep(0.005)
    print(ran, flush=True)  # noqa: T201  its result
    system.database.dispose()


def is_due(system) -> bool:
    with system.database.reading() as look:
        return due_night(system, look) is not None


if __name__ == "__main__":
    main()
