"""After any sequence of writes, everything derived is as if made again, and no answer is stale.

Writes are ingests, edits, withdrawals, merges, splits and their undoing, deletions and
restorations.
"""

from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import doctor
from app.main import create_app
from app.store.db import Database
from tests.conftest import settings_for, take_in
from tests.curate.conftest import ACTS, FIRST, SECOND, perform, wipe
from tests.documents import document

_WITHDRAWAL = st.just(("ingest", document("2026-01-01", draft=True), None))
# A document of the first day under another name is another edition.
_EDITION = st.tuples(
    st.just("ingest"),
    st.sampled_from([FIRST.replace("Foobar", "Quux"), document("2026-01-01", draft=True)]),
    st.sampled_from(["2026-01-01-am.md", "2026-01-01.en.md", "2026-01-02.md"]),
)
_REMOVAL = st.tuples(
    st.sampled_from(["delete", "delete", "restore"]),
    st.sampled_from(["2026-01-01", "2026-01-02"]),
    st.none(),
)
PATHS = (
    "/v1/briefings",
    "/v1/briefings/latest",
    "/v1/headlines",
    "/v1/items?include=details,entities,sources,certainty,echoes,mentions",
    "/v1/items?entity=NVIDIA",
    "/v1/items?q=NVIDIA&lang=en",
    "/v1/entities",
    "/v1/entities?q=qwen&lang=zh-Hant",
    "/v1/search?q=NVIDIA",
    "/v1/autocomplete?q=n",
    "/v1/threads",
    "/v1/trends",
    "/v1/watchlist",
    "/v1/tags",
    "/v1/sources",
    "/v1/info",
    "/v1/quality",
    "/v1/entities/NVIDIA/items",
    "/v1/entities/NVIDIA/timeline?interval=day",
    "/v1/entities/NVIDIA/related",
    "/v1/timelines?entities=NVIDIA,Qwen",
)


def answer(client: TestClient, path: str) -> tuple[int, str, bytes]:
    """Status, ETag and body of an answer."""
    response = client.get(path, follow_redirects=True)
    content = response.content
    if not response.is_success:
        # A problem has the id of its request.
        content = content.replace(response.headers["x-request-id"].encode(), b"")
    return response.status_code, response.headers.get("etag", ""), content


def client_of(database: Database, cache: int | str) -> TestClient:
    return TestClient(create_app(settings_for(database, cache=cache)))


def assert_in_step(database: Database, caching: TestClient, uncached: TestClient) -> None:
    # By connections of its own: SQLite's index check fails on an index that another connection
    # has just written.
    for check in doctor.examine(settings_for(database)):
        assert check.ok, f"{check.name}: {check.detail}"
    for path in PATHS:
        first, again = answer(caching, path), answer(caching, path)
        assert first == again == answer(uncached, path), path
        assert first[0] in (200, 404)


def test_everything_derived_is_in_step(database: Database) -> None:
    examples = 4 if database.is_sqlite else 2

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS | _WITHDRAWAL | _EDITION | _REMOVAL, min_size=1, max_size=4))
    def check(acts: list[Any]) -> None:
        wipe(database)
        for text in (FIRST, SECOND):
            take_in(database, text)
        caching, uncached = client_of(database, 8), client_of(database, "off")
        with caching, uncached:
            for act in acts:
                for path in PATHS:
                    answer(caching, path)
                perform(database, [act])
                database.wait_for_readers()
                assert_in_step(database, caching, uncached)

    check()
