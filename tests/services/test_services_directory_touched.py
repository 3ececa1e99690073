"""A new postcode directory and the records that stood on the old one: a person looks, and nothing is sent by itself."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select
from stage import number

from app.models.audit import AuditEvent
from app.models.records import Registration
from app.services.directory import load_directory, touched
from app.services.locations.registering import current_location
from app.services.overview import number_line
from app.services.reviews import approve_review, list_reviews, return_review

OLD = {"LS11 5DF": "", "LS1 4AP": "", "LS2 9JT": "2019-03-01", "M1 1AE": ""}


def load(stage, folder: Path, listed: dict[str, str], **options: str):
    path = folder / "directory.csv"
    lines = [f"{postcode},53.8,-1.5,{ended},2027-02-01\n" for postcode, ended in listed.items()]
    path.write_text("postcode,latitude,longitude,terminated,edition\n" + "".join(lines), "utf-8")
    return load_directory(stage.system, stage.cli, path, **options)


@pytest.fixture
def loaded(stage, tmp_path):
    """Three live records: two at LS11 5DF, one at LS1 4AP."""
    assert load(stage, tmp_path, OLD).to_review == 0
    stage.live(1, 2)
    stage.live(3, postcode="LS1 4AP")
    return stage


def ended(postcode: str, day: str = "2026-11-01") -> dict[str, str]:
    return OLD | {postcode: day}


def without(*postcodes: str) -> dict[str, str]:
    return {postcode: day for postcode, day in OLD.items() if postcode not in postcodes}


def reviews(stage):
    return {review["number"]: review for review in list_reviews(stage.system, stage.staff)}


def touched_events(stage):
    return [event for event in stage.all(AuditEvent) if event.action == "directory_touched"]


def test_an_ended_postcode_puts_its_records_into_review_and_they_stay_live(loaded, tmp_path):
    told = load(loaded, tmp_path, ended("LS11 5DF"))
    assert (told.to_review, told.as_dict()["to_review"]) == (2, 2)
    waiting = reviews(loaded)
    assert list(waiting) == [number(1), number(2)]
    review = waiting[number(1)]
    (finding,) = review["findings"]
    assert (finding["code"], finding["severity"], finding["field"]) == ("P04", "review", "postcode")
    assert "in November 2026" in finding["message"]
    assert (review["submitted_by"], review["submitted_by_user_id"]) == ("postcode directory", None)
    assert (review["sent"]["postcode"], review["held"]["postcode"]) == ("LS11 5DF", "LS11 5DF")
    record = loaded.record(1)
    assert (record["status"], record["accepted_state"], record["wanted"]["postcode"]) == (
        "in_review",
        "live",
        "LS11 5DF",
    )
    loaded.night()
    assert loaded.sent() == []


def test_the_copy_says_what_was_said_and_is_due_today(loaded, tmp_path):
    loaded.tomorrow(3)
    load(loaded, tmp_path, ended("LS11 5DF"))
    said, copy = (item for item in loaded.all(Registration) if item.number_id == loaded.number_id(1))
    own = {"id", "state", "due_on", "findings", "submitted_by", "submitted_by_user_id", "submitted_at"}
    for column in {*Registration.__table__.c.keys()} - own:
        assert getattr(copy, column) == getattr(said, column), column
    assert (copy.due_on, str(copy.state), copy.submitted_at) == (loaded.today, "REVIEW", loaded.clock.now())


def test_a_postcode_that_is_missing_goes_to_review_too(loaded, tmp_path):
    assert load(loaded, tmp_path, without("LS1 4AP")).to_review == 1
    (finding,) = reviews(loaded)[number(3)]["findings"]
    assert (finding["code"], finding["alternatives"]) == ("P03", [])
    assert "LS1 4AP was in our postcode directory" in finding["message"]
    assert "of February 2027" in finding["message"]


def test_an_area_that_the_new_directory_does_not_cover_touches_nothing(loaded, tmp_path):
    assert load(loaded, tmp_path, {"M1 1AE": ""}).to_review == 0
    assert touched_events(loaded) == []


def test_the_first_directory_touches_nothing(stage, tmp_path):
    stage.live(1)
    assert load(stage, tmp_path, ended("LS11 5DF")).to_review == 0
    assert load(stage, tmp_path, without("LS11 5DF")).to_review == 0, "it was not live before either"
    assert reviews(stage) == {}
    assert touched_events(stage) == []


def test_the_same_edition_again_touches_nothing_and_nothing_waits_twice(loaded, tmp_path):
    assert load(loaded, tmp_path, OLD).to_review == 0
    assert load(loaded, tmp_path, ended("LS11 5DF")).to_review == 2
    load(loaded, tmp_path, OLD)
    assert load(loaded, tmp_path, without("LS11 5DF")).to_review == 0
    assert len(reviews(loaded)) == 2


def test_what_is_ceased_or_moved_or_waits_already_is_left_alone(loaded, tmp_path):
    loaded.register(1, postcode="LS1 4AP")
    loaded.register(2, postcode="LS1 9ZZ")
    waiting = reviews(loaded)[number(2)]["id"]
    assert load(loaded, tmp_path, ended("LS11 5DF")).to_review == 0
    assert reviews(loaded)[number(2)]["id"] == waiting


def test_approved_it_stays_as_it_is_and_nothing_is_sent(loaded, tmp_path):
    load(loaded, tmp_path, ended("LS11 5DF"))
    approve_review(loaded.system, loaded.staff, reviews(loaded)[number(1)]["id"])
    loaded.night()
    assert loaded.sent() == []
    record = loaded.record(1)
    assert (record["status"], record["accepted"]["postcode"]) == ("live", "LS11 5DF")
    assert set(reviews(loaded)) == {number(2)}


def test_returned_the_customer_reads_the_words_and_the_record_stays_live(loaded, tmp_path):
    load(loaded, tmp_path, ended("LS11 5DF"))
    return_review(loaded.system, loaded.staff, reviews(loaded)[number(1)]["id"], "Which postcode has the house now?")
    line = number_line(loaded.system, loaded.customer, loaded.number_id(1))
    assert (str(line.status), line.note) == ("live", "Which postcode has the house now?")
    assert current_location(loaded.system, loaded.customer, number(1)).postcode == "LS11 5DF"
    loaded.night()
    assert loaded.sent() == []
    loaded.register(1, postcode="LS1 4AP")
    loaded.night()
    assert [(row.command, row.postcode) for row in loaded.rows()] == [("M", "LS1 4AP")]


def test_the_trail_holds_one_event_with_the_digest_of_the_rows(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(touched, "BATCH", 1)
    load(loaded, tmp_path, ended("LS1 4AP"))
    load(loaded, tmp_path, {**OLD, "LS11 5DF": "2026-11-01", "LS1 4AP": "2026-11-01"})
    (first, *others) = touched_events(loaded)
    with loaded.system.database.reading() as look:
        rows = look.session.execute(select(Registration.number_id, Registration.id).order_by(Registration.id)).all()
    said = [row for row in rows if row.number_id == loaded.number_id(3)][:1]
    digest = hashlib.sha256("".join(f"{row.number_id} {row.id} P04\n" for row in said).encode()).hexdigest()
    assert f'"digest":"{digest}"' in first.detail
    assert '"records":1' in first.detail
    assert '"edition":"2027-02-01"' in first.detail
    assert len(others) == 1
    assert set(reviews(loaded)) == {number(1), number(2), number(3)}


def test_what_fails_at_the_end_leaves_no_review(loaded, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("power cut")

    monkeypatch.setattr("app.services.directory.load.append", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        load(loaded, tmp_path, ended("LS11 5DF"))
    assert reviews(loaded) == {}
    monkeypatch.undo()
    assert load(loaded, tmp_path, ended("LS11 5DF")).to_review == 2
