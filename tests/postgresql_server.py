"""PostgreSQL servers for one run of the tests: Debian's, on loopback, in folders of their own, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
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
# What a primary needs that is followed by a replica; which commits wait for it is said to the running server.
REPLICATING = {
    **SETTINGS,
    "synchronous_commit": "on",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "wal_keep_size": "64MB",
    "dynamic_shared_memory_type": "mmap",  # in the server's folder: one that is killed leaves nothing behind
}


def memory_folder() -> str | None:
    """Return a folder in memory where there is one: no test waits for a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  a private folder is made in it


class PostgresServer:
    def __init__(self, settings: dict[str, str] = SETTINGS) -> None:
        self._settings = settings
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
        """Make an empty server and start it."""
        initdb = [self._programs / "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        self._run_as_user(*initdb, "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        self.resume()

    def follow(self, primary: "PostgresServer") -> None:
        """Make a copy of a running server and start it as its replica."""
        shutil.rmtree(self._data, ignore_errors=True)
        source = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
        backup = [self._programs / "pg_basebackup", *source, "-D", self._data]
        self._run_as_user(*backup, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self.resume()

    def resume(self) -> None:
        """Start on the data that is there, on the same port as before if there was one."""
        for _ in range(3):  # another process may take the free port first
            port = self.port or _free_port()
            self._process = self._launch(port)
            if self._answers(port):
                self.port = port
                return
        raise RuntimeError(f"PostgreSQL does not start: {(self._home / 'log').read_text('utf-8')}")

    def halt(self) -> None:
        """End the server; what it holds stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast": whoever is connected is cut off
            self._process.wait(30)

    def kill(self) -> None:
        """End the server and all its processes as a machine does that loses its power."""
        assert self._process is not None
        children = _children(self._process.pid)
        self._process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)
        shutil.rmtree(self._home)

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def ask(self, question: str) -> object:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            row = connection.execute(question.encode()).fetchone()
        return None if row is None else row[0]

    def cut_off(self, url: str) -> object:
        """End every connection to a database, and say how many there were."""
        name = url.rpartition("/")[2]
        return self.ask(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def _run_as_user(self, *command: str | Path) -> None:
        subprocess.run([*self._as_user, *command], check=True, capture_output=True, cwd="/")

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        settings = {**self._settings, "port": str(port), "unix_socket_directories": str(self._home)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        identity = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if self._as_user else []
        with (self._home / "log").open("wb") as log:
            return subprocess.Popen(
                # pdeathsig: a run that is killed leaves no server behind. setpriv becomes the server.
                ["setpriv", *identity, "--pdeathsig=QUIT", self._programs / "postgres", "-D", self._data, *options],
                stdout=log,
                stderr=log,
                cwd="/",
            )

    def _answers(self, port: int) -> bool:
        assert self._process is not None
        for _ in range(600):
            if self._process.poll() is not None:
                return False
            try:
                psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False


class ReplicatedServer:
    """A primary whose commits wait for its replica, and the address that finds whichever of the two is primary."""

    def __init__(self) -> None:
        self._servers = [PostgresServer(REPLICATING), PostgresServer(REPLICATING)]

    @property
    def primary(self) -> PostgresServer:
        return self._servers[0]

    @property
    def replica(self) -> PostgresServer:
        return self._servers[1]

    def url(self, name: str) -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in sorted(self._servers, key=lambda found: found.port))
        return f"postgresql://postgres@{hosts}/{name}?target_session_attrs=read-write"

    def start(self) -> None:
        self.primary.start()
        self.replica.follow(self.primary)
        self.wait_for_replica(always=True)

    def wait_for_replica(self, *, always: bool) -> None:
        """Let commits return only when the replica has them, or at once."""
        names = "*" if always else ""
        self.primary.run(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "SELECT pg_reload_conf()")
        while always and self.primary.ask("SELECT max(sync_state) FROM pg_stat_replication") != "sync":
            time.sleep(0.02)

    def promote(self) -> None:
        """Make the replica the primary; the other is gone."""
        self._servers.reverse()
        assert self.primary.ask("SELECT pg_promote(true, 30)") is True

    def mend(self) -> None:
        """Make the one that is gone a replica again."""
        self.replica.follow(self.primary)
        self.wait_for_replica(always=True)

    def stop(self) -> None:
        for server in reversed(self._servers):
            server.stop()


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text("utf-8").rpartition(")")[2].split()[1]) == parent:
                found.append(int(status.parent.name))
    return found


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("the tests need Debian's package postgresql: apt-get install postgresql")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
