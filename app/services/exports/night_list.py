"""The night's list: the decisions of one run, gathered in a temporary table and applied in one statement."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Date, Integer, MetaData, String, Table, text, update

from app.db.bulk import copy_rows
from app.db.unit_of_work import UnitOfWork
from app.models.exports import Transaction


class ListEntry(NamedTuple):
    """One transaction as the night leaves it."""

    id: int
    state: str
    command: str | None = None
    effective_date: date | None = None
    values_id: int | None = None
    account_id: int | None = None
    child_cupid: str = ""
    change_cupid: str = ""
    file_id: int | None = None
    rec_no: int | None = None
    folded_into: int | None = None
    why: str = ""


NIGHT_LIST = Table(
    "night_list",
    MetaData(),
    Column("id", BigInteger),
    Column("state", String(12)),
    Column("command", String(1)),
    Column("effective_date", Date),
    Column("values_id", BigInteger),
    Column("account_id", BigInteger),
    Column("child_cupid", String(3)),
    Column("change_cupid", String(3)),
    Column("file_id", BigInteger),
    Column("rec_no", Integer),
    Column("folded_into", BigInteger),
    Column("why", String(200)),
    prefixes=["TEMPORARY"],
)


class NightList:
    """Takes decisions in batches, so that memory does not grow with the night."""

    def __init__(self, work: UnitOfWork, batch: int = 5_000) -> None:
        self._work = work
        self._batch = batch
        self._entries: list[ListEntry] = []
        work.session.execute(text("DROP TABLE IF EXISTS night_list"))
        NIGHT_LIST.create(work.session.connection())

    def add(self, entry: ListEntry) -> None:
        """Put one decision on the list."""
        self._entries.append(entry)
        if len(self._entries) >= self._batch:
            self._write()

    def apply(self) -> None:
        """Write every decision to its transaction and drop the list."""
        self._write()
        names = [name for name in ListEntry._fields if name != "id"]
        self._work.session.execute(
            update(Transaction)
            .values({name: NIGHT_LIST.c[name] for name in names})
            .where(Transaction.id == NIGHT_LIST.c.id)
            .execution_options(synchronize_session=False)
        )
        NIGHT_LIST.drop(self._work.session.connection())

    def _write(self) -> None:
        copy_rows(self._work, NIGHT_LIST, ListEntry._fields, self._entries)
        self._entries = []
