"""The texts of an item's row by the field that shows them, for search. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Field = tuple[str, str | None]
"""The path of a field in the JSON of a thing, and its text."""
Node = Mapping[str, Any]
"""A bullet: its `text` and the bullets below it (`children`)."""


class ItemTexts(NamedTuple):
    """The columns of an item that hold texts."""

    title: str
    summary: str | None
    details: Mapping[str, Sequence[Node]]
    extra: Sequence[Mapping[str, str]]
    importance_reason: str | None
    parent: str | None

    def fields(self) -> list[Field]:
        """Return the texts with their fields, in the order of the item."""
        return [("title", self.title), ("summary", self.summary), *self.body()]

    def body(self) -> list[Field]:
        """Return the fields but title and summary."""
        fields: list[Field] = []
        for name, nodes in self.details.items():
            _add_nodes(fields, f"details.{name}", nodes)
        for index, entry in enumerate(self.extra):
            fields.append((f"extra[{index}].label", entry["label"]))
            fields.append((f"extra[{index}].text", entry["text"]))
        fields.append(("importance.reason", self.importance_reason))
        fields.append(("parent", self.parent))
        return fields


def with_text(fields: Sequence[Field]) -> list[list[str]]:
    """Return those of `fields` that have a text, `[field, text]`."""
    return [[name, text] for name, text in fields if text]


def _add_nodes(fields: list[Field], path: str, nodes: Sequence[Node]) -> None:
    """Add the texts of a tree of bullets, top down."""
    for index, node in enumerate(nodes):
        fields.append((f"{path}[{index}].text", node["text"]))
        if node["children"]:
            _add_children(fields, f"{path}[{index}].children", node["children"])


def _add_children(fields: list[Field], path: str, nodes: Sequence[Node]) -> None:
    # A stack of its own: bullets may be nested deeper than Python's calls.
    waiting = _numbered(path, nodes)
    while waiting:
        node_path, node = waiting.pop()
        fields.append((f"{node_path}.text", node["text"]))
        waiting.extend(_numbered(f"{node_path}.children", node["children"]))


def _numbered(path: str, nodes: Sequence[Node]) -> list[tuple[str, Node]]:
    """Return nodes with their paths, the last one first."""
    numbered = [(f"{path}[{index}]", node) for index, node in enumerate(nodes)]
    numbered.reverse()
    return numbered
