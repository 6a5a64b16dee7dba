"""The API against its own description: whatever the description allows, asked by a machine.

`fields` legitimately leaves out what shapes require, so that answers are held against their schemas without it, and with it only
against crashing.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from app import ingest
from app.main import create_app
from app.store.db import Database
from app.store.migrations import migrate
from tests.api.conftest import settings_for
from tests.conftest import CHANNEL, new_url

_EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def asgi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description, over the seeds on SQLite."""
    database = Database(new_url("sqlite", tmp_path_factory.mktemp("contract")), read_timeout=30)
    migrate(database)
    ingest.load_seeds(database, CHANNEL)
    app = create_app(settings_for(database))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    app.state.database.close()
    database.close()


schema = schemathesis.pytest.from_fixture("asgi")


@schema.exclude(parameter_name="none").parametrize() if False else schema.parametrize()
@_EXAMPLES
def test_answers_are_as_described(case: schemathesis.Case) -> None:
    case.query.pop("fields", None)
    case.call_and_validate(
        checks=[
            checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
        ]
    )


@schema.parametrize()
@_EXAMPLES
def test_nothing_crashes(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=[checks.not_a_server_error])
