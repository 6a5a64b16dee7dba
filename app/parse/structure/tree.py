"""The headings of a document as a tree, free of anchors, tables of contents and odd levels."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from app.parse.dates import find_day
from app.parse.dialects.described import Dialect
from app.parse.draft import Passage
from app.parse.headings import is_bold
from app.parse.kinds import Apparatus
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import is_wordless, plain_text
from app.parse.notices import is_advertisement, is_end
from app.parse.references import References
from app.parse.structure.line_bullets import line_list, with_line_bullets
from app.parse.structure.org_headings import with_org_headings
from app.parse.structure.stated import with_stated_titles
from app.parse.structure.wrappers import (
    arrowed_section,
    section_callout,
    with_html_lists,
    with_raised_names,
)
from app.parse.titles import (
    Title,
    display_width,
    read_title,
    title_key,
)
from app.parse.vocabulary import (
    apparatus,
    field_name,
    part_name,
    section_kind,
    undecorated,
)

PSEUDO_LEVEL = 7
LABEL_LEVEL = 9
"""Level of plain lines that name what is below and are no items."""
_MAX_TITLE_LEVEL = 2
_DAY = re.compile(r"20\d{2}\s*[-/.年]\s*\d{1,2}|20\d{6}")
_CONTENTS_LINK = re.compile(
    r"\]\(#[^()\s]*\)|<a\s[^<>]*href\s*=\s*[\"']?#",
    re.IGNORECASE,
)
_SUMMARY_TAG = re.compile(
    r"<summary\b[^<>]{0,200}>(?P<title>.*?)(?:</summary>|$)",
    re.IGNORECASE,
)
_MARKED_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[■◆●▌▍▎▶◼⬛▣◎◇□❖]\s*|【[^【】]{2,24}】$)\s*\S"
)
_SENTENCE = re.compile(r"[。！？；;，,](?!$)|https?://|\]\(")
_MAX_MARKED_CHARS = 48
_MIN_ITEM_WIDTH = 14
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MIN_REPEATS = 2
_MIN_HEADLINE_WIDTH = 24
_MIN_REPEATED_CHARS = 4


@dataclass
class Branch:
    """A heading (None: the document itself), what follows it directly, and the headings below."""

    heading: Block | None
    title: Title | None
    level: int
    blocks: list[Block] = field(default_factory=list)
    children: list["Branch"] = field(default_factory=list)
    other_titles: list[Title] = field(default_factory=list)
    apparatus: Apparatus | None = None
    recurrent: bool = False
    is_document_title: bool = False

    @property
    def text(self) -> str:
        """The title's text, empty without a heading."""
        return self.title.text if self.title else ""

    @property
    def is_headline(self) -> bool:
        """Whether the title is long and has a number or source: no label reads so."""
        title = self.title
        if title is None or display_width(title.text) < _MIN_HEADLINE_WIDTH:
            return False
        return title.is_numbered or bool(title.links)

    @property
    def first(self) -> int:
        """The first line; lines that a dialect takes from above come before the heading."""
        below = self.blocks[0].first if self.blocks else 0
        if self.heading is None:
            return below or 1
        return min(self.heading.first, below) if below else self.heading.first

    @property
    def last(self) -> int:
        """The last line, of the headings below too."""
        last = self.heading.last if self.heading else 0
        for block in self.blocks:
            last = max(last, block.last)
        for child in self.children:
            last = max(last, child.last)
        for title in self.other_titles:
            last = max(last, title.line.number)
        return last

    def all_blocks(self) -> Iterator[Block]:
        """Yield the blocks below the heading, those of the headings below included."""
        yield from self.blocks
        for child in self.children:
            if child.heading:
                yield child.heading
            yield from child.all_blocks()

    def walk(self) -> Iterator["Branch"]:
        """Yield this branch and all below, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def cleaned(
    blocks: Iterable[Block],
    labels: list[Passage],
    dialect: Dialect | None = None,
) -> Iterator[Block]:
    """Yield `blocks` less anchors, images and tables of contents.

    Their lines go to `labels`; so do lines that a dialect ignores.
    A `<summary>` becomes a heading of the lowest level, and so do titles that a dialect finds in
    lines.
    """
    if dialect is None or not dialect.states_titles:
        blocks = with_org_headings(list(blocks))
    for block in with_stated_titles(blocks, dialect):
        if dialect and dialect.ignored_lines:
            left = _without_ignored(block, dialect, labels)
            if left is None:
                continue
            block = left
        if block.kind == "list" and is_contents(block):
            _label(block.lines, labels)
        elif block.kind == "paragraph":
            for piece in with_html_lists(block):
                if piece.kind == "paragraph":
                    for part in _cleaned_paragraph(piece, labels):
                        yield from with_line_bullets(part)
                else:
                    yield piece
        elif block.kind == "quote" and (arrowed := arrowed_section(block)):
            name, lines = arrowed
            yield Block("heading", (name,), level=LABEL_LEVEL)
            yield line_list(Block("paragraph", lines))
        elif block.kind == "quote" and (title := section_callout(block)):
            yield Block("heading", (title,), level=PSEUDO_LEVEL)
            yield from block.children[1:]
        else:
            yield block


def _without_ignored(block: Block, dialect: Dialect, labels: list[Passage]) -> Block | None:
    """Return a block without the lines that `dialect` ignores; None where nothing is left."""
    ignored = [line for line in block.lines if dialect.ignores_line(line.text)]
    _label(ignored, labels)
    rest = [line for line in block.lines if line not in ignored]
    if ignored and (not rest or block.children):
        _label(rest, labels)
        return None
    return replace(block, lines=tuple(rest))


def is_contents(block: Block) -> bool:
    """Return whether a list is a table of contents: every line links to an anchor."""
    lines = [line.text for line in block.lines if line.text.strip()]
    linked = sum(bool(_CONTENTS_LINK.search(text)) for text in lines)
    return linked * 10 >= len(lines) * 8 and not any(
        "ref" in text and "[[" in text for text in lines
    )


def _label(lines: Iterable[Line], labels: list[Passage]) -> None:
    for line in lines:
        labels.append(Passage(line.text.strip(), line.span))


def _cleaned_paragraph(block: Block, labels: list[Passage]) -> Iterator[Block]:
    run: list[Line] = []
    for line in block.lines:
        summary = _SUMMARY_TAG.search(line.text) if "<summary" in line.text.lower() else None
        if summary and plain_text(summary["title"]):
            if run:
                yield replace(block, lines=tuple(run))
            run = []
            title = line.cut(*summary.span("title"))
            yield Block(
                "heading",
                (title,),
                level=PSEUDO_LEVEL,
            )
        elif is_wordless(line.text) or is_end(line.text):
            _label([line], labels)
        else:
            run.append(line)
    if run:
        yield replace(block, lines=tuple(run))


def build(blocks: list[Block], references: References) -> Branch:
    """Return the tree of the headings among `blocks`."""
    blocks = with_raised_names(_with_marked_headings(blocks))
    levels = _even_levels(blocks)
    root = Branch(None, None, 0)
    stack = [root]
    doubled = _doubled_titles(blocks)
    for index, block in enumerate(blocks):
        if block.kind != "heading":
            stack[-1].blocks.append(block)
            continue
        title = read_title(block.lines[0], references)
        if index in doubled:
            stack[-1].other_titles.append(title)
            continue
        level = levels.get(index, block.level)
        while stack[-1].level >= level:
            stack.pop()
        branch = Branch(
            block,
            title,
            level,
            apparatus="promotion" if _advertises(block) else apparatus(title.text),
        )
        stack[-1].children.append(branch)
        stack.append(branch)
    _mark_recurrent(root)
    top_branches(root)
    _mark_inherited(root, None)
    return root


def _mark_inherited(branch: Branch, kind: Apparatus | None) -> None:
    """Give every heading below one without news the kind of that one."""
    branch.apparatus = None if branch.is_document_title else branch.apparatus or kind
    for child in branch.children:
        _mark_inherited(child, branch.apparatus)


def top_branches(root: Branch) -> list[Branch]:
    """Return the headings that are sections; the document's own titles are marked as such.

    The title is a first heading that stands alone at its level or has a day in it.
    """
    top = root.children
    while top and _is_document_title(top):
        top[0].is_document_title = True
        top = [*top[0].children, *top[1:]]
    return top


def has_day(text: str) -> bool:
    """Return whether a title names a day or a month."""
    return bool(_DAY.search(text)) or find_day(text) is not None


def _is_document_title(top: list[Branch]) -> bool:
    first, others = top[0], top[1:]
    dated = has_day(first.text)
    if not others:
        names_section = not first.children and section_kind(first.text) is not None
        return dated or (first.level == 1 and not names_section)
    if first.level == 1 and not first.children and all(branch.level > 1 for branch in others):
        return True
    return first.level <= _MAX_TITLE_LEVEL and dated


def _with_marked_headings(
    blocks: list[Block],
) -> list[Block]:
    """Return `blocks` with repeated lone lines such as `一、模型` or `■ 模型` made headings."""
    marked = [index for index, block in enumerate(blocks) if _is_marked_heading(block)]
    named = sum(block.kind == "heading" and block.level >= PSEUDO_LEVEL for block in blocks)
    if not marked or len(marked) + named < _MIN_REPEATS:
        return blocks
    changed = list(blocks)
    for index in marked:
        changed[index] = replace(
            blocks[index],
            kind="heading",
            level=PSEUDO_LEVEL,
        )
    return changed


def _is_marked_heading(block: Block) -> bool:
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    text = block.lines[0].text.strip("*_ ")
    if len(text) > _MAX_MARKED_CHARS or _SENTENCE.search(text) or part_name(text):
        return False
    if not _MARKED_HEADING.match(text):
        return False
    return not field_name(text)


def _even_levels(
    blocks: list[Block],
) -> dict[int, int]:
    """Return the level of headings that are the only ones at theirs, by index.

    A lone heading of a high level in the midst of deeper ones takes the level of its neighbours.
    """
    headings = [
        (index, block.level) for index, block in enumerate(blocks) if block.kind == "heading"
    ]
    counts = Counter(level for _, level in headings)
    levels: dict[int, int] = {}
    for order, (index, level) in enumerate(headings):
        if order == 0 or counts[level] > 1:
            continue
        before, above = headings[order - 1]
        if _advertises(blocks[before]):
            continue
        if above < level and counts[above] > _MIN_REPEATS and _is_long(blocks[index]):
            levels[index] = above
            continue
        following = [other for _, other in headings[order + 1 :]]
        preceding = [other for _, other in headings[1:order]]
        deeper = [other for other in preceding if other > level]
        if not deeper or not following:
            continue
        neighbour = min(deeper)
        if counts[neighbour] > _MIN_REPEATS and neighbour in following:
            levels[index] = neighbour
    return levels


def _advertises(heading: Block) -> bool:
    return is_advertisement(plain_text(heading.lines[0].text))


def _is_long(block: Block) -> bool:
    """Return whether a heading is too long for the label of a field."""
    return display_width(plain_text(block.lines[0].text)) >= _MIN_ITEM_WIDTH


def _doubled_titles(
    blocks: list[Block],
) -> set[int]:
    """Return the indexes of headings that repeat the one above in another script."""
    doubled: set[int] = set()
    for index in range(1, len(blocks)):
        above, block = (
            blocks[index - 1],
            blocks[index],
        )
        if above.kind != "heading" or block.kind != "heading" or index - 1 in doubled:
            continue
        text, other = (
            above.lines[0].text,
            block.lines[0].text,
        )
        linked_twice = "](" in text and "](" in other
        same = above.level == block.level and _scripts_differ(text, other)
        repeated = _repeats(undecorated(text), undecorated(other))
        if (same or repeated) and not linked_twice:
            doubled.add(index)
    return doubled


def _repeats(text: str, other: str) -> bool:
    """Return whether a heading says that above again: `## 2. Chips` above `## Chips`."""
    key = title_key(text)
    begun = other.startswith(f"{text}:")
    return len(key) >= _MIN_REPEATED_CHARS and (begun or title_key(other) == key)


def _scripts_differ(text: str, other: str) -> bool:
    if section_kind(text) or section_kind(other):
        return False
    return bool(_CJK.search(text)) != bool(_CJK.search(other))


def _mark_recurrent(root: Branch) -> None:
    """Mark the branches whose title comes again below another heading: no item is named so."""
    parents: dict[str, set[int]] = {}
    for branch in root.walk():
        for child in branch.children:
            parents.setdefault(title_key(child.text), set()).add(id(branch))
    for branch in root.walk():
        if branch.title:
            several = len(parents.get(title_key(branch.text), ())) > 1
            branch.recurrent = several and not branch.is_headline


def is_bold_line(block: Block) -> bool:
    """Return whether a paragraph is one short line, bold as a whole or closed by a colon."""
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    line = block.lines[0]
    if display_width(line.text) > 2 * _MAX_MARKED_CHARS:
        return False
    return is_bold(line) or (line.text[-1:] in ":：" and not is_sentence(line.text[:-1]))


def is_sentence(text: str) -> bool:
    """Return whether a text goes on after a comma or full stop, or has an address."""
    return bool(_SENTENCE.search(text))
