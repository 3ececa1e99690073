"""The night as operations see it: send, the agent answers, replies in, a reject mended, the customer sees it live."""

from collections.abc import Callable
from datetime import timedelta

from web_visitor import Visitor

from app.clock import FixedClock


def play(operator: Visitor) -> None:
    operator.get("/ops/send")
    operator.send("Send now")
    operator.send("Let the simulated agent answer")
    operator.send("Collect replies now")


def test_from_registered_to_live(customer: Visitor, operator: Visitor, register: Callable[..., None]) -> None:
    register()
    page = operator.get("/ops")
    assert page.with_class("eld-lead")[0].startswith("1 change is due")
    assert "A a new record 1" in page.text
    assert "cannot be called back" in operator.get("/ops/send").text
    page = operator.send("Send now")
    assert "Sent: BT199903032701.DAT." in page.text
    assert customer.get("/").with_class("govuk-tag") == ["Sent, waiting for the agent"]
    assert "The simulated agent has looked" in operator.send("Let the simulated agent answer").text
    assert "2 applied" in operator.send("Collect replies now").text or "applied" in operator.page.text
    page = customer.get("/")
    assert page.with_class("govuk-tag") == ["Live since 3 March 2027"]
    assert page.with_class("eld-lead") == ["Your one number is live. Nothing needs you."]
    url = next(link for link in page.links() if link.startswith("/numbers/") and link[9:].isdecimal())
    page = customer.get(url)
    assert page.with_class("eld-address")[0] == "HARBOUR LANE BAKERY PENNANT HOUSE DEWSBURY ROAD LEEDS LS11 5DF"
    assert "A new record was done, file BT199903032701.DAT" in page.text


def test_a_file_can_be_read_field_by_field(operator: Visitor, register: Callable[..., None]) -> None:
    register()
    play(operator)
    page = operator.get("/ops/files")
    assert page.with_class("govuk-tag") == ["Accepted"]
    page = operator.get("/ops/files/BT199903032701.DAT")
    raw = next(element.text for element in page.all("pre"))
    tens, units, record = raw.splitlines()
    assert (len(units), len(record)) == (442, 442)
    assert tens[:20] == "        10        20"
    assert record[235:295].strip() == "PENNANT HOUSE"
    assert "#r1-premises" in page.links()
    assert "premises 236 60 PENNANT HOUSE" in page.text
    operator.get("/ops/files/BT199903032701.DAT/resend")
    assert "byte for byte" in operator.send("Send it again").text
    operator.get("/ops/files/BT199903032702.DAT", 404)


def test_a_reject_is_mended_and_goes_live(
    customer: Visitor, operator: Visitor, register: Callable[..., None], clock: FixedClock
) -> None:
    register(premises="Berth Office")
    play(operator)
    page = customer.get("/")
    assert page.with_class("govuk-tag") == ["Rejected: needs you"]
    assert page.with_class("eld-lead") == ["Your one number is not live yet. 1 needs you."]
    page = operator.get("/ops/cases")
    assert page.with_class("eld-lead") == ["1 to mend, 0 sent again and waiting."]
    page = operator.get(next(link for link in page.links() if link.startswith("/ops/cases/")))
    assert page.with_class("eld-fault") == ["Premises (refused)", "BERTH OFFICE"]
    assert "alex@operations.example" in operator.send("Take it").with_class("eld-facts")[0]
    page = operator.send("Mend and send again", 422)
    assert "Nothing is changed yet" in page.text
    page = operator.send("Mend and send again", 422, premises="x" * 80)
    assert "the agent takes 60" in page.text
    page = operator.send("Mend and send again", premises="Harbourmaster's House")
    assert "It goes out again with the next file" in page.text
    assert customer.get("/").with_class("govuk-tag") == ["Goes out tonight at 02:00"]
    clock.advance(timedelta(hours=1))
    play(operator)
    assert "Nothing is refused." in operator.get("/ops/cases").text
    assert "Closed" in operator.get("/ops/cases?queue=closed").with_class("govuk-tag")
    assert customer.get("/").with_class("govuk-tag") == ["Live since 3 March 2027"]


def test_a_fix_notices_that_the_case_moved_on(
    operator: Visitor, register: Callable[..., None], customer: Visitor
) -> None:
    register(premises="Berth Office")
    play(operator)
    operator.get("/ops/cases/1")
    url = next(link for link in customer.get("/").links() if link.startswith("/numbers/") and link[9:].isdecimal())
    customer.get(f"{url}/location")
    customer.send("Continue", premises="Tannery Court")
    customer.send("Confirm")
    page = operator.send("Mend and send again", 409, premises="Harbourmaster's House")
    assert page.heading == "This has changed meanwhile"


def test_a_case_is_closed_with_a_reason(operator: Visitor, register: Callable[..., None]) -> None:
    register(premises="Berth Office")
    play(operator)
    operator.get("/ops/cases/1/close")
    assert operator.send("Close the case", 422).with_class("govuk-error-message") == ["Error: Say why"]
    assert "closed, with its reason" in operator.send("Close the case", why="The customer gave the number up").text
    page = operator.get("/ops/cases/1")
    assert "The customer gave the number up" in page.text
    operator.get("/ops/cases/77", 404)


def test_the_missing_list_names_what_no_crew_would_find(operator: Visitor, register: Callable[..., None]) -> None:
    assert "Every number in use has a record" in operator.get("/ops/missing").text
    register()
    page = operator.get("/ops/missing")
    assert "1 number is in use without a record" in page.text
    play(operator)
    assert "Every number in use has a record" in operator.get("/ops/missing").text


def test_numbers_of_all_accounts(operator: Visitor, register: Callable[..., None]) -> None:
    register(premises="Berth Office")
    play(operator)
    operator.get("/ops/numbers")
    page = operator.send("Show", search="960001")
    assert page.with_class("govuk-tag") == ["Rejected: we are on it"]
    page = operator.get(next(link for link in page.links() if link.startswith("/ops/numbers/")))
    assert "ERROR_FINAL" in page.text
    assert "/ops/cases/1" in page.links()
    assert "/ops/files/BT199903032701.DAT" in page.links()


def test_the_trail_is_read_and_verified(operator: Visitor, register: Callable[..., None]) -> None:
    register()
    page = operator.get("/ops/trail")
    assert "Location submitted" in page.text
    page = operator.send("Show", action_name="location_submitted")
    assert len(page.all("tbody")[0].text.split("Location submitted")) == 2
    assert "Nothing fits" in operator.send("Show", actor_name="nobody").text
    operator.get("/ops/trail?action_name=logged_in&page=1")
    assert "The trail is whole." in operator.send("Verify the whole trail now").text
