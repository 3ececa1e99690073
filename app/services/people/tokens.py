"""Tokens that nobody can guess, kept here as a digest alone."""

import secrets
from hashlib import sha256

TOKEN_BYTES = 32


def new_token() -> str:
    """Return a token of 256 bits, fit for a link and a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is kept of a token: 256 bits cannot be guessed, so a plain digest keeps them."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
