"""What the agent holds, as a batch of replies leaves it: gathered in a temporary table and kept in one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, MetaData, String, Table, delete, select, text, true
from sqlalchemy.dialects import postgresql, sqlite

from app.db.bulk import copy_rows
from app.db.unit_of_work import UnitOfWork
from app.models.base import Moment
from app.models.records import AcceptedRecord

HELD_LIST = Table(
    "held_list",
    MetaData(),
    Column("number_id", BigInteger),
    Column("state", String(8)),
    Column("values_id", BigInteger),
    Column("transaction_id", BigInteger),
    Column("account_id", BigInteger),
    Column("effective_date", Date),
    Column("import_taken", Boolean),
    Column("heals", Integer),
    Column("changed_at", Moment),
    prefixes=["TEMPORARY"],
)
HELD = tuple(column.name for column in HELD_LIST.columns)


class HeldList:
    """Writes rows of accepted_records, those that are there already and new ones alike."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        work.session.execute(text("DROP TABLE IF EXISTS held_list"))
        HELD_LIST.create(work.session.connection())

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep these rows, each holding HELD in that order and naming its number once."""
        if not rows:
            return
        copy_rows(self._work, HELD_LIST, HELD, rows)
        kind = self._work.session.get_bind().dialect.name
        insert = postgresql.insert if kind == "postgresql" else sqlite.insert
        # SQLite takes the ON of ON CONFLICT for that of a join where the query has no condition.
        kept = insert(AcceptedRecord).from_select(list(HELD), select(HELD_LIST).where(true()))
        changed = {name: kept.excluded[name] for name in HELD if name != "number_id"}
        self._work.session.execute(kept.on_conflict_do_update(index_elements=["number_id"], set_=changed))
        self._work.session.execute(delete(HELD_LIST))

    def drop(self) -> None:
        """Take the table away."""
        HELD_LIST.drop(self._work.session.connection())
