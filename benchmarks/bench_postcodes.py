"""How many postcodes a second the grammar reads: well-formed ones, ones as people type them, and wrong ones."""

import itertools
import time
from collections.abc import Sequence
from statistics import median

from validators.postcodes import parse_postcode

SIZE, ROUNDS = 200_000, 7
DISTRICTS = ("LS11", "S1", "NG1", "EC2R", "WC2N", "N1C", "CF10", "SA1", "LL55", "ZE1", "AB10", "M1", "W1A")


def main() -> None:
    """Print the figures of the README."""
    inward = (f"{digit}{first}{second}" for digit in range(10) for first in "ABDEFG" for second in "HJLNPQ")
    proper = [f"{outward} {rest}" for rest in inward for outward in DISTRICTS]
    typed = [f" {code.lower().replace(' ', '')}" for code in proper]
    wrong = [code.replace(code[-2:], "O1") for code in proper]
    if any(parse_postcode(code).postcode is None for code in (*proper, *typed)):
        raise SystemExit("a proper postcode was refused")
    if any(parse_postcode(code).postcode is not None for code in wrong):
        raise SystemExit("a wrong postcode was taken")
    print(f"\n{SIZE:,} postcodes, {ROUNDS} runs: median of a second's worth")
    for label, codes in (
        ("as they are written", proper),
        ("as people type them", typed),
        ("wrong, with advice", wrong),
    ):
        print(f"  {label:<22} {_rate(codes):>10,.0f}")


def _rate(codes: Sequence[str]) -> float:
    many = list(itertools.islice(itertools.cycle(codes), SIZE))
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for code in many:
            parse_postcode(code)
        found.append(len(many) / (time.perf_counter() - began))
    return median(found)


if __name__ == "__main__":
    main()
