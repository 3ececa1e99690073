"""An OpenSSH server for one run of the tests: Debian's sshd, on loopback, in a folder of its own, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from socket import create_connection, socket

from postgresql_server import memory_folder

SSHD = Path("/usr/sbin/sshd")
# sshd lets nobody but its own user in unless it is root, and a test server is not to be root.
UNPRIVILEGED = "nobody"
SFTP_ALONE = "Subsystem sftp internal-sftp\nForceCommand internal-sftp"


class SshServer:
    """Serves `root` by SFTP to the holder of `client_key`, and to nothing else.

    `url` is the address of `root`; `host_key` the line of the server's public key.
    """

    def __init__(
        self,
        *,
        methods: str = "publickey",
        service: str = SFTP_ALONE,
        extra: str = "",
        prefix: tuple[str, ...] = (),
        key_kind: str = "ed25519",
    ) -> None:
        if not SSHD.exists():
            raise RuntimeError("the tests need Debian's package openssh-server: apt-get install openssh-server")
        self._home = Path(tempfile.mkdtemp(prefix="eld-sshd-", dir=memory_folder()))
        self._settings = {"methods": methods, "service": service.format(home=self._home), "extra": extra}
        self._prefix = prefix
        self._roots = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.user = UNPRIVILEGED if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.root = self._home / "root"
        self.client_key = self._home / "client_key"
        self._host_key = self._home / "host_key"
        for key in (self.client_key, self._host_key):
            make_key(key, key_kind)
        (self._home / "authorized_keys").write_text(self.client_key.with_name("client_key.pub").read_text("ascii"))
        for folder in ("outbox", "inbox"):
            (self.root / folder).mkdir(parents=True)
        self._give(self._home, self._host_key, self.root, *self.root.iterdir())

    @property
    def url(self) -> str:
        return self.url_of(self.root)

    @property
    def host_key(self) -> str:
        return self._host_key.with_name("host_key.pub").read_text("ascii").strip()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url_of(self, folder: Path, port: int | None = None) -> str:
        return f"sftp://{self.user}@127.0.0.1:{port or self.port}{folder}"

    def new_root(self) -> Path:
        """Make another folder with inbox and outbox, for a test of its own."""
        root = self._home / f"root{next(self._roots)}"
        for folder in ("outbox", "inbox"):
            (root / folder).mkdir(parents=True)
        self._give(root, *root.iterdir())
        return root

    def start(self) -> None:
        for _ in range(3):  # another process may take the free port first
            self.port = _free_port()
            self._process = self._launch()
            if self._answers():
                return
        raise RuntimeError(f"sshd does not start: {self.log}")

    def stop(self) -> None:
        if self._process is not None:
            for session in self.sessions():
                with suppress(ProcessLookupError):
                    os.kill(session, signal.SIGKILL)
            self._process.terminate()
            self._process.wait(30)
        for folder in self._home.glob("root*/*"):
            if folder.is_dir():
                folder.chmod(0o755)  # a test may have locked it
        shutil.rmtree(self._home)

    def sessions(self) -> list[int]:
        """Return the processes that serve a connection, those under the server's own."""
        rows = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.split()
        parents = dict(zip(map(int, rows[::2]), map(int, rows[1::2]), strict=True))
        family = {self.pid}
        for _ in range(3):
            family |= {pid for pid, parent in parents.items() if parent in family}
        return sorted(family - {self.pid})

    @property
    def log(self) -> str:
        return (self._home / "log").read_text("utf-8", "replace")

    def _launch(self) -> subprocess.Popen[bytes]:
        config = self._home / "sshd_config"
        config.write_text(CONFIG.format(home=self._home, port=self.port, user=self.user, **self._settings))
        identity = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        with (self._home / "log").open("wb") as log:
            return subprocess.Popen(
                # pdeathsig: a run that is killed leaves no server behind. setpriv becomes the server.
                [*self._prefix, "setpriv", *identity, "--pdeathsig=TERM", SSHD, "-D", "-e", "-f", config],
                stdout=log,
                stderr=log,
                cwd=self._home,
                restore_signals=False,  # a limit to the size of files is an error then, not the server's end
            )

    def _answers(self) -> bool:
        assert self._process is not None
        for _ in range(100):
            if self._process.poll() is not None:
                return False
            try:
                with create_connection(("127.0.0.1", self.port), timeout=5) as probe:
                    return probe.recv(4) == b"SSH-"
            except OSError:
                time.sleep(0.05)
        return False

    def _give(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            for path in paths:
                shutil.chown(path, UNPRIVILEGED, "nogroup")


CONFIG = """\
ListenAddress 127.0.0.1:{port}
HostKey {home}/host_key
AuthorizedKeysFile {home}/authorized_keys
AuthenticationMethods {methods}
PasswordAuthentication yes
KbdInteractiveAuthentication no
AllowUsers {user}
StrictModes no
UsePAM yes
PrintMotd no
PidFile none
UseDNS no
MaxStartups 100
{service}
{extra}
"""


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> None:
    """Make a key pair that no other user can read."""
    bits = ["-b", "2048"] if kind == "rsa" else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *bits, "-N", passphrase, "-C", "", "-f", path], check=True)


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
