"""How a stage is set up: an installation on a migrated database, accounts, people, a small directory."""

from datetime import date
from pathlib import Path

from stage import Stage

from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.domain.actors import AccountRole, Actor, Role
from app.models.accounts import Account, Installation, User
from app.models.directory import DirectoryEdition, DirectoryPostcode
from app.services.system import System, open_transport
from app.settings import load_settings
from emergency_export.profile_loading import load_profile


def open_stage(database: Database, clock: FixedClock, folder: Path, **settings: str) -> Stage:
    """Set an installation up in demo mode on a migrated database, without the slow making of passwords."""
    url = database.url.render_as_string(hide_password=False)
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(folder), "ELD_DATABASE_URL": url} | settings
    found = load_settings(environ)
    transport = open_transport(found)
    transport.prepare()
    found.key_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    system = System(found, clock, database, KeyStore(found.key_dir), load_profile(found.profile), transport)
    with database.unit_of_work() as work:
        now = clock.now()
        work.session.add(Installation(id=1, demo=True, environment="test", cupid="999", set_up_at=now))
        accounts = [Account(name=name, retailer_id=code, created_at=now, vouched_at=now) for name, code in ACCOUNTS]
        work.session.add_all(accounts)
        work.session.flush()
        people = [
            User(
                email=email,
                password_hash="none",
                role=role,
                account_id=place and accounts[place - 1].id,
                account_role=place and AccountRole.OWNER,
                created_at=now,
            )
            for email, role, place in PEOPLE
        ]
        work.session.add_all(people)
        work.session.flush()
        actors = [
            Actor(user.email, user.role, user.account_id, user.id, "192.0.2.7", user.account_role) for user in people
        ]
        ids = [account.id for account in accounts]
        work.commit()
    return Stage(system, clock, *ids, *actors)


ACCOUNTS = (("Hartwell Ltd", "HART01"), ("Lockside Dental", ""))
PEOPLE = (
    ("owner@hartwell.example", Role.CUSTOMER, 1),
    ("owner@lockside.example", Role.CUSTOMER, 2),
    ("alex@operations.example", Role.OPERATIONS, None),
    ("sam@operations.example", Role.OPERATIONS, None),
)


def load_small_directory(stage: Stage) -> None:
    """Leeds as a directory: LS11 5DF and LS1 4AP live, LS2 9JT ended."""
    with stage.system.database.unit_of_work() as work:
        edition = DirectoryEdition(
            source="test",
            sha256="0" * 64,
            edition=date(2027, 2, 1),
            edition_from="test",
            areas=["LS"],
            knows_end_dates=True,
            row_count=3,
            loaded_at=stage.clock.now(),
            current=True,
        )
        work.session.add(edition)
        work.session.flush()
        for postcode, ended in (("LS11 5DF", None), ("LS1 4AP", None), ("LS2 9JT", date(2019, 3, 1))):
            work.session.add(
                DirectoryPostcode(
                    edition_id=edition.id,
                    postcode=postcode,
                    latitude=None,
                    longitude=None,
                    terminated=ended,
                    large_user=False,
                )
            )
        work.commit()
