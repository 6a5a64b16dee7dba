"""A text cut into lines, and stretches of lines that know their place."""

import re
from dataclasses import dataclass

from app.parse.draft import TextSpan

# Lines end as Markdown ends them: LF, CRLF, CR; nothing else.
_NEWLINE = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of one line: its number from 1, and its characters of the document.

    The characters are those from `start` up to `end`, which is not included.
    """

    number: int
    start: int
    end: int
    text: str

    def cut(self, start: int, end: int | None = None) -> "Line":
        """Return the stretch from `start` to `end` of this one, without spaces at both ends."""
        piece = self.text[start:end]
        text = piece.strip()
        if len(text) == len(self.text):
            return self
        left = len(piece) - len(piece.lstrip())
        first = self.start + start + left
        return Line(
            self.number,
            first,
            first + len(text),
            text,
        )

    @property
    def span(self) -> TextSpan:
        """The place of the stretch."""
        return TextSpan(
            self.number,
            self.number,
            self.start,
            self.end,
        )


def cut_lines(text: str) -> list[Line]:
    """Return all lines of `text`; an empty rest after the last line end is none."""
    lines: list[Line] = []
    start = 0
    for match in _NEWLINE.finditer(text):
        content = text[start : match.start()]
        lines.append(
            Line(
                len(lines) + 1,
                start,
                match.start(),
                content,
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
    """Return `text` with every line end as LF, so that line ends change nothing else."""
    return _NEWLINE.sub("\n", text)
