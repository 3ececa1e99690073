"""The reference of a transaction, `PPP/CCC/NNNNNNNNNNNN`: parent CUPID, child CUPID, a number never used again."""

import re

REFERENCE = re.compile(r"(?P<parent>[0-9]{3})/(?P<child>[0-9]{3})/(?P<number>[0-9]{12})")


def transaction_reference(cupid: str, child_cupid: str, transaction_id: int) -> str:
    """Return the reference of a transaction; a number without a child is the parent's own."""
    return f"{cupid}/{child_cupid or cupid}/{transaction_id:012d}"


def transaction_number(reference: str) -> int | None:
    """Return the number inside a reference, None where the text is none."""
    parts = REFERENCE.fullmatch(reference)
    return int(parts["number"]) if parts else None
