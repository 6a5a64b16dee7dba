"""Public and other addresses."""

import pytest

from app.webhooks.addresses import ForbiddenAddress, connect, is_public


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "198.51.100.7", "192.88.99.1"),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:8.8.8.8"),
        *("64:ff9b::808:808", "2002:808:808::1", "2001::1", "2001:db8::1"),
    ],
)
def test_others_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "172.32.0.1"])
def test_public_ones_are_taken(address: str) -> None:
    assert is_public(address)


def test_a_name_of_a_private_address_is_refused_before_connecting() -> None:
    with pytest.raises(ForbiddenAddress, match="localhost is at"):
        connect("localhost", 9, 1.0, [])
