"""A disk of this machine that fails at its n-th operation, for every n."""

import pytest

from emergency_export.disk import Disk


class FailingDisk(Disk):
    """Fails at its n-th operation, before it or after it, and at every one that follows: the machine is gone."""

    def __init__(self, fail_at, *, after=False):
        self.count, self.fail_at, self.after = 0, fail_at, after

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name not in {"create", "write", "sync", "size", "rename", "sync_folder", "remove"}:
            return found

        def operation(*args):
            self.count += 1
            if self.count > self.fail_at or (self.count == self.fail_at and not self.after):
                raise OSError("gone")
            result = found(*args)
            if self.count == self.fail_at:
                if name == "create":
                    result.close()
                raise OSError("gone")
            return result

        return operation


def every_fault(run):
    """Call `run(disk)` with a fault at each operation in turn, until none is left to meet."""
    for after in (False, True):
        for fail_at in range(1, 50):
            disk = FailingDisk(fail_at, after=after)
            if run(disk) and disk.count < fail_at:
                break
        else:
            pytest.fail("never came to an end")
