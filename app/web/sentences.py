"""A reason that a use case gives, as a sentence of a page."""


def sentence(words: str) -> str:
    """Return words with a capital at the beginning and one full stop at the end; of none, none."""
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}." if words else ""
