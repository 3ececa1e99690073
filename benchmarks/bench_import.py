"""An import of 10,000 locations against a plain loop over the same file, in alternating runs."""

import argparse
import csv
import shutil
import tempfile
from pathlib import Path

from database_server import Server, running_server
from invented import CLOCK, FIRST_NUMBER, OPERATOR, STREETS, TRADES, make_empty, settings_for
from measuring import measure, spread

from app.services.directory import load_directory
from app.services.system import open_system

SIZE = 10_000
SAMPLES = Path(__file__).parents[1] / "samples"
# What is taken over from the samples, so that a place agrees with its postcode; all else is invented here.
PLACE = ("thoroughfare", "locality", "post_town", "postcode")


def main() -> None:
    """Print the figures of the README."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=5, help="alternating runs (default 5)")
    rounds = wanted.parse_args().rounds
    with running_server() as server, tempfile.TemporaryDirectory(prefix="eld-bench-") as home:
        folder = Path(home)
        _prepare(server, folder)
        ours, plain = [], []
        for turn in range(rounds):
            source = str(folder / "locations.csv")
            plain.append(measure("one_plain_import.py", server.copy("seed", "bench"), source, str(SIZE)))
            data = folder / f"run_{turn}"
            shutil.copytree(folder / "seed", data)
            ours.append(measure("one_import.py", server.copy("seed", "bench"), str(data), source, str(SIZE)))
    ratio = [run.seconds / beside.seconds for run, beside in zip(ours, plain, strict=True)]
    print(f"\nimport of {SIZE:,} locations, {rounds} alternating runs: median (least to greatest)")
    print(f"  plain loop {spread([SIZE / run.seconds for run in plain], ',.0f')} rows a second")
    print(f"  import     {spread([SIZE / run.seconds for run in ours], ',.0f')} rows a second")
    print(f"  ratio      {spread(ratio, '.1f')} of time")
    print(f"  processor  {spread([run.processor for run in ours])} s of the importing process")
    print(f"  memory     {spread([run.memory for run in ours], '.0f')} MB at its peak")


def _prepare(server: Server, folder: Path) -> None:
    """Make an installation with the samples' directory of postcodes, and the file to import."""
    server.run("CREATE DATABASE seed")
    url, data = server.url("seed"), folder / "seed"
    make_empty(url, data, SIZE).dispose()
    system = open_system(settings_for(url, data), CLOCK)
    load_directory(system, OPERATOR, SAMPLES / "directory.csv")
    system.database.dispose()
    with (SAMPLES / "locations.csv").open(encoding="utf-8", newline="") as file:
        places = [{name: row[name] for name in PLACE} for row in csv.DictReader(file)]
    with (folder / "locations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("number", "name", "premises", *PLACE, "reference"))
        writer.writeheader()
        for i in range(SIZE):
            writer.writerow(
                {
                    "number": f"0{FIRST_NUMBER + i}",
                    "name": f"{STREETS[i % 10].title()} {TRADES[i % 8].title()} {i}",
                    "premises": f"Unit {i % 40 + 1}, {i // 40 + 1} {STREETS[i % 10].title()} House",
                    **places[i % len(places)],
                    "reference": f"ORDER-{i}",
                }
            )


if __name__ == "__main__":
    main()
