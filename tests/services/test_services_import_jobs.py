"""Uploads on the shelf: whose they are, how long, and that a worker may die at any step of them."""

import csv
import io
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from stage import number
from test_services_uploads import nothing_is_stored, row, table

from app.domain.jobs import JobState
from app.errors import Busy, Conflict, NotAllowed, NotFound, Refused
from app.models.accounts import User
from app.models.imports import ImportJob
from app.models.numbers import Number
from app.models.records import Registration
from app.services import import_jobs, import_worker, uploads
from app.services.import_jobs import (
    apply_upload,
    check_again,
    discard_upload,
    expire_uploads,
    find_upload,
    findings_of,
    list_uploads,
    receive_upload,
    refused_rows,
)
from app.services.import_worker import FORSAKEN, run_waiting_imports
from app.services.locations.storing import Store
from app.services.upload_shelf import KEPT_FOR

SCRIPT = Path(__file__).with_name("killed_import.py")


def send(stage, content, actor=None):
    return receive_upload(stage.system, actor or stage.customer, stage.account, io.BytesIO(content))


@pytest.fixture
def long(monkeypatch):
    """Every upload is a long one: a worker has to come."""
    monkeypatch.setattr(import_jobs, "SHORT", -1)


def look(stage, upload):
    return find_upload(stage.system, stage.customer, upload.token)


def test_a_short_upload_is_looked_through_at_once_and_applied_once(stage):
    upload = send(stage, table(row(1), row(2)))
    assert (upload.state, upload.report["accepted"], upload.report["dry_run"]) == (JobState.CHECKED, 2, True)
    assert nothing_is_stored(stage)
    applied = apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    assert (applied.state, applied.report["accepted"], applied.report["saved"]) == (JobState.APPLIED, 2, True)
    assert len(stage.all(Number)) == 2
    with pytest.raises(Conflict):
        apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    assert len(stage.all(Registration)) == 2


def test_what_is_refused_comes_back_to_be_mended(stage):
    upload = send(stage, table(row(1), row(2, name="=Hartwell", postcode="LS1O 5DF"), number(3)))
    problems, pages = findings_of(stage.system, upload, 1)
    assert pages == 1
    assert [(problem.row, problem.severity) for problem in problems][:2] == [(2, "error"), (3, "error")]
    with pytest.raises(Refused, match="Nothing was applied"):
        apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    path = refused_rows(stage.system, upload)
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [one["number"] for one in rows] == [number(2), number(3)]
    assert rows[0]["name"] == "'=Hartwell"
    assert rows[0]["reasons"].startswith("Postcode: ")
    again = send(stage, text.replace("LS1O", "LS11").encode("utf-8-sig"))
    assert (again.report["accepted"], again.report["refused"]) == (1, 1)
    applied = apply_upload(stage.system, stage.customer, again.token, skip_bad=True)
    assert applied.report["accepted"] == 1
    stage.night()
    assert [sent.name for sent in stage.rows()] == ["=HARTWELL"], "the guard against formulas is for spreadsheets"


def test_a_long_upload_waits_for_a_worker(stage, long):
    assert long is None
    upload = send(stage, table(row(1), row(2)))
    assert (upload.state, upload.under_way, upload.report) == (JobState.WAITING, True, None)
    assert run_waiting_imports(stage.system) == 1
    checked = look(stage, upload)
    assert (checked.state, checked.rows_done, checked.bytes_done) == (JobState.CHECKED, 2, checked.bytes_total)
    assert run_waiting_imports(stage.system) == 0, "nobody has said that it is to be applied"
    assert apply_upload(stage.system, stage.customer, upload.token, skip_bad=False).state is JobState.APPLYING
    with pytest.raises(Conflict):
        discard_upload(stage.system, stage.customer, upload.token)
    assert run_waiting_imports(stage.system) == 1
    assert look(stage, upload).state is JobState.APPLIED
    assert len(stage.all(Number)) == 2


def test_progress_is_told_while_it_is_looked_through(stage, long, monkeypatch):
    assert long is None
    monkeypatch.setattr("app.services.progress.EVERY", 0)
    monkeypatch.setattr(uploads, "BATCH", 2)
    seen = []
    original = import_worker.move

    def spy(system, which, was, columns):
        seen.append(columns.get("rows_done"))
        return original(system, which, was, columns)

    monkeypatch.setattr(import_worker, "move", spy)
    send(stage, table(*(row(place) for place in range(5))))
    run_waiting_imports(stage.system)
    assert seen == [2, 4, 5, 5]


def test_what_came_between_the_look_and_the_application_is_noticed(stage):
    upload = send(stage, table(row(1), row(2)))
    stage.register(2, actor=stage.other_customer)
    applied = apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    assert applied.state is JobState.CHECKED
    assert "Nothing was applied" in applied.why
    assert len(stage.all(Number)) == 1
    assert apply_upload(stage.system, stage.customer, upload.token, skip_bad=True).state is JobState.APPLIED
    assert len(stage.all(Number)) == 2


def test_an_upload_is_one_persons_alone(stage):
    upload = send(stage, table(row(1)))
    assert [found.token for found in list_uploads(stage.system, stage.customer)] == [upload.token]
    assert list_uploads(stage.system, stage.staff) == []
    for actor in (stage.other_customer, stage.staff, stage.cli):
        with pytest.raises(NotFound):
            find_upload(stage.system, actor, upload.token)
    for token in ("../eld.db", "x" * 32, ""):
        with pytest.raises(NotFound):
            find_upload(stage.system, stage.customer, token)
    with pytest.raises(NotFound):
        receive_upload(stage.system, stage.customer, stage.other_account, io.BytesIO(b""))
    with pytest.raises(NotFound, match="belongs to a person"):
        receive_upload(stage.system, stage.cli, stage.account, io.BytesIO(b""))
    scheduler = replace(stage.staff, role="auditor")
    with pytest.raises(NotAllowed):
        receive_upload(stage.system, scheduler, stage.account, io.BytesIO(b""))


def test_it_goes_after_a_day_or_when_its_owner_says_so(stage):
    folder = stage.root / "uploads"
    first, second = send(stage, table(row(1))), send(stage, table(row(2, postcode="none")))
    discard_upload(stage.system, stage.customer, first.token)
    assert {path.stem for path in folder.iterdir()} == {second.token}
    stage.clock.advance(timedelta(days=1))
    with pytest.raises(NotFound):
        look(stage, second)
    expire_uploads(stage.system)
    assert list(folder.iterdir()) == []
    assert stage.all(ImportJob) == []


def test_a_file_that_nothing_is_known_of_goes_after_a_day(stage):
    upload = send(stage, table(row(1)))
    folder = stage.root / "uploads"
    fresh, old = folder / f"{'f' * 32}.csv", folder / f"{'o' * 32}.csv"
    for path in (fresh, old):
        path.write_text("rows")
    a_day_ago = old.stat().st_mtime - 86_401
    for path in (old, folder / f"{upload.token}.csv"):
        os.utime(path, (a_day_ago, a_day_ago))
    expire_uploads(stage.system)
    assert fresh.exists()
    assert not old.exists()
    assert (folder / f"{upload.token}.csv").exists()


def test_many_findings_come_in_pages(stage):
    upload = send(stage, table(*(row(place, postcode="none") for place in range(230))))
    pages = [findings_of(stage.system, upload, page)[0] for page in (1, 2, 3)]
    assert [problem.row for problem in pages[0]] == list(range(1, 101))
    assert [problem.row for problem in pages[1]] == list(range(101, 201))
    assert [problem.row for problem in pages[2]][:30] == list(range(201, 231))
    last = findings_of(stage.system, upload, 1)[1]
    assert findings_of(stage.system, upload, 99) == findings_of(stage.system, upload, last)


def test_whoever_has_no_log_in_any_more_imports_nothing(stage, long):
    assert long is None
    upload = send(stage, table(row(1)))
    stage.execute(ImportJob.__table__.update().values(user_id=stage.staff.user_id))
    stage.execute(User.__table__.update().where(User.id == stage.staff.user_id).values(role="auditor"))
    assert run_waiting_imports(stage.system) == 1
    (job,) = stage.all(ImportJob)
    assert (job.token, job.state) == (upload.token, JobState.FAILED)
    assert nothing_is_stored(stage)


def test_a_busy_database_is_waited_for(stage, long, monkeypatch):
    assert long is None
    upload = send(stage, table(row(1)))

    def busy(*_arguments, **_options):
        raise Busy("busy")

    with monkeypatch.context() as patched:
        patched.setattr(import_worker, "import_locations", busy)
        run_waiting_imports(stage.system)
    assert look(stage, upload).under_way
    assert run_waiting_imports(stage.system) == 1
    assert look(stage, upload).state is JobState.CHECKED


def test_a_fault_is_told_in_words_and_can_be_tried_again(stage, monkeypatch):
    upload = send(stage, table(row(1)))

    def fail(*_arguments, **_options):
        raise RuntimeError("01632 960001 at Pennant House")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "store", fail)
        failed = apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    assert failed.state is JobState.FAILED
    assert "Pennant" not in failed.why
    assert nothing_is_stored(stage)
    assert check_again(stage.system, stage.customer, upload.token).state is JobState.CHECKED
    with pytest.raises(Conflict):
        check_again(stage.system, stage.customer, upload.token)


def test_a_process_that_stops_gives_its_upload_back(stage, long, monkeypatch):
    assert long is None
    monkeypatch.setattr(uploads, "BATCH", 1)
    upload = send(stage, table(row(1), row(2), row(3)))
    asked = iter([False, False, True])
    assert run_waiting_imports(stage.system, lambda: next(asked, True)) == 1
    assert look(stage, upload).under_way
    assert run_waiting_imports(stage.system) == 1
    assert look(stage, upload).state is JobState.CHECKED


@pytest.mark.parametrize("step", ["batch 1", "batch 2", "batch 3", "noted", "committed"])
def test_a_worker_killed_at_any_step_leaves_nothing_half(stage, long, step):
    assert long is None
    upload = send(stage, table(*(row(place) for place in range(10))))
    run_waiting_imports(stage.system)
    apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    url = stage.system.database.url.render_as_string(hide_password=False)
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(stage.root), "ELD_DATABASE_URL": url}
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), step, stage.clock.now().isoformat()],
        env={**os.environ, **environ},
        check=False,
        capture_output=True,
    )
    assert ended.returncode == -9, ended.stderr
    whole = step == "committed"
    assert nothing_is_stored(stage) is not whole
    assert look(stage, upload).state is (JobState.APPLIED if whole else JobState.APPLYING)
    assert run_waiting_imports(stage.system) == 0, "its worker is not taken for dead at once"
    stage.clock.advance(FORSAKEN + timedelta(seconds=1))
    assert run_waiting_imports(stage.system) == (0 if whole else 1)
    assert look(stage, upload).state is JobState.APPLIED
    assert len(stage.all(Registration)) == 10
    assert stage.events().count("locations_imported") == 1


def test_a_file_that_kills_its_workers_is_given_up_and_can_be_tried_again(stage, long):
    assert long is None
    upload = send(stage, table(row(1)))
    for _ in range(import_worker.MOST_ATTEMPTS):
        assert import_worker.take_job(stage.system) is not None, "its worker died before"
        stage.clock.advance(FORSAKEN + timedelta(seconds=1))
    assert run_waiting_imports(stage.system) == 0
    given_up = look(stage, upload)
    assert (given_up.state, "three times" in given_up.why) == (JobState.FAILED, True)
    check_again(stage.system, stage.customer, upload.token)
    run_waiting_imports(stage.system)
    assert look(stage, upload).state is JobState.CHECKED


def test_two_workers_do_each_upload_once(stage, long):
    assert long is None
    sent = [send(stage, table(*(row(place) for place in range(at * 20, at * 20 + 20)))) for at in range(4)]
    run_waiting_imports(stage.system)
    for upload in sent:
        apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    counts = []
    workers = [threading.Thread(target=lambda: counts.append(run_waiting_imports(stage.system))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 4
    assert {look(stage, upload).state for upload in sent} == {JobState.APPLIED}
    assert len(stage.all(Registration)) == 80
    assert stage.events().count("locations_imported") == 4


def test_one_that_was_taken_over_is_not_applied_twice(stage, long):
    """The first worker was thought dead, and comes to its end after the second has applied the upload."""
    assert long is None
    upload = send(stage, table(row(1)))
    run_waiting_imports(stage.system)
    apply_upload(stage.system, stage.customer, upload.token, skip_bad=False)
    job = import_worker.take_job(stage.system)
    stage.clock.advance(FORSAKEN + timedelta(seconds=1))
    assert run_waiting_imports(stage.system) == 1
    import_worker.work_on(stage.system, job)
    assert look(stage, upload).state is JobState.APPLIED
    assert stage.events().count("locations_imported") == 1


def test_an_account_keeps_no_more_uploads_than_there_is_room_for(stage):
    sent = [send(stage, table(row(1))) for _ in range(import_jobs.MOST_OPEN)]
    with pytest.raises(Refused) as refused:
        send(stage, table(row(2)))
    assert [problem.code for problem in refused.value.problems] == ["U13"]
    kept = {path.name.partition(".")[0] for path in (stage.system.settings.data_dir / "uploads").iterdir()}
    assert kept == {upload.token for upload in sent}
    discard_upload(stage.system, stage.customer, sent[0].token)
    apply_upload(stage.system, stage.customer, sent[1].token, skip_bad=False)
    for _ in range(2):
        send(stage, table(row(3)))
    with pytest.raises(Refused):
        send(stage, table(row(4)))


def test_an_account_fills_the_disk_for_nobody(stage):
    content = table(row(1))
    settings = replace(stage.system.settings, upload_limit=len(content))
    stage.system = replace(stage.system, settings=settings)
    applied = send(stage, content)
    apply_upload(stage.system, stage.customer, applied.token, skip_bad=False)
    send(stage, content)  # two limits are full now: what was applied lies here for a day too
    with pytest.raises(Refused, match="room"):
        send(stage, content)
    stage.clock.advance(KEPT_FOR)
    assert send(stage, content).state is JobState.CHECKED


def test_of_many_uploads_at_once_no_more_than_the_bound_are_kept(stage, monkeypatch):
    monkeypatch.setattr(import_jobs, "MOST_OPEN", 2)
    refused = []

    def one():
        try:
            send(stage, table(row(1)))
        except Refused:
            refused.append(1)

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), len(list_uploads(stage.system, stage.customer))) == (3, 2)


def test_accounts_take_turns(stage, long):
    assert long is None
    many = [send(stage, table(row(1))) for _ in range(3)]
    theirs = receive_upload(stage.system, stage.staff, stage.other_account, io.BytesIO(table(row(2))))
    first = import_worker.take_job(stage.system)
    stage.clock.advance(timedelta(seconds=1))
    second = import_worker.take_job(stage.system)
    assert (first.token, second.token) == (many[0].token, theirs.token)
