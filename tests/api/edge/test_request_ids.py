"""Ids of requests: the client's if it is safe, else new ones."""

import re

import pytest

from app.api.edge.request_ids import request_id


def test_new_ids_are_hexadecimal_and_different() -> None:
    ids = {request_id({}) for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(re.fullmatch(b"[0-9a-f]{32}", identity) for identity in ids)


@pytest.mark.parametrize("value", [b"", b"a b", b"a" * 65, b"\xe4"])
def test_unsafe_ids_are_replaced(value: bytes) -> None:
    assert request_id({b"x-request-id": value}) != value
    assert request_id({b"x-request-id": b"a-1"}) == b"a-1"
