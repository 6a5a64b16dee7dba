"""Elements of XML as text, written as ElementTree writes them. Pure.

A feed has thirty elements an entry: a tree of objects takes three times as long as their text.
"""

from collections.abc import Mapping

from app.render.printable import printable

_TEXT_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_VALUE_ESCAPES = (
    *_TEXT_ESCAPES,
    ('"', "&quot;"),
    ("\r", "&#13;"),
    ("\n", "&#10;"),
    ("\t", "&#09;"),
)


def element(tag: str, text: str = "", attributes: Mapping[str, str] | None = None) -> str:
    """Return an element with a text, control characters left out."""
    return wrapped(tag, _escaped(text, _TEXT_ESCAPES), attributes)


def wrapped(tag: str, content: str, attributes: Mapping[str, str] | None = None) -> str:
    """Return an element around written `content`."""
    start = tag
    for name, value in (attributes or {}).items():
        start += f' {name}="{_escaped(value, _VALUE_ESCAPES)}"'

    return f"<{start}>{content}</{tag}>" if content else f"<{start} />"


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    text = printable(text)
    for char, escape in escapes:
        if char in text:
            text = text.replace(char, escape)

    return text
