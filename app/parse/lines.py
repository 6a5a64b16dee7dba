"""A text cut into lines, and stretches of lines that know where they stand."""

import re
from dataclasses import dataclass

from app.parse.draft import Span

# Lines end as Markdown ends them: LF, CRLF, CR; nothing else.
_NEWLINE = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of one line: its number from 1, and the characters `start` to `end` of the document."""

    number: int
    start: int
    end: int
    text: str

    def cut(self, start: int, end: int | None = None) -> "Line":
        """The stretch from `start` to `end` of this one, white space at both ends left out."""
        piece = self.text[start:end]
        left = len(piece) - len(piece.lstrip())
        text = piece.strip()
        return Line(
            self.number,
            self.start + start + left,
            self.start + start + left + len(text),
            text,
        )

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.number, self.number, self.start, self.end)


def cut_lines(text: str) -> list[Line]:
    """All lines of `text`; what follows the last line end counts only if there is something."""
    lines: list[Line] = []
    start = 0
    for match in _NEWLINE.finditer(text):
        lines.append(
            Line(
                len(lines) + 1,
                start,
                match.start(),
                text[start : match.start()],
            )
        )
        start = match.end()
    if start < len(text):
        lines.append(
            Line(
                len(lines) + 1,
                start,
                len(text),
                text[start:],
            )
        )
    return lines


def unbroken(text: str) -> str:
    """`text` with every line end as LF, so that a document says the same whatever ends its lines."""
    return _NEWLINE.sub("\n", text)
