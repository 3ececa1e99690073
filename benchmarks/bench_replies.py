"""A day of 100,000 replies against reading them and one UPDATE, in alternating runs; and of 25,000, for the memory."""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from database_server import Server, running_server
from day_of_replies import lay_day
from invented import CLOCK, OPERATOR, seed, settings_for
from measuring import Measured, measure, middle, spread

from app.services.exports.night import run_export
from app.services.system import open_system

RECORDS, SMALL = 80_000, 20_000
MOST_MEMORY, MOST_RATIO = 300, 15.0


def main() -> None:
    """Print the figures of the README."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=3, help="alternating runs (default 3)")
    wanted.add_argument("--phases", action="store_true", help="say where the time of the large day goes, too")
    given = wanted.parse_args()
    with running_server() as server, tempfile.TemporaryDirectory(prefix="eld-bench-") as home:
        folder = Path(home)
        large, memory, rows = _alternating(server, folder, RECORDS, given.rounds)
        _, small, few = _alternating(server, folder, SMALL, 1)
        phases = _phases(server, folder, rows) if given.phases else {}
    print(f"\n{rows:,} replies in 99 CARs, {given.rounds} alternating runs: median (least to greatest)")
    for line in large:
        print(line)
    growth = memory - small
    print(
        f"memory: {rows:,} instead of {few:,} rows take {growth:+.0f} MB more (goal: below {MOST_MEMORY} MB, and flat)"
    )
    for name, seconds in sorted(phases.items()):
        print(f"  {name:<28} {seconds:6.2f} s")


def _alternating(server: Server, folder: Path, records: int, rounds: int) -> tuple[list[str], float, int]:
    """Run both in turn, each on a fresh copy of the same database; return what is printed, memory and rows."""
    name = f"replies_{records}"
    server.run(f"CREATE DATABASE {name}")
    seed(server.url(name), folder / name, records)
    system = open_system(settings_for(server.url(name), folder / name), CLOCK)
    run_export(system, OPERATOR)
    rows = lay_day(system, records, folder / name / "inbox")
    system.database.dispose()
    reference, ours = [], []
    for turn in range(rounds):
        inbox = str(folder / name / "inbox")
        reference.append(measure("one_plain_replies.py", server.copy(name, "bench"), inbox, str(rows)))
        ours.append(_collect(server, folder, name, rows, str(turn)))
    ratio = [mine.seconds / plain.seconds for mine, plain in zip(ours, reference, strict=True)]
    return (
        [
            f"  reference  {spread([run.seconds for run in reference])} s",
            f"  ours       {spread([run.seconds for run in ours])} s",
            f"  ratio      {spread(ratio, '.1f')} (goal: at most {MOST_RATIO})",
            f"  processor  {spread([run.processor for run in ours])} s of the collecting process",
            f"  memory     {spread([run.memory for run in ours], '.0f')} MB at its peak",
        ],
        middle([run.memory for run in ours]),
        rows,
    )


def _collect(server: Server, folder: Path, name: str, rows: int, turn: str, *more: str) -> Measured:
    data = folder / f"{name}_{turn}"
    shutil.copytree(folder / name, data)
    return measure("one_replies.py", server.copy(name, "bench"), str(data), str(rows), *more)


def _phases(server: Server, folder: Path, rows: int) -> dict[str, float]:
    result = folder / "phases.json"
    _collect(server, folder, f"replies_{RECORDS}", rows, "phases", str(result))
    found: dict[str, float] = json.loads(result.read_text())
    return found


if __name__ == "__main__":
    main()
