"""Lines that name a section directly above a heading, as newsletters by mail have them."""

from collections.abc import Sequence
from dataclasses import replace

from app.parse.headings import is_bold
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.notices import is_advertisement
from app.parse.structure.leads import label_words
from app.parse.structure.wrappers import lowered
from app.parse.titles import display_width
from app.parse.vocabulary import field_name, part_name

_MAX_NAME_WIDTH = 48
_MIN_NAMES = 2


def with_names_above(blocks: list[Block]) -> list[Block]:
    """Return `blocks`; names above headings, and those beside them, become headings above.

    So `**ARIS**` above `### Aris opens its tutor` is a section. A single name counts where it
    announces an advertisement.
    """
    above = [index for index in range(len(blocks) - 1) if _is_above_heading(blocks, index)]
    if len(above) < _MIN_NAMES:
        return _with_advertisements(blocks, above)
    level = blocks[above[0] + 1].level
    names = {*above, *_beside(blocks)}
    changed = [lowered(block, level) for block in blocks]
    for index in names:
        changed[index] = _named(blocks[index], level)
    return changed


def _with_advertisements(blocks: list[Block], above: Sequence[int]) -> list[Block]:
    changed = list(blocks)
    for index in above:
        heading = blocks[index + 1]
        if is_advertisement(plain_text(blocks[index].lines[0].text)):
            changed[index] = _named(blocks[index], heading.level)
            changed[index + 1] = lowered(heading, heading.level)
    return changed


def _named(block: Block, level: int) -> Block:
    return replace(block, kind="heading", level=level, lines=(label_words(block.lines[0]),))


def _is_above_heading(blocks: Sequence[Block], index: int) -> bool:
    below = blocks[index + 1]
    begins = index > 0 and blocks[index - 1].kind in ("rule", "heading")
    named = begins or (index > 0 and _is_name(blocks[index - 1]))
    return below.kind == "heading" and named and _is_name(blocks[index])


def _beside(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of names that open what is between two rules."""
    return [
        index
        for index in range(1, len(blocks) - 1)
        if blocks[index - 1].kind == "rule" and _is_name(blocks[index])
    ]


def _is_name(block: Block) -> bool:
    """Return whether a paragraph is a short line in emphasis or capitals."""
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    line = block.lines[0]
    text = plain_text(line.text)
    if not text or display_width(text) > _MAX_NAME_WIDTH or "](" in line.text:
        return False
    emphatic = is_bold(line) or label_words(line) != line or text.isupper()
    return emphatic and not (field_name(text) or part_name(text)) and text[-1] not in "。.!！?？"
