"""The numbers that Ofcom reserves for fiction: nobody can be called, or call, on them."""

# Ofcom, "Telephone numbers for use in TV and radio drama". National form without the leading 0; the
# last three digits of each are free (rules.md, Number).
DRAMA_BLOCKS: tuple[str, ...] = (
    "113 496 0",  # Leeds
    "114 496 0",  # Sheffield
    "115 496 0",  # Nottingham
    "116 496 0",  # Leicester
    "117 496 0",  # Bristol
    "118 496 0",  # Reading
    "121 496 0",  # Birmingham
    "131 496 0",  # Edinburgh
    "141 496 0",  # Glasgow
    "151 496 0",  # Liverpool
    "161 496 0",  # Manchester
    "191 498 0",  # Tyneside, Durham, Sunderland
    "1632 960",  # no area
    "20 7946 0",  # London
    "28 9649 6",  # Northern Ireland
    "29 2018 0",  # Cardiff
    "3069 990",  # UK wide
    "7700 900",  # mobile
    "808 157 0",  # freephone
    "909 879 0",  # premium rate
)
_PREFIXES = frozenset("+44" + block.replace(" ", "") for block in DRAMA_BLOCKS)
_E164_LENGTH = len("+441632960001")
_PREFIX_LENGTH = _E164_LENGTH - 3


def is_drama(e164: str) -> bool:
    """Say whether a number in E.164 form is one of Ofcom's numbers for fiction."""
    return len(e164) == _E164_LENGTH and e164[:_PREFIX_LENGTH] in _PREFIXES
