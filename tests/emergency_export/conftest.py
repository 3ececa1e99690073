"""What the tests of transports share: a file to send, and sides that are hung up again."""

import pytest
from transport_sides import SftpSide


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"the whole night")
    return path


@pytest.fixture
def make_side(tmp_path, ssh_server):
    """Make SFTP sides; every connection is closed again."""
    sides = []

    def make(server=ssh_server, *, local=None, **options):
        sides.append(SftpSide(server, local or tmp_path / f"local{len(sides)}", **options))
        return sides[-1]

    yield make
    for side in sides:
        side.transport.close()
