"""Units that repeat below one heading: bullets, numbered paragraphs, rows, callouts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from app.parse.draft import Passage
from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import References, block_lines, text_links
from app.parse.structure.leads import Lead, is_numbered, read_lead, without_decoration
from app.parse.structure.tree import is_bold_line
from app.parse.titles import Title, display_width, read_title, title_key
from app.parse.vocabulary import apparatus, field_name, is_pointer_label

Form = Literal["bullet", "paragraph", "linked paragraph", "row", "callout"]

_TASK_BOX = re.compile(r"^\[[ xX]\]\s")
_CALLOUT = re.compile(r"^\[!(?P<kind>[A-Za-z][\w-]{0,30})\][+-]?\s*(?P<title>.*)$")
_RULE_CELL = re.compile(r"^:?-{1,}:?$")
_ANY_LINK = re.compile(r"\]\((?!#)[^()\s]|https?://|<a\s", re.IGNORECASE)
_HEADLESS = frozenset("|:- \t")
_MAX_CATEGORY_WIDTH = 48
_MIN_UNITS = 2
_FULL_TEXT_CHARS = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """One candidate item: its title (None: it opens with text), its blocks and what it has.

    `category` is the title of the group that the unit is listed under, within its heading.
    """

    form: Form
    title: Title | None
    blocks: tuple[Block, ...]
    first: int
    last: int
    linked: bool
    text_chars: int
    label: str | None = None
    category: Passage | None = None
    task: bool = False
    cells: tuple[tuple[Passage, Passage], ...] = ()


@dataclass
class UnitList:
    """All units of one form below a heading, and the blocks between them, in order."""

    form: Form
    pieces: list[Unit | Block] = field(default_factory=list)

    @property
    def units(self) -> list[Unit]:
        """The units among the pieces."""
        return [piece for piece in self.pieces if isinstance(piece, Unit)]

    def strength(self, labels: frozenset[str]) -> float:
        """Return how much the units look like items, about 0 to 3.

        `labels` are the keys of labels that come again below other headings: those are fields.
        """
        units = self.units
        count = len(units)
        if not count:
            return 0.0
        keys = [title_key(unit.label) for unit in units if unit.label]
        fields = sum(key in labels for key in keys)
        fields += sum(bool(unit.label and field_name(unit.label)) for unit in units)
        if fields * 2 >= count:
            return 0.0
        linked = sum(unit.linked for unit in units) / count
        titled = len({title_key(unit.title.text) for unit in units if unit.title}) / count
        chars = sum(min(unit.text_chars, _FULL_TEXT_CHARS) for unit in units)
        prose = chars / (count * _FULL_TEXT_CHARS)
        tasks = sum(unit.task and not unit.linked for unit in units) / count
        repeated = 0.2 if count >= _MIN_UNITS else 0.0
        return max(0.0, 1.2 * linked + titled + 0.6 * prose + repeated - tasks)


def unit_lists(blocks: Sequence[Block], references: References) -> list[UnitList]:
    """Return every way in which `blocks` fall into units."""
    lists = [
        _bullets(blocks, references),
        _paragraphs(blocks, references),
        _linked_paragraphs(blocks, references),
        _rows(blocks, references),
        _callouts(blocks, references),
    ]
    for candidate in lists:
        candidate.pieces = [_without_promotion(piece) for piece in candidate.pieces]
    return [candidate for candidate in lists if candidate.units]


def _without_promotion(piece: Unit | Block) -> Unit | Block:
    """Return a unit that only asks to subscribe or the like as a block."""
    if isinstance(piece, Block) or piece.title is None or len(piece.blocks) != 1:
        return piece
    if apparatus(piece.title.text) != "promotion":
        return piece
    block = piece.blocks[0]
    return Block("list", block.lines, children=(block,)) if block.kind == "item" else block


def _unit(form: Form, lead: Lead | None, blocks: tuple[Block, ...], references: References) -> Unit:
    lines = list(block_lines(blocks))
    linked = bool(lead and lead.title.links)
    chars = 0
    for line in lines:
        chars += len(plain_text(line.text))
        linked = linked or names_source(line, references)
    label = lead.label if lead and not lead.title.links else None
    return Unit(
        form=form,
        title=lead.title if lead else None,
        blocks=blocks,
        first=min(block.first for block in blocks),
        last=max(block.last for block in blocks),
        linked=linked,
        text_chars=chars,
        label=label,
    )


def names_source(line: Line, references: References) -> bool:
    """Tell whether a line names a source, be it only a relative link."""
    if text_links(line, references):
        return True
    return references.base is None and bool(_RELATIVE_LINK.search(line.text))


_RELATIVE_LINK = re.compile(r"(?<!!)\[[^\[\]]{1,200}\]\(\.{0,2}/[^()\s]{1,500}\)")


def _bullets(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every bullet as a unit; a bold line or bullet above others names their group."""
    result = UnitList("bullet")
    category: Passage | None = None
    for index, block in enumerate(blocks):
        if block.kind == "list":
            for bullet in block.children:
                _add_bullet(bullet, category, result, references)
        elif _continues_list(blocks, index) and isinstance(result.pieces[-1], Unit):
            result.pieces[-1] = _extended(result.pieces[-1], block, references)
        elif is_bold_line(block) and _next_kind(blocks, index) == "list":
            title = read_title(block.lines[0], references)
            category = title.passage
            result.pieces.append(block)
        else:
            result.pieces.append(block)
    return result


def _next_kind(blocks: Sequence[Block], index: int) -> str:
    return blocks[index + 1].kind if index + 1 < len(blocks) else ""


def _continues_list(blocks: Sequence[Block], index: int) -> bool:
    """Tell whether a block stands between bullets whose numbers go on, unindented by mistake."""
    block = blocks[index]
    if index == 0 or block.kind not in ("paragraph", "quote", "code"):
        return False
    above = next((b for b in reversed(blocks[:index]) if b.kind == "list"), None)
    below = next((b for b in blocks[index + 1 :] if b.kind in ("list", "heading")), None)
    number = _list_number(above, -1)
    if above is None or number is None or is_bold_line(block):
        return False
    if below is None or below.kind != "list":
        return blocks[index - 1].kind == "list" and block.first == above.last + 1
    return _list_number(below, 0) == number + 1


def _list_number(block: Block | None, index: int) -> int | None:
    marker = block.children[index].marker if block and block.children else None
    match = re.match(r"(\d{1,9})[.)]", marker.text) if marker else None
    return int(match[1]) if match else None


def _extended(unit: Unit, block: Block, references: References) -> Unit:
    longer = _unit(unit.form, None, (*unit.blocks, block), references)
    return replace(
        unit,
        blocks=longer.blocks,
        last=longer.last,
        linked=unit.linked or longer.linked,
        text_chars=longer.text_chars,
    )


def _add_bullet(
    bullet: Block, category: Passage | None, result: UnitList, references: References
) -> None:
    first = bullet.children[0] if bullet.children else None
    if first is None or first.kind != "paragraph" or not first.lines:
        result.pieces.append(Block("list", bullet.lines, children=(bullet,)))
        return
    nested = [child for child in bullet.children[1:] if child.kind == "list"]
    if nested and _is_category(bullet, references):
        title = read_title(without_decoration(first.lines[0]), references)
        result.pieces.append(first)
        for child in bullet.children[1:]:
            if child.kind != "list":
                result.pieces.append(child)
                continue
            for inner in child.children:
                _add_bullet(inner, title.passage, result, references)
        return
    lead = read_lead(first.lines[0], references)
    unit = _unit("bullet", lead, (bullet,), references)
    if _is_pointer_bullet(bullet, references):
        result.pieces.append(Block("list", bullet.lines, children=(bullet,)))
        return
    task = bool(_TASK_BOX.match(first.lines[0].text))
    result.pieces.append(replace(unit, category=category, task=task))


def _is_category(bullet: Block, references: References) -> bool:
    """Tell whether a bullet only names the bullets below: short, without a source, they with one."""
    own = bullet.children[0]
    if len(own.lines) > 1 or display_width(plain_text(own.lines[0].text)) > _MAX_CATEGORY_WIDTH:
        return False
    if names_source(own.lines[0], references):
        return False
    inner: list[Block] = []
    for child in bullet.children[1:]:
        if child.kind == "list":
            inner.extend(child.children)
    linked = 0
    for unit in inner:
        titled = bool(unit.children and unit.children[0].lines and _is_titled(unit, references))
        pointer = _is_pointer_bullet(unit, references)
        has_link = any(names_source(line, references) for line in block_lines([unit]))
        linked += (has_link and not pointer) or titled
    return bool(inner) and linked * 2 > len(inner)


def _is_titled(bullet: Block, references: References) -> bool:
    lead = read_lead(bullet.children[0].lines[0], references)
    return bool(lead and not (lead.label and field_name(lead.label)))


def _is_pointer_bullet(bullet: Block, references: References) -> bool:
    """Tell whether a bullet only points at a source: `來源：[x](u)`, `[Source](u)`, `<u>`."""
    lines = list(block_lines([bullet]))
    if len(lines) != 1:
        return False
    text = lines[0].text
    label = read_label(lines[0])
    if label and (label.colon or label.marked) and field_name(label.text) == "sources":
        return True
    plain = plain_text(text)
    return bool(_ANY_LINK.search(text)) and (is_pointer_label(plain) or plain.startswith("http"))


def _paragraphs(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every paragraph with a title or number of its own, and what follows it, as a unit."""
    result = UnitList("paragraph")
    category: Passage | None = None
    run: list[Block] = []
    lead: Lead | None = None

    def close() -> None:
        nonlocal run, lead, category
        if not run:
            return
        unit = _unit("paragraph", lead, tuple(run), references)
        bare = lead is not None and not lead.title.links and not lead.rest.text
        if bare and len(run) == 1 and len(run[0].lines) == 1 and lead is not None:
            category = lead.title.passage
            result.pieces.extend(run)
        else:
            result.pieces.append(replace(unit, category=category))
        run, lead = [], None

    for block in blocks:
        opening = _paragraph_lead(block, references)
        if opening:
            close()
            lead = opening
            run = [block]
        elif block.kind in ("rule", "heading"):
            close()
            result.pieces.append(block)
        elif run:
            run.append(block)
        else:
            result.pieces.append(block)
    close()
    return result


def _paragraph_lead(block: Block, references: References) -> Lead | None:
    if block.kind != "paragraph":
        return None
    line = block.lines[0]
    lead = read_lead(line, references)
    if lead:
        known = lead.label and field_name(lead.label)
        return None if known else lead
    if not is_numbered(line):
        return None
    title = read_title(without_decoration(line), references)
    if title.number is None:
        return None
    rest = line.cut(len(line.text))
    return Lead("numbered", title, rest)


def _linked_paragraphs(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every paragraph that names a source as a unit."""
    result = UnitList("linked paragraph")
    for block in blocks:
        if block.kind != "paragraph" or is_bold_line(block):
            result.pieces.append(block)
            continue
        unit = _unit(
            "linked paragraph", read_lead(block.lines[0], references), (block,), references
        )
        pointer = is_pointer_label(plain_text(" ".join(line.text for line in block.lines)))
        result.pieces.append(unit if unit.linked and not pointer else block)
    return result


def _callouts(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every quote as a unit: `> [!NOTE] Title`, or one that begins with a title."""
    result = UnitList("callout")
    for block in blocks:
        unit = _callout(block, references) if block.kind == "quote" else None
        result.pieces.append(unit or block)
    return result


def _callout(block: Block, references: References) -> Unit | None:
    first = block.children[0] if block.children else None
    if first is None or first.kind not in ("paragraph", "heading") or not first.lines:
        return None
    line = first.lines[0]
    match = _CALLOUT.match(line.text)
    if match and not match["title"].strip():
        # `> [!NOTE]` alone: the title is on the next line.
        if len(first.lines) < _MIN_UNITS:
            return None
        rest = replace(first, lines=first.lines[1:])
        shorter = replace(block, children=(rest, *block.children[1:]))
        return _callout(shorter, references)
    if match:
        line = line.cut(match.start("title"))
        lead: Lead | None = Lead("bold", read_title(line, references), line.cut(len(line.text)))
    elif first.kind == "heading":
        lead = Lead("bold", read_title(line, references), line.cut(len(line.text)))
    else:
        lead = read_lead(line, references)
    if lead is None:
        return None
    return _unit("callout", lead, (block,), references)


def _rows(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every row of a table with a linked or named column as a unit."""
    result = UnitList("row")
    for block in blocks:
        rows = _table_units(block, references) if block.kind == "table" else []
        if rows:
            result.pieces.append(Block("blank", block.lines[:2]))
            result.pieces.extend(rows)
        else:
            result.pieces.append(block)
    return result


def row_cells(line: Line) -> list[Line]:
    """Return the cells of a table's row."""
    text = line.text
    start = len(text) - len(text.lstrip("| \t"))
    end = len(text.rstrip()) - (1 if text.rstrip().endswith("|") else 0)
    cells: list[Line] = []
    begin = start
    for match in re.finditer(r"\\.|\|", text[:end]):
        if match.group() == "|" and match.start() >= start:
            cells.append(line.cut(begin, match.start()))
            begin = match.end()
    cells.append(line.cut(begin, end))
    return cells


_TITLE_COLUMN = re.compile(
    r"標題|标题|題目|题目|名稱|名称|新聞|新闻|項目|项目|論文|论文|文章|タイトル|見出し|記事|"
    r"\b(?:title|name|headline|paper|story|article|project|model|item|news|repo|repository|tool)\b",
    re.IGNORECASE,
)
_NUMBER_CELL = re.compile(r"^[#＃]?\d{0,4}\.?$")


def _table_units(block: Block, references: References) -> list[Unit]:
    lines = list(block.lines)
    header = row_cells(lines[0])
    body = [line for line in lines[2:] if line.text.strip()]
    if len(lines) < 3 or len(header) < _MIN_UNITS or not body:
        return []
    column = _title_column(header, [row_cells(line) for line in body])
    if column is None:
        return []
    units: list[Unit] = []
    for line in body:
        cells = row_cells(line)
        if column < len(cells) and plain_text(cells[column].text):
            units.append(_row_unit(line, header, cells, column, references))
    return units


def _title_column(header: list[Line], rows: list[list[Line]]) -> int | None:
    """Return the column that names the rows: by its head, else by links, else the first of words."""
    candidates = [index for index, cell in enumerate(header) if _TITLE_COLUMN.search(cell.text)]
    linked = [0] * len(header)
    distinct: list[set[str]] = [set() for _ in header]
    for cells in rows:
        for index, cell in enumerate(cells[: len(header)]):
            linked[index] += bool(_ANY_LINK.search(cell.text)) and not is_pointer_label(
                plain_text(cell.text)
            )
            if not _NUMBER_CELL.match(cell.text):
                distinct[index].add(plain_text(cell.text))
    for index in candidates:
        if len(distinct[index]) * 2 > len(rows):
            return index
    best = max(range(len(header)), key=lambda index: linked[index])
    if linked[best] * 2 > len(rows):
        return best
    return None


def _row_unit(
    line: Line, header: list[Line], cells: list[Line], column: int, references: References
) -> Unit:
    title = read_title(cells[column], references)
    links = text_links(line, references)
    title = replace(
        title, links=(*title.links, *(link for link in links if link not in title.links))
    )
    named: list[tuple[Passage, Passage]] = []
    for index, cell in enumerate(cells):
        if index != column and cell.text:
            head = header[index] if index < len(header) else cell.cut(0, 0)
            named.append((Passage(plain_text(head.text), head.span), Passage(cell.text, cell.span)))
    return Unit(
        form="row",
        title=title,
        blocks=(Block("paragraph", (line,)),),
        first=line.number,
        last=line.number,
        linked=bool(links),
        text_chars=len(plain_text(line.text)),
        cells=tuple(named),
    )


def field_labels(
    branch_blocks: Sequence[Sequence[Block]], references: References
) -> frozenset[str]:
    """Return the keys of labels that come again below several headings: those are fields."""
    counts: dict[str, int] = {}
    for blocks in branch_blocks:
        for key in set(_label_keys(blocks, references)):
            counts[key] = counts.get(key, 0) + 1
    threshold = max(_MIN_UNITS, len(branch_blocks) // 4)
    return frozenset(key for key, count in counts.items() if count >= threshold)


def _label_keys(blocks: Sequence[Block], references: References) -> Iterator[str]:
    for line in _opening_lines(blocks):
        lead = read_lead(line, references)
        if lead and lead.label:
            yield title_key(lead.label)
        elif label := read_label(line):
            if label.colon or (label.marked and label.alone):
                yield title_key(label.text)


def _opening_lines(blocks: Sequence[Block]) -> Iterator[Line]:
    for block in blocks:
        if block.kind == "paragraph":
            yield from block.lines
        elif block.kind == "list":
            for bullet in block.children:
                if bullet.children and bullet.children[0].lines:
                    yield bullet.children[0].lines[0]
        elif block.kind == "quote":
            yield from _opening_lines(block.children)
