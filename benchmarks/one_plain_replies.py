"""What nobody can do without, in a process of its own: `one_plain_replies.py URL INBOX COUNT`.

The CARs are read, their rows copied into a table, and one UPDATE gives every transaction the state of an answer to
it. Nothing is checked, no reply is kept, nothing is told of an accepted record.
"""

import sys
from pathlib import Path

import psycopg

STATE = """
UPDATE transactions SET state = CASE said.code WHEN '0037' THEN 'COMPLETED' ELSE 'ERROR_FINAL' END
FROM (SELECT DISTINCT ON (id) id, code FROM plain_replies ORDER BY id, line) AS said WHERE transactions.id = said.id
"""


def main(url: str, inbox: str, count: str) -> None:
    """Read, copy, update, in one transaction."""
    read = 0
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE plain_replies (line integer, id bigint, code text)")
        with connection.cursor().copy("COPY plain_replies FROM STDIN") as copy:
            for path in sorted(Path(inbox).glob("*.CAR")):
                for line in path.read_text("ascii").splitlines():
                    if line.startswith("R"):
                        read += 1
                        copy.write_row((read, int(line[9:21]), line[37:41]))
        connection.execute(STATE)
    if read != int(count):
        raise SystemExit(f"{read} rows were read, not {count}")


main(*sys.argv[1:])
