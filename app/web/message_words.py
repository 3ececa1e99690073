"""What every page knows of messages: what was written about a number, and how much is unread or unanswered."""

from flask import Flask

from app.domain.permissions import Permission, permitted_to
from app.services.messages.threads import Thread, count_unanswered, count_unread, threads_of_number
from app.web.desk import is_staff, the_account, the_actor, the_system, the_visitor


def teach_messages(flask_app: Flask) -> None:
    """Give the templates what stands beside a number, and the count of Tonight."""
    flask_app.add_template_global(threads_about)
    flask_app.add_template_global(unanswered)


def threads_about(number_id: int) -> list[Thread]:
    """Return what was written about a number, where the visitor may see it."""
    return threads_of_number(the_system(), the_actor(), number_id) if _may_see() else []


def unanswered() -> int:
    """Return in how many conversations a customer waits for us, for those who may see them."""
    return count_unanswered(the_system(), the_actor()) if _may_see() and is_staff() else 0


def unread() -> int:
    """Return how many messages the customer who is logged in has not seen."""
    return 0 if is_staff() or not _may_see() else count_unread(the_system(), the_actor(), the_account())


def _may_see() -> bool:
    return the_visitor() is not None and permitted_to(the_actor(), Permission.SEE_MESSAGES)
