"""Many rows at once, inside a unit of work, in constant memory."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Dialect, Table, any_, bindparam, func, select, text
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute

from app.db.unit_of_work import Reading, UnitOfWork

Row = Sequence[Any]


def copy_rows(work: UnitOfWork, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write `rows`, each holding `columns` in that order, and return how many there were.

    COPY on PostgreSQL, a prepared INSERT on SQLite. Columns that are not named get the database's own default,
    never Python's. Raises ValueError for a row of another length, and the database's error for one it refuses.
    """
    work.session.flush()
    connection = work.session.connection()
    dialect = connection.dialect
    adapted = _Adapted(table, columns, rows, dialect)
    quote = dialect.identifier_preparer
    target = f"{quote.format_table(table)} ({', '.join(quote.quote(name) for name in columns)})"
    cursor = connection.connection.cursor()
    fault = dialect.loaded_dbapi.Error
    try:
        if dialect.name == "postgresql":
            _copy(cursor, f"COPY {target} FROM STDIN", adapted)
        else:
            places = ", ".join("?" * len(columns))
            insert = f"INSERT INTO {target} VALUES ({places})"  # noqa: S608  names of our own, quoted
            cursor.executemany(insert, adapted)  # type: ignore[arg-type]  # sqlite3 takes any iterator
    except fault as refused:
        raise _told(refused, connection) from refused
    finally:
        cursor.close()
    return adapted.count


def reserve_ids(work: UnitOfWork, table: Table, count: int) -> list[int]:
    """Return `count` ids of `table`, rising, that no other row gets: so rows can point at rows not yet written.

    Take them once what they tell of is locked, since a later id is a later word. Not for the keys of `transactions`
    on SQLite, which are never used again.
    """
    session = work.session
    session.flush()
    if session.connection().dialect.name == "postgresql":
        # As one value: a row for each would cost more than drawing it.
        drawn = text(
            "SELECT array_agg(nextval(found)) FROM generate_series(1, :count),"
            " CAST(pg_get_serial_sequence(:name, 'id') AS regclass) AS found"
        )
        return sorted(session.scalars(drawn, {"name": table.name, "count": count}).one() or [])
    # The unit holds the database's one lock for writing.
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def one_of(look: Reading, column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that `column` is among some thousands of values: one parameter on PostgreSQL."""
    if look.session.get_bind().dialect.name == "postgresql":
        return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))
    return column.in_(list(values))


def _told(fault: Exception, connection: Connection) -> BaseException:
    """Return the driver's fault as SQLAlchemy tells it, without the values that PostgreSQL quotes in its detail."""
    primary = getattr(getattr(fault, "diag", None), "message_primary", None)
    if primary:
        fault.args = (primary,)
    dialect = connection.dialect
    return DBAPIError.instance(None, None, fault, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect)


def _copy(cursor: DBAPICursor, statement: str, rows: Iterable[Row]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


class _Adapted:
    """The rows as the driver wants them, counted as they pass."""

    def __init__(self, table: Table, columns: Sequence[str], rows: Iterable[Row], dialect: Dialect) -> None:
        self.count = 0
        self._rows = rows
        self._adapters: list[Callable[[Any], Any] | None] = [
            table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns
        ]

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows:
            self.count += 1
            try:
                yield [
                    value if adapt is None else adapt(value) for value, adapt in zip(row, self._adapters, strict=True)
                ]
            except ValueError as fault:
                raise ValueError(f"row {self.count}: {fault}") from fault
