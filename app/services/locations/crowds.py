"""How many numbers of an account one address serves (A05): more than is likely have to be confirmed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationState
from app.errors import Problem
from app.models.numbers import Address
from app.models.records import Registration
from app.services.locations.content import address_of
from app.services.locations.judgement import Judgement
from app.services.locations.known import KnownNumber
from validators.addresses import crowded
from validators.columns import is_yes

COUNTING = (RegistrationState.ACCEPTED, RegistrationState.REVIEW)


class Crowds:
    """Counts the numbers of addresses for one act; what the act has stored already is counted in the database."""

    def __init__(self, look: Reading, account_id: int, limit: int) -> None:
        self._look = look
        self._account_id = account_id
        self._limit = limit

    def found(self, judged: Sequence[Judgement], known: Mapping[str, KnownNumber]) -> dict[int, Problem]:
        """Return the finding for each place of a batch whose number is one too many at its address."""
        digests = [
            address_of(item.location, item.postcode)["digest"] if item.sent is not None and item.postcode else ""
            for item in judged
        ]
        counts = self._counts({digest for digest in digests if digest})
        problems = {}
        for at, (item, digest) in enumerate(zip(judged, digests, strict=True)):
            if not digest:
                continue
            facts = known.get(str(item.number))
            if facts is None or facts.address != digest:
                counts[digest] += 1
            if counts[digest] > self._limit and not is_yes(item.location.address_confirmed):
                finding = crowded(counts[digest], self._limit)
                problems[at] = Problem(finding.code, finding.field, str(finding.severity), finding.message)
        return problems

    def _counts(self, digests: Collection[str]) -> Counter[str]:
        """Count the numbers whose last word is each of some addresses."""
        later = aliased(Registration)
        newer = (
            select(later.id)
            .where(later.number_id == Registration.number_id, later.state.in_(COUNTING), later.id > Registration.id)
            .exists()
        )
        counted = (
            select(Address.digest, func.count())
            .join(Registration, Registration.address_id == Address.id)
            .where(Address.account_id == self._account_id, Address.digest.in_(digests))
            .where(Registration.state.in_(COUNTING), ~newer)
            .group_by(Address.digest)
        )
        return Counter({row[0]: row[1] for row in self._look.session.execute(counted)})
