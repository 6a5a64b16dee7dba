"""A server in a thread, with short times."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from app.api.edge import front, protocol
from app.main import create_app
from app.store.db import Database
from tests.api.edge.talking import WAIT_SECONDS, Talk
from tests.conftest import settings_for


@pytest.fixture(scope="session")
def seeded(seeds: Callable[[str], Database]) -> Database:
    """The seeds on SQLite: what lies before the routes does not depend on the engine."""
    return seeds("sqlite")


@pytest.fixture(scope="module")
def port(seeds: Callable[[str], Database]) -> Iterator[int]:
    """A server in a thread, with short times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "SWEEP_SECONDS", 0.05)
        for name in ("FIRST_BYTE_SECONDS", "HEAD_SECONDS", "PACE_SECONDS", "STALL_SECONDS"):
            patch.setattr(protocol, name, WAIT_SECONDS)
        app = create_app(settings_for(seeds("sqlite")))
        config = uvicorn.Config(
            app,
            http=protocol.Protocol,
            ws="none",
            server_header=False,
            log_config=None,
            timeout_keep_alive=1,
        )
        server = uvicorn.Server(config)
        bound = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=[[bound]])
        thread.start()
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def talk(port: int) -> Iterator[Talk]:
    talking = Talk(port)
    with talking.socket:
        yield talking
