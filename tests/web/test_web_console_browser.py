"""In a real browser: cases, replies, a held night and an urgent correction, at a desk and on a telephone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from web_eye import IN_A_BROWSER, Eye, served

from app.clock import FixedClock
from app.domain.alarms import AlarmKind
from app.errors import NightHeld
from app.models.alarms import Alarm
from app.services.accounts import only_account, staff_actor
from app.services.casework.working import note_case, take_case
from app.services.demo import REHEARSAL, load_samples, night
from app.services.exports.brake import release_night
from app.services.exports.night import run_export
from app.services.exports.urgent import correct_urgently
from app.services.locations.registering import current_location, register_location
from app.services.replies.collecting import collect_replies
from app.services.setup import DEMO_LOGINS
from app.services.system import System

pytestmark = IN_A_BROWSER
FLYING, MOVED = "01134960101", ("01134960102", "01134960103")
TELEPHONE, DESK = (360, "dark"), (1280, "light")


@pytest.fixture
def address(lone_system: System, clock: FixedClock, house: Callable[[System], Flask]) -> Iterator[str]:
    """A day of trouble: a case at work, a damaged reply, one in flight, a night that the brake holds, an alarm."""
    system = replace(lone_system, settings=replace(lone_system.settings, brake_changes=1, brake_changes_percent=0.1))
    load_samples(system)
    night(system)
    sam = staff_actor(system, DEMO_LOGINS[2].email)
    take_case(system, sam, 1)
    note_case(system, sam, 1, "Rang the customer: they ask the landlord for the name of the building")
    (system.settings.data_dir / "inbox" / f"{'x' * 150}.bin").write_bytes(b"rubbish\r\n")
    collect_replies(system, REHEARSAL)
    clock.advance(timedelta(days=1))
    move(system, FLYING)
    run_export(system, REHEARSAL)
    correct_urgently(system, sam, FLYING, {"premises": "Unit 9"}, "INC-2041")
    for number in MOVED:
        move(system, number)
    with pytest.raises(NightHeld):
        run_export(system, REHEARSAL)
    release_night(system, sam, system.today)
    with system.database.unit_of_work() as work:
        told = "The job `night` fails since today 02:00: the line to the agent broke."
        at = system.clock.now()
        work.session.add(Alarm(kind=AlarmKind.JOB_FAILS, subject="night", text=told, raised_at=at, cleared_at=None))
        work.commit()
    with served(house(system)) as at:
        yield at


def move(system: System, number: str) -> None:
    there = replace(current_location(system, REHEARSAL, number), premises="Unit 4")
    register_location(system, REHEARSAL, only_account(system), there)


def walk(eye: Eye) -> None:
    page = eye.page
    eye.look("ops-tonight-held")
    expect(page.locator(".eld-brake")).to_contain_text("Released by sam@operations.example; 1 more must.")
    for path, name in (
        ("/ops/nights/2027-03-04/release", "ops-release-night"),
        ("/ops/hold", "ops-hold"),
        ("/ops/cases?queue=open", "ops-cases-open"),
        ("/ops/cases/1", "ops-case-history"),
        ("/ops/cases/1/give", "ops-case-give"),
        ("/ops/cases/1/note", "ops-case-note"),
        ("/ops/replies", "ops-replies"),
        ("/ops/replies?kept=set_aside", "ops-replies-aside"),
        ("/ops/replies/2", "ops-reply"),
        ("/ops/files/BT199904032701.DAT", "ops-file-flying"),
        ("/ops/files/BT199904032701.DAT/abandon", "ops-file-abandon"),
    ):
        eye.go(path, name)
    page.goto(f"{eye.address}/ops")
    page.get_by_role("link", name="End that one").click()
    eye.look("ops-abandon")
    page.get_by_role("link", name="Wait for the agent").click()
    eye.look("ops-number-urgent")
    page.get_by_role("link", name="Urgent correction").click()
    page.get_by_label("Incident").fill("INC-2042")
    page.get_by_label("Premises").fill("x" * 80)
    eye.press("Look at what will be sent")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    eye.look("ops-urgent-errors")
    page.get_by_label("Premises").fill("Unit 10")
    page.get_by_label("Premises").press("Enter")
    page.get_by_role("heading", name="Send the correction").wait_for()
    eye.look("ops-urgent-answers")


@pytest.mark.parametrize(("width", "scheme"), [DESK, TELEPHONE])
def test_the_console_in_trouble(browser: Browser, address: str, width: int, scheme: str) -> None:
    eye = Eye(browser, address, width, scheme, 1)
    walk(eye)
    eye.context.close()
    assert eye.faults == []


def test_a_case_is_worked_by_keyboard_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/log-in")
    page.get_by_label("E-mail address").fill(DEMO_LOGINS[1].email)
    page.get_by_label("Password", exact=True).fill(DEMO_LOGINS[1].password)
    page.get_by_label("Password", exact=True).press("Enter")
    page.goto(f"{address}/ops/cases/1")
    page.get_by_role("button", name="Take it").press("Enter")
    expect(page.get_by_text("The case is yours.")).to_be_visible()
    page.get_by_role("link", name="Close without a record").press("Enter")
    page.get_by_label("Why").fill("The customer gives the number up")
    page.get_by_role("button", name="Close the case").press("Enter")
    expect(page.get_by_text("The case is closed, with its reason.")).to_be_visible()
    page.get_by_role("link", name="Open it again").press("Enter")
    page.get_by_label("Why").fill("They keep it")
    page.get_by_role("button", name="Open it again").press("Enter")
    expect(page.get_by_text("The case is open again.")).to_be_visible()
    context.close()
