"""A whole process measured from outside: time from start to end, and the most memory that it ever held."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Measured:
    """One run: wall-clock and processor seconds, and the peak of resident memory in megabytes (10^6 bytes)."""

    seconds: float
    processor: float
    memory: float


def measure(script: str, *arguments: str) -> Measured:
    """Run a script of this folder as a process of its own; RuntimeError where it fails."""
    began = time.perf_counter()
    command = [sys.executable, str(HERE / script), *arguments]
    child = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    if status:
        raise RuntimeError(f"{script} ended with status {os.waitstatus_to_exitcode(status)}")
    return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)  # Linux counts in KiB


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return median(values)


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Return the median with the least and the greatest."""
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"
