"""The event loop is not held up while the service warms up and annotates for the first time."""

import gc
import sys
from pathlib import Path

import uvloop

from app.main import SWITCH_SECONDS
from tests.bench import waits
from tests.conftest import new_url

_MAX_WAIT_MILLISECONDS = 100
"""The floor is 20; modules without bytecode take 30 to compile, and collections took 160."""


def test_the_first_annotate_holds_up_nobody(tmp_path: Path) -> None:
    url = new_url("sqlite", tmp_path, migrated=True)
    measured = uvloop.run(waits.first_annotate(url))
    assert 0 < measured.processor < _MAX_WAIT_MILLISECONDS
    # What is loaded before the first request is not collected while requests wait.
    assert gc.get_freeze_count() > 100_000
    assert sys.getswitchinterval() <= SWITCH_SECONDS
