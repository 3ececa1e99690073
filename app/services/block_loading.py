"""Ofcom's tables of number blocks in place of those of before: all of them or none."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, func, select, text

from app.audit.events import Action
from app.db.bulk import copy_rows
from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.numbers import NumberBlock
from app.services.access import authorise
from app.services.block_files import BlockFiles, BlockSpool, Progress
from app.services.system import System

COLUMNS = ("prefix", "series", "digits", "status", "holder", "allocated_on")
STEP = 5_000


@dataclass(frozen=True, slots=True)
class LoadedBlocks:
    """How many blocks each series has now, and had before."""

    series: dict[str, int]
    before: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"rows": sum(self.series.values()), "series": self.series, "before": self.before}


def load_blocks(
    system: System, actor: Actor, paths: Sequence[Path], progress: Progress = lambda *_: None
) -> LoadedBlocks:
    """Replace the blocks of every series that stands in Ofcom's tables at `paths`, all of it or none.

    Raises NotAllowed, Refused with all faults by file and line, and Busy while another load is under way.
    """
    authorise(actor, Permission.MANAGE_NUMBERS)
    with named_lock(system.database, "number-blocks"), BlockSpool() as spool:
        BlockFiles(spool, progress).read(tuple(paths))
        counts = spool.counts()
        with system.database.unit_of_work() as work:
            of_series = NumberBlock.series.in_(list(counts))
            before = select(NumberBlock.series, func.count()).where(of_series).group_by(NumberBlock.series)
            loaded = LoadedBlocks(counts, {row[0]: row[1] for row in work.session.execute(before)})
            work.session.execute(delete(NumberBlock).where(of_series))
            for series, digest in _write(work, spool, sum(counts.values()), progress).items():
                detail = {"series": series, "rows": counts[series], "digest": digest}
                system.record(work, actor, Action.BLOCKS_LOADED, ("installation", 1), detail)
            work.commit()
    return loaded


def _write(work: UnitOfWork, spool: BlockSpool, total: int, progress: Progress) -> dict[str, str]:
    """Write the blocks and return the digest of each series, whatever order its file had."""
    digests = {series: hashlib.sha256() for series in spool.counts()}

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(spool, 1):
            digests[row.series].update(repr(row).encode())
            yield row.prefix, row.series, list(row.digits), row.status, row.holder, row.allocated_on
            if number % STEP == 0:
                progress("writing", number, total)

    table = NumberBlock.__table__
    if not isinstance(table, Table):
        raise TypeError("a model stands for a table")
    copy_rows(work, table, COLUMNS, rows())
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(text("ANALYZE number_blocks"))
    return {series: digest.hexdigest() for series, digest in digests.items()}
