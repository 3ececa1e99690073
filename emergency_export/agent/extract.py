"""The full extract: every record that the agent holds, for the CP to compare with its own."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from emergency_export.agent.book import AgentError, Book
from emergency_export.agent.desk import Desk
from emergency_export.agent.form import Form

_COUNTS = ("count_a", "count_c", "count_m", "count_e", "count_i", "count_other")


Put = Callable[[str, Iterable[bytes]], bool]


def write_extract(book: Book, desk: Desk, put: Put, max_records: int) -> tuple[str, ...]:
    """Write the EXT files, at least one, and return their names; the last one has the remainder.

    `put` writes a file whole, and returns False where other content has its name.
    """
    total = book.count_records()
    parts = max(1, -(-total // max_records))
    with book.transaction():
        numbered = [(desk.new_name(book, "EXT"), book.next_number("ext")) for _ in range(parts)]
    records = book.records()
    for name, sequence in numbered:
        if not put(name, _part(islice(records, max_records), desk, name, sequence)):
            raise AgentError(f"another file lies under the name {name}")
    return tuple(name for name, _ in numbered)


def _part(records: Iterator[dict[str, str]], desk: Desk, name: str, sequence: int) -> Iterator[bytes]:
    """Give the lines of one EXT: a blank command counts in record_count alone."""
    now, form = desk.now(), desk.form
    digest = hashlib.new(form.checksum.algorithm)
    common = {"cupid": desk.cupid, "file_sequence": f"{sequence:06d}"}
    header = common | {
        "rec_type": "H",
        "format_id": form.format_id,
        "created_date": f"{now:%Y%m%d}",
        "created_time": f"{now:%H%M%S}",
        "file_kind": "F",
        "environment": desk.environment,
        "file_name": name,
    }
    for text in (form.column_row, form.write("H", header)):
        if text is not None:
            line = _line(text, form)
            digest.update(line)
            yield line
    count = 0
    for count, record in enumerate(records, start=1):
        line = _line(form.write("D", record | {"rec_type": "D", "rec_no": f"{count:07d}"}), form)
        digest.update(line)
        yield line
    trailer = (
        common
        | dict.fromkeys(_COUNTS, "0000000")
        | {
            "rec_type": "T",
            "record_count": f"{count:07d}",
            "checksum": form.checksum.of(digest.hexdigest()),
        }
    )
    yield _line(form.write("T", trailer), form)


def _line(text: str, form: Form) -> bytes:
    return text.encode("ascii") + form.line_end
