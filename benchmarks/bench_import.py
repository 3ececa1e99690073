"""Imports against a plain loop over the same file, in alternating runs; and the same file again, unchanged.

10,000 locations in several rounds; with --large 1,000,000 once.
"""

import argparse
import csv
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from database_server import Server, running_server
from invented import CLOCK, OPERATOR, STREETS, TRADES, make_empty, number_of, settings_for
from measuring import Measured, measure, spread

from app.services.directory import load_directory
from app.services.system import open_system

SMALL, LARGE = 10_000, 1_000_000
SAMPLES = Path(__file__).parents[1] / "samples"
# What is taken over from the samples, so that a place agrees with its postcode; all else is invented here.
PLACE = ("thoroughfare", "locality", "post_town", "postcode")


@dataclass(frozen=True)
class Round:
    """One pair of runs over one file, and the import of the same file once more."""

    plain: Measured
    first: Measured
    again: Measured


def main() -> None:
    """Print the figures of the README."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=5, help="alternating runs of 10,000 (default 5)")
    wanted.add_argument("--large", action="store_true", help="1,000,000 rows, once, instead")
    given = wanted.parse_args()
    size, rounds = (LARGE, 1) if given.large else (SMALL, given.rounds)
    with running_server() as server, tempfile.TemporaryDirectory(prefix="eld-bench-") as home:
        folder = Path(home)
        _prepare(server, folder, size)
        done = [_round(server, folder, size, turn) for turn in range(rounds)]
    _show(size, done)


def _round(server: Server, folder: Path, size: int, turn: int) -> Round:
    source, data = str(folder / "locations.csv"), folder / f"run_{turn}"
    plain = measure("one_plain_import.py", server.copy("seed", "bench"), source, str(size))
    shutil.copytree(folder / "seed", data)
    url = server.copy("seed", "bench")
    first = measure("one_import.py", url, str(data), source, str(size), "accepted")
    return Round(plain, first, measure("one_import.py", url, str(data), source, str(size), "unchanged"))


def _show(size: int, done: list[Round]) -> None:
    runs = "one run" if len(done) == 1 else f"{len(done)} alternating runs: median (least to greatest)"
    print(f"\nimport of {size:,} locations, {runs}")
    ratio = [each.first.seconds / each.plain.seconds for each in done]
    print(f"  plain loop {spread([size / each.plain.seconds for each in done], ',.0f')} rows a second")
    for name, part in (("import", "first"), ("unchanged", "again")):
        found: list[Measured] = [getattr(each, part) for each in done]
        print(f"  {name:<10} {spread([size / run.seconds for run in found], ',.0f')} rows a second")
        print(f"    seconds   {spread([run.seconds for run in found])}")
        print(f"    processor {spread([run.processor for run in found])} s of the importing process")
        print(f"    memory    {spread([run.memory for run in found], '.0f')} MB at its peak")
    print(f"  ratio      {spread(ratio, '.1f')} of time")


def _prepare(server: Server, folder: Path, size: int) -> None:
    """Make an installation with the samples' directory of postcodes, and the file to import."""
    server.run("CREATE DATABASE seed")
    url, data = server.url("seed"), folder / "seed"
    make_empty(url, data, size).dispose()
    system = open_system(settings_for(url, data), CLOCK)
    load_directory(system, OPERATOR, SAMPLES / "directory.csv")
    system.database.dispose()
    with (SAMPLES / "locations.csv").open(encoding="utf-8", newline="") as file:
        places = [{name: row[name] for name in PLACE} for row in csv.DictReader(file)]
    with (folder / "locations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("number", "name", "premises", *PLACE, "reference"))
        writer.writeheader()
        for i in range(size):
            writer.writerow(
                {
                    "number": f"0{number_of(i)}",
                    "name": f"{STREETS[i % 10].title()} {TRADES[i % 8].title()} {i}",
                    "premises": f"Unit {i % 40 + 1}, {i // 40 + 1} {STREETS[i % 10].title()} House",
                    **places[i % len(places)],
                    "reference": f"ORDER-{i}",
                }
            )


if __name__ == "__main__":
    main()
