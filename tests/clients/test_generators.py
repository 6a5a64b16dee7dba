"""The counts of `make clients` on small outputs."""

from pathlib import Path

import pytest

from tests.clients.__main__ import counted
from tests.clients.generators import CALLS, GENERATORS, Document, Generator, operations

DOCUMENT: Document = {
    "paths": {
        "/v1/items": {
            "get": {
                "operationId": "listItems",
                "parameters": [{"name": "limit", "in": "query"}],
                "responses": {"200": {"schema": {"$ref": "#/components/schemas/Page_ItemOut_"}}},
            },
        },
        "/livez": {"get": {"operationId": "getHealth", "responses": {}}},
    }
}
OUTPUTS = {
    "openapi-typescript": ("schema.ts", "export interface operations {\n    listItems: {\n"),
    "@hey-api/openapi-ts": ("client/sdk.gen.ts", "export const listItems = <T>() => 1;\n"),
    "orval": ("api.ts", "export const listItems = async () => 1;\n"),
    "openapi-python-client": ("client/api/items/list_items.py", "def sync_detailed(\n"),
    "datamodel-code-generator": (
        "client.py",
        "class PageItemOut(BaseModel):\n    x: int\nclass ListItemsParametersQuery(BaseModel):\n",
    ),
}


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
def test_only_made_operations_are_counted(generator: Generator, tmp_path: Path) -> None:
    name, text = OUTPUTS[generator.name]
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    made = generator.made(tmp_path / generator.output, DOCUMENT)
    # An operation without parameters and answers needs no model.
    needs_nothing = {"getHealth"} if generator.name == "datamodel-code-generator" else set()
    assert made == {"listItems"} | needs_nothing
    file.write_text("")
    assert "listItems" not in generator.made(tmp_path / generator.output, DOCUMENT)


def test_every_generator_has_ten_calls() -> None:
    assert list(operations(DOCUMENT)) == ["listItems", "getHealth"]
    for generator in GENERATORS:
        assert (CALLS / generator.calls).read_text().count("check(") == 10


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ('note\n{"totals": {"errors": 2, "warnings": 1}}\nend', (2, 1)),
        ('[{"severity": 0}, {"severity": 1}, {"severity": 1}, {"severity": 3}]', (1, 2)),
        ("[]", (0, 0)),
    ],
)
def test_errors_and_warnings_of_linters(output: str, counts: tuple[int, int]) -> None:
    assert counted(output) == counts
