"""One collection in a process of its own: `one_replies.py URL FOLDER COUNT [PHASES]`; the last asks for the profile."""

import sys
from pathlib import Path

from invented import CLOCK, OPERATOR, settings_for
from phases import sampled

from app.services.replies.collecting import collect_replies
from app.services.system import open_system


def main(url: str, folder: str, count: str, phases: str = "") -> None:
    """Collect, and make sure that every row was applied or known."""
    with sampled(phases):
        system = open_system(settings_for(url, Path(folder)), CLOCK)
        report = collect_replies(system, OPERATOR)
        system.database.dispose()
    if report.applied + report.repeated != int(count) or report.quarantined:
        raise SystemExit(f"not all {count} rows were applied: {report.as_dict()}")


main(*sys.argv[1:])
