"""A file in the console: its records page by page, one record found, each field lit where it stands."""

from collections.abc import Callable

import pytest
from web_visitor import Visitor

ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def sent(operator: Visitor, register: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of three records, two on a page."""
    for module in ("app.services.exports.files", "app.web.ops.files"):
        monkeypatch.setattr(f"{module}.RECORDS_A_PAGE", 2)
    for place in (1, 2, 3):
        register(f"01632 96000{place}")
    operator.get("/ops/send")
    operator.send("Send now")
    operator.get("/ops/files")
    return next(link for link in operator.page.links() if link.endswith(".DAT"))


@ONE_KIND
def test_the_records_come_in_pages_and_each_field_is_a_link_to_its_place(operator: Visitor, sent: str) -> None:
    page = operator.get(sent)
    assert "Records 1 to 2 of 3." in page.text
    assert len(page.with_class("eld-record")) == 2
    assert "was delivered; no answer yet" in page.text
    assert f"{sent}?page=2" in page.links()
    # The visitor's own inspection holds that each of these leads to a place on the page.
    assert {"#r1-postcode", "#r2-telephone_no"} <= set(page.links())
    lit = next(element for element in page.elements if element.attributes.get("id") == "r2-telephone_no")
    assert lit.text.strip() == "01632960002"
    assert "Records 3 to 3 of 3." in operator.get(f"{sent}?page=2").text
    assert "Records 3 to 3 of 3." in operator.get(f"{sent}?page=99").text


@ONE_KIND
def test_a_record_is_found_by_its_number_or_its_transaction_and_stands_open(operator: Visitor, sent: str) -> None:
    for asked in ("3", " 999/999/000000000003 "):
        operator.get(sent)
        page = operator.send("Go", record=asked)
        assert operator.response.request.path == sent
        (opened,) = [e for e in page.all("details") if "open" in e.attributes and "eld-record" in e.attributes["class"]]
        assert opened.attributes["id"] == "record-3"
    for asked in ("4", "0", "", "999/999/000000000009", "x" * 50, "9" * 30):
        operator.get(sent)
        assert "This file has no such record." in operator.send("Go", record=asked).text


@ONE_KIND
def test_the_files_come_in_pages(
    operator: Visitor, register: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.exports.file_list.FILES_A_PAGE", 1)
    for number in ("01632 960001", "01632 960002"):
        register(number)
        operator.get("/ops/send")
        operator.send("Send now")
    names = []
    for page in (1, 2, 99):
        operator.get(f"/ops/files?page={page}")
        (name,) = [link for link in operator.page.links() if link.endswith(".DAT")]
        names.append(name)
    assert names[0] != names[1] == names[2]


@ONE_KIND
def test_the_same_bytes_are_sent_again_after_a_question(operator: Visitor, sent: str) -> None:
    operator.get(f"{sent}/resend")
    assert operator.page.heading.endswith("again?")
    assert "was sent again, byte for byte" in operator.send("Send it again").text
