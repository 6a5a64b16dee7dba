"""The registry of a process."""

from prometheus_client.metrics_core import GaugeMetricFamily

from app.api.edge.measurements import Measurements


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
