"""Whether the rules find what is wrong with 1,000 addresses, and leave 1,000 good ones alone.

The places are those of Code-Point Open where it lies in ../shared/data, else of the sample directory.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from random import Random

from clean_addresses import clean_locations
from faulty_addresses import FAULTS, Faulty, Known
from invented import CLOCK, OPERATOR, TODAY, make_empty, settings_for
from sqlalchemy import select

from app.models.directory import DirectoryPostcode
from app.services.directory import load_directory
from app.services.locations.judgement import Judgement
from app.services.locations.registering import judge_for
from app.services.system import System, open_system
from validators.columns import Location

HERE = Path(__file__).parents[1]
REAL = HERE.parent / "shared" / "data" / "codepo_gb_2014-08.zip"
COUNT, SEED, BATCH = 1_000, 999, 100


def main() -> None:
    """Print the figures of the README."""
    source = REAL if REAL.exists() else HERE / "samples" / "directory.csv"
    print(f"places of {source.name}" + ("" if source == REAL else ", since Code-Point Open is not there"))
    with tempfile.TemporaryDirectory(prefix="eld-bench-") as home:
        url = f"sqlite:///{home}/eld.db"
        make_empty(url, Path(home), 100_000).dispose()
        system = open_system(settings_for(url, Path(home)), CLOCK)
        load_directory(system, OPERATOR, source)
        with system.database.reading() as look:
            postcodes = frozenset(look.session.scalars(select(DirectoryPostcode.postcode)))
        _clean(system, sorted(postcodes))
        _faulty(system, sorted(postcodes), Known(postcodes, TODAY))
        system.database.dispose()


def _clean(system: System, postcodes: Sequence[str]) -> None:
    found = _judge(system, list(clean_locations(postcodes, Random(SEED), COUNT)))
    wrong = [item for item in found if any(problem.severity != "warning" for problem in item.problems)]
    print(f"\n{COUNT} clean addresses: {len(wrong)} with an error or a review ({len(wrong) / COUNT:.1%}; at most 1 %)")
    warned = Counter(problem.code for item in found for problem in item.problems if problem.severity == "warning")
    print(f"  warnings: {dict(warned) or 'none'}")
    for item in wrong[:10]:
        told = "; ".join(f"{p.code} {p.field}" for p in item.problems if p.severity != "warning")
        place = item.location
        print(
            f"  {told}: {place.name} | {place.premises} | {place.thoroughfare} | {place.post_town} | {place.postcode}"
        )


def _faulty(system: System, postcodes: Sequence[str], known: Known) -> None:
    faulty = list(islice(_spoil(postcodes, known), COUNT))
    good = dict.fromkeys((item.kind for item in faulty), 0)
    asked = Counter(item.kind for item in faulty)
    missed = []
    for item, judgement in zip(faulty, _judge(system, [item.location for item in faulty]), strict=True):
        right = _is_right(item, judgement)
        good[item.kind] += right
        if not right:
            missed.append((item, judgement))
    total = sum(good.values())
    print(
        f"\n{COUNT} addresses with one fault of {len(asked)} kinds: {total} right ({total / COUNT:.1%}; at least 95 %)"
    )
    for kind in sorted(asked, key=lambda kind: good[kind] / asked[kind]):
        print(f"  {kind:<32} {good[kind]:>4} of {asked[kind]}")
    for item, judgement in missed[:12]:
        told = [(p.code, p.suggestion, p.alternatives) for p in judgement.problems]
        print(f"  missed {item.kind}: {item.code}, {item.right}: {told}")


def _spoil(postcodes: Sequence[str], known: Known) -> Iterator[Faulty]:
    """Yield faults of all kinds in turn, each in a fresh clean location."""
    random = Random(SEED + 1)
    clean = clean_locations(postcodes, random, 50 * COUNT)
    for kind, make in cycle(FAULTS.items()):
        item = next((item for location in clean if (item := make(location, random, known)) is not None), None)
        if item is None:
            return
        yield Faulty(kind, item.location, item.code, item.right)


def _is_right(item: Faulty, judgement: Judgement) -> bool:
    """Say whether the code was given, with the right value among the first three where there is one."""
    for problem in judgement.problems:
        offered = ([problem.suggestion] if problem.suggestion else []) + list(problem.alternatives)
        if problem.code == item.code and (item.right is None or item.right.upper() in map(str.upper, offered[:3])):
            return True
    return False


def _judge(system: System, locations: list[Location]) -> list[Judgement]:
    with system.database.reading() as look:
        judge = judge_for(system, look, OPERATOR, 1)
        return [
            judgement
            for start in range(0, len(locations), BATCH)
            for judgement in judge.judge(locations[start : start + BATCH])
        ]


if __name__ == "__main__":
    main()
