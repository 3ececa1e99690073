"""The replies in the console: each file and each row with what became of it, in words; what was set aside."""

from collections.abc import Callable

import pytest
from web_visitor import Visitor

from app.domain.actors import Role
from app.domain.files import ReplyFileOutcome
from app.domain.outcomes import Effect
from app.services.accounts import add_user
from app.services.setup import SETTING_UP
from app.services.system import System
from app.web.reply_words import EFFECTS, OUTCOMES

PASSWORD = "one-two-three-four"
# For what the pages alone decide: one kind of database is enough.
ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def play(operator: Visitor) -> None:
    operator.get("/ops/send")
    operator.send("Send now")
    operator.send("Let the simulated agent answer")
    operator.send("Collect replies now")


@pytest.fixture
def answered(operator: Visitor, register: Callable[..., None]) -> Visitor:
    """A file with one record that was taken and one that was refused."""
    register()
    register("01632 960002", premises="Berth Office")
    play(operator)
    return operator


def test_every_outcome_and_effect_has_its_words() -> None:
    assert set(OUTCOMES) == set(ReplyFileOutcome)
    assert set(EFFECTS) == set(Effect)
    for told in [*OUTCOMES.values(), *EFFECTS.values()]:
        assert all(told)


def test_the_list_names_what_became_of_each(answered: Visitor) -> None:
    page = answered.get("/ops/replies")
    assert page.with_class("eld-lead") == ["2 files collected, none set aside."]
    assert page.with_class("govuk-tag") == ["Applied", "Accepted"]
    assert "2 applied" in page.text
    assert page.links().count("/ops/files/BT199903032701.DAT") == 2
    assert {"/ops/replies/1", "/ops/replies/2"} <= set(page.links())
    assert len(answered.get("/ops/replies?kept=fco").with_class("govuk-tag")) == 1
    assert "None was set aside." in answered.get("/ops/replies?kept=set_aside").text
    assert len(answered.get("/ops/replies?kept=nonsense&page=99").with_class("govuk-tag")) == 2


@ONE_KIND
def test_nothing_collected_says_what_will_stand_there(operator: Visitor) -> None:
    page = operator.get("/ops/replies")
    assert page.with_class("eld-lead") == ["Nothing was collected yet."]
    assert page.with_class("eld-empty")


def test_each_row_says_what_it_means_and_what_it_did(answered: Visitor) -> None:
    page = answered.get("/ops/replies/2")
    assert page.heading == "BT199903032701.CAR"
    rows = page.all("tbody")[0].text
    for words in ("01632960001", "01632960002", "The agent finds the address incomplete.", "0102", "0037", "Applied"):
        assert words in rows
    assert "New record successful." in rows
    assert {"/ops/numbers/1", "/ops/numbers/2", "/ops/replies/2?effect=applied"} <= set(page.links())
    assert answered.get("/ops/replies/2?effect=applied").all("tbody")[0].text.split() == rows.split()
    assert "The agent took our file." in answered.get("/ops/replies/1").text
    answered.get("/ops/replies/99", 404)


@ONE_KIND
def test_a_damaged_reply_stands_there_with_its_reason(answered: Visitor, system: System) -> None:
    (system.settings.data_dir / "inbox" / "BT199903032702.CAR").write_bytes(b"rubbish\r\n")
    answered.get("/ops")
    answered.send("Collect replies now")
    page = answered.get("/ops/replies?kept=set_aside")
    assert page.with_class("eld-lead") == ["1 reply is set aside: nothing of it was applied."]
    assert page.with_class("govuk-tag") == ["Set aside"]
    assert "The reply was set aside whole" in page.all("tbody")[0].text
    page = answered.get("/ops/replies/3")
    case = next(link for link in page.links() if link.startswith("/ops/cases/"))
    page = answered.get(case)
    assert "/ops/replies/3" in page.links()
    assert not [link for link in page.links() if link.startswith("/ops/files/")]


@ONE_KIND
def test_file_and_case_lead_to_the_reply(answered: Visitor) -> None:
    assert {"/ops/replies/1", "/ops/replies/2"} <= set(answered.get("/ops/files/BT199903032701.DAT").links())
    assert {"/ops/replies/2", "/ops/files/BT199903032701.DAT"} <= set(answered.get("/ops/cases/1").links())


@ONE_KIND
def test_an_auditor_reads_the_replies_and_no_case(answered: Visitor, system: System, flask_app: object) -> None:
    add_user(system, SETTING_UP, "auditor@operations.example", Role.AUDITOR, PASSWORD)
    auditor = Visitor(answered.client.application)
    auditor.log_in("auditor@operations.example", PASSWORD)
    assert flask_app is answered.client.application
    assert "01632960002" in auditor.get("/ops/replies/2").text
    assert not [link for link in auditor.page.links() if link.startswith("/ops/cases")]
