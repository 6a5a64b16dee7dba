"""The layer that measures responses: the template of a path, never the path."""

import pytest
from starlette.types import Message

from app.api.edge.measurements import CANCELLED, Measured, Measurements, template


def test_a_path_without_a_route_has_no_template() -> None:
    assert template({"type": "http", "path": "/x"}) is None


@pytest.mark.anyio
async def test_a_response_that_never_began_is_counted_too() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        raise RuntimeError

    async def receive() -> Message:
        raise AssertionError("nothing is received")

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    measurements = Measurements()
    measured = Measured(app, measurements)
    with pytest.raises(RuntimeError):
        await measured({"type": "http", "method": "GET"}, receive, send)
    assert f'status="{CANCELLED}"' in measurements.text().decode()
