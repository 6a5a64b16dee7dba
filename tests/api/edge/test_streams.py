"""Places of long responses: bounded, and free again however a response ends."""

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import Message

from app.api.edge.streams import Places
from app.errors import Unavailable


def scope(address: str) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "client": (address, 1)}


def test_places_are_bounded_together_and_by_address() -> None:
    places = Places("listeners", 3, per_client=2)
    with places.hold(scope("a")), places.hold(scope("a")):
        with (
            pytest.raises(Unavailable, match="2 listeners of this address"),
            places.hold(scope("a")),
        ):
            pass
        with (
            places.hold(scope("b")),
            pytest.raises(Unavailable, match="3 listeners are"),
            places.hold(scope("c")),
        ):
            pass
    assert places.in_use == 0


@pytest.mark.parametrize("fails", [False, True])
def test_a_response_gives_its_place_back(fails: bool) -> None:
    places, closed = Places("exports", 1), list[bool]()

    async def send(message: Message) -> None:
        assert places.in_use == 1
        if fails:
            raise OSError

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def run() -> None:
        response = places.response(scope("a"), lambda: Response(b"x"), lambda: closed.append(True))
        assert response.headers["content-length"] == "1"
        await response(scope("a"), receive, send)

    if fails:
        with pytest.raises(OSError):  # noqa: PT011 - the one that `send` raises
            asyncio.run(run())
    else:
        asyncio.run(run())
    assert (places.in_use, closed) == (0, [True])


def test_a_response_that_cannot_be_made_takes_no_place() -> None:
    places = Places("exports", 1)

    def fail() -> Response:
        raise Unavailable("x")

    with pytest.raises(Unavailable):
        places.response(scope("a"), fail)
    assert places.in_use == 0
