"""The links by which the one who asked comes back without an account.

They are good as often as wanted, for as long as the enquiry is kept: consent is withdrawn as easily as it was given,
and not only until some mail has grown old. Looking uses nothing up; what changes something is a form.
"""

from datetime import datetime

from sqlalchemy import select

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.enquiries import EnquiryState
from app.models.enquiries import Enquiry, EnquiryLink
from app.services.people.tokens import digest_of, new_token

PATH = "enquiries/yours"


def new_link(work: UnitOfWork, enquiry_id: int, now: datetime) -> str | None:
    """Return the path of a further link, for a mail that is being written; None where the enquiry was erased."""
    enquiry = work.session.get(Enquiry, enquiry_id, populate_existing=True)
    if enquiry is None or enquiry.state is EnquiryState.ERASED:
        return None
    token = new_token()
    work.session.add(EnquiryLink(enquiry_id=enquiry_id, digest=digest_of(token), made_at=now))
    return f"{PATH}/{token}"


def enquiry_of(look: Reading, token: str) -> int | None:
    """Return the enquiry that a link leads to; None where it leads to none any more."""
    return look.session.scalar(select(EnquiryLink.enquiry_id).where(EnquiryLink.digest == digest_of(token)))
