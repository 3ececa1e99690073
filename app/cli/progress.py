"""A progress bar on a terminal, and none elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give a function (stage, done, total) that draws on stderr while the work is under way."""
    if not sys.stderr.isatty():
        yield _silent
        return
    # Loaded only where it is seen: rich takes a tenth of a second.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415
    from rich.progress import TaskID  # noqa: PLC0415

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def draw(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for before in tasks.values():
                    bars.update(before, visible=False)
                tasks[stage] = bars.add_task(stage, total=None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield draw


def _silent(_stage: str, _done: int, _total: int) -> None:
    return
