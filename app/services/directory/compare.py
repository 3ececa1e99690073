"""Two directories side by side: the one that is loaded and another, before it is loaded."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.directory import DirectoryEdition, DirectoryPostcode
from app.models.records import RecordValues, Registration
from app.services.access import authorise
from app.services.directory.changes import Change, Changed, Standing, changes
from app.services.directory.load import silent
from app.services.directory.rows import Progress
from app.services.directory.source import open_source
from app.services.directory.spool import CheckedSource, checked
from app.services.directory.touched import wanted_records

if TYPE_CHECKING:
    from app.services.system import System

EXAMPLES = 5
MOST_TOUCHED = 1_000  # numbers that are named; all are counted
BATCH = 10_000

OnChange = Callable[[Changed], None]


@dataclass(frozen=True, slots=True)
class Edition:
    """What a directory says of itself."""

    source: str
    edition: date | None
    rows: int

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        edition = self.edition.isoformat() if self.edition else None
        return {"source": self.source, "edition": edition, "rows": self.rows}


@dataclass(frozen=True, slots=True)
class TouchedNumber:
    """A number whose wanted record has a postcode that is live in the old directory and not in the new one."""

    number_id: int
    postcode: str
    change: Change
    ended: date | None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: what the directories say of its postcode."""
        new = "ended" if self.change is Change.ENDED else "missing"
        ended = self.ended.isoformat() if self.ended else None
        return {"number_id": self.number_id, "postcode": self.postcode, "old": "live", "new": new, "ended": ended}


@dataclass(frozen=True)
class Comparison:
    """What loading the new directory would change; `old` None where none is loaded.

    `areas` holds the counts of each area that has changes. `to_review` counts the records that a load would send
    to review, `touched` names the first thousand of them.
    """

    old: Edition | None
    new: Edition
    counts: dict[Change, int]
    areas: dict[str, dict[Change, int]]
    examples: dict[Change, tuple[str, ...]]
    to_review: int
    touched: tuple[TouchedNumber, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "old": self.old.as_dict() if self.old else None,
            "new": self.new.as_dict(),
            "counts": _by_name(self.counts),
            "areas": {area: _by_name(counts) for area, counts in self.areas.items()},
            "examples": {str(change): list(found) for change, found in self.examples.items()},
            "to_review": self.to_review,
            "touched": [number.as_dict() for number in self.touched],
        }


def compare_directories(
    system: "System",
    actor: Actor,
    path: Path | None = None,
    progress: Progress = silent,
    *,
    northern_ireland: bool = False,
    on_change: OnChange | None = None,
) -> Comparison:
    """Compare the directory at `path`, or the optional data package, with the present one; nothing is loaded.

    Both are read in the order of their postcodes and neither is held; `on_change` is told every change.
    Raises NotAllowed, and Refused with all faults of the source.
    """
    authorise(actor, Permission.LOAD_DIRECTORY)
    source = open_source(path, northern_ireland=northern_ireland)
    with checked(source, progress) as new, system.database.reading() as look:
        present = look.session.scalars(select(DirectoryEdition).where(DirectoryEdition.current)).one_or_none()
        # What is left unread keeps a cursor on the server: both are closed, however this ends.
        with closing(_rows(look, present)) as old, closing(_records(look, system.today)) as records:
            tally = _Tally(records)
            for change in changes(old, _new_rows(new, progress), new.areas):
                tally.count(change)
                if on_change is not None:
                    on_change(change)
        return Comparison(
            old=None if present is None else Edition(present.source, present.edition, present.row_count),
            new=Edition(new.facts.source, new.facts.edition, new.row_count),
            counts={change: tally.counts[change] for change in Change},
            areas={area: {change: found[change] for change in Change} for area, found in sorted(tally.areas.items())},
            examples={change: tuple(tally.examples[change]) for change in Change},
            to_review=tally.to_review,
            touched=tuple(tally.touched),
        )


class _Tally:
    """Counts changes as they come in order, and walks along our records, which come in the same order."""

    def __init__(self, records: Iterator[tuple[str, int]]) -> None:
        self.counts: Counter[Change] = Counter()
        self.areas: dict[str, Counter[Change]] = {}
        self.examples: dict[Change, list[str]] = {change: [] for change in Change}
        self.to_review = 0
        self.touched: list[TouchedNumber] = []
        self._records = records
        self._next = next(records, None)

    def count(self, changed: Changed) -> None:
        """Take the next change."""
        self.counts[changed.change] += 1
        self.areas.setdefault(changed.area, Counter())[changed.change] += 1
        examples = self.examples[changed.change]
        if len(examples) < EXAMPLES:
            examples.append(changed.postcode)
        if changed.change in {Change.ENDED, Change.GONE}:
            self._walk(changed)

    def _walk(self, changed: Changed) -> None:
        while self._next is not None and self._next[0] <= changed.postcode:
            postcode, number_id = self._next
            if postcode == changed.postcode:
                self.to_review += 1
                if len(self.touched) < MOST_TOUCHED:
                    self.touched.append(TouchedNumber(number_id, postcode, changed.change, changed.ended))
            self._next = next(self._records, None)


def _rows(look: Reading, present: DirectoryEdition | None) -> Generator[Standing, None, None]:
    if present is None:
        return
    statement = (
        select(DirectoryPostcode.postcode, DirectoryPostcode.terminated)
        .where(DirectoryPostcode.edition_id == present.id)
        .order_by(DirectoryPostcode.postcode)
        .execution_options(yield_per=BATCH)
    )
    with look.session.execute(statement) as rows:
        yield from rows


def _new_rows(new: CheckedSource, progress: Progress) -> Iterator[Standing]:
    for place, row in enumerate(new.rows(), 1):
        if place % BATCH == 0:
            progress("comparing", place, new.row_count)
        yield row[0], row[3]
    progress("comparing", new.row_count, new.row_count)


def _records(look: Reading, today: date) -> Generator[tuple[str, int], None, None]:
    """Yield postcode and number of each wanted record; as bytes sort, which a national collation does not."""
    national = look.session.get_bind().dialect.name == "postgresql"
    postcode = RecordValues.postcode.collate("C") if national else RecordValues.postcode
    statement = wanted_records(today).order_by(postcode, Registration.number_id).execution_options(yield_per=BATCH)
    with look.session.execute(statement) as rows:
        for _, number_id, found in rows:
            yield found, number_id


def _by_name(counts: dict[Change, int]) -> dict[str, int]:
    return {str(change): count for change, count in counts.items()}
