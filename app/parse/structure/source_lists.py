"""Lists without bullets, and lists that only say where the units above come from."""

import re
from dataclasses import replace

from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.links import URL
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import References, block_lines, text_links
from app.parse.structure.leads import without_decoration
from app.parse.structure.units import Unit, UnitList, names_source
from app.parse.vocabulary import field_name, is_pointer_label

_MIN_LINKED_LINES = 2
_MIN_SYMBOL_LINES = 3
_LINK = re.compile(
    r"\[(?P<label>(?:[^\[\]]|\[[^\[\]]{0,200}\]){1,400})"
    r"\]\([^\s()]{1,4000}(?:\([^\s()]{0,400}\)[^\s()]{0,400}){0,9}\)"
)

_NAME_AND_ADDRESS = re.compile(r"^[^:：\n]{1,40}[:：]\s*(?P<address>\S+)$")


def without_source_list(units: UnitList, references: References) -> UnitList:
    """Return `units` less those that are a name and an address which a unit above has."""
    above: set[str | None] = set()
    pieces: list[Unit | Block] = []
    for piece in units.pieces:
        if isinstance(piece, Block):
            pieces.append(piece)
            continue
        lines = list(block_lines(piece.blocks))
        targets = {link.target for line in lines for link in text_links(line, references)}
        match = _NAME_AND_ADDRESS.match(plain_text(lines[0].text)) if len(lines) == 1 else None
        named = match is not None and URL.fullmatch(match["address"]) is not None
        if named and targets and targets <= above:
            pieces.append(Block("list", piece.blocks[0].lines, children=piece.blocks))
        else:
            above |= targets
            pieces.append(piece)
    return replace(units, pieces=pieces)


def is_line_list(block: Block, references: References) -> bool:
    """Return whether every line of a paragraph is a unit of its own.

    Either each is nothing but a link with a title, or each opens with a symbol and names a source.
    """
    if block.kind != "paragraph" or len(block.lines) < _MIN_LINKED_LINES:
        return False
    if all(_is_linked_title(line) for line in block.lines):
        return True
    if len(block.lines) < _MIN_SYMBOL_LINES:
        return False
    return all(_opens_with_symbol(line, references) for line in block.lines)


def _is_linked_title(line: Line) -> bool:
    labels = [match["label"] for match in _LINK.finditer(line.text)]
    if not labels or _LINK.sub("", line.text).strip("* _"):
        return False
    return not is_pointer_label(labels[-1]) and not URL.fullmatch(labels[-1])


def _opens_with_symbol(line: Line, references: References) -> bool:
    plain = without_decoration(line)
    if plain == line or not names_source(line, references):
        return False
    label = read_label(plain)
    known = label is not None and field_name(label.text) is not None
    return not known and not is_pointer_label(plain_text(plain.text))
