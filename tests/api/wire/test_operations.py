"""Descriptions of operations."""

from app.api.wire.operations import DESCRIPTIONS, TAGS
from tests.conftest import described_paths


def test_each_operation_has_one_and_no_other() -> None:
    paths = described_paths().values()
    ids, tags = set(), set()
    for methods in paths:
        for operation in methods.values():
            ids.add(operation["operationId"])
            tags.update(operation["tags"])
    assert ids == DESCRIPTIONS.keys()
    assert tags == TAGS.keys()
    assert all(text.endswith(".") for text in (*DESCRIPTIONS.values(), *TAGS.values()))
