"""Traces of requests: one span each, named by its route, below the span of the caller."""

from contextlib import closing
from pathlib import Path

from fastapi.testclient import TestClient
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.api.edge import tracing
from app.api.edge.tracing import Tracing
from app.main import create_app
from app.store.db import Database
from tests.conftest import new_url, settings_for

CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_request_is_a_span_below_that_of_its_caller(tmp_path: Path) -> None:
    exporter = InMemorySpanExporter()
    tracing_of_test = Tracing(exporter)
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        app = create_app(settings_for(database))
        app.state.measured.tracing = tracing_of_test
        with TestClient(app) as client:
            headers = {"traceparent": f"00-{CALLER}-00f067aa0ba902b7-01", "X-Request-ID": "a1"}
            client.get("/v1/briefings/2020-01-01", headers=headers)
    tracing_of_test.close()
    (span,) = exporter.get_finished_spans()
    assert span.name == "GET /v1/briefings/{briefing_id}"
    assert span.context
    assert f"{span.context.trace_id:032x}" == CALLER
    assert span.attributes
    assert span.attributes["http.response.status_code"] == 404
    assert span.attributes["briefbase.request_id"] == "a1"


def test_nothing_is_loaded_without_the_setting() -> None:
    assert "opentelemetry" not in vars(tracing)
