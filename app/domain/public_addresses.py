"""Which addresses of the internet are anybody's: where a server of somebody else may stand, and nothing of ours.

From IANA's registries of special-purpose addresses (RFC 6890 and what was added since), written down here because the
standard library knows other ones in each version.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

SPECIAL_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier's translation; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; the metadata of most clouds at 169.254.169.254
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "168.63.129.16/32",  # a cloud's platform service: a public address that is inside everybody's network
    )
)
GLOBAL_6 = IPv6Network("2000::/3")
SPECIAL_6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them: it holds an IPv4 address of anywhere
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
# IPv6 that leads to the IPv4 address within it, and how far that stands from the right, in bits.
MAPPED, TRANSLATED = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")
SIX_TO_FOUR = IPv6Network("2002::/16")
LEADS_TO_4 = ((MAPPED, 0), (TRANSLATED, 0), (SIX_TO_FOUR, 80))


def is_public(written: str) -> bool:
    """Say whether an address, as numbers, is one of the open internet; False for what is no address."""
    try:
        address = ip_address(written)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        for block, place in LEADS_TO_4:
            if address in block:
                return _is_public_4(IPv4Address(int(address) >> place & 0xFFFF_FFFF))
        return address in GLOBAL_6 and not any(address in block for block in SPECIAL_6)
    return _is_public_4(address)


def is_loopback(written: str) -> bool:
    """Say whether an address, as numbers, is this machine's own."""
    try:
        return ip_address(written).is_loopback
    except ValueError:
        return False


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in block for block in SPECIAL_4)
