"""The hand of an operator: runs commands in this process and reads what they print."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner, Result

import app.cli

SAMPLES = Path(app.cli.__file__).parents[2] / "samples"


@dataclass
class Eld:
    """Runs `eld` with the settings that stand in the environment."""

    data_dir: Path
    program: click.Group

    def __call__(self, *arguments: object, status: int = 0, stdin: str | None = None) -> Result:
        """Run one command, which must end with `status`."""
        done = CliRunner().invoke(self.program, [str(argument) for argument in arguments], input=stdin)
        assert done.exit_code == status, f"{arguments}: {done.exit_code}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.output
        assert (status == 1) <= bool(done.stderr)
        return done

    def json(self, *arguments: object, status: int = 0) -> Any:
        """Run one command with --json and return its document."""
        return json.loads(self(*arguments, "--json", status=status).stdout)

    def write(self, name: str, content: bytes) -> Path:
        """Lay a file into the data folder."""
        path = self.data_dir / name
        path.write_bytes(content)
        return path

    def load_samples(self) -> None:
        """Set up, with the sample directory and inventory."""
        self("db", "upgrade")
        self("postcodes", "load", SAMPLES / "directory.csv")
        self("numbers", "load", SAMPLES / "numbers.csv")

    def import_samples(self) -> None:
        """Register the sample locations."""
        self("locations", "import", SAMPLES / "locations.csv")

    def night(self, *agent: str) -> dict[str, Any]:
        """Send what is due, let the agent answer, collect; return what the run made."""
        made: dict[str, Any] = self.json("export", "run")
        self("agent", "step", *agent)
        self("replies", "collect")
        return made


def an_eld(data_dir: Path) -> Eld:
    """Return the program over a data folder; `run` and `scheduler` do nothing."""
    return Eld(data_dir, app.cli.build(serve=lambda _: None, schedule=lambda _: None))
