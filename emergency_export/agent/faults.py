"""Faults on request: whether one happens follows from seed, kind and what it happens to, never from the moment."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import TypeVar

from emergency_export.agent import codes

_Option = TypeVar("_Option")
_SUFFIX = "_share"


@dataclass(frozen=True, slots=True)
class Faults:
    """The share (0 to 1) of each kind of fault; the same history under the same `seed` has the same faults.

    What is refused or lost by chance can be accepted when it comes again: a record is drawn for by its
    reference, a reply by its file's number and how often that number has come, and a file is lost, or refused
    by chance, once at most.

    - `reject`: a right record is refused, with one of `reject_codes` (all where there are none) that its command
      can have; 0104 also removes the record, so that what it says is true;
    - `non_final`: a record is answered 0018 or 0013 first, and for good in a later CAR;
    - `partial`: a file's CAR answers about half of its records, a later one the others;
    - `late`: a reply comes 1 to `late_steps` steps later;
    - `twice`: a reply comes again, under its name, or a CAR under a new name and sequence;
    - `shuffle`: the CAR comes before its FCO, after the CARs of other files, its rows in no order;
    - `unsolicited`: a CAR has a row more, with a blank reference;
    - `gap`: a number of the CAR sequence is left out before a CAR;
    - `damage`: a reply is cut, has a wrong byte or a wrong count, and comes whole later;
    - `lose_reply`: a reply never comes; `lose_file`: a DAT is taken away unread;
    - `refuse_file`: a right file is refused with one of `refuse_file_reasons`;
    - `undone`: the other half of a port never comes.
    """

    seed: int = 0
    reject_share: float = 0.0
    non_final_share: float = 0.0
    partial_share: float = 0.0
    late_share: float = 0.0
    twice_share: float = 0.0
    shuffle_share: float = 0.0
    unsolicited_share: float = 0.0
    gap_share: float = 0.0
    damage_share: float = 0.0
    lose_reply_share: float = 0.0
    lose_file_share: float = 0.0
    refuse_file_share: float = 0.0
    undone_share: float = 0.0
    late_steps: int = 3
    reject_codes: tuple[str, ...] = ()
    refuse_file_reasons: tuple[str, ...] = codes.REASONS

    def __post_init__(self) -> None:
        for kind in KINDS:
            if not 0 <= self.share(kind) <= 1:
                raise ValueError(f"the share of {kind} lies between 0 and 1, not at {self.share(kind)}")
        if self.late_steps < 1:
            raise ValueError("what is late is late by a step at least")
        for code in self.reject_codes:
            if code not in codes.REFUSALS:
                raise ValueError(f"{code} is not a code that refuses: {', '.join(codes.REFUSALS)}")
        for reason in self.refuse_file_reasons:
            if reason not in codes.REASONS:
                raise ValueError(f"{reason} is not a reason of an FCO: {', '.join(codes.REASONS)}")

    @property
    def calm(self) -> bool:
        """Tell whether there is no fault at all."""
        return not any(self.share(kind) for kind in KINDS)

    def share(self, kind: str) -> float:
        """Return the share of a kind."""
        return float(getattr(self, kind + _SUFFIX))

    def happens(self, kind: str, key: str) -> bool:
        """Tell whether a fault of this kind befalls what `key` names."""
        share = self.share(kind)
        return share > 0 and self.draw(kind, key) < share

    def draw(self, what: str, key: str) -> float:
        """Return a number from 0 to below 1 that depends on the seed and both texts alone."""
        digest = blake2b(f"{self.seed}\0{what}\0{key}".encode(), digest_size=7).digest()
        return int.from_bytes(digest, "big") / 2**56

    def choose(self, what: str, key: str, options: Sequence[_Option]) -> _Option:
        """Return one of the options."""
        return options[int(self.draw(what, key) * len(options))]

    def steps(self, what: str, key: str) -> int:
        """Return by how many steps something is late."""
        return 1 + int(self.draw(what, key) * self.late_steps)


KINDS = tuple(field.name.removesuffix(_SUFFIX) for field in fields(Faults) if field.name.endswith(_SUFFIX))
