"""Where the time of a run goes: the running thread is looked at 200 times a second, and nothing is wrapped."""

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

SECONDS_BETWEEN = 0.005
# The innermost function of this list on the stack names the phase.
PHASES = {
    ("candidates.py", "read_candidates"): "decide",
    ("decisions.py", "decide"): "decide",
    ("fixing.py", "fix_night"): "fix",
    ("fixing.py", "place"): "fix: render and digest",
    ("night_list.py", "apply"): "fix: one UPDATE",
    ("night_list.py", "_write"): "fix: list by COPY",
    ("night.py", "run_export"): "fix: lock and commit",
    ("pipeline.py", "_write"): "render",
    ("ledger.py", "fixed_rows"): "render: read rows",
    ("verification.py", "verify_file"): "verify",
    ("transport.py", "put"): "put",
    ("ledger.py", "mark_delivered"): "mark",
    # of a collection
    ("reading.py", "read"): "read whole",
    ("rows.py", "_apply_batch"): "apply: decide, keep",
    ("standings.py", "read_standings"): "apply: look up",
    ("standings.py", "write"): "apply: write",
    ("effects.py", "tell"): "apply: cases",
    ("log.py", "_write"): "trail",
    ("transport.py", "keep"): "archive",
    ("transport.py", "archive"): "archive",
}


@contextmanager
def sampled(result: str) -> Iterator[None]:
    """Write the seconds spent in each phase to the file `result`; '' measures nothing."""
    if not result:
        yield
        return
    seen: defaultdict[str, float] = defaultdict(float)
    done = threading.Event()
    # Otherwise the look waits for the next moment at which the thread lets go, which is always in the same phase.
    sys.setswitchinterval(SECONDS_BETWEEN / 50)
    sampler = threading.Thread(target=_sample, args=(threading.get_ident(), seen, done))
    sampler.start()
    try:
        yield
    finally:
        done.set()
        sampler.join()
    Path(result).write_text(json.dumps(seen))


def _sample(watched: int, seen: defaultdict[str, float], done: threading.Event) -> None:
    last = time.perf_counter()
    while not done.wait(SECONDS_BETWEEN):
        now = time.perf_counter()
        # A look that comes late speaks for the time since the one before.
        seen[_phase(sys._current_frames().get(watched))] += now - last  # noqa: SLF001  the one way to see a stack
        last = now


def _phase(frame: FrameType | None) -> str:
    while frame is not None:
        code = frame.f_code
        named = PHASES.get((code.co_filename.rpartition("/")[2], code.co_name))
        if named is not None:
            return named
        frame = frame.f_back
    return "the rest"
