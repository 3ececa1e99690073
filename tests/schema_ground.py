"""The schema that the tests start from: the migrations; the models as they are until the first migration exists."""

import runpy

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from app.db.engine import Database, make_engine
from app.db.migrate import MIGRATIONS, upgrade
from app.models import Base

VERSIONS = MIGRATIONS / "versions"


def make_schema(database: Database) -> None:
    if (VERSIONS / "0001_foundation.py").exists():
        upgrade(database)
        return
    engine = make_engine(database.url, pooled=False)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        guard = runpy.run_path(str(VERSIONS / "0002_trail_guard.py"))
        with Operations.context(MigrationContext.configure(connection)):
            guard["upgrade"]()
    engine.dispose()
