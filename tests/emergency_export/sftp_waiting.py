"""How the tests of SFTP wait, start servers of their own, and tell what calls a person from what passes by itself."""

import time
from contextlib import contextmanager

import pytest
from ssh_server import SshServer

from emergency_export.faults import TransportDown


@contextmanager
def server_of_its_own(**options):
    server = SshServer(**options)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def raises_for_good(kind, *, match=None):
    with pytest.raises(kind, match=match) as stopped:
        yield stopped
    assert not stopped.value.retryable


@contextmanager
def raises_for_now(*, within=10.0, match=None):
    begun = time.monotonic()
    with pytest.raises(TransportDown, match=match) as stopped:
        yield stopped
    assert stopped.value.retryable
    assert time.monotonic() - begun < within


def wait_for(what):
    for _ in range(100):
        if what():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")
