"""What a person is shown before judging: deadline and age, the directory's word, places and distances."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from stage import number

from app.domain.registrations import RegistrationState
from app.errors import NotAllowed, NotFound
from app.models.directory import DirectoryEdition, DirectoryPostcode
from app.models.records import Registration
from app.services.barring import bar_number
from app.services.directory.touched import SUBMITTED_BY
from app.services.reviews import approve_reviews, list_reviews, page_reviews, return_review, show_review

CENTRE = (53.7760, -1.5420)
PLACES = {
    "LS11 5DF": (*CENTRE, None),
    "LS11 5DG": (53.7765, -1.5430, None),
    "LS11 5DH": (53.7742, -1.5401, None),
    "LS11 5ZA": (None, None, None),
    "LS11 5ZZ": (53.7700, -1.5400, date(2019, 3, 14)),
    "LS1 4AP": (53.7950, -1.5500, None),
}


@pytest.fixture
def leeds(stage):
    """A directory of Leeds with places; one postcode of the sector has ended, one has no place."""
    with stage.system.database.unit_of_work() as work:
        edition = DirectoryEdition(
            source="test",
            sha256="0" * 64,
            edition=date(2027, 2, 1),
            edition_from="test",
            areas=["LS"],
            knows_end_dates=True,
            row_count=len(PLACES),
            loaded_at=stage.clock.now(),
            current=True,
        )
        work.session.add(edition)
        work.session.flush()
        for postcode, (latitude, longitude, ended) in PLACES.items():
            work.session.add(
                DirectoryPostcode(
                    edition_id=edition.id,
                    postcode=postcode,
                    latitude=latitude,
                    longitude=longitude,
                    terminated=ended,
                    large_user=False,
                )
            )
        work.commit()
    return stage


def shown(stage, at=0):
    return show_review(stage.system, stage.staff, list_reviews(stage.system, stage.staff)[at]["id"])


def test_a_postcode_that_nobody_knows_is_shown_among_its_sector(leeds):
    leeds.register(1, postcode="LS11 5DX", latitude="53.7761", longitude="-1.5421")
    review = shown(leeds)
    assert review["directory"] == {
        "postcode": "LS11 5DX",
        "area": "LS",
        "state": "unknown",
        "edition": "2027-02-01",
        "knows_end_dates": True,
        "terminated": None,
        "ended": "",
        "large_user": False,
        "place": None,
    }
    about = review["surroundings"]
    assert (about["from"], about["sector"]) == ("sector", "LS11 5")
    assert [one["postcode"] for one in about["neighbours"]] == ["LS11 5DF", "LS11 5DG", "LS11 5DH"]
    assert about["given"]["latitude"] == 53.7761
    offered = {one["value"]: one for one in review["alternatives"] if one["field"] == "postcode"}
    assert offered.keys() >= {"LS11 5DF", "LS11 5DG", "LS11 5DH"}
    assert offered["LS11 5DF"]["place"] == {"latitude": CENTRE[0], "longitude": CENTRE[1]}
    assert all(0 < one["km"] < 1 for one in offered.values())


def test_coordinates_far_from_the_centre_are_measured_from_it(leeds):
    leeds.register(1, latitude="53.8260", longitude="-1.5420")
    review = shown(leeds)
    assert [one["code"] for one in review["findings"] if one["severity"] == "review"] == ["G02"]
    assert (review["directory"]["state"], review["surroundings"]["from"]) == ("live", "centre")
    assert review["surroundings"]["given"]["km"] == pytest.approx(5.56, abs=0.02)
    assert all(one["km"] < 0.3 for one in review["surroundings"]["neighbours"])


def test_an_ended_postcode_says_when(leeds):
    leeds.register(1, postcode="LS11 5ZZ")
    facts = shown(leeds)["directory"]
    assert (facts["state"], facts["terminated"], facts["ended"]) == ("ended", "2019-03-14", "on 14 March 2019")


def test_without_a_directory_nothing_is_said_of_places(stage):
    stage.register(1)
    stage.execute(update(Registration).values(state=RegistrationState.REVIEW))
    review = shown(stage)
    assert (review["directory"]["state"], review["directory"]["edition"]) == ("not loaded", None)
    assert review["surroundings"] == {"from": None, "sector": "LS11 5", "given": None, "neighbours": []}
    assert review["alternatives"] == []


def test_what_is_changed_on_the_way_is_told(leeds):
    leeds.register(1, postcode="LS11 5DX", name="Crèche Mère")
    changes = [(one["field"], one["kind"]) for one in shown(leeds)["changes"]]
    assert ("name", "transliterated") in changes


def test_the_first_due_comes_first_with_age_and_deadline(leeds):
    leeds.register(1, postcode="LS11 5DX")
    leeds.tomorrow(2)  # a Friday
    leeds.register(2, postcode="LS11 5ZZ")
    first, second = list_reviews(leeds.system, leeds.staff)
    assert (first["number"], first["age_days"], first["overdue"]) == (number(1), 2, True)
    assert (second["number"], second["age_days"], second["overdue"]) == (number(2), 0, False)
    assert datetime.fromisoformat(second["due_at"]) == datetime(2027, 3, 8, 12, 0, tzinfo=UTC)
    page = page_reviews(leeds.system, leeds.staff)
    assert (page.overdue, page.total, page.codes) == (1, 2, {"P03": 1, "P04": 1})


def test_pages_and_a_filter_by_finding(leeds):
    for place in range(5):
        leeds.register(place, postcode="LS11 5DX")
        leeds.clock.advance(timedelta(minutes=1))
    leeds.register(9, postcode="LS11 5ZZ")
    seen = []
    for page in (1, 2, 3):
        found = page_reviews(leeds.system, leeds.staff, page=page, per_page=2)
        assert (found.total, found.pages, found.page) == (6, 3, page)
        seen += [review["number"] for review in found.reviews]
    assert seen == [number(place) for place in (*range(5), 9)]
    ended = page_reviews(leeds.system, leeds.staff, code="P04", page=7)
    assert (ended.total, ended.page, [one["number"] for one in ended.reviews]) == (1, 1, [number(9)])
    assert page_reviews(leeds.system, leeds.staff, code="P99").reviews == []


def test_several_are_approved_all_or_none(leeds):
    for place in (1, 2):
        leeds.register(place, postcode="LS11 5DX")
    leeds.register(3, actor=leeds.staff, postcode="LS11 5DX")
    ids = [review["id"] for review in list_reviews(leeds.system, leeds.staff)]
    with pytest.raises(NotAllowed, match=f"review {ids[2]}"):
        approve_reviews(leeds.system, leeds.staff, ids)
    assert len(list_reviews(leeds.system, leeds.staff)) == 3
    assert approve_reviews(leeds.system, leeds.staff, ids[:2]) == 2
    leeds.night()
    assert leeds.sent() == [("A", "001"), ("A", "002")]
    with pytest.raises(NotFound):
        show_review(leeds.system, leeds.staff, ids[0])


def test_one_that_the_directory_put_there_is_told_apart(leeds):
    leeds.live(1)
    leeds.register(1, postcode="LS11 5DX")
    leeds.execute(
        update(Registration)
        .where(Registration.state == RegistrationState.REVIEW)
        .values(submitted_by=SUBMITTED_BY, submitted_by_user_id=None)
    )
    assert shown(leeds)["by_directory"] is True
    leeds.register(2, postcode="LS11 5DX")
    assert [one["by_directory"] for one in list_reviews(leeds.system, leeds.staff)] == [True, False]


def test_nothing_in_review_goes_into_any_file(leeds):
    leeds.register(1, postcode="LS11 5DX")
    leeds.live(2)
    leeds.register(2, postcode="LS11 5ZZ")
    for full in (False, True):
        leeds.night(full=full)
        assert {row.postcode for row in leeds.rows()} <= {"LS11 5DF"}
    return_review(leeds.system, leeds.staff, list_reviews(leeds.system, leeds.staff)[0]["id"], "Look again.")
    leeds.tomorrow()
    leeds.night(full=True)
    assert {(row.telephone_no, row.postcode) for row in leeds.rows()} == {(number(2), "LS11 5DF")}


def test_an_approved_address_lifts_the_bar_of_999(leeds):
    leeds.live(1)
    bar_number(leeds.system, leeds.customer, number(1))
    leeds.register(1, postcode="LS11 5DX", outside_uk="no")
    approve_reviews(leeds.system, leeds.staff, [list_reviews(leeds.system, leeds.staff)[0]["id"]])
    assert leeds.record(1)["status"] == "waiting"
    assert leeds.events().count("number_unbarred") == 1
