"""Rows of tables as units: their cells, the column that names them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.parse.draft import Passage, SourceLink
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import (
    References,
    text_links,
)
from app.parse.sources import read_sources
from app.parse.structure.leads import read_lead
from app.parse.structure.units import Unit, UnitList
from app.parse.titles import read_title
from app.parse.vocabulary import field_name, is_pointer_label

_ANY_LINK = re.compile(
    r"\]\((?!#)[^()\s]|https?://|<a\s",
    re.IGNORECASE,
)
_MIN_UNITS = 2


def row_units(blocks: Sequence[Block], references: References) -> UnitList:
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
    start = len(text) - len(text.lstrip())
    start += text[start : start + 1] == "|"
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
_NUMBER_HEAD = re.compile(
    r"(?:[#＃]|no\.?|rank|排名|序號|序号|編號|编号|番号|順位|)$", re.IGNORECASE
)
_NUMBER_CELL = re.compile(r"^[#＃]?\d{0,4}\.?$")


def is_number_head(head: str) -> bool:
    """Return whether a column of this head counts the rows."""
    return bool(_NUMBER_HEAD.match(head))


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
    above = lines[0].cut(0, 0)
    for line in body:
        cells = row_cells(line)
        if column and cells[0].text:
            above = cells[0]
        elif column:
            # A blank first cell repeats the one above, as if both were merged.
            cells[0] = above
        if column < len(cells) and plain_text(cells[column].text):
            units.append(
                _row_unit(
                    line,
                    header,
                    cells,
                    column,
                    references,
                )
            )
    return units


def _title_column(header: list[Line], rows: list[list[Line]]) -> int | None:
    """Return the column that names the rows: by its head, else by its links."""
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
    best = max(
        range(len(header)),
        key=lambda index: linked[index],
    )
    if linked[best] * 2 > len(rows):
        return best
    return None


def _publishers(header: list[Line], cells: list[Line]) -> tuple[SourceLink, ...]:
    """Return the names in the column of sources, where a row has no link."""
    for head, cell in zip(header, cells, strict=False):
        if cell.text and field_name(plain_text(head.text)) == "sources":
            return read_sources(cell)
    return ()


def _row_unit(
    line: Line,
    header: list[Line],
    cells: list[Line],
    column: int,
    references: References,
) -> Unit:
    lead = read_lead(cells[column], references)
    rest = lead.rest if lead and lead.kind == "bold" else None
    title = lead.title if lead and rest and rest.text else read_title(cells[column], references)
    links = text_links(line, references)
    publishers = () if links else _publishers(header, cells)
    title = replace(
        title,
        links=(
            *title.links,
            *(link for link in links if link not in title.links),
            *publishers,
        ),
    )
    named: list[tuple[Passage, Passage]] = []
    if rest and rest.text:
        named.append((Passage("", rest.span), Passage(rest.text, rest.span)))
    for index, cell in enumerate(cells):
        if index != column and cell.text:
            head = header[index] if index < len(header) else cell.cut(0, 0)
            named.append(
                (
                    Passage(
                        plain_text(head.text),
                        head.span,
                    ),
                    Passage(cell.text, cell.span),
                )
            )
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
