"""To which provider Ofcom gave the block that a number lies in."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from app.db.bulk import one_of
from app.db.unit_of_work import Reading
from app.models.numbers import NumberBlock
from app.services.block_files import LONGEST, SHORTEST, is_allocated
from app.services.system import System
from app.settings import Settings

NUMBERS_AT_ONCE = 3_000  # each asks for nine prefixes, and SQLite takes 32,766 parameters


class Block(NamedTuple):
    """A block of Ofcom's; its numbers have `digits` digits after the +44, of any number where it is not said."""

    prefix: str
    digits: tuple[int, ...]
    status: str
    holder: str
    allocated_on: date | None

    @property
    def is_held(self) -> bool:
        """Say whether a provider has it."""
        return is_allocated(self.status) and bool(self.holder)

    def takes(self, digits: str) -> bool:
        """Say whether a number, as its digits after the +44, can be of this block."""
        return digits.startswith(self.prefix) and (not self.digits or len(digits) in self.digits)


def holder_of(look: Reading, e164: str) -> Block | None:
    """Return the block of a number that a provider has: the longest prefix decides, and it must be allocated."""
    return holders_of(look, [e164]).get(e164)


def holders_of(look: Reading, numbers: Collection[str]) -> dict[str, Block]:
    """Return the allocated block of each number, by number; one question for a batch of 3,000."""
    found: dict[str, Block] = {}
    listed = list(numbers)
    for first in range(0, len(listed), NUMBERS_AT_ONCE):
        digits = {number: after_code(number) for number in listed[first : first + NUMBERS_AT_ONCE]}
        prefixes = {prefix for dialled in digits.values() for prefix in prefixes_of(dialled)}
        blocks = {block.prefix: block for block in _blocks(look, one_of(look, NumberBlock.prefix, prefixes))}
        for number, dialled in digits.items():
            block = longest(dialled, blocks)
            if block is not None and block.is_held:
                found[number] = block
    return found


def after_code(e164: str) -> str:
    """Return a UK number's digits after the +44."""
    return e164.removeprefix("+44")


def prefixes_of(digits: str) -> Iterator[str]:
    """Yield what a block's prefix could be, the longest first."""
    return (digits[:length] for length in range(min(len(digits), LONGEST), SHORTEST - 1, -1))


def longest(digits: str, blocks: dict[str, Block]) -> Block | None:
    """Return the block with the longest prefix that can have the number, whatever its status."""
    return next(
        (block for prefix in prefixes_of(digits) if (block := blocks.get(prefix)) and block.takes(digits)), None
    )


def _blocks(look: Reading, which: Any) -> Iterator[Block]:
    columns = (
        NumberBlock.prefix,
        NumberBlock.digits,
        NumberBlock.status,
        NumberBlock.holder,
        NumberBlock.allocated_on,
    )
    for prefix, digits, *facts in look.session.execute(select(*columns).where(which)):
        yield Block(prefix, tuple(digits), *facts)


def ours(system: System, block: Block) -> str | None:
    """Return the CUPID of ours that holds a block, None for another provider's (ELD_RANGE_HOLDERS)."""
    return own_holders(system.settings).get(_plain(block.holder)) if block.is_held else None


def own_holders(settings: Settings) -> dict[str, str]:
    """Return our CUPIDs by the names under which Ofcom knows us, as `_plain` writes them."""
    return {_plain(name): cupid for name, cupid in settings.range_holders}


def _plain(name: str) -> str:
    """Write a name so that capitals and spaces make no difference."""
    return "".join(name.split()).casefold()


class BatchBlocks:
    """What Ofcom's tables say of the numbers of one batch; they are asked only once something wants to know."""

    def __init__(self, look: Reading, settings: Settings) -> None:
        self._look = look
        self._own = own_holders(settings)
        self._numbers: Collection[str] = ()
        self._held: dict[str, Block] | None = None

    def about(self, numbers: Collection[str]) -> None:
        """Begin a batch."""
        self._numbers, self._held = numbers, None

    @cached_property
    def any_ours(self) -> bool:
        """Whether any block is known to be ours."""
        if not self._own:
            return False
        name = func.lower(func.replace(NumberBlock.holder, " ", ""))
        of_ours = select(NumberBlock.prefix).where(name.in_(list(self._own)))
        return self._look.session.scalar(of_ours.limit(1)) is not None

    def holder_of(self, e164: str) -> str:
        """Return the provider to which Ofcom gave the number's block, empty where it is not known."""
        block = self._of(e164)
        return block.holder if block else ""

    def cupid_of(self, e164: str) -> str:
        """Return our CUPID that the number's block was given to, empty where it is not ours."""
        if not self._own:
            return ""
        block = self._of(e164)
        return self._own.get(_plain(block.holder), "") if block else ""

    def _of(self, e164: str) -> Block | None:
        if self._held is None:
            self._held = holders_of(self._look, self._numbers)
        return self._held.get(e164)


class Stretch(NamedTuple):
    """Consecutive numbers, both ends included, as the digits after the +, and the block that they lie in."""

    start: int
    end: int
    block: Block


def stretches(look: Reading, start: int, end: int) -> list[Stretch]:
    """Return the stretches of a range that lie in blocks which providers have; a block inside another comes first."""
    first, last = after_code(f"+{start}"), after_code(f"+{end}")
    shared = next((at for at, (one, two) in enumerate(zip(first, last, strict=True)) if one != two), len(first))
    inside = NumberBlock.prefix.startswith(first[:shared], autoescape=True)
    around = NumberBlock.prefix.in_(list(prefixes_of(first)))
    free, found = [(int(first), int(last))], []
    for block in sorted(_blocks(look, or_(inside, around)), key=lambda item: -len(item.prefix)):
        if block.digits and len(first) not in block.digits:
            continue
        size = 10 ** (len(first) - len(block.prefix)) if len(block.prefix) <= len(first) else 0
        low = int(block.prefix) * size
        parts = list(_common(free, low, low + size - 1))
        free = list(_left(free, low, low + size - 1))
        offset = start - int(first)
        found += [Stretch(low + offset, high + offset, block) for low, high in parts if block.is_held]
    return sorted(found)


def _common(spans: Iterable[tuple[int, int]], low: int, high: int) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        if max(start, low) <= min(end, high):
            yield max(start, low), min(end, high)


def _left(spans: Iterable[tuple[int, int]], low: int, high: int) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        if start < low:
            yield start, min(end, low - 1)
        if end > high:
            yield max(start, high + 1), end
