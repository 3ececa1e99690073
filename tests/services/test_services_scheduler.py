"""The clockwork takes up what lies there, and gives back what it cannot finish."""

import io
import time
from dataclasses import replace

from test_services_uploads import row, table

from app.clock import SystemClock
from app.domain.jobs import JobState
from app.scheduler import start_scheduler
from app.services import import_jobs
from app.services.import_jobs import find_upload, receive_upload


def test_a_long_upload_is_looked_through_by_the_scheduler(stage, monkeypatch):
    monkeypatch.setattr(import_jobs, "SHORT", -1)
    system = replace(stage.system, clock=SystemClock())
    content = io.BytesIO(table(row(1), row(2)))
    upload = receive_upload(system, stage.customer, stage.account, content)
    scheduler = start_scheduler(system)
    try:
        assert {job.id for job in scheduler.get_jobs()} == {"night", "replies", "imports"}
        until = time.monotonic() + 20
        while find_upload(system, stage.customer, upload.token).state is not JobState.CHECKED:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        scheduler.shutdown(wait=True)
    assert find_upload(system, stage.customer, upload.token).report["accepted"] == 2
