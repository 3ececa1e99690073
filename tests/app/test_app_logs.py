"""What stands in standard error: one JSON line for each event, whoever tells of it, with nothing that was typed."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from app.logs import frames_of, line_formatter

SECRET = "01632 960999"
SPEAKING = """
import logging, structlog
from app.logs import write_logs
write_logs()
structlog.get_logger("app.scheduler").info("job_yielded", job="night")
logging.getLogger("app.web").error("unforeseen %s", "ValueError", extra={"frames": ["a.py:1:f"]})
logging.getLogger("werkzeug").info("GET /join/secret")
logging.getLogger("some.package").info("small talk")
try:
    raise ValueError("typed by a person\\nand more")
except ValueError:
    logging.getLogger("some.package").exception("broke off\\nhere")
"""


def test_every_line_is_json_with_time_level_logger_and_event() -> None:
    done = subprocess.run([sys.executable, "-c", SPEAKING], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [list(line)[:4] for line in lines] == [["time", "level", "logger", "event"]] * 3
    times = [datetime.fromisoformat(line.pop("time")) for line in lines]
    assert all(time.utcoffset() == timedelta(0) for time in times)
    assert timedelta(0) <= datetime.now(UTC) - times[0] < timedelta(minutes=5)
    assert lines == [
        {"level": "info", "logger": "app.scheduler", "event": "job_yielded", "job": "night"},
        {"level": "error", "logger": "app.web", "event": "unforeseen ValueError", "frames": ["a.py:1:f"]},
        {
            "level": "error",
            "logger": "some.package",
            "event": "broke off\nhere",
            "error": "ValueError",
            "frames": ["<string>:10:<module>"],
        },
    ]
    assert done.stdout == ""


def test_frames_tell_where_and_nothing_that_was_said() -> None:
    def deep(typed: str) -> None:
        raise RuntimeError(typed)

    with pytest.raises(RuntimeError) as raised:
        deep(SECRET)
    found = frames_of(raised.value)
    assert [frame.split(":")[0] for frame in found] == ["test_app_logs.py"] * 2
    assert [frame.split(":")[2] for frame in found] == ["test_frames_tell_where_and_nothing_that_was_said", "deep"]


def test_a_file_is_named_from_its_package_on() -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads("{")
    files = [frame.rsplit(":", 2)[0] for frame in frames_of(raised.value)]
    assert files == ["test_app_logs.py", "json/__init__.py", "json/decoder.py", "json/decoder.py"]


def test_a_line_of_a_library_is_one_line_whatever_it_says() -> None:
    record = logging.LogRecord("some.package", logging.WARNING, __file__, 1, "two\nlines of %s", ("it",), None)
    line = line_formatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["event"] == "two\nlines of it"
