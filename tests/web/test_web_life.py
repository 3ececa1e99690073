"""The life of a number in the console, and its history as the customer reads it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from web_visitor import Visitor

from app.domain.actors import Actor, Role
from app.models.audit import AuditEvent
from app.services.demo import agent_step
from app.services.exports.night import run_export
from app.services.locations.registering import register_location
from app.services.replies.collecting import collect_replies
from app.services.setup import DEMO_LOGINS
from app.services.system import System
from validators.columns import Location

ONE_HOUR = timedelta(hours=1)
CLI = Actor("cli:test", Role.OPERATIONS)
PLACE = Location(
    number="01632960001", name="Hartwell", thoroughfare="Dewsbury Road", post_town="Leeds", postcode="LS11 5DF"
)


def night(system: System) -> None:
    run_export(system, CLI)
    agent_step(system)
    collect_replies(system, CLI)


def moved(system: System, customer: Visitor, register: Callable[..., None]) -> None:
    """One number that went live and was then said to be elsewhere."""
    register()
    night(system)
    system.clock.advance(ONE_HOUR)
    register(premises="Unit 3")
    customer.get("/numbers/1")


def said_and_moved(system: System) -> None:
    """The same without pages."""
    for premises in ("Pennant House", "Unit 3"):
        register_location(system, CLI, 1, replace(PLACE, premises=premises))
        night(system)
        system.clock.advance(ONE_HOUR)


def test_everything_stands_on_one_page(
    system: System, customer: Visitor, operator: Visitor, register: Callable[..., None]
) -> None:
    moved(system, customer, register)
    page = operator.get("/ops/numbers/1")
    page = operator.get(next(url for url in page.links() if url.endswith("/life")))
    assert page.heading == "The life of 01632960001"
    for words in ("Address given", "Address changed", "Put into a file", "sequence 1, record 1", "code 0037"):
        assert words in page.text
    assert DEMO_LOGINS[0].email in page.text
    assert "UNIT 3" in page.text
    assert "PENNANT HOUSE" in page.text


def test_it_is_filtered_by_kind_and_two_moments_are_compared(lone_system: System, lone_operator: Visitor) -> None:
    said_and_moved(lone_system)
    page = lone_operator.get("/ops/numbers/1/life?kind=reply")
    assert "code 0037" in page.text
    assert "Address given" not in page.text
    form, _ = page.form_with("Compare")
    chosen = dict(form.values)
    assert chosen["one"] < chosen["other"]
    compared = lone_operator.send("Compare", one=chosen["other"], other=chosen["one"])
    assert "Premises differs" in compared.text
    assert "the same at both moments" in compared.text
    compared_days = " ".join(cell.text for tag in ("td", "dd", "mark") for cell in compared.all(tag))
    assert "3 March 2027" in compared_days
    assert "2027-03-03" not in compared_days
    assert "Premises differs" not in lone_operator.send("Compare", one=chosen["other"], other=chosen["other"]).text
    assert lone_operator.get("/ops/numbers/1/life?kind=nonsense&page=x").heading.startswith("The life of")
    assert lone_operator.get("/ops/numbers/99/life", 404).heading == "There is nothing here"


def test_the_reading_is_noted(lone_system: System, lone_operator: Visitor) -> None:
    said_and_moved(lone_system)
    lone_operator.get("/ops/numbers/1/life")
    with lone_system.database.reading() as look:
        read = look.session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "personal_data_read")).all()
    assert '"life"' in read[-1]
    assert "Read by staff: life" in lone_operator.get("/ops/numbers/1/life?kind=read").text


def test_a_customer_reads_the_history_in_words_and_nothing_of_the_staff(
    system: System, customer: Visitor, operator: Visitor, register: Callable[..., None]
) -> None:
    moved(system, customer, register)
    operator.get("/ops/numbers/1/life")
    page = customer.get("/numbers/1")
    assert "Address changed: " in page.text
    assert "Address given: " in page.text
    assert "operations.example" not in page.text
    assert "Read by staff" not in page.text
    assert customer.get("/ops/numbers/1/life", 403)
