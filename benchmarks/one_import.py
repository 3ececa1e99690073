"""One import in a process of its own: `one_import.py URL FOLDER CSV COUNT STANDING`."""

import sys
from itertools import islice
from pathlib import Path

from invented import CLOCK, OPERATOR, settings_for

from app.services.system import open_system
from app.services.uploads import import_locations


def main(url: str, folder: str, csv: str, count: str, standing: str) -> None:
    """Import the file and make sure that every row of it had the standing (`accepted`, `unchanged`)."""
    system = open_system(settings_for(url, Path(folder)), CLOCK)
    with Path(csv).open("rb") as stream:
        report = import_locations(system, OPERATOR, 1, stream)
    system.database.dispose()
    found = report.counts()[standing]
    if not report.saved or found != int(count):
        raise SystemExit(f"{found} of {count} rows were {standing}: {list(islice(report.problems, 3))}")


main(*sys.argv[1:])
