"""One attempt: names that resolve otherwise, redirects, long answers."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest

from app.webhooks import sending
from app.webhooks.addresses import connect
from app.webhooks.sending import post, signed_headers
from tests.receiver import Receiver, receiving

LOOPBACK = [ip_network("127.0.0.0/8")]
BODY = b"{}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        opened.secrets.append(sending.new_secret())
        yield opened


class Resolver:
    """A resolver that answers the addresses of one list, then those of the next."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        addresses = self.answers.pop(0)
        stream = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*stream, (address, port)) for address in addresses]


def send(receiver: Receiver, host: str) -> sending.EndpointAnswer:
    url = receiver.url.replace("127.0.0.1", host)
    headers = signed_headers("evt_1", BODY, receiver.secrets, datetime.now(UTC))
    return post(url, BODY, headers, LOOPBACK)


def test_the_address_that_was_checked_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = Resolver(["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    # Asked once an attempt: a second answer is not looked at before the next one.
    assert send(receiver, "bot.example").status == 204
    assert len(resolver.answers) == 2
    refused = send(receiver, "bot.example")
    assert refused.status is None
    assert "10.0.0.1, which is not a public address" in str(refused.error)
    assert send(receiver, "bot.example").status == 204
    assert len(receiver.events) == 2


def test_a_plain_address_needs_a_network_that_is_allowed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["127.0.0.1"]))
    answer = post(receiver.url.replace("127.0.0.1", "bot.example"), BODY, {}, [])
    assert "not a public address" in str(answer.error)
    assert receiver.events == []


def test_redirects_are_answers(receiver: Receiver) -> None:
    with receiving() as other:
        receiver.location = other.url
        receiver.statuses = [301, 307, 308]
        statuses = [send(receiver, "127.0.0.1").status for _ in range(3)]
    assert statuses == [301, 307, 308]
    assert other.paths == []
    assert set(receiver.paths) == {"/hook?x=1"}


def test_all_addresses_together_have_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["127.0.0.1"] * 3))
    with pytest.raises(TimeoutError, match="did not answer"):
        connect("bot.example", 9, 0.0, LOOPBACK)
