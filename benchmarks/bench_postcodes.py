"""How many postcodes a second the grammar reads, and how often it is wrong; beside three others from PyPI.

Each of the others is installed into an environment of its own in a temporary folder: they bring what they need, one
of them an old pytest. All judge the same postcodes in turn, in processes of their own.
"""

import csv
import io
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from postcode_traps import NOWHERE, RIGHT, WRONG

from validators.postcodes import parse_postcode

SIZE, ROUNDS = 200_000, 7
ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "codepo_gb_2014-08.zip"
WORKER = Path(__file__).with_name("one_postcode_parser.py")
DISTRICTS = ("LS11", "S1", "NG1", "EC2R", "WC2N", "N1C", "CF10", "SA1", "LL55", "ZE1", "AB10", "M1", "W1A")
OTHERS = {"ukpostcodeparser": "1.1.2", "postcodes-uk": "1.0.2", "uk-postcodes-parsing": "2.1.0"}

Ask = Callable[[str, str], object]


def main() -> None:
    """Print the figures of the README."""
    known = real() or invented()
    compare(known)
    proper = list(itertools.islice(itertools.cycle(known), SIZE))
    typed = [f" {code.lower().replace(' ', '')}" for code in proper]
    wrong = [code[:-2] + "O1" for code in proper]
    if any(parse_postcode(code).postcode is None for code in (*proper, *typed)):
        raise SystemExit("a proper postcode was refused")
    if any(parse_postcode(code).postcode is not None for code in wrong):
        raise SystemExit("a wrong postcode was taken")
    print(f"\nOurs, {SIZE:,} postcodes, {ROUNDS} runs: median of a second's worth")
    for label, codes in (
        ("as they are written", proper),
        ("as people type them", typed),
        ("wrong, with advice", wrong),
    ):
        print(f"  {label:<22} {_rate(codes):>10,.0f}")


def compare(known: Sequence[str]) -> None:
    """Let ours and the others judge the same lists in turn, and print what each makes of them."""
    sample = random.Random(999).sample(known, min(SIZE, len(known)))
    lists = {"sample": sample, "known": known, "right": RIGHT, "wrong": WRONG, "nowhere": NOWHERE}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "lists.json"
        path.write_text(json.dumps(lists), "utf-8")
        parsers = {"ours": stack.enter_context(worker(Path(sys.executable), "ours", path))}
        for name, version in OTHERS.items():
            if python := installed(Path(folder) / name, name, version):
                parsers[name] = stack.enter_context(worker(python, name, path))
        rates: dict[str, list[float]] = {name: [] for name in parsers}
        for turn in range(ROUNDS):
            for name in list(parsers)[:: 1 if turn % 2 else -1]:
                rates[name].append(float(str(parsers[name]("rate", "sample"))))
        of = f"of {len(known):,}", f"of {len(RIGHT)}", f"of {len(WRONG)}", f"of {len(NOWHERE)}"
        print(f"\n{len(sample):,} postcodes, {ROUNDS} rounds in turn: median of a second's worth; wrong answers")
        print(
            f"  {'':<22} {'a second':>10} {'real refused':>13} {'right refused':>13} {'wrong taken':>12} {'nowhere':>8}"
        )
        print(f"  {'':<22} {'':>10} {of[0]:>13} {of[1]:>13} {of[2]:>12} {of[3]:>8}")
        for name, ask in parsers.items():
            taken = {which: set(_listed(ask("taken", which))) for which in lists if which != "sample"}
            missed = [len(set(codes) - taken[which]) for which, codes in (("known", known), ("right", RIGHT))]
            print(
                f"  {name:<22} {median(rates[name]):>10,.0f} {missed[0]:>13,} {missed[1]:>13}"
                f" {len(taken['wrong']):>12} {len(taken['nowhere']):>8}"
            )


def installed(folder: Path, name: str, version: str) -> Path | None:
    """Make an environment with one parser in it; None, and why, where that cannot be."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{name}=={version}"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{name} is left out, it cannot be installed: {done.stderr.strip().splitlines()[-1]}")
        return None
    return python


@contextmanager
def worker(python: Path, name: str, lists: Path) -> Iterator[Ask]:
    """Start one parser; what comes back asks it a question and returns its answer."""
    process = subprocess.Popen(
        [python, WORKER, name, lists], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin  # noqa: S101  for the type checker: both are pipes
    assert process.stdout  # noqa: S101
    questions, answers = process.stdin, process.stdout

    def ask(what: str, which: str) -> object:
        questions.write(f"{what} {which}\n")
        questions.flush()
        return json.loads(answers.readline())

    try:
        yield ask
    finally:
        questions.close()
        process.wait()
        answers.close()


def real() -> list[str]:
    """Every postcode of Great Britain from Code-Point Open, where it lies beside the repository."""
    if not ARCHIVE.exists():
        print("Code-Point Open is not at ../shared/data: invented postcodes are taken")
        return []
    found = []
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("Data/CSV/") and name.endswith(".csv"):
                with archive.open(name) as part:
                    rows = csv.reader(io.TextIOWrapper(part, "ascii"))
                    found += [f"{row[0][:-3].rstrip()} {row[0][-3:]}" for row in rows]
    return found


def invented() -> list[str]:
    """Well-formed postcodes of a few districts."""
    inward = (f"{digit}{first}{second}" for digit in range(10) for first in "ABDEFG" for second in "HJLNPQ")
    return [f"{outward} {rest}" for rest in inward for outward in DISTRICTS]


def _listed(answer: object) -> list[str]:
    return [str(code) for code in answer] if isinstance(answer, list) else []


def _rate(codes: Sequence[str]) -> float:
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for code in codes:
            parse_postcode(code)
        found.append(len(codes) / (time.process_time() - began))
    return median(found)


if __name__ == "__main__":
    main()
