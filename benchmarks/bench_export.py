"""One file of 200,000 activations against the reference, in alternating runs; and of 50,000, for the memory."""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from database_server import Server, running_server
from invented import seed
from measuring import Measured, measure, middle, spread

SIZE, SMALL = 200_000, 50_000
MOST_MEMORY, MOST_RATIO = 300, 3.0
ORDER = ("decide", "fix", "render", "verify", "put", "mark", "the rest")


def main() -> None:
    """Print the figures of the README."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=5, help="alternating runs (default 5)")
    rounds = wanted.parse_args().rounds
    with running_server() as server, tempfile.TemporaryDirectory(prefix="eld-bench-") as home:
        folder = Path(home)
        ours, reference = _alternating(server, folder, SIZE, rounds)
        small, small_reference = _alternating(server, folder, SMALL, rounds)
        profile = _profile(server, folder)
    _print_runs(SIZE, ours, reference)
    _print_runs(SMALL, small, small_reference)
    growth = middle([run.memory for run in ours]) - middle([run.memory for run in small])
    print(f"memory: four times the records take {growth:+.0f} MB more (goal: below {MOST_MEMORY} MB, and flat)")
    _print_profile(profile)


def _alternating(server: Server, folder: Path, count: int, rounds: int) -> tuple[list[Measured], list[Measured]]:
    """Run both in turn, each on a fresh copy of the same database."""
    name = f"seed_{count}"
    server.run(f"CREATE DATABASE {name}")
    seed(server.url(name), folder / name, count)
    ours, reference = [], []
    for turn in range(rounds):
        reference.append(
            measure("one_reference.py", server.copy(name, "bench"), str(folder / "reference.dat"), str(count))
        )
        ours.append(_export(server, folder, count, str(turn)))
    return ours, reference


def _export(server: Server, folder: Path, count: int, name: str, *more: str) -> Measured:
    data = folder / f"run_{count}_{name}"
    shutil.copytree(folder / f"seed_{count}", data)
    return measure("one_export.py", server.copy(f"seed_{count}", "bench"), str(data), str(count), *more)


def _profile(server: Server, folder: Path) -> dict[str, float]:
    result = folder / "phases.json"
    _export(server, folder, SIZE, "profile", str(result))
    return {str(name): float(seconds) for name, seconds in json.loads(result.read_text()).items()}


def _print_runs(count: int, ours: list[Measured], reference: list[Measured]) -> None:
    ratio = [run.seconds / beside.seconds for run, beside in zip(ours, reference, strict=True)]
    print(f"\n{count:,} activations, {len(ours)} alternating runs: median (least to greatest)")
    print(f"  reference  {spread([run.seconds for run in reference])} s")
    print(f"  export     {spread([run.seconds for run in ours])} s")
    print(f"  ratio      {spread(ratio)} (goal: at most {MOST_RATIO})")
    print(f"  processor  {spread([run.processor for run in ours])} s of the exporting process")
    print(f"  memory     {spread([run.memory for run in ours], '.0f')} MB at its peak")


def _print_profile(profile: dict[str, float]) -> None:
    print(f"\nwhere the time of {SIZE:,} goes, looked at 200 times a second in a run of its own")
    for phase in ORDER:
        parts = {name: seconds for name, seconds in sorted(profile.items()) if name.split(":")[0] == phase}
        print(f"  {phase:<24} {sum(parts.values()):6.2f} s")
        for name, seconds in parts.items():
            if name != phase:
                print(f"    {name.partition(': ')[2]:<22} {seconds:6.2f} s")


if __name__ == "__main__":
    main()
