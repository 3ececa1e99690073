"""A night killed at each of its steps, and two nights at once: the same bytes under the same number, or nothing."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stage import number

from app.domain.files import FileState
from emergency_export.ports import STEPS
from emergency_export.verification import verify_file

SCRIPT = Path(__file__).with_name("killed_night.py")
RECORDS = 5  # with two records a file: three files


@pytest.fixture
def full_stage(new_stage, small_profile):
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(RECORDS):
        stage.register(place)
    return stage


def start(stage, step="never", times=1):
    settings = stage.system.settings
    url = stage.system.database.url.render_as_string(hide_password=False)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ELD_")} | {
        "ELD_DEMO": "1",
        "ELD_DATA_DIR": str(settings.data_dir),
        "ELD_DATABASE_URL": url,
        "ELD_PROFILE": settings.profile,
    }
    arguments = [sys.executable, str(SCRIPT), step, str(times), stage.clock.now().isoformat()]
    return subprocess.Popen(arguments, env=environ, cwd=SCRIPT.parents[2], stderr=subprocess.PIPE)


def check_all_once(stage, files):
    """No number twice, none missing, no gap, one content a name, every file counted and checked."""
    found = stage.files()
    assert [file.file_sequence for file in found] == list(range(1, files + 1))
    assert {str(file.state) for file in found} == {"DELIVERED"}
    outbox = stage.root / "outbox"
    assert sorted(path.name for path in outbox.iterdir()) == [file.file_name for file in found]
    numbers = []
    for file in found:
        path = outbox / file.file_name
        report = verify_file(path, stage.system.profile)
        assert report.faults == ()
        assert (report.record_count, report.sha256) == (file.record_count, file.sha256)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
        numbers += [row.telephone_no for row in stage.rows(file.file_name)]
    assert numbers == [number(place) for place in range(RECORDS)]
    assert list((stage.root / "work" / "outgoing").iterdir()) == []
    stage.check_trail()


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
@pytest.mark.parametrize("step", STEPS)
def test_a_night_killed_at_a_step_is_finished_by_the_next(full_stage, step, times):
    if step == "rows fixed" and times > 1:
        pytest.skip("rows are fixed once a night")
    process = start(full_stage, step, times)
    _, words = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, words.decode()
    assert [file.file_sequence for file in full_stage.files()] == [1, 2, 3]
    before = {path.name: path.read_bytes() for path in (full_stage.root / "outbox").glob("*.DAT")}
    left_over = {file.file_name for file in full_stage.files() if file.state is FileState.EXTRACTED}
    report = full_stage.night()
    assert {file["file_name"] for file in report.files} == left_over, "what was fixed leaves; nothing is fixed again"
    check_all_once(full_stage, 3)
    for name, content in before.items():
        assert (full_stage.root / "outbox" / name).read_bytes() == content


def test_two_nights_at_once_send_each_number_once(full_stage):
    processes = [start(full_stage) for _ in range(2)]
    for process in processes:
        _, words = process.communicate(timeout=90)
        assert process.returncode == 0, words.decode()
    check_all_once(full_stage, 3)
