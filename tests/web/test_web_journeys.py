"""Five journeys in a real browser, each with a pointer, at 360 px, by keyboard alone, and without a script."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from web_eye import IN_A_BROWSER, served
from web_house_people import links_of
from web_played import Played
from web_walker import MANNERS, Manner, Walker

from app.services.demo import MENDED_PREMISES
from app.services.setup import DEMO_LOGINS
from app.services.system import System

pytestmark = IN_A_BROWSER
SAMPLES = Path(__file__).parents[2] / "samples"
PASSWORD = "four herons on a slow pond"
CUSTOMER, OPERATOR = DEMO_LOGINS[0], DEMO_LOGINS[1]


@dataclass(frozen=True)
class Way:
    """Where a journey is walked, and how."""

    browser: Browser
    address: str
    system: System
    manner: Manner

    def walker(self, email: str = "") -> Walker:
        """Somebody who walks; with an address for e-mail they have logged in."""
        walker = Walker(self.browser, self.address, self.manner)
        walker.open("/log-in")
        if email:
            walker.fill("E-mail address", email)
            walker.fill("Password", OPERATOR.password)
            walker.press("Log in")
        return walker


@pytest.fixture(params=MANNERS, ids=lambda manner: manner.name)
def way(
    request: pytest.FixtureRequest, browser: Browser, played: Played, house: Callable[[System], Flask]
) -> Iterator[Way]:
    system = played.copy()
    with served(house(system)) as address:
        yield Way(browser, address, system, request.param)
    system.database.dispose()


def send_and_collect(operator: Walker) -> None:
    """A night by hand: file out, the simulated agent answers, its replies in."""
    operator.follow("Tonight")
    operator.follow("Send now")
    operator.press("Send now")
    operator.follow("Tonight")
    operator.press("Let the simulated agent answer")
    operator.press("Collect replies now")


def give_address(walker: Walker, premises: str = "Pennant House", postcode: str = "LS11 5DF") -> None:
    walker.fill_all(Postcode=postcode, Premises=premises, Street="Dewsbury Road", Post_town="Leeds")


def mended(sheet: bytes) -> bytes:
    """The refused rows as a person puts them right in a spreadsheet, reasons left in."""
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    for place, row in enumerate(rows):
        row.update(number=f"01632 9608{place:02}", premises="Pennant House", postcode="LS11 5DF", post_town="Leeds")
        row.update(name="Hartwell & Sons Ltd", thoroughfare="Dewsbury Road", sub_building="", building_number="")
        row.update(dict.fromkeys(("line_type", "effective_date", "uprn", "latitude", "longitude"), ""))
        row.update(dict.fromkeys(("nomadic", "outside_uk", "losing_cupid"), ""))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_a_business_signs_up_and_its_number_goes_live(way: Way) -> None:
    newcomer = way.walker()
    newcomer.follow("Sign up")
    newcomer.press("Sign up")
    expect(newcomer.page.locator(".govuk-error-summary")).to_be_focused()
    newcomer.fill_all(
        Name_of_the_business="Quayside Cycles Ltd",
        Your_name="Robin Ashworth",
        Landline="0191 498 0300",
        Billing_address="9 Ferry Lane, Newcastle upon Tyne",
        Billing_postcode="NE1 4ST",
    )
    newcomer.fill("E-mail address", "robin@quayside.example")
    newcomer.press("Sign up")
    newcomer.reads("Check your mail")
    newcomer.open(links_of(way.system)["/sign-up/confirm"])
    newcomer.fill("Choose a password", "short")
    newcomer.press("Open the account")
    newcomer.fill("Choose a password", PASSWORD)
    newcomer.press("Open the account")
    newcomer.reads("Your numbers")
    newcomer.follow("Add a number")
    newcomer.fill("Telephone number", "01632 960890")
    give_address(newcomer)
    newcomer.fill("Name", "Quayside Cycles")
    newcomer.press("Continue")
    expect(newcomer.page.get_by_text("This number is not recorded as yours yet").first).to_be_visible()
    newcomer.press("Confirm")
    newcomer.reads("It is being checked")
    operator = way.walker(OPERATOR.email)
    operator.follow("Reviews")
    operator.follow("01632960890")
    operator.press("Approve")
    expect(operator.page.get_by_role("status")).to_contain_text("Approved.")
    send_and_collect(operator)
    newcomer.follow("Back to your numbers")
    expect(newcomer.row("01632960890")).to_contain_text("Live since 3 March 2027")
    operator.leave()
    newcomer.leave()


def test_bad_rows_of_an_upload_are_mended_and_sent_again(way: Way, tmp_path: Path) -> None:
    customer = way.walker(CUSTOMER.email)
    customer.follow("Many at once")
    customer.give_file(SAMPLES / "locations-with-faults.csv")
    customer.press("Look through it")
    customer.reads("What is in your file")
    expect(customer.row("not a postcode, but LS11 5DF is").first).to_contain_text("Refused")
    refused = customer.download("Download the refused rows with the reasons")
    better = tmp_path / "mended.csv"
    better.write_bytes(mended(refused))
    customer.follow("Many at once")
    customer.give_file(better)
    customer.press("Look through it")
    customer.reads("What is in your file")
    expect(customer.page.get_by_text("and nothing is refused")).to_be_visible()
    customer.press(customer.page.get_by_role("button", name="Apply").inner_text())
    customer.reads("What was applied")
    customer.follow("Your numbers")
    expect(customer.row("01632960800")).to_contain_text("Goes out tonight at 02:00")
    customer.leave()


def test_operations_mend_what_the_agent_refused_and_the_customer_sees_it_live(way: Way) -> None:
    customer = way.walker(CUSTOMER.email)
    expect(customer.row("Rejected")).to_have_count(1)
    operator = way.walker(OPERATOR.email)
    operator.follow("Cases")
    operator.follow("Case 1")
    operator.press("Take it")
    operator.fill("Premises", MENDED_PREMISES)
    operator.press("Mend and send again")
    send_and_collect(operator)
    operator.follow("Cases")
    expect(operator.page.get_by_text("Nothing is refused.")).to_be_visible()
    customer.follow("Your numbers")
    expect(customer.row("Rejected")).to_have_count(0)
    operator.leave()
    customer.leave()


def test_a_doubtful_address_is_approved(way: Way) -> None:
    customer = way.walker(CUSTOMER.email)
    customer.follow("Add a number")
    customer.fill("Telephone number", "01632 960870")
    give_address(customer, postcode="LS11 5DX")
    customer.fill("Name", "Harbour Lane Bakery")
    customer.press("Check")
    expect(customer.page.locator(".eld-label")).to_contain_text("LS11 5DX")
    customer.press("Continue")
    customer.press("Confirm")
    customer.reads("It is being checked")
    operator = way.walker(OPERATOR.email)
    operator.follow("Reviews")
    operator.tick("Choose 01632960870")
    operator.press("Approve the chosen ones")
    operator.follow("Approve none")
    operator.follow("01632960870")
    operator.press("Approve")
    expect(operator.page.get_by_role("status")).to_contain_text("Approved.")
    customer.follow("See this number")
    expect(customer.page.get_by_text("Goes out tonight at 02:00")).to_be_visible()
    operator.leave()
    customer.leave()


def test_a_hundred_numbers_move(way: Way) -> None:
    customer = way.walker(CUSTOMER.email)
    customer.follow("Register a block")
    customer.fill("First number", "01632 960600")
    customer.fill("Last number", "01632 960699")
    customer.press("Continue")
    customer.reads("Where are these 100 numbers used?")
    give_address(customer, "Foundry House")
    customer.fill("Name", "Harbour Lane Bakery")
    customer.press("Continue")
    customer.press("Confirm for 100 numbers")
    customer.reads("Thank you. They are registered")
    customer.follow("See your numbers")
    customer.follow("Move several numbers")
    customer.follow(customer.page.get_by_role("link", name="Foundry House").inner_text())
    expect(customer.page.get_by_role("checkbox", checked=True)).to_have_count(100)
    customer.press("Continue")
    customer.reads("Where are these 100 numbers used?")
    give_address(customer, "Corn Exchange")
    customer.press("Continue")
    customer.press("Confirm for 100 numbers")
    customer.reads("Thank you. They are registered")
    customer.follow("See your numbers")
    customer.follow("Move several numbers")
    expect(customer.page.get_by_role("listitem").filter(has_text="Corn Exchange")).to_contain_text("100 numbers")
    customer.leave()
