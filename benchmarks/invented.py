"""A provider with as many numbers as wanted, all invented, each with a location that waits for its activation.

The numbers lie in 01632, an area code that is given to nobody, and where that has no more, in 0310, which is not open;
the postcodes in ZZ, an area that does not exist.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table

from app.clock import FixedClock
from app.db.bulk import copy_rows
from app.db.engine import Database
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.references import transaction_reference
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import TransactionState
from app.models.accounts import Account
from app.models.base import Base
from app.models.exports import Transaction
from app.models.numbers import Address, Number, NumberRange
from app.models.records import RecordValues, Registration
from app.services.locations.content import content_digest
from app.services.setup import set_up
from app.settings import Settings, load_settings
from emergency_export.profile_loading import load_profile
from emergency_export.row_format import RowFormat
from emergency_export.rows import DataRow

Columns = dict[str, Any]

NOW = datetime(2025, 3, 12, 9, 30, tzinfo=UTC)
TODAY = date(2025, 3, 12)
CUPID = "123"
CLOCK = FixedClock(NOW)
OPERATOR = Actor("bench", Role.OPERATIONS)
FIRST_NUMBER = 1632100000
# From 01632 960000 on there are numbers for fiction, which are refused outside demo mode.
IN_AREA = 860_000
FIRST_BEYOND = 3100000000
STREETS = ("HOLLOW", "ORCHARD", "SEXTANT", "LANTERN", "FOUNDRY", "HERON", "THIMBLE", "QUARRY", "JUNIPER", "MERIDIAN")
ENDINGS = ("LANE", "ROAD", "STREET", "CLOSE", "WAY", "TERRACE", "RISE")
TRADES = ("BAKERY", "JOINERY", "DENTAL PRACTICE", "FREIGHT", "OPTICIANS", "NURSERY", "PRINTWORKS", "CYCLES")
SHARED = 4  # numbers at one address


def settings_for(url: str, folder: Path) -> Settings:
    """Return the settings of an installation without demo mode, its files in `folder`."""
    given = {"DATABASE_URL": url, "DATA_DIR": str(folder), "ENVIRONMENT": "test", "CUPID": CUPID}
    return load_settings({f"ELD_{name}": value for name, value in given.items()})


def number_of(i: int) -> int:
    """Return the number in place `i`, counted from 0, without the 0 or +44 in front."""
    return FIRST_NUMBER + i if i < IN_AREA else FIRST_BEYOND + i - IN_AREA


def make_empty(url: str, folder: Path, count: int) -> Database:
    """Set up an installation with one account and a range of `count` numbers, none of them in use."""
    set_up(settings_for(url, folder), CLOCK)
    database = Database(url)
    spans = [(0, min(count, IN_AREA)), (IN_AREA, count)]
    with database.unit_of_work() as work:
        work.session.add(Account(name="Invented Traders Ltd", created_at=NOW))
        for start, end in spans:
            if start < end:
                first, last = (int(f"44{number_of(i)}") for i in (start, end - 1))
                work.session.add(NumberRange(start=first, end=last))
        work.commit()
    return database


def seed(url: str, folder: Path, count: int) -> None:
    """Fill an empty database with `count` numbers, and with the ready lines that the reference copies out."""
    database = make_empty(url, folder, count)
    ids = range(1, count + 1)
    with database.unit_of_work() as work:
        _fill(work, Number, _number, ids)
        _fill(work, Address, _address, range(1, count // SHARED + 2))
        _fill(work, RecordValues, _values, ids)
        _fill(work, Registration, _registration, ids)
        _fill(work, Transaction, _transaction, ids)
        work.commit()
    database.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE ready_lines (transaction_id bigint, rec_no integer, line text)")
        with connection.cursor().copy("COPY ready_lines FROM STDIN") as copy:
            for line in _ready_lines(ids):
                copy.write_row(line)
        # The server knows its tables, as it does in production.
        connection.execute("VACUUM ANALYZE")


def _fill(work: UnitOfWork, model: type[Base], row: Callable[[int], Columns], ids: range) -> None:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError("a model stands for a table")
    copy_rows(work, table, list(row(1)), (list(row(i).values()) for i in ids))


def _number(i: int) -> Columns:
    return {
        "id": i,
        "number": f"+44{number_of(i - 1)}",
        "account_id": 1,
        "child_cupid": "",
        "line_type": "",
        "in_use_from": TODAY,
        "ported_in": False,
        "losing_cupid": "",
        "created_at": NOW,
    }


def _address(i: int) -> Columns:
    absent = dict.fromkeys(("uprn", "udprn", "latitude", "longitude"), "")
    return {"id": i, "account_id": 1, "digest": f"{i:064x}", **_place(i), **absent}


def _place(i: int) -> dict[str, str]:
    return {
        "premises": f"UNIT {i % 40 + 1}, {i // 280 + 1} {STREETS[i % 10]} HOUSE",
        "thoroughfare": f"{STREETS[i // 7 % 10]} {ENDINGS[i % 7]}",
        "locality": "OLD HARBOUR, SAMPLETON",
        "post_town": "SAMPLETON",
        "postcode": f"ZZ{i % 90 + 10} {i % 10}AA",
    }


def _values(i: int) -> Columns:
    """Return the content of a record, as wide as that of a business commonly is."""
    content = {
        "child_cupid": CUPID,
        "line_type": ("", "DDI", "VOIP")[i % 3],
        "title": "",
        "forename": "",
        "name": f"{STREETS[i % 10]} {TRADES[i % 8]} {i // SHARED}",
        "honours": "",
        "business_suffix": "LTD",
        **_place(i // SHARED + 1),
        "retailer_id": "",
        "address_id": str(100_000_000 + i // SHARED),
        "address_id_source": "U",
        "reference": f"ORDER-{i}",
    }
    return {"id": i, "digest": content_digest(content), **content}


def _registration(i: int) -> Columns:
    typed = ("title", "forename", "name", "honours", "business_suffix", "line_type", "reference")
    return {
        "id": i,
        "number_id": i,
        "account_id": 1,
        "kind": RegistrationKind.RECORD,
        "state": RegistrationState.ACCEPTED,
        "effective_date": TODAY,
        "due_on": TODAY,
        "address_id": i // SHARED + 1,
        "values_id": i,
        **{name: _values(i)[name] for name in typed},
        "voip_acknowledged": True,
        "gaining_cupid": "",
        "findings": [],
        "submitted_by": OPERATOR.name,
        "submitted_at": NOW,
        "decided_by": "",
        "decision_note": "",
    }


def _transaction(i: int) -> Columns:
    return {
        "id": i,
        "number_id": i,
        "registration_id": i,
        "cause": "change",
        "state": TransactionState.NEW,
        "due_on": TODAY,
        "child_cupid": "",
        "change_cupid": "",
        "why": "",
        "created_at": NOW,
    }


def _ready_lines(ids: Iterable[int]) -> Iterator[tuple[int, int, str | None]]:
    rows = RowFormat(load_profile("eff-style-1"))
    for i in ids:
        yield i, i, rows.line(i, data_row(i))


def data_row(i: int) -> DataRow:
    """Return the activation of one number as the file has it."""
    found = _values(i)
    same = {name: found[name] for name in DataRow._fields if name in found}
    return DataRow(
        txn_ref=transaction_reference(CUPID, CUPID, i),
        command="A",
        telephone_no=f"0{number_of(i - 1)}",
        effective_date=TODAY,
        parent_cupid=CUPID,
        bus_suffix=found["business_suffix"],
        cross_ref=found["reference"],
        **same,
    )
