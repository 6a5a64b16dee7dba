"""Text that every format can carry: no character that XML forbids, no surprise in a title. Pure."""

import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""XML 1.0 forbids these; of C1 it only advises against them."""
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")


def printable(text: str) -> str:
    """Return a text without control characters, surrogates and noncharacters."""
    # Most texts are, and this takes a tenth of the time.
    if text.isprintable():
        return text
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """Return a text on one line, for a title: single spaces, no bidirectional controls.

    Such a control would also turn what a reader shows beside the title.
    """
    if text.isprintable() and "  " not in text:
        return text.strip()
    text = _BIDI_CONTROLS.sub("", text)
    # Some controls count as spaces: words stay apart.
    return printable(_SPACES.sub(" ", text)).strip()
