"""A PostgreSQL server for one run of the tests: Debian's, on loopback, in a folder of its own, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # nothing here is to outlive the run
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "America/St_Johns",  # nothing may lean on the server's zone
}


def memory_folder() -> str | None:
    """Return a folder in memory where there is one: no test waits for a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  a private folder is made in it


class PostgresServer:
    def __init__(self) -> None:
        self._programs = _programs()
        self._home = Path(tempfile.mkdtemp(prefix="eld-postgresql-", dir=memory_folder()))
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self._home, "postgres", "postgres")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        data = self._home / "data"
        initdb = [self._programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*self._as_user, *initdb, "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        for _ in range(3):  # another process may take the free port first
            self.port = _free_port()
            self._process = self._launch(data)
            if self._answers():
                return
        raise RuntimeError(f"PostgreSQL does not start: {(self._home / 'log').read_text('utf-8')}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
        shutil.rmtree(self._home)

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def cut_off(self, url: str) -> int:
        """End every connection to a database, and say how many there were."""
        name = url.rpartition("/")[2]
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            row = connection.execute(ended, [name]).fetchone()
        return int(row[0]) if row else 0

    def _launch(self, data: Path) -> subprocess.Popen[bytes]:
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self._home)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        identity = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if self._as_user else []
        with (self._home / "log").open("wb") as log:
            return subprocess.Popen(
                # pdeathsig: a run that is killed leaves no server behind. setpriv becomes the server.
                ["setpriv", *identity, "--pdeathsig=QUIT", self._programs / "postgres", "-D", data, *options],
                stdout=log,
                stderr=log,
                cwd="/",
            )

    def _answers(self) -> bool:
        assert self._process is not None
        for _ in range(300):
            if self._process.poll() is not None:
                return False
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return True
        return False


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("the tests need Debian's package postgresql: apt-get install postgresql")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
