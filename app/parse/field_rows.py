"""Tables whose rows are fields, and the number of fields an item has."""

from app.parse.draft import ItemDraft
from app.parse.inline import Label
from app.parse.markdown import Block
from app.parse.vocabulary import field_name


def field_rows(block: Block) -> list[Label]:
    """Return the rows of a table of fields; none of any other table.

    The first cell of each row is a field's label, the rest its content.
    """
    labels: list[Label] = []
    for row in (line.cut(0) for line in block.lines):
        start = len(row.text) - len(row.text.lstrip("| "))
        inner = row.cut(start, len(row.text.rstrip("| ")))
        name, bar, _ = inner.text.partition("|")
        if bar and field_name(name):
            label = inner.cut(0, len(name))
            labels.append(
                Label(
                    label.text,
                    row.span,
                    inner.cut(len(name) + 1),
                    True,
                    True,
                )
            )
        elif set(row.text) - set("|:- "):
            return []
    return labels


def count_known_fields(item: ItemDraft) -> int:
    """Return how many fields of the vocabulary an item labels."""
    names = {field_name(label.text) for label in item.labels if label.text}
    return len(names - {None})
