import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.audit.keys import KeyMissing, KeyStore


def test_a_key_is_32_bytes_for_the_service_alone(keys, tmp_path):
    keys.ensure("account-12")
    file = tmp_path / "keys" / "account-12.key"
    assert len(file.read_bytes()) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_digest_is_hmac_sha256_under_the_subjects_key(keys, tmp_path):
    keys.ensure("account-12")
    key = (tmp_path / "keys" / "account-12.key").read_bytes()
    right = hmac.new(key, "Zoë".encode(), hashlib.sha256).hexdigest()
    assert keys.digest("account-12", "Zoë") == keys.reader().digest("account-12", "Zoë") == right


def test_ensure_never_changes_a_key(keys):
    keys.ensure("account-12")
    before = keys.digest("account-12", "x")
    keys.ensure("account-12")
    assert keys.digest("account-12", "x") == before


def test_two_subjects_have_two_keys(keys):
    keys.ensure("account-12")
    keys.ensure("account-13")
    assert keys.digest("account-12", "x") != keys.digest("account-13", "x")
    assert keys.subjects() == ["account-12", "account-13"]


def test_a_key_of_another_use_is_no_subjects(keys, tmp_path):
    keys.ensure("account-12")
    for other in ("session.key", "Session-1.key", "-.key"):
        (tmp_path / "keys" / other).write_bytes(b"x" * 32)
    assert keys.subjects() == ["account-12"]


def test_many_at_once_make_one_key(tmp_path):
    stores = [KeyStore(tmp_path / "keys") for _ in range(16)]

    def make(store):
        store.ensure("account-12")
        return store.digest("account-12", "x")

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(make, stores))) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["account-12.key"]


def test_a_destroyed_key_is_gone_and_a_new_one_is_another(keys):
    keys.ensure("account-12")
    before = keys.digest("account-12", "x")
    assert keys.destroy("account-12")
    assert not keys.destroy("account-12")
    with pytest.raises(KeyMissing):
        keys.digest("account-12", "x")
    keys.ensure("account-12")
    assert keys.digest("account-12", "x") != before


def test_a_key_of_another_length_is_no_key(keys, tmp_path):
    keys.ensure("account-12")
    (tmp_path / "keys" / "account-12.key").write_bytes(b"short")
    with pytest.raises(KeyMissing):
        keys.digest("account-12", "x")


@pytest.mark.parametrize("subject", ["../etc/passwd", "account", "account-../x", "Account-1", "account-", "", "a-b/c"])
def test_a_subject_cannot_leave_the_folder(keys, subject):
    with pytest.raises(ValueError, match="kind-id"):
        keys.ensure(subject)
