"""Runs the migrations on the connection, and in the transaction, that app.db.migrate opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # Only tests compare the schema with the models: the ground knows no model.
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    # SQLite can undo a change of schema as well, since BEGIN is said by us and not by its driver.
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
