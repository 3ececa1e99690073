"""How many numbers of an account one address serves (A05): more than is likely have to be confirmed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.bulk import one_of
from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationState
from app.errors import Problem
from app.models.numbers import Address
from app.models.records import Registration
from app.services.locations.address_book import known_addresses, typed_address
from app.services.locations.judgement import UNCHANGED, Judgement
from app.services.locations.known import KnownNumber
from validators.addresses import crowded
from validators.columns import is_yes

WELL_FILLED = 100
COUNTING = (RegistrationState.ACCEPTED, RegistrationState.REVIEW)


class Memory(Protocol):
    """What is kept in mind of addresses from one batch of an act to the next."""

    def recall(self, digests: Collection[str]) -> Mapping[str, int]:
        """Return how many numbers addresses serve, as far as that was kept."""

    def keep(self, counts: Mapping[str, int]) -> None:
        """Keep how many numbers addresses serve now."""


class Filled:
    """Keeps the well filled addresses alone: the others are soon counted again."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def recall(self, digests: Collection[str]) -> Mapping[str, int]:
        """Return those of some addresses that are well filled."""
        return {digest: self._counts[digest] for digest in digests if digest in self._counts}

    def keep(self, counts: Mapping[str, int]) -> None:
        """Keep those that are well filled now."""
        for digest, count in counts.items():
            self._counts.pop(digest, None)
            if count >= WELL_FILLED:
                self._counts[digest] = count


class Crowds:
    """Counts the numbers of addresses for one act; what the act has stored already is counted in the database.

    An address that is well filled is counted once, and what the act adds to it or takes away is kept in mind: a
    million numbers at one address must not be counted again for each thousand of them.
    """

    def __init__(self, look: Reading, account_id: int, limit: int, memory: Memory | None = None) -> None:
        self._look = look
        self._account_id = account_id
        self._limit = limit
        self._memory = memory or Filled()

    def found(self, judged: Sequence[Judgement], known: Mapping[str, KnownNumber]) -> dict[int, Problem]:
        """Return the finding for each place of a batch whose number is one too many at its address."""
        digests = [_digest(item) for item in judged]
        wanted = {digest for digest in digests if digest}
        kept = self._memory.recall(wanted)
        counts = self._counts(wanted - kept.keys())
        counts.update(kept)
        problems = {}
        for at, (item, digest) in enumerate(zip(judged, digests, strict=True)):
            if not digest:
                continue
            facts = known.get(str(item.number))
            before = "" if facts is None else facts.address or ""
            if before != digest:
                counts[digest] += 1
                if before in counts:
                    counts[before] -= 1
            if counts[digest] > self._limit and not is_yes(item.location.address_confirmed):
                finding = crowded(counts[digest], self._limit)
                problems[at] = Problem(finding.code, finding.field, str(finding.severity), finding.message)
        self._memory.keep(counts)
        return problems

    def _counts(self, digests: Collection[str]) -> Counter[str]:
        """Count the numbers whose last word is each of some addresses."""
        ids = known_addresses(self._look, self._account_id, digests) if digests else {}
        if not ids:
            return Counter()
        later = aliased(Registration)
        # The sum keeps PostgreSQL from looking for the highest id of all that has this number.
        last = (
            select(func.max(later.id + 0))
            .where(later.number_id == Registration.number_id, later.state.in_(COUNTING))
            .scalar_subquery()
        )
        # Counted for each address by itself: a join is planned over all registrations where statistics are old.
        numbers = (
            select(func.count())
            .select_from(Registration)
            .where(Registration.address_id == Address.id, Registration.state.in_(COUNTING), Registration.id == last)
            .correlate(Address)
            .scalar_subquery()
        )
        counted = select(Address.digest, numbers).where(one_of(self._look, Address.id, ids.values()))
        return Counter({row[0]: row[1] for row in self._look.session.execute(counted)})


def _digest(item: Judgement) -> str:
    """Return the address that the number would move to; what is refused or changes nothing moves nowhere."""
    if item.sent is None or not item.postcode or item.standing == UNCHANGED:
        return ""
    digest: str = typed_address(item.location, item.postcode)["digest"]
    return digest
