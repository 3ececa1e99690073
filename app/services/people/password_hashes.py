"""Passwords as they are kept: argon2id, checked in the same time whether there is such a person or not."""

from argon2.exceptions import InvalidHashError, VerificationError

from app.services import accounts


def hash_password(password: str) -> str:
    """Return the hash to keep, by the present parameters."""
    return accounts.HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Say whether this is the password; where nobody has one (`None` or empty) a stranger's hash is tried instead."""
    try:
        return accounts.HASHER.verify(kept or accounts.nobodys_hash(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether the parameters have changed since the hash was made."""
    return accounts.HASHER.check_needs_rehash(kept)
