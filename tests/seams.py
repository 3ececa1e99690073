"""Seams: where a process meets what lies outside it, each call is counted, and any of them can be made to fail."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from emergency_export.disk import Disk
from emergency_export.faults import TransportDown

DISK = {"create", "write", "append", "sync", "size", "rename", "sync_folder", "remove", "read", "digest"}


class Killed(BaseException):
    """The process ended here: nothing in the program may catch it, and nothing that it does afterwards counts."""


@dataclass(frozen=True)
class Fault:
    """What happens to the `at`-th call: an `error`, a connection that is `dropped`, or a `crash`.

    It strikes in place of the call, or just after it was done; once, or from then on for good.
    """

    at: int
    kind: str = "crash"
    after: bool = False
    for_good: bool = False

    def __str__(self) -> str:
        when = " just after it was done" if self.after else " and ever after" if self.for_good else ""
        return f"{self.kind} at call {self.at}{when}"


# Everything that can happen to a call, but for the connection.
ENDS = (
    {"kind": "error"},
    {"kind": "error", "after": True},
    {"kind": "error", "for_good": True},
    {"kind": "crash"},
    {"kind": "crash", "after": True},
)


@dataclass
class Seams:
    """Counts the calls of one process; `names` are theirs, `struck` says how many of them failed."""

    fault: Fault | None = None
    names: list[str] = field(default_factory=list)
    struck: int = 0
    dead: bool = False

    def meet(self, name: str, operation: Callable[[], Any], fail: Callable[[bool], BaseException]) -> Any:
        """Do one call, unless it is the one that fails; `fail` makes its error, and drops what is to be dropped."""
        if self.dead:
            raise Killed
        self.names.append(name)
        at, fault = len(self.names), self.fault
        if fault is None or at < fault.at or (at > fault.at and not fault.for_good):
            return operation()
        done = operation() if fault.after and at == fault.at else None
        if name == "disk create" and done is not None:
            done.close()  # nobody gets it
        self.struck += 1
        if fault.kind == "crash":
            self.dead = True
            raise Killed
        raise fail(fault.kind == "dropped")

    def step(self, name: str) -> None:
        """Come to a named step of a night: a process may end between any two calls too."""
        self.meet(f"step {name}", lambda: None, lambda _: TransportDown("broken off here"))


class CountedDisk(Disk):
    """A file system, operation by operation."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name not in DISK:
            return found
        return lambda *args: self._seams.meet(
            f"disk {name}", lambda: found(*args), lambda _: OSError(5, "Input/output error")
        )


class Counted:
    """Whatever has methods, each a call: a transport, a ledger."""

    def __init__(self, inner, seams: Seams, called: str, fail: Callable[[bool], BaseException]) -> None:
        self._inner, self._seams, self._called, self._fail = inner, seams, called, fail

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if not callable(found):
            return found
        return lambda *args, **options: self._seams.meet(
            f"{self._called} {name}", lambda: found(*args, **options), self._fail
        )


def counted_transport(transport, seams: Seams) -> Counted:
    return Counted(transport, seams, "transport", lambda _: TransportDown("the line broke"))


# the figures of all sweeps, for the end of the run

_tried: Counter[str] = Counter()
_broken: Counter[str] = Counter()
_notes: list[str] = []


def told(sweep: str, tried: int, broken: list[str]) -> str:
    """Note what a sweep came to, and return what of it was broken."""
    _tried[sweep] += tried
    _broken[sweep] += len(broken)
    return "\n".join([f"{len(broken)} of {tried} outcomes are broken", *broken[:20]]) if broken else ""


def noted(line: str) -> None:
    """Have a line of figures told at the end of the run."""
    _notes.append(line)


def figures() -> Iterator[str]:
    """Give a line for each sweep of this run, and what else was noted."""
    yield from _notes
    for sweep in sorted(_tried):
        yield f"{sweep}: {_tried[sweep]} faults tried, {_broken[sweep]} broken outcomes"
    if len(_tried) > 1:
        yield f"in all {_tried.total()} faults tried, {_broken.total()} broken outcomes"
