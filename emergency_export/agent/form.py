"""What files look like to the agent: one form for each profile that it understands."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from emergency_export.agent.answer import FileAnswer, RecordAnswer
from emergency_export.agent.names import Naming


class Glimpse(NamedTuple):
    """The three values of a record that the file-level check needs, as they stand in the line."""

    rec_type: str
    rec_no: str
    command: str


class Checksum(NamedTuple):
    """The checksum of the trailer: the first digits of a digest over every byte before the trailer."""

    algorithm: str
    digits: int
    upper: bool

    def of(self, hexdigest: str) -> str:
        """Return the text that the trailer must have for a digest."""
        text = hexdigest[: self.digits]
        return text.upper() if self.upper else text.lower()


class Form(Protocol):
    """Reads and writes the lines of one profile; a line is text without its line ending.

    Values are the same in every form: dates CCYYMMDD, times HHMMSS, numbers padded with zeros. `column_row` is
    the line above the header, None where there is none. `widths` are limits that the lines do not enforce.
    """

    @property
    def name(self) -> str:
        """Return the profile's name."""

    @property
    def format_id(self) -> str:
        """Return what a header must state."""

    @property
    def naming(self) -> Naming:
        """Return the names of files."""

    @property
    def checksum(self) -> Checksum:
        """Return how the trailer's checksum is made."""

    @property
    def line_end(self) -> bytes:
        """Return what ends every line."""

    @property
    def column_row(self) -> str | None:
        """Return the line above the header."""

    @property
    def max_records(self) -> int:
        """Return the most data records in a file."""

    @property
    def upper_only(self) -> bool:
        """Tell whether small letters are refused."""

    @property
    def widths(self) -> Mapping[str, int]:
        """Return the greatest length of each value where a line could hold more."""

    def wrong_length(self, line: str) -> bool:
        """Tell whether the line cannot be a record of this form."""

    def glimpse(self, line: str) -> Glimpse:
        """Return record type, record number and command without reading the rest."""

    def read(self, rec_type: str, line: str) -> dict[str, str] | None:
        """Return the values of a header H, data record D or trailer T; None when it is none."""

    def write(self, rec_type: str, values: Mapping[str, str]) -> str:
        """Return the line of a record; a value that is too wide raises ValueError."""

    def fco(self, answer: FileAnswer) -> str:
        """Return the one line of an FCO."""

    def car_header(self, *, cupid: str, stamp: str, sequence: int, file_name: str) -> str:
        """Return the header of a CAR; `stamp` is CCYYMMDDHHMMSS."""

    def car_row(self, answer: RecordAnswer, stamp: str) -> str:
        """Return the row for one record."""

    def car_trailer(self, *, cupid: str, sequence: int, count: int) -> str:
        """Return the trailer of a CAR."""
