"""Lists and other blocks as nodes: a bullet with the bullets below it."""

from collections.abc import Iterator

from app.parse.draft import Node
from app.parse.markdown import Block, MarkdownDocument


def block_nodes(document: MarkdownDocument, block: Block) -> Iterator[Node]:
    """Yield a list as its bullets, nested ones kept nested; any other block as one node."""
    if block.kind == "list":
        for bullet in block.children:
            yield _bullet_node(document, bullet)
    elif block.lines:
        text, span = document.slice(block.lines[0].cut(0), block.lines[-1])
        yield Node(text, span)


def _bullet_node(document: MarkdownDocument, bullet: Block) -> Node:
    first = bullet.children[0] if bullet.children else None
    titled = first is not None and first.kind == "paragraph"
    paragraph = next(
        (child for child in bullet.children if child.kind == "paragraph"),
        None,
    )
    nested: list[Node] = []
    for child in bullet.children:
        if not titled or child is not paragraph:
            nested.extend(block_nodes(document, child))
    if titled and paragraph:
        text, span = document.slice(paragraph.lines[0], paragraph.lines[-1])
        return Node(text, span, tuple(nested))
    marker = bullet.marker or bullet.lines[0]
    return Node("", marker.span, tuple(nested))
