"""Names in a text become links to their entities. Pure.

Characters of the private use area mark the names while the text is Markdown; they become links
once the HTML is clean.
"""

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup

from app.query.entities.profiles import Mark
from app.render import markup
from app.render.markup import Place

_OPEN, _MIDDLE, _CLOSE = "\ue0f0", "\ue0f1", "\ue0f2"
_MARKS = re.compile(f"[{_OPEN}{_MIDDLE}{_CLOSE}]")
_MARKED = re.compile(f"{_OPEN}(\\d+){_MIDDLE}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_ANCHOR = re.compile(r"<a [^>]*>.*?</a>", re.DOTALL)
_TAG = re.compile(r'<[a-zA-Z/](?:[^>"]|"[^"]*")*>')
Link = Callable[[int], str]
"""Returns the attributes of the link to an entity, by its pk."""


def _with_marks(text: str, marks: Sequence[Mark]) -> tuple[str, int]:
    """Return a text with its names marked, and the number of marks."""
    parts = []
    position = count = 0
    for mark in marks:
        start = text.find(mark.surface, position)
        if start < 0 or not mark.surface:
            continue
        parts.append(text[position:start])
        parts.append(f"{_OPEN}{mark.entity_pk}{_MIDDLE}{mark.surface}{_CLOSE}")
        position = start + len(mark.surface)
        count += 1
    parts.append(text[position:])
    return "".join(parts), count


def _without_marks(html: str) -> str:
    return _MARKED.sub(lambda match: match[2], html)


def _linked(html: str, link: Link) -> str:
    # A link within a link is no HTML, and one within an attribute (`alt`) ends it.
    html = _TAG.sub(lambda match: _without_marks(match[0]), html)
    html = _ANCHOR.sub(lambda match: _without_marks(match[0]), html)
    return _MARKED.sub(lambda match: f"<a {link(int(match[1]))}>{match[2]}</a>", html)


def _render(text: str, marks: Sequence[Mark], link: Link, to_html: Callable[[str], str]) -> Markup:
    text = _MARKS.sub("", text)
    if not marks:
        return Markup(to_html(text))
    marked, count = _with_marks(text, marks)
    html = to_html(marked)
    # A mark within markup or an address is lost: the text comes without marks then.
    if len(_MARKED.findall(html)) != count:
        return Markup(to_html(text))
    return Markup(_linked(html, link))


def inline(text: str, marks: Sequence[Mark], link: Link, place: Place) -> Markup:
    """Return a text of one line as safe HTML with its names as links."""
    return _render(text, marks, link, lambda marked: markup.inline_html(marked, place))


def block(text: str, marks: Sequence[Mark], link: Link, place: Place) -> Markup:
    """Return a text of paragraphs as safe HTML with its names as links."""
    return _render(text, marks, link, lambda marked: markup.block_html(marked, place))
