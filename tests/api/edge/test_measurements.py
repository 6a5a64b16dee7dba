"""The registry of a process, and the layer that measures responses by the template of a path."""

import pytest
from prometheus_client.metrics_core import GaugeMetricFamily
from starlette.types import Message

from app.api.edge.measurements import CANCELLED, Measured, Measurements, template


def test_sources_may_be_added_and_are_read_at_each_scrape() -> None:
    measurements = Measurements()
    values = iter((3.0, 4.0))
    measurements.sources.append(lambda: [GaugeMetricFamily("outbox", "Waiting.", next(values))])
    assert b"outbox 3.0" in measurements.text()
    assert b"outbox 4.0" in measurements.text()


def test_a_process_has_a_registry_of_its_own() -> None:
    first, second = Measurements(), Measurements()
    first.observe("/v1/items", "GET", 200, 0.1)
    assert b"/v1/items" in first.text()
    assert b"/v1/items" not in second.text()


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
