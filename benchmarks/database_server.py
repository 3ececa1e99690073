"""A PostgreSQL server as in production: fsync on, data on a disk; in a folder of its own, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# What the server's own defaults are not: memory for a machine of this size, and checkpoints by time, not by volume.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "1GB",
    "work_mem": "16MB",
    "max_wal_size": "8GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


class Server:
    """A running server; `url` names one of its databases."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def run(self, *statements: str) -> None:
        """Run statements outside a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def copy(self, seed: str, name: str) -> str:
        """Make `name` anew as a copy of the database `seed`, with a quiet disk, and return its address."""
        self.run(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {seed}", "CHECKPOINT")
        return self.url(name)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server for the block; Debian's package postgresql must be installed."""
    programs = _programs()
    home = Path(tempfile.mkdtemp(prefix="eld-bench-"))
    # PostgreSQL refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(home, "postgres", "postgres")
    data, port = home / "data", free_port()
    options = {**SETTINGS, "port": str(port), "unix_socket_directories": str(home)}
    control: list[str | Path] = [*as_user, programs / "pg_ctl", "-D", data, "-w", "-s"]
    try:
        _call(*as_user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        (data / "postgresql.auto.conf").write_text("".join(f"{name} = '{value}'\n" for name, value in options.items()))
        _call(*control, "-l", home / "log", "start")
        try:
            yield Server(port)
        finally:
            _call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def _call(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("the benchmarks need Debian's package postgresql: apt-get install postgresql")
    return found[-1].parent


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
