"""A repeated header has one value for the cache, the application and the connection."""

import pytest

from app.api.edge.front import unified
from app.errors import BadRequest
from tests.api.edge.talking import Talk, check_problem

PATH = "/v1/briefings?limit=2"


def test_lists_are_joined_and_single_values_stay_the_first() -> None:
    headers = [(b"accept", b"a"), (b"x", b"1"), (b"x", b"2"), (b"x-request-id", b"one")]
    assert unified(headers) is headers
    repeated = [*headers, (b"accept", b"b"), (b"x-request-id", b"two")]
    assert unified(repeated) == [(b"accept", b"a, b"), *headers[1:]]
    with pytest.raises(BadRequest, match="expected it once"):
        unified([(b"host", b"a"), (b"host", b"a")])


def test_more_than_one_host_is_refused_before_and_behind_the_cache(talk: Talk) -> None:
    for _ in range(2):
        assert "Host" in check_problem(talk.ask(PATH, "Host: evil.example"), 400)
        single = talk.ask(PATH)
        assert single[0] == 200
        assert b"evil.example" not in single[2]


@pytest.mark.parametrize(
    ("name", "path", "first", "last"),
    [
        ("Accept", "/v1/briefings/latest", "text/markdown", "application/json"),
        ("Accept-Language", "/v1/entities?limit=9", "en", "zh-TW"),
        ("Accept-Encoding", "/v1/items?limit=3", "gzip", "identity"),
    ],
)
def test_a_repeated_header_does_not_poison_the_cache(
    talk: Talk, name: str, path: str, first: str, last: str
) -> None:
    # The weight makes another key of the same wish.
    expected = _without_id(talk.ask(path, f"{name}: {last};q=1"))
    repeated = talk.ask(path, f"{name}: {first}", f"{name}: {last}")
    assert repeated[0] == 200
    assert _without_id(talk.ask(path, f"{name}: {last}")) == expected
    again = talk.ask(path, f"{name}: {first}", f"{name}: {last}")
    assert _without_id(again) == _without_id(repeated)


def _without_id(
    answer: tuple[int, dict[str, str], bytes],
) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = answer
    return status, {**headers, "x-request-id": ""}, body
