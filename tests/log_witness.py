"""Hears everything that is logged and every address that is asked for while the suite runs.

Afterwards it is searched for what must not be there: numbers, names, addresses, postcodes, passwords, keys.
"""

import csv
import logging
import re
from collections.abc import Iterator, MutableMapping
from importlib.resources import files
from typing import Any
from urllib.parse import unquote_plus

import structlog
from flask import Flask, request, request_started

from app.logs import PROCESSORS

LOG_LINE = re.compile(r'\{"')  # as our processes write it to standard error: JSON
DRAMA = r"(?:\+|%2B)?(?:44|0) ?(?:1632 ?960|1\d\d ?496 ?0|20 ?7946 ?0|7700 ?900)(?: ?\d){3}"
EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.example"
KEY = r"eld_[0-9a-f]{10}_[\w-]{43}"
PASSWORDS = ("rehearsal-999-demo", "four herons on a slow pond", "seven kettles under the bridge", "one-two-three-four")
TYPED = ("name", "premises", "thoroughfare", "postcode")
LONG_ENOUGH = 8  # shorter texts of the samples are words that stand in any sentence


class Witness(logging.Handler):
    """The lines that were logged and the addresses that were asked for, each once."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: dict[str, None] = {}
        self.addresses: dict[str, None] = {}

    def listen(self) -> None:
        """Begin."""
        logging.getLogger().addHandler(self)
        PROCESSORS.insert(0, self.hear)
        factory = structlog.stdlib.LoggerFactory()
        structlog.configure(processors=PROCESSORS, logger_factory=factory, cache_logger_on_first_use=False)
        request_started.connect(self.see)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines[record.getMessage() if record.exc_info is None else self.format(record)] = None

    def hear(self, _: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self.lines[str(event)] = None
        return event

    def see(self, _: Flask, **__: object) -> None:
        self.addresses[unquote_plus(request.full_path)] = None

    def read(self, standard_error: str) -> None:
        """Take in what processes of ours wrote."""
        self.lines.update(dict.fromkeys(line for line in standard_error.splitlines() if LOG_LINE.match(line)))

    def told_too_much(self) -> Iterator[str]:
        """Yield what was logged or asked for with something in it that must not be there."""
        forbidden = re.compile("|".join((DRAMA, EMAIL, KEY, *_texts())), re.IGNORECASE)
        for line in (*self.lines, *self.addresses):
            found = forbidden.search(line)
            if found:
                yield f"{found[0]!r} in {line[:300]!r}"


def _texts() -> set[str]:
    """Return what the samples and the people of the tests are called by, as patterns of whole words."""
    with (files("samples") / "locations.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    texts = {row[name] for row in rows for name in TYPED} | set(PASSWORDS)
    postcodes = {row["postcode"].replace(" ", " ?") for row in rows}
    return {rf"\b{re.escape(text)}\b" for text in texts if len(text) >= LONG_ENOUGH} | {rf"\b{p}\b" for p in postcodes}


witness = Witness()
