"""The API against its own description: random requests within the description.

`fields` leaves out what shapes require: with `fields`, only crashes count as faults.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app.main import create_app
from app.store.db import Database
from tests.api.conftest import token
from tests.conftest import described_paths, new_url, settings_for

_EXAMPLES = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


OPERATIONS = [
    (method.upper(), path)
    for path, operations in described_paths().items()
    for method in operations
]
# Random values are hardly ever valid here; other tests cover these operations.
_APART = (
    "GET /v1/briefings/diff",
    "GET /v1/timelines",
    "POST /v1/reconcile",
    "POST /v1/entities",
    "DELETE /v1/entities",
    "POST /v1/judgements",
    "POST /v1/review",
    "POST /v1/briefings",
    "PUT /v1/briefings",
    "DELETE /v1/briefings",
    "GET /metrics",
    "GET /v1/audit",
    "GET /v1/webhooks/",
    "POST /v1/webhooks",
    "PATCH /v1/",
    "DELETE /v1/",
    "GET /v1/searches/",
    "POST /v1/searches",
    "GET /feeds/searches/",
)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description, over the seeds on SQLite."""
    url = new_url("sqlite", tmp_path_factory.mktemp("contract"), seeded=True)
    database = Database(url, read_timeout=30)
    app = create_app(settings_for(database))
    app.state.key = token(database, "entities", "read", "webhooks")
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    app.state.database.close()
    database.close()


def ids(app: FastAPI) -> dict[str, str]:
    """Return ids that exist now, by the name of their parameter; random merges end some."""
    # No `with`, which would stop the app afterwards: it refused the writes of the first test.
    client = TestClient(app)
    item, entity, source, thread = (
        client.get(f"/v1/{name}").json()["data"][0]["id"]
        for name in ("items", "entities", "sources", "threads")
    )
    return {
        "briefing_id": "2025-12-23",
        "sha256": "55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9",
        "item_id": item,
        "entity_id": entity,
        "slug": "mlops",
        "source_id": source,
        "thread_id": thread,
        "publisher_id": "arxiv.org",
        "format": "atom",
    }


def ask(
    described: Any,
    method: str,
    path: str,
    checked: list[Any],
    known: dict[str, str],
    examples: int,
    without: tuple[str, ...] = (),
) -> int:
    """Send `examples` random requests to an operation; return how many were answered with 200.

    `known` replaces ids, parameters in `without` are dropped.
    """
    good = 0

    @given(case=described[path][method].as_strategy())
    @settings(_EXAMPLES, max_examples=examples)
    def send(case: "schemathesis.Case[Any]") -> None:
        nonlocal good
        # A long poll outlasts the patience of the client.
        for name in ("wait", *without):
            (case.query or {}).pop(name, None)
        for name, value in known.items():
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = value
        answer = case.call(headers=described.app.state.key)
        case.validate_response(answer, checks=checked)
        good += answer.status_code == 200

    send()
    return good


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_responses_match_their_schema(described: Any, method: str, path: str) -> None:
    checked = [
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    # At least one random request must succeed, or the description does not fit.
    known = ids(described.app)
    if path.startswith("/v1/exports/"):
        known["format"] = "ndjson"
    good = ask(described, method, path, checked, known, 12, ("fields",))
    if f"{method} {path}".startswith(_APART):
        return
    # Few operations need the longer run: most random filters are valid.
    assert good or ask(described, method, path, checked, known, 80, ("fields",))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nothing_crashes(described: Any, method: str, path: str) -> None:
    # Half as many: responses above are checked for crashes, too; `fields` and unknown ids are left.
    ask(described, method, path, [checks.not_a_server_error], {}, 6)


_COMPRESSED_AS_IT_IS = {"application/vnd.apache.parquet"}


def test_all_text_is_compressed() -> None:
    """Clients of citations and tables got five times the bytes that those of JSON got."""
    media = set()
    for operations in described_paths().values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                media.update(answer.get("content", {}))
    compressing = TestClient(CompressMiddleware(_echo, minimum_size=500))
    for name in sorted(media - _COMPRESSED_AS_IT_IS):
        answer = compressing.get("/", headers={"X-Media": name, "Accept-Encoding": "gzip"})
        assert answer.headers.get("content-encoding") == "gzip", name


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    media = dict(scope["headers"])[b"x-media"].decode()
    await Response(b"a" * 1_000, media_type=media)(scope, receive, send)
