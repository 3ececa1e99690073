"""One import in a process of its own: `one_import.py URL FOLDER CSV COUNT`."""

import sys
from pathlib import Path

from invented import CLOCK, OPERATOR, settings_for

from app.services.system import open_system
from app.services.uploads import import_locations


def main(url: str, folder: str, csv: str, count: str) -> None:
    """Import the file and make sure that every row of it was taken."""
    system = open_system(settings_for(url, Path(folder)), CLOCK)
    with Path(csv).open("rb") as stream:
        report = import_locations(system, OPERATOR, 1, stream)
    system.database.dispose()
    if not report.saved or report.accepted != int(count):
        raise SystemExit(f"{report.accepted} of {count} rows were accepted: {report.problems[:3]}")


main(*sys.argv[1:])
