import math
from pathlib import Path

import pytest

from app.errors import Refused
from app.services.directory.data_package import DataPackage
from app.services.directory.source import open_source
from app.services.directory.spool import checked


def test_without_a_path_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.directory.data_package.PACKAGE", "a-package-that-is-not-there")
    with pytest.raises(Refused, match="optional extra `directory` is not installed"):
        open_source(None)


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (None, "D05", "file"),
        ([], "D05", "file"),
        ({"data": {"pcd": [], "oseast1m": []}}, "D02", "osnrth1m"),
        ({"data": {"pcd": ["LS1 1BA"], "oseast1m": [], "osnrth1m": []}}, "D05", "file"),
        ({"data": {"pcd": ["LS1 1B"], "oseast1m": [1.0], "osnrth1m": [1.0]}}, "D07", "pcd"),
        ({"data": {"pcd": ["LS1 1BA"], "oseast1m": [-1.0], "osnrth1m": [1.0]}}, "D08", "oseast1m"),
        ({"data": {"pcd": ["LS1 1BA"], "oseast1m": [math.nan], "osnrth1m": [1.0]}}, "D08", "oseast1m"),
        ({"data": {"pcd": [], "oseast1m": [], "osnrth1m": []}}, "D04", "file"),
    ],
)
def test_a_data_package_that_is_not_as_expected_is_refused(tmp_path: Path, data: object, code: str, field: str) -> None:
    brotli, msgpack = pytest.importorskip("brotli"), pytest.importorskip("msgpack")
    part = tmp_path / "postcodes_L.msgpack.br"
    part.write_bytes(b"no brotli" if data is None else brotli.compress(msgpack.packb(data)))
    source = DataPackage()
    source._parts = [part]
    with pytest.raises(Refused) as refusal, checked(source, lambda *_: None):
        pass
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, field)]
