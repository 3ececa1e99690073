"""Many at once: dry run, refused rows to download, apply the good ones or all or nothing."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from web_visitor import Visitor

from app.clock import FixedClock
from app.services.import_worker import run_waiting_imports
from app.services.setup import DEMO_LOGINS
from app.services.spreadsheet_cells import guarded
from app.services.system import System

HEADER = "number,name,premises,thoroughfare,post_town,postcode\n"
GOOD = "01632960001,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5DF\n"
OTHER = "01632960002,Cycles,12,Dewsbury Road,Leeds,LS11 5DF\n"
BAD = "+441632960003,=HYPERLINK(),12,Dewsbury Road,Leeds,LS1O 5DF\n"


def upload(visitor: Visitor, text: str, status: int = 200) -> None:
    visitor.get("/bulk")
    visitor.send("Look through it", status, file=(io.BytesIO(text.encode()), "numbers.csv"))


@pytest.fixture
def uploads(system: System) -> Iterator[Path]:
    return system.settings.data_dir / "uploads"


def test_dry_run_then_the_good_rows(customer: Visitor, system: System) -> None:
    upload(customer, HEADER + GOOD + BAD + OTHER)
    page = customer.page
    assert page.with_class("eld-lead") == ["2 of 3 rows can be applied; 1 cannot."]
    assert "Row 2 Postcode Refused" in page.text
    assert "You have no numbers in use." in customer.get("/").text

    customer.get(page.url.rstrip("?"))
    page = customer.send("Apply 2 rows", 422)
    assert page.with_class("govuk-error-summary__list") == ["Say what should be applied"]
    page = customer.send("Apply 2 rows", 422, rows="all")
    assert "Nothing was applied" in page.text
    page = customer.send("Apply 2 rows", rows="good")
    assert page.heading == "What was applied"
    assert "01632960002" in customer.get("/").text
    assert system.settings.data_dir.joinpath("uploads").stat().st_mode & 0o777 == 0o700


def test_the_refused_rows_come_back_with_reasons_and_without_formulas(customer: Visitor) -> None:
    upload(customer, HEADER + GOOD + BAD)
    link = next(link for link in customer.page.links() if link.endswith("refused.csv"))
    with customer.client.get(link) as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=refused-rows.csv"
        assert answer.headers["Cache-Control"] == "no-store"
        (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["number"] == "+441632960003"
    assert row["name"] == "'=HYPERLINK()"
    assert row["reasons"].startswith("Postcode: ")


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("+44 1632 960001", "+44 1632 960001"),
        ("-1.25", "-1.25"),
        ("Flat 2", "Flat 2"),
        ("", ""),
    ],
)
def test_formulas_are_guarded_and_numbers_are_not(cell: str, safe: str) -> None:
    assert guarded(cell) == safe


def test_all_good_rows_apply_once(customer: Visitor) -> None:
    upload(customer, HEADER + GOOD + OTHER)
    page = customer.page
    assert page.with_class("eld-lead") == ["2 rows, and nothing is refused."]
    form, _ = page.form_with("Apply 2 rows")
    customer.send("Apply 2 rows")
    again = customer.client.post(form.action, data=dict(form.values))
    assert again.status_code == 409
    assert "applied already" in again.text
    upload(customer, HEADER + GOOD + OTHER)
    assert customer.page.with_class("eld-lead") == ["2 rows, and nothing would change."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty"),
        ("number,colour\n1,red\n", "colour"),
        ("number\n1\n", "postcode"),
    ],
)
def test_a_file_that_is_none(customer: Visitor, text: str, said: str, uploads: Path) -> None:
    upload(customer, text)
    assert said in customer.page.text
    assert "No row can be applied" in customer.page.text
    customer.send("Throw it away now")
    assert list(uploads.iterdir()) == []


def test_no_file_at_all(customer: Visitor) -> None:
    customer.get("/bulk")
    page = customer.send("Look through it", 422)
    assert page.with_class("govuk-error-summary__list") == ["Choose the CSV file"]


def test_an_upload_is_its_owners_alone_and_goes_after_a_day(
    customer: Visitor, flask_app: Flask, clock: FixedClock, uploads: Path
) -> None:
    upload(customer, HEADER + GOOD)
    url = customer.page.url.rstrip("?")
    assert {path.stat().st_mode & 0o777 for path in uploads.iterdir()} == {0o600}
    assert customer.get(url + "x", 404).heading == "There is nothing here"
    assert customer.get("/bulk/..%2F..%2Feld.db", 404)
    stranger = Visitor(flask_app)
    stranger.log_in(DEMO_LOGINS[1].email, DEMO_LOGINS[1].password)
    stranger.get(url, 403)
    clock.advance(timedelta(days=1))
    customer.get(url, 404)
    with customer.client.session_transaction() as session:
        assert not {key for key in session if "upload" in key or "bulk" in key}


def test_the_columns_can_be_had_as_an_empty_file(customer: Visitor) -> None:
    answer = customer.client.get("/bulk/columns.csv")
    assert answer.text.startswith("number,name,")
    assert answer.text.endswith("\r\n")


def long_body(token: str) -> dict[str, object]:
    """A form with a file of 2 MB, as a browser would send it."""
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n',
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n',
        f"{HEADER}{'x' * 2 * 2**20}\r\n--edge--\r\n",
    ]
    return {"data": "".join(parts).encode(), "content_type": "multipart/form-data; boundary=edge"}


def test_only_a_customer_may_send_a_long_body(flask_app: Flask, customer: Visitor) -> None:
    form, _ = customer.get("/bulk").form_with("Look through it")
    token = dict(form.values)["csrf_token"]
    assert customer.client.post("/bulk", **long_body(token)).status_code == 303
    answer = flask_app.test_client().post("/bulk", **long_body(token))
    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_a_long_file_is_worked_on_beside_the_page(
    customer: Visitor, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.import_jobs.SHORT", 100)
    upload(customer, HEADER + GOOD + BAD + OTHER)
    assert customer.page.heading == "Your file is being looked through"
    assert 'http-equiv="refresh"' in customer.response.text
    url = customer.page.url.rstrip("?")
    listing = customer.get("/bulk")
    assert "Waiting to be looked through" in listing.text

    assert run_waiting_imports(system) == 1
    page = customer.get(url)
    assert page.with_class("eld-lead") == ["2 of 3 rows can be applied; 1 cannot."]
    page = customer.send("Apply 2 rows", rows="good")
    assert page.heading == "Your file is being applied"
    assert "You have no numbers in use." in customer.get("/").text
    assert run_waiting_imports(system) == 1
    page = customer.get(url)
    assert page.heading == "What was applied"
    assert "http-equiv" not in customer.response.text
    assert "01632960002" in customer.get("/").text
    assert run_waiting_imports(system) == 0


def test_what_could_not_be_finished_is_told_and_looked_through_again(
    customer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("the disk is full, says 01632 960001")

        broken.setattr("app.services.import_worker.import_locations", fail)
        upload(customer, HEADER + GOOD)
    page = customer.page
    assert page.heading == "Your file could not be finished"
    assert "Something went wrong on our side" in page.text
    assert "disk" not in page.text
    page = customer.send("Look through it again")
    assert page.with_class("eld-lead") == ["1 row, and nothing is refused."]


def test_the_findings_of_a_long_report_come_in_pages(customer: Visitor) -> None:
    rows = "".join(f"01632960{place:03},Bakery,Pennant House,Dewsbury Road,Leeds,LS1O 5DF\n" for place in range(250))
    upload(customer, HEADER + rows)
    url = customer.page.url.rstrip("?")
    assert "Row 100 " in customer.page.text
    assert "Row 101 " not in customer.page.text
    page = customer.get(f"{url}?page=3")
    assert "Row 250 " in page.text
    assert "Row 250 " in customer.get(f"{url}?page=99").text


def test_the_list_of_files_says_what_became_of_each(customer: Visitor) -> None:
    assert "stands here for a day" in customer.get("/bulk").text
    upload(customer, HEADER + GOOD + BAD)
    assert "Looked through, not applied" in customer.get("/bulk").text


def test_operations_import_for_an_account(operator: Visitor, customer: Visitor) -> None:
    operator.get("/ops/bulk")
    file = (io.BytesIO((HEADER + GOOD).encode()), "numbers.csv")
    page = operator.send("Look through it", 422, file=file)
    assert page.with_class("govuk-error-summary__list") == ["Choose the account"]
    account = next(value for option in page.all("option") if (value := option.attributes["value"]))
    file = (io.BytesIO((HEADER + GOOD).encode()), "numbers.csv")
    operator.send("Look through it", file=file, account=account)
    customer.get(operator.page.url.rstrip("?").replace("/ops/bulk", "/bulk"), 404)
    page = operator.send("Apply 1 row")
    assert page.heading == "What was applied"
    assert "01632960001" in customer.get("/").text


def test_the_lists_can_be_downloaded(customer: Visitor, operator: Visitor) -> None:
    upload(customer, HEADER + GOOD + OTHER)
    customer.send("Apply 2 rows")
    for visitor, url, count in (
        (customer, "/numbers.csv", 2),
        (operator, "/ops/lists/all.csv", 2),
        (operator, "/ops/lists/missing.csv", 2),
        (operator, "/ops/lists/rejected.csv", 0),
    ):
        visitor.get(url)
        rows = list(csv.DictReader(io.StringIO(visitor.response.data.decode("utf-8-sig"))))
        assert len(rows) == count, url
        assert all(row["status"] == "waiting" for row in rows)
    again = customer.client.get("/numbers.csv").data.decode("utf-8-sig")
    upload(customer, again)
    assert customer.page.with_class("eld-lead") == ["2 rows, and nothing would change."]
    operator.get("/ops/lists/secret.csv", 404)
