"""One export in a process of its own: `one_export.py URL FOLDER COUNT [PHASES]`, the last a file for the profile."""

import sys
from pathlib import Path

from invented import CLOCK, OPERATOR, settings_for
from phases import sampled

from app.services.exports.night import run_export
from app.services.system import open_system


def main(url: str, folder: str, count: str, phases: str = "") -> None:
    """Run the night and make sure that it did what is measured."""
    with sampled(phases):
        system = open_system(settings_for(url, Path(folder)), CLOCK)
        report = run_export(system, OPERATOR)
        system.database.dispose()
    if [(file["record_count"], file["state"]) for file in report.files] != [(int(count), "DELIVERED")]:
        raise SystemExit(f"not one file of {count} was delivered: {report.as_dict()}")


main(*sys.argv[1:])
