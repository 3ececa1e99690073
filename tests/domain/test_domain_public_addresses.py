"""Which addresses are of the open internet: held against the standard library's own tables, over all forms."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.public_addresses import is_loopback, is_public

FOURS = st.integers(0, 2**32 - 1).map(IPv4Address)
# Half of them near the edges of some block, since chance alone seldom meets a small one.
EDGES = ("10.0.0.0", "100.64.0.0", "127.0.0.0", "169.254.0.0", "172.16.0.0", "192.168.0.0", "198.18.0.0", "224.0.0.0")
NEAR = st.builds(
    lambda edge, step: IPv4Address((int(IPv4Address(edge)) + step) % 2**32),
    st.sampled_from(EDGES),
    st.integers(-(2**20), 2**20),
)
SIXES = st.one_of(
    st.integers(0, 2**128 - 1),
    st.integers(0x2000 << 112, (0x4000 << 112) - 1),
    st.builds(lambda head, rest: (head << 112) | rest, st.integers(0, 0xFFFF), st.integers(0, 2**112 - 1)),
).map(IPv6Address)


def forms(four: IPv4Address) -> list[str]:
    """IPv6 that leads to an IPv4 address: mapped, translated by NAT64, 6to4."""
    number = int(four)
    return [
        str(IPv6Address((0xFFFF << 32) | number)),
        str(IPv6Address((0x64_FF9B << 96) | number)),
        str(IPv6Address((0x2002 << 112) | number << 80 | 1)),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104  an address to refuse
        "10.1.2.3",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "64:ff9b:1::808:808",
        "::ffff:0:808:808",
        "",
        "localhost",
        "127.1",
        "0x7f000001",
        "2130706433",
        "8.8.8.8/32",
        " 8.8.8.8",
    ],
)
def test_these_are_not_of_the_open_internet(written: str) -> None:
    assert not is_public(written)


@pytest.mark.parametrize("written", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4009::1"])
def test_these_are(written: str) -> None:
    assert is_public(written)


@given(st.one_of(FOURS, NEAR))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("192.88.99.1"))
def test_what_is_public_is_global_by_the_standard_librarys_tables_too(four: IPv4Address) -> None:
    if is_public(str(four)):
        assert four.is_global
        assert not any((four.is_multicast, four.is_reserved, four.is_loopback, four.is_link_local, four.is_private))


@given(st.one_of(FOURS, NEAR))
@example(IPv4Address("10.0.0.1"))
@example(IPv4Address("8.8.8.8"))
def test_an_ipv4_address_within_ipv6_is_judged_as_itself(four: IPv4Address) -> None:
    assert {is_public(form) for form in forms(four)} == {is_public(str(four))}


@given(SIXES)
def test_of_ipv6_only_global_unicast_is_public(six: IPv6Address) -> None:
    if not is_public(str(six)):
        return
    inner = six.ipv4_mapped or six.sixtofour
    if inner is None and int(six) >> 32 == 0x64_FF9B << 64:
        inner = IPv4Address(int(six) & 0xFFFF_FFFF)
    assert inner is not None or (six.is_global and not six.is_multicast and six.teredo is None)
    assert inner is None or inner.is_global


@given(st.text())
def test_what_is_no_address_is_never_public(text: str) -> None:
    try:
        ip_address(text)
    except ValueError:
        assert not is_public(text)
        assert not is_loopback(text)
