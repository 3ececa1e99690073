"""The database itself refuses to change the trail (A2)."""

from alembic import op

revision = "0002_trail_guard"
down_revision = "0001_foundation"

GENESIS = "INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, 0, '" + "0" * 64 + "', '')"

# INSERT OR REPLACE deletes without asking a delete trigger: so the insert is asked.
HELD = "EXISTS (SELECT 1 FROM audit_values WHERE seq = NEW.seq AND part = NEW.part)"
SQLITE = {
    "audit_events_update": ("BEFORE UPDATE ON audit_events", "audit_events: no entry is ever changed"),
    "audit_events_delete": ("BEFORE DELETE ON audit_events", "audit_events: no entry is ever deleted"),
    "audit_events_insert": (
        "BEFORE INSERT ON audit_events WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq >= NEW.seq)",
        "audit_events: entries are only ever added at the end",
    ),
    "audit_values_update": ("BEFORE UPDATE ON audit_values", "audit_values: a value is never changed"),
    "audit_values_insert": (f"BEFORE INSERT ON audit_values WHEN {HELD}", "audit_values: a value is never changed"),
    "audit_head_update": (
        "BEFORE UPDATE ON audit_head WHEN NEW.id <> OLD.id OR NEW.seq <= OLD.seq",
        "audit_head: the head only moves on",
    ),
    "audit_head_insert": (
        "BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)",
        "audit_head: there is one head",
    ),
    "audit_head_delete": ("BEFORE DELETE ON audit_head", "audit_head: the head is never deleted"),
}

REFUSAL = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, the trail is never changed', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ONLY_AT_THE_END = """
CREATE FUNCTION audit_end_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_events WHERE seq >= NEW.seq) THEN
        RAISE EXCEPTION 'audit_events: entries are only ever added at the end'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
POSTGRESQL = {
    "audit_events_rows": ("audit_events", "BEFORE UPDATE OR DELETE", "FOR EACH ROW"),
    "audit_events_all": ("audit_events", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
    "audit_values_rows": ("audit_values", "BEFORE UPDATE", "FOR EACH ROW"),
    "audit_values_all": ("audit_values", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
    "audit_head_rows": ("audit_head", "BEFORE DELETE", "FOR EACH ROW"),
    "audit_head_moves": (
        "audit_head",
        "BEFORE UPDATE",
        "FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.seq <= OLD.seq)",
    ),
    "audit_head_all": ("audit_head", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
}


def upgrade() -> None:
    op.execute(GENESIS)
    if op.get_bind().dialect.name == "sqlite":
        for name, (when, why) in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        return
    op.execute(REFUSAL)
    op.execute(ONLY_AT_THE_END)
    op.execute(
        "CREATE TRIGGER audit_events_end BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_end_only()"
    )
    op.execute("ALTER TABLE audit_events ENABLE ALWAYS TRIGGER audit_events_end")
    for name, (table, when, each) in POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} {each} EXECUTE FUNCTION audit_refuse()")
        # ALWAYS: else a session with session_replication_role = replica walks past it.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name, (table, _, _) in POSTGRESQL.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP TRIGGER audit_events_end ON audit_events")
    op.execute("DROP FUNCTION audit_end_only()")
    op.execute("DROP FUNCTION audit_refuse()")
