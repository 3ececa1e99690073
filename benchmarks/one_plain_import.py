"""What any import does, in a process of its own: `one_plain_import.py URL CSV COUNT`.

The rows are read, their numbers parsed, and all of it copied into a table of text. No rule is asked, nothing is
looked up, nothing is kept in a trail.
"""

import csv
import sys
from pathlib import Path

import phonenumbers
import psycopg


def main(url: str, path: str, count: str) -> None:
    """Copy the rows in one transaction."""
    with Path(path).open(encoding="utf-8", newline="") as file, psycopg.connect(url) as connection:
        rows = csv.reader(file)
        columns = ", ".join(f"{name} text" for name in next(rows))
        connection.execute(f"CREATE TABLE plain_rows ({columns})".encode())
        copied = 0
        with connection.cursor().copy("COPY plain_rows FROM STDIN") as copy:
            for number, *others in rows:
                parsed = phonenumbers.parse(number, "GB")
                copy.write_row([phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), *others])
                copied += 1
    if copied != int(count):
        raise SystemExit(f"{copied} rows were copied, not {count}")


main(*sys.argv[1:])
