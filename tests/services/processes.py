"""The product's own programs as processes of a test, on a stage's database and folder."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def environ_of(stage, **more):
    """The environment in which a process works on a stage."""
    settings = stage.system.settings
    return clean_environ() | {
        "ELD_DEMO": "1",
        "ELD_DATA_DIR": str(settings.data_dir),
        "ELD_DATABASE_URL": stage.system.database.url.render_as_string(hide_password=False),
        "ELD_PROFILE": settings.profile,
        "ELD_REPLIES_EVERY": "1 second",
        **more,
    }


def clean_environ():
    return {name: value for name, value in os.environ.items() if not name.startswith("ELD_")}


def start_script(environ, script, *arguments):
    """Start a script that lies beside this one; its words are pipes."""
    return start([str(HERE / script), *map(str, arguments)], environ)


def start_program(environ, *arguments, before=""):
    """Start `eld`; `before` is Python that runs first."""
    return start(["-c", f"import app\n{before}\napp.main()", *arguments], environ)


def start(arguments, environ):
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(process, word):
    """Read what a process says, on either pipe named in `word`, until the word is there; returns what was read."""
    read = []
    for line in process.stderr:
        read.append(line)
        if word in line:
            return "".join(read)
    raise AssertionError(f"it ended without saying {word}: {''.join(read)}")
