"""The address book of an account: the same address, typed again, is the same row (L2)."""

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import select, text

from app.db.unit_of_work import Reading, UnitOfWork
from app.models.numbers import Address
from app.services.locations.content import address_of
from app.services.locations.judgement import Judgement
from validators.columns import Location

_COLUMNS = (
    "digest",
    "premises",
    "thoroughfare",
    "locality",
    "post_town",
    "postcode",
    "uprn",
    "udprn",
    "latitude",
    "longitude",
)
_NAMES = ", ".join(_COLUMNS)
# Another may type the same new address in this moment: then its row is taken. One parameter, however many rows.
_POSTGRESQL = f"""
INSERT INTO addresses (account_id, {_NAMES}, paf)
SELECT :account_id, {_NAMES}, paf
FROM json_to_recordset(CAST(:rows AS json)) AS typed ({", ".join(f"{name} text" for name in _COLUMNS)}, paf json)
ORDER BY digest ON CONFLICT DO NOTHING RETURNING digest, id
"""  # noqa: S608  names of our own
_SQLITE = f"""
INSERT INTO addresses (account_id, {_NAMES}, paf)
SELECT :account_id, {", ".join(f"json_extract(value, '$.{name}')" for name in _COLUMNS)}, json_extract(value, '$.paf')
FROM json_each(:rows) WHERE true ORDER BY json_extract(value, '$.digest') ON CONFLICT DO NOTHING RETURNING digest, id
"""  # noqa: S608  names of our own

# One look into the index for each: where statistics are old, as after the first thousands of rows of an import, a
# condition on all of them is taken to hold for the whole table, and that is read through.
_FOUND = """
SELECT wanted.digest, found.id FROM unnest(CAST(:digests AS text[])) AS wanted (digest)
CROSS JOIN LATERAL (
    SELECT id FROM addresses WHERE account_id = :account_id AND addresses.digest = wanted.digest LIMIT 1
) AS found
"""


@lru_cache(maxsize=4096)  # a row of an import is asked for its address by the rules and when it is stored
def typed_address(location: Location, postcode: str) -> dict[str, Any]:
    """Return the columns of an address as it was typed, with its digest; not to be changed."""
    return address_of(location, postcode)


def address_ids(work: UnitOfWork, account_id: int, judgements: Sequence[Judgement]) -> list[int]:
    """Return the id of each one's address: the row of before where the account has typed it before."""
    typed = [typed_address(item.location, str(item.postcode)) for item in judgements]
    digests = {address["digest"]: address for address in typed}
    ids = known_addresses(work, account_id, digests)
    fresh = [digests[digest] for digest in digests.keys() - ids.keys()]
    if fresh:
        ids |= _insert(work, account_id, fresh)
        missing = digests.keys() - ids.keys()
        if missing:
            ids |= known_addresses(work, account_id, missing)
    return [ids[address["digest"]] for address in typed]


def _insert(work: UnitOfWork, account_id: int, fresh: Sequence[dict[str, Any]]) -> dict[str, int]:
    on_postgresql = work.session.get_bind().dialect.name == "postgresql"
    rows = json.dumps(fresh)
    statement = text(_POSTGRESQL if on_postgresql else _SQLITE)
    made = work.session.execute(statement, {"account_id": account_id, "rows": rows})
    return {row.digest: row.id for row in made}


def known_addresses(look: Reading, account_id: int, digests: Collection[str]) -> dict[str, int]:
    """Return the ids of those of some addresses that the account has typed before, by digest."""
    if look.session.get_bind().dialect.name == "postgresql":
        rows = look.session.execute(text(_FOUND), {"account_id": account_id, "digests": list(digests)})
    else:
        of_account = (Address.account_id == account_id) & Address.digest.in_(list(digests))
        rows = look.session.execute(select(Address.digest, Address.id).where(of_account))
    return {row.digest: row.id for row in rows}
