"""Comments of a document, `<!-- … -->` and `%% … %%`: nowhere but in the source."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^[ \t>]{0,12}(`{3,}|~{3,})", re.MULTILINE)
_INLINE_NOTE = re.compile(r"(?<!%)%%(?!%)[^%\n]{1,2000}%%(?!%)")
_NOTE_LINE = re.compile(r"^[ \t]*%%(?!%)[^%\n]*$", re.MULTILINE)
_NOTE_END = re.compile(r"%%[ \t]*$", re.MULTILINE)
_VISIBLE = re.compile(r"[^\r\n]")


def mask_comments(text: str) -> str:
    """Return `text` with every comment as spaces; line ends and offsets stay.

    Comments in fenced or inline code are text. One that is never closed is text, too.
    """
    if "<!--" not in text and "%%" not in text:
        return text
    fences = list(_fenced(text))
    pieces: list[str] = []
    position = 0
    for start, end in _comments(text, fences):
        pieces.append(text[position:start])
        pieces.append(_VISIBLE.sub(" ", text[start:end]))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of every fenced block; an open one goes to the end."""
    opening: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opening is None:
            opening = match
        elif match[1].startswith(opening[1]):
            yield opening.start(), match.end()
            opening = None
    if opening:
        yield opening.start(), len(text)


def _comments(text: str, fences: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    position = 0
    fence_index = 0
    for start, end in _candidates(text):
        while fence_index < len(fences) and fences[fence_index][1] <= start:
            fence_index += 1
        in_fence = fence_index < len(fences) and fences[fence_index][0] <= start
        if start >= position and not in_fence and not _in_code(text, start):
            yield start, end
            position = end


def _in_code(text: str, start: int) -> bool:
    """Return whether a position lies in inline code of its line."""
    line_start = text.rfind("\n", 0, start) + 1
    return text.count("`", line_start, start) % 2 == 1


def _candidates(
    text: str,
) -> Iterator[tuple[int, int]]:
    """Yield the start and end of everything that looks like a comment, by start."""
    spans = [
        *_html_comments(text),
        *_block_notes(text),
    ]
    spans.extend(match.span() for match in _INLINE_NOTE.finditer(text))
    yield from sorted(spans)


def _html_comments(
    text: str,
) -> Iterator[tuple[int, int]]:
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            return
        yield start, end + 3
        start = text.find("<!--", end + 3)


def _block_notes(
    text: str,
) -> Iterator[tuple[int, int]]:
    position = 0
    while opening := _NOTE_LINE.search(text, position):
        closing = _NOTE_END.search(text, opening.end())
        if closing is None:
            return
        yield opening.start(), closing.end()
        position = closing.end()
