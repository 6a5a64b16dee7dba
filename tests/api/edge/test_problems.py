"""Every error is a problem document, and no input causes a 500."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.api.edge import middleware
from app.api.edge.middleware import CatchAll
from app.errors import AppError, BadRequest, Conflict, NotFound, TooLarge, Unavailable, Unreadable
from app.main import create_app
from app.query.schemas.lists import Problem
from app.store.db import Database
from tests.conftest import settings_for

LISTS = ["briefings", "items", "entities", "tags", "sources", "publishers"]


def problem(
    client: TestClient, path: str, status: int = 400, method: str = "GET"
) -> dict[str, Any]:
    """The problem document at `path`, checked."""
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    document = Problem.model_validate(answer.json())
    assert document.status == status
    assert document.type.startswith("urn:briefbase:problem:")
    assert document.detail[-1] in ".?"
    assert document.request_id == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text
    return dict(answer.json())


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("limt=3", "limt", "did you mean limit?"),
        ("LIMIT=3", "LIMIT", "did you mean limit"),
        ("fields=nonsense", "fields", "nonsense"),
        ("sort=nonsense", "sort", "'nonsense': "),
        ("cursor=nonsense", "cursor", ""),
        ("limit=0", "limit", "'0' is not valid; expected at least 1"),
        ("limit=101", "limit", "'101' is not valid; expected at most 100"),
        ("limit=-1", "limit", "expected at least 1"),
        (f"limit={2**63}", "limit", "expected at most 100"),
        (f"limit={'9' * 5000}", "limit", ""),
        ("limit=1.5", "limit", "'1.5' is not valid; expected an integer"),
        ("limit=NaN", "limit", "expected an integer"),
        ("limit=", "limit", "'' is not valid; expected an integer"),
        ("limit=1&limit=2", "limit", "given more than once"),
        ("sort=name&sort=date", "sort", "given more than once"),
        ("from=2025-13-01", "from", "expected a date as YYYY-MM-DD"),
        ("to=tomorrow", "to", "'tomorrow' is not valid; expected a date as YYYY-MM-DD"),
        ("from=2025-12-24&to=2025-12-23", "", "pass the earlier day as from"),
        ("from=99999-01-01", "from", "expected a date"),
        ("channel=" + "a" * 257, "channel", "at most 256 characters"),
        ("channel=a%00", "channel", "none of them NUL"),
        ("&".join(["channel=a"] * 17), "channel", "at most 16 times"),
        ("channel=" + "|".join("abcdefghijklmnopq"), "channel", "expected 1 to 16 values"),
    ],
)
def test_the_query_string(
    client: TestClient, name: str, query: str, parameter: str, message: str
) -> None:
    document = problem(client, f"/v1/{name}?{query}")
    assert document["type"] == "urn:briefbase:problem:invalid-request"
    fault = next(fault for fault in document["errors"] if fault["parameter"] == parameter)
    assert message in fault["message"]
    # No value is repeated at length.
    assert len(json.dumps(document)) < 2_000


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v1/items?importance=hgh", "did you mean high?"),
        ("/v1/items?section=headline", "did you mean headlines"),
        ("/v1/items?include=sorces", "did you mean sources?"),
        ("/v1/items?fields=importance.levl", "did you mean level"),
        ("/v1/items?sort=dat", "did you mean date?"),
        ("/v1/items?sort=date,,title", "date, title, importance, position, updated_at."),
        ("/v1/tags?kind=keywrd", "did you mean keyword?"),
        ("/v1/sources?status=arXiv", "did you mean arxiv?"),
        ("/v1/entities?entity_type=organ", "did you mean org"),
        (
            "/v1/headlines?format=html",
            "format: 'html' is not valid; expected one of: json, text, md.",
        ),
        (
            "/v1/headlines?date=nonsense",
            "date: 'nonsense' is not valid; expected a date as YYYY-MM-DD.",
        ),
        (
            "/v1/briefings/latest?lang=fr",
            "lang: 'fr' is not valid; expected one of: zh-Hant, zh-Hans, en.",
        ),
        (
            "/v1/briefings/2025-12-23/source?format=md",
            "format: this parameter does not exist; ",
        ),
        ("/healthz?x=1", "x: this parameter does not exist"),
        ("/v1/info?x=1", "fields"),
        ("/v1/items?a=1&b=2", "a: this parameter does not exist"),
        ("/v1/entities/" + "a" * 257, "at most 256 characters"),
    ],
)
def test_the_detail_names_the_fault(client: TestClient, path: str, message: str) -> None:
    assert message in problem(client, path)["detail"]


def test_every_fault_is_named(client: TestClient) -> None:
    document = problem(client, "/v1/items?a=1&limit=0&from=x")
    assert {fault["parameter"] for fault in document["errors"]} == {"a", "limit", "from"}
    assert (
        len(problem(client, "/v1/items?" + "&".join(f"p{n}=1" for n in range(300)))["errors"]) == 20
    )


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/tags",
        "/v1/briefings/latest/quality",
        "/v1/items/x/source",
        "/healthz",
        "/docs",
        "/openapi.json",
    ],
)
def test_methods(client: TestClient, path: str, method: str) -> None:
    document = problem(client, path, 405, method)
    assert "is not allowed here; expected one of: GET, HEAD." in document["detail"]
    assert client.request(method, path).headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere", "There is no resource at /nowhere; /openapi.json lists all paths."),
        ("/v1/items/", "Did you mean /v1/items?"),
        ("/static/none.js", "/static/none.js"),
        ("/static/../main.py", "main.py"),
        ("/v1/briefings/2025-12-01", "the nearest are 2025-11-22 and 2025-12-23"),
        ("/v1/briefings/2025-12-01/source", "the nearest are 2025-11-22 and 2025-12-23"),
        ("/v1/briefings/2025-12-01/quality", "the nearest are 2025-11-22 and 2025-12-23"),
        ("/v1/headlines?date=2025-12-01", "the nearest are 2025-11-22 and 2025-12-23"),
        ("/v1/headlines?channel=weekly", "channel 'weekly'; there are daily"),
        ("/v1/entities/SGLagn", "there is SGLang"),
        ("/v1/entities/SGLagn/timeline", "there is SGLang"),
        ("/v1/tags/MLOp", "there is MLOps"),
        ("/v1/items/i_none", "There is no item 'i_none'"),
        ("/v1/sources/s_none", "There is no source 's_none'"),
        ("/v1/sources/https://nowhere.example/a", "There is no source"),
        ("/v1/publishers/nowhere.example", "is its domain"),
    ],
)
def test_not_found(client: TestClient, path: str, message: str) -> None:
    assert message in problem(client, path, 404)["detail"]


HOSTILE = [
    "%ff",
    "%ed%a0%80",
    "%c0%af",
    "%f8%88%80%80%80",
    "%",
    "%zz",
    "%u0000",
    "\u202e",
    "😀",
    "a" * 3000,
    "%2e%2e%2f",
    "%0d%0a",
    "{}",
    "[]",
    "'\"`;--",
    str(2**63),
    str(2**64),
    "-" + str(2**63),
    "1e999",
    "NaN",
    "__proto__",
    "%25%30%30",
    "|",
    "!",
    "!|",
    "|a",
    "a|",
    "!!a",
]


PARAMETERS = """
    q from to channel section importance kind entity entity_type tag keyword source publisher has
    limit cursor sort fields include lang format date interval status top
""".split()


def paths_with(text: str) -> list[str]:
    """Return paths with `text` as id and as value and name of parameters."""
    paths = [f"/v1/{name}/{text}" for name in LISTS]
    for below in ("entities/{}/items", "entities/{}/timeline", "items/{}/source"):
        paths.append("/v1/" + below.format(text))
    for below in ("briefings/{}/source", "briefings/{}/quality"):
        paths.append("/v1/" + below.format(text))
    for name in ("items", "sources"):
        paths.extend(f"/v1/{name}?{parameter}={text}" for parameter in [*PARAMETERS, text])
    for parameter in ("date", "channel", "limit", "format"):
        paths.append(f"/v1/headlines?{parameter}={text}")
    return [*paths, f"/{text}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_input_is_a_500(client: TestClient, text: str) -> None:
    for path in paths_with(text):
        answer = client.get(path)
        assert answer.status_code in (200, 308, 400, 404, 414), (path, answer.text)


HEADERS = """
    Accept Accept-Language Accept-Encoding If-None-Match If-Modified-Since Range X-Request-ID
    Origin Host Cookie
""".split()


@pytest.mark.parametrize("name", HEADERS)
def test_hostile_headers_are_harmless(client: TestClient, name: str) -> None:
    values = (b"", b"\xff\xfe", b";;;,,,", b"*", b"q=" * 500, b'W/"', b"a;q=9e999", b"bytes=0-")
    for value in (*values, b"{}"):
        headers: Any = {name: value}  # httpx sends bytes unchanged
        answer = client.get("/v1/items?limit=1", headers=headers)
        assert answer.status_code in (200, 304, 400), (name, value)


@pytest.fixture
def broken(seeds: Callable[[str], Database]) -> Any:
    """A client of an app with a route that raises the error of a list."""
    app = create_app(settings_for(seeds("sqlite")))
    raised: list[BaseException] = []

    @app.get("/raise")
    def fails() -> None:
        raise raised[0]

    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened, raised


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            OperationalError("select 1", {}, Exception("connection refused")),
            503,
            "The database is busy or unreachable",
        ),
        (
            OperationalError("select 1", {}, Exception("interrupted")),
            503,
            "The query takes too long",
        ),
        (
            OperationalError(
                "select 1", {}, Exception("canceling statement due to statement timeout")
            ),
            503,
            "The query takes too long",
        ),
        (
            OperationalError("select 1", {}, Exception("database is locked")),
            503,
            "busy or unreachable",
        ),
        (DataError("select 1", {}, Exception("integer out of range")), 500, "unexpectedly"),
        (ProgrammingError("select x", {}, Exception("no column x")), 500, "unexpectedly"),
        (PoolTimeout("QueuePool limit"), 503, "busy or unreachable"),
        (SQLAlchemyError("secret"), 500, "The request failed unexpectedly"),
        (RuntimeError("secret"), 500, "The request failed unexpectedly"),
        (RecursionError(), 500, "The request failed unexpectedly"),
        (BadRequest("no"), 400, "no."),
        (NotFound("none"), 404, "none."),
        (Conflict("both?"), 409, "both?"),
        (TooLarge("large."), 413, "large."),
        (Unreadable("odd"), 422, "odd."),
        (Unavailable("away"), 503, "away."),
        (AppError("own"), 500, "own."),
    ],
    ids=repr,
)
def test_errors(
    broken: Any, error: BaseException, status: int, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    client, raised = broken
    raised[:] = [error]
    document = problem(client, "/raise", status)
    assert message in document["detail"]
    assert "secret" not in json.dumps(document)
    answer = client.get("/raise")
    assert answer.headers.get("retry-after") == ("2" if status == 503 else None)


def test_an_unhandled_error_is_in_the_log(broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, raised = broken
    raised[:] = [RuntimeError("why")]
    logged: list[dict[str, Any]] = []

    class Log:
        def exception(self, event: str, **also: Any) -> None:
            logged.append(
                {"event": event, "error": str(sys.exc_info()[1])} | {"kind": also["error"]}
            )

    monkeypatch.setattr(middleware, "log", Log())
    problem(client, "/raise", 500)
    assert logged == [{"event": "unhandled_error", "error": "why", "kind": "RuntimeError"}]


def test_an_error_after_the_answer_began_is_raised() -> None:
    app = FastAPI()

    async def halfway(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    app.mount("/late", CatchAll(halfway))
    with TestClient(app) as opened, pytest.raises(RuntimeError, match="late"):
        opened.get("/late")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/reconcile", "GET, HEAD, POST"),
        ("OPTIONS", "/v1/entities/NVIDIA/merge", "POST"),
        ("PUT", "/v1/entities/NVIDIA/split", "POST"),
        ("PATCH", "/v1/entities/a%2Fb/aliases", "POST"),
        ("POST", "/v1/entities/NVIDIA/aliases/a_1", "DELETE"),
        ("DELETE", "/v1/entities/NVIDIA", "GET, HEAD"),
        ("POST", "/v1/entities/NVIDIA/items", "GET, HEAD"),
        ("GET", "/v1/annotate", "POST"),
        ("GET", "/v1/judgements/j_1/undo", "POST"),
        ("POST", "/static/docs.js", "GET, HEAD"),
        ("DELETE", "/v1/reconcile/suggest/entity", "GET, HEAD"),
    ],
)
def test_allow_lists_the_methods_that_exist(
    client: TestClient, method: str, path: str, allow: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["detail"].endswith(f"expected one of: {allow}.")


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/items?from=0", "from"),
        ("/v1/items?to=1764547200", "to"),
        ("/v1/items?from=2025-12-1", "from"),
        ("/v1/items?from=２０２５-12-01", "from"),
        ("/v1/items?from=2025-12-01T00:00:00", "from"),
        ("/v1/entities?from=-1", "from"),
        ("/v1/headlines?date=1764547200000", "date"),
        ("/v1/trends?until=20251223", "until"),
        ("/v1/items?limit=1_0", "limit"),
        ("/v1/items?limit=%2B5", "limit"),
        ("/v1/items?limit=5.0", "limit"),
        ("/v1/items?limit=%205", "limit"),
        ("/v1/items?limit=５", "limit"),
        ("/v1/trends?window=7.0", "window"),
        ("/v1/reconcile/suggest/entity?prefix=a&cursor=1_0", "cursor"),
        ("/v1/timelines?entities=NVIDIA,Qwen&top=0x3", "top"),
        ("/v1/items?first=0", "first"),
    ],
)
def test_other_spellings_of_days_and_numbers_are_refused(
    client: TestClient, path: str, parameter: str
) -> None:
    document = problem(client, path)
    assert [fault["parameter"] for fault in document["errors"]] == [parameter]
