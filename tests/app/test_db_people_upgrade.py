"""Who had a log-in before people had roles in their account owns it afterwards, and logs in as before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, insert, select
from sqlalchemy.exc import IntegrityError

from app.db.engine import Database, make_engine
from app.db.migrate import _config, upgrade
from app.domain.actors import AccountRole, Role
from app.models.accounts import Account, User

MOMENT = datetime(2027, 3, 3, 2, 0, tzinfo=UTC)
PEOPLE = (
    ("Owner@hartwell.example", "customer", 1, AccountRole.OWNER),
    ("ÉLAN@hartwell.example", "customer", 1, AccountRole.OWNER),
    ("alex@operations.example", "operations", None, None),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the schema before, with an account and its people."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        server.run("CREATE DATABASE people_before")
        database = Database(server.url("people_before"))
    else:
        database = Database(f"sqlite:///{tmp_path / 'before.db'}")
    engine = make_engine(database.url, pooled=False)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0004_delivery")
        tables = MetaData()
        tables.reflect(connection)
        account = {"id": 1, "name": "Hartwell", "retailer_id": "", "created_at": MOMENT}
        connection.execute(insert(tables.tables["accounts"]), account)
        for at, (email, role, account_id, _) in enumerate(PEOPLE, 1):
            row = {"id": at, "email": email, "password_hash": "x", "role": role, "account_id": account_id}
            connection.execute(insert(tables.tables["users"]), row | {"created_at": MOMENT})
    engine.dispose()
    yield database
    database.dispose()
    if request.param == "postgresql":
        server.run("DROP DATABASE people_before WITH (FORCE)")


def test_people_keep_their_log_in_and_own_their_account(before: Database) -> None:
    assert upgrade(before)[0] == "0005_people"
    with before.reading() as look:
        users = look.session.scalars(select(User).order_by(User.id)).all()
        found = [(user.email, str(user.role), user.account_id, user.account_role) for user in users]
        keys = [user.email_key for user in users]
        account = look.session.scalars(select(Account)).one()
    assert found == [*PEOPLE]
    assert keys == ["owner@hartwell.example", "élan@hartwell.example", "alex@operations.example"]
    assert (account.contact_name, account.vat_number, account.billing_postcode) == ("", "", "")


def add(database: Database, **values: object) -> None:
    with database.unit_of_work() as work:
        work.session.add(User(password_hash="x", created_at=MOMENT, **values))
        work.commit()


@pytest.mark.parametrize("wrong", [{"account_role": None}, {"role": Role.AUDITOR, "account_id": None}])
def test_the_database_itself_keeps_role_and_place_together(before: Database, wrong: dict[str, object]) -> None:
    upgrade(before)
    known = {"role": Role.CUSTOMER, "account_id": 1, "account_role": AccountRole.VIEWER}
    with pytest.raises(IntegrityError):
        add(before, email="new@hartwell.example", **(known | wrong))


def test_two_addresses_that_differ_in_case_are_one_persons(before: Database) -> None:
    upgrade(before)
    with pytest.raises(IntegrityError):
        add(before, email="OWNER@Hartwell.example", role=Role.AUDITOR)
