"""What nobody can do without, in a process of its own: `one_reference.py URL FILE COUNT`.

One UPDATE gives every transaction its place; one COPY brings lines that lie ready to a file. Nothing is decided,
nothing is rendered, nothing is checked.
"""

import os
import sys
from pathlib import Path

import psycopg

ENTER = """
INSERT INTO format_profiles (digest, name, body) VALUES ('reference', 'reference', '');
INSERT INTO export_files (file_name, cupid, file_sequence, created_on, day_number, kind, environment, state,
    profile_digest, created_at, record_count, counts, size, sha256, reason, holds)
VALUES ('reference', '123', 1, '2025-03-12', 1, 'D', 'T', 'EXTRACTED', 'reference', now(), 0, '{}', 0, '', '', false)
"""
PLACE = """
UPDATE transactions SET state = 'EXTRACTED', file_id = export_files.id, rec_no = ready_lines.rec_no
FROM ready_lines, export_files WHERE transactions.id = ready_lines.transaction_id
"""


def main(url: str, file: str, count: str) -> None:
    """Place the transactions, copy the lines out, and commit once they are on the disk."""
    with psycopg.connect(url) as connection, Path(file).open("wb") as target:
        connection.execute(ENTER)
        placed = connection.execute(PLACE).rowcount
        with connection.cursor().copy("COPY (SELECT line FROM ready_lines ORDER BY rec_no) TO STDOUT") as copy:
            target.writelines(copy)
        target.flush()
        os.fsync(target.fileno())
    if placed != int(count):
        raise SystemExit(f"{placed} transactions were placed, not {count}")


main(*sys.argv[1:])
