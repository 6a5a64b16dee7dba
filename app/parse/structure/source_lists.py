"""Lists that only say again where the units above come from: `- Name: https://…`."""

import re
from dataclasses import replace

from app.parse.links import URL
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import References, block_lines, text_links
from app.parse.structure.units import Unit, UnitList

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
