"""The list of what the agent answered: by sort, by page, by row; what became of each stands there by its name."""

import pytest
from stage import number

from app.domain.outcomes import Effect
from app.errors import NotAllowed, NotFound
from app.models.audit import AuditEvent
from app.services.replies.listing import Kept, list_reply_files, show_reply_file


@pytest.fixture
def answered(sent):
    """An FCO, a CAR that takes one record and refuses another, and the same CAR once more under another name."""
    sent.fco()
    first, second = sent.rows()
    sent.car(sent.reply(first, "0037"), sent.reply(second, "0102", final=False))
    sent.collect()
    return sent


def test_files_and_their_rows_by_what_became_of_them(answered):
    found = list_reply_files(answered.system, answered.staff)
    car, fco = found.files
    ours = answered.files()[0].file_name
    assert (fco["kind"], fco["answers"], fco["effects"], fco["sequence"]) == ("FCO", [ours], {}, None)
    assert (car["kind"], car["answers"], car["effects"]) == ("CAR", [ours], {"applied": 2})
    assert {str(sort): count for sort, count in found.counts.items()} == {"all": 2, "fco": 1, "car": 1, "set_aside": 0}
    page = show_reply_file(answered.system, answered.staff, car["id"])
    assert page.file == car
    assert [(row["number"], row["code"], row["effect"], row["marked"]) for row in page.rows] == [
        (number(1), "0037", "applied", False),
        (number(2), "0102", "applied", True),
    ]
    assert [row["number_id"] for row in page.rows] == [answered.number_id(1), answered.number_id(2)]
    assert [row["plain"] for row in page.rows] == [
        "New record successful.",
        "The agent finds the address incomplete.",
    ]


def test_rows_of_one_effect_and_a_row_that_is_nobodys(answered):
    first, second = answered.rows()
    answered.car(
        answered.reply(first, "0037"),
        answered.reply(second, "9999", text="odd"),
        answered.reply(first, "0037", txn_ref="999/999/000000999999"),
    )
    answered.collect()
    found = list_reply_files(answered.system, answered.staff, kept=Kept.CAR).files[0]
    assert found["effects"] == {"repeated": 1, "unknown code": 1, "unsolicited": 1}
    page = show_reply_file(answered.system, answered.staff, found["id"], effect=Effect.UNKNOWN_CODE)
    assert [(row["code"], row["plain"], row["text"]) for row in page.rows] == [("9999", "", "odd")]
    assert (page.total, page.pages) == (1, 1)
    stray = show_reply_file(answered.system, answered.staff, found["id"], effect=Effect.UNSOLICITED).rows[0]
    assert (stray["number_id"], stray["txn_ref"]) == (None, "999/999/000000999999")
    assert [case["code"] for case in found["cases"]] == ["UNSOLICITED"]


def test_a_damaged_one_stands_with_its_reason_and_its_case(stage):
    stage.put("BT199903032701.CAR", b"rubbish")
    stage.put("rubbish.txt", b"rubbish")
    stage.collect()
    files = list_reply_files(stage.system, stage.staff, kept=Kept.SET_ASIDE).files
    assert {file["outcome"] for file in files} == {"quarantined"}
    assert all(file["reason"] and file["cases"][0]["code"] == "QUARANTINE" for file in files)
    assert show_reply_file(stage.system, stage.staff, files[0]["id"]).rows == []


def test_long_lists_and_long_files_come_in_pages(sqlite_stage):
    stage = sqlite_stage
    for place in range(60):
        stage.register(place)
    stage.night()
    stage.car(*(stage.reply(row, "0037") for row in stage.rows()))
    stage.collect()
    (file,) = list_reply_files(stage.system, stage.staff).files
    pages = [show_reply_file(stage.system, stage.staff, file["id"], page) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [50, 10, 10]
    assert [row["line"] for page in pages[:2] for row in page.rows] == sorted(
        row["line"] for page in pages[:2] for row in page.rows
    )
    assert (pages[2].page, pages[2].pages, pages[2].total) == (2, 2, 60)
    for _ in range(3):
        stage.fco()
        stage.collect()
    paged = [list_reply_files(stage.system, stage.staff, page, per_page=2).files for page in (1, 2, 9)]
    assert [file["id"] for files in paged[:2] for file in files] == [4, 3, 2, 1]
    assert paged[2] == paged[1]


def test_reading_the_rows_is_in_the_trail_and_not_for_everybody(answered):
    page = show_reply_file(answered.system, answered.staff, 2)
    assert page.rows
    last = answered.all(AuditEvent)[-1]
    assert (last.action, last.detail) == ("personal_data_read", '{"purpose":"replies","records":2}')
    for use in (
        lambda actor: list_reply_files(answered.system, actor),
        lambda a: show_reply_file(answered.system, a, 2),
    ):
        with pytest.raises(NotAllowed):
            use(answered.customer)
    with pytest.raises(NotFound):
        show_reply_file(answered.system, answered.staff, 99)
