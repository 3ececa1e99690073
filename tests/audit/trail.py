"""A small trail to verify and to tamper with."""

from sqlalchemy import text

from app.audit.events import Action
from app.audit.log import append
from app.db.engine import Database
from app.domain.actors import SCHEDULER, Actor, Role

ANNA = Actor("anna@customer.example", Role.CUSTOMER, account_id=12, user_id=5, origin="192.0.2.7")
TABLES = ("audit_events", "audit_values", "audit_head")


def note(database, keys, clock, *, actor=ANNA, values=None, key="account-12", action=Action.CASE_CLOSED, **detail):
    with database.unit_of_work() as work:
        append(
            work,
            keys,
            clock,
            actor,
            action,
            subject_kind="number",
            subject_id="31",
            detail=detail or {"how": "accepted"},
            values=values,
            subject_key=key if values is not None else None,
        )
        work.commit()


def trail_of(database, keys, clock, length=6):
    """Odd entries hold values of account 12, even ones come from the scheduler and hold none."""
    for seq in range(1, length + 1):
        if seq % 2:
            note(database, keys, clock, values={"name": f"Zoë {seq}", "premises": {"before": None, "after": "3"}})
        else:
            note(database, keys, clock, actor=SCHEDULER)


def unguard(database: Database) -> None:
    """Drop every trigger, as one would who owns the database."""
    with database.unit_of_work() as work:
        if database.dialect == "sqlite":
            found = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        else:
            found = "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
        for name, table in work.session.execute(text(found)).all():
            on = "" if database.dialect == "sqlite" else f" ON {table}"
            work.session.execute(text(f"DROP TRIGGER {name}{on}"))
        work.commit()


def tamper(database: Database, *statements: str) -> None:
    unguard(database)
    with database.unit_of_work() as work:
        for statement in statements:
            work.session.connection().exec_driver_sql(statement)
        work.commit()
