"""Digests within a budget: stories enter, a message leaves; cut between stories. Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.query.schemas.digest import DigestOut, StoryOut
from app.render.messages import MessageFormat, clean, safe_url

MAX_SOURCES = 3
"""Sources that a story names."""


def _fitting(stories: Sequence[StoryOut], fits: Callable[[list[StoryOut]], bool]) -> list[StoryOut]:
    """Return the first stories that fit; the last ones without summary if they fit only so."""
    chosen: list[StoryOut] = []
    for story in stories:
        for form in (story, story.model_copy(update={"summary": None})):
            if fits([*chosen, form]):
                chosen.append(form)
                break
        else:
            break
    return chosen


def message(
    first: date | None,
    last: date | None,
    stories: Sequence[StoryOut],
    budget: int,
    service: MessageFormat,
    home: str,
    lang: str | None,
) -> str:
    """Return a digest as `service` takes it, at most `budget` long as the service counts.

    `home` is the absolute address that links of items begin with; without one there are none.
    """
    title = "Digest" if lang == "en" else "摘要"
    heading = title if first is None else f"{title} {first} – {last}"

    def compose(chosen: Sequence[StoryOut]) -> str:
        entries = []
        for number, story in enumerate(chosen, 1):
            entries.append(_entry(number, story, service, home))
        return _document(service, heading, entries)

    return compose(_fitting(stories, lambda chosen: service.fits(compose(chosen), budget)))


def _document(service: MessageFormat, heading: str, entries: list[list[str]]) -> str:
    strong = service.strong(service.escape(heading))
    if service.name == "html":
        items = "".join(f"<li>{'<br>'.join(lines)}</li>" for lines in entries)
        return f"<h1>{service.escape(heading)}</h1><ol>{items}</ol>\n"
    blocks = [strong]
    for lines in entries:
        separator = "  \n   " if service.name == "md" else "\n"
        blocks.append(separator.join(lines))
    return "\n\n".join(blocks) + "\n"


def _entry(number: int, story: StoryOut, service: MessageFormat, home: str) -> list[str]:
    """Return the lines of a story: title, summary, sources, and where the document tells it."""
    title = service.strong(service.escape(clean(story.title)))
    if home:
        title = service.link(title, home + story.link)
    if story.importance:
        title += service.escape(f" [{clean(story.importance)}]")
    lines = [title if service.name == "html" else f"{number}. {title}"]
    if story.summary:
        lines.append(service.escape(clean(story.summary)))
    links = []
    for source in story.sources[:MAX_SOURCES]:
        url = safe_url(source.url)
        if url:
            # A source is often labelled by the title of its story, which is the line above.
            label = clean(source.label)
            label = urlsplit(url).netloc if label in ("", clean(story.title)) else label
            links.append(service.link(service.escape(label), url))
    if links:
        lines.append(" · ".join(links))
    place = f"{story.briefing} L{story.lines.first}–{story.lines.last}"
    lines.append(service.escape(place))
    return lines


def as_json(digest: DigestOut) -> bytes:
    """Return a digest as JSON of at most `digest.budget` bytes; stories that do not fit are left.

    `digest` has all stories; `left` counts those it never had.
    """
    outside = digest.left

    def encode(chosen: Sequence[StoryOut]) -> bytes:
        left = outside + len(digest.stories) - len(chosen)
        content: dict[str, Any] = digest.model_dump(mode="json", exclude={"stories"})
        content["left"] = left
        content["stories"] = [story.model_dump(mode="json") for story in chosen]
        return orjson.dumps(content)

    if len(encode([])) > digest.budget:
        digest = digest.model_copy(update={"warnings": []})
    chosen = _fitting(digest.stories, lambda chosen: len(encode(chosen)) <= digest.budget)
    return encode(chosen)
