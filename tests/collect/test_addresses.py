import pytest

from app.collect.addresses import check_address, check_host
from app.collect.errors import FetchError


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.7", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1"),
        *("fec0::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "fe80::1%eth0"),
    ],
)
def test_private_and_special_addresses_are_refused(address: str) -> None:
    with pytest.raises(FetchError, match="private or special"):
        check_address(address, "public")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    check_address(address, "public")


def test_loopback_alone_refuses_public_addresses() -> None:
    check_address("127.0.0.1", "loopback")
    with pytest.raises(FetchError, match="no loopback address"):
        check_address("93.184.216.34", "loopback")


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:port/"]
)
def test_other_schemes_and_broken_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchError, match=r"not valid|no valid port"):
        check_host(url, "all")


def test_an_address_with_credentials_is_refused() -> None:
    with pytest.raises(FetchError, match="credentials"):
        check_host("http://name:word@127.0.0.1/", "all")


def test_a_host_name_of_this_machine_is_refused() -> None:
    with pytest.raises(FetchError, match="private or special"):
        check_host("http://localhost/feed", "public")
