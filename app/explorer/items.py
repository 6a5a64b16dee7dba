"""Items on pages: their texts with names as links, their sources by class."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markupsafe import Markup

from app.explorer import marks
from app.explorer.visit import Visit
from app.explorer.words import word
from app.query.entities import profiles
from app.query.entities.profiles import Mark, Profile
from app.query.request.entity_params import DEFAULT_TYPES
from app.query.schemas.items import CitationOut, ItemCore, NodeOut
from app.query.snapshot.refs import entity_refs
from app.render.markup import Place

MAX_SPARKS = 36
"""Names of a page that have a sparkline."""
_WEB = ("http://", "https://")
_FIELDS = ("technical", "applications", "takeaways")


@dataclass(frozen=True, slots=True)
class Names:
    """The names in some items: their marks by item id, and profiles by pk, things first."""

    visit: Visit
    by_item: Mapping[str, list[Mark]]
    profiles: Mapping[int, Profile]
    links: dict[int, str] = field(default_factory=dict)
    """Links that were made: a name recurs a dozen times on a page."""

    def link(self, pk: int) -> str:
        """Return the attributes of the link to an entity: its address, type and first day."""
        link = self.links.get(pk)
        if link is None:
            link = self.links[pk] = self._made(pk)
        return link

    def _made(self, pk: int) -> str:
        profile = self.profiles.get(pk)
        if profile is None:
            return ""
        href = self.visit.url(f"/entities/{profile.ref.id}")
        lang = self.visit.lang
        title = f"{word(profile.ref.type, lang)} · {word('first_seen', lang)} {profile.first_seen}"
        return f'class="name" href="{escape(href)}" title="{escape(title)}"'

    @property
    def count(self) -> int:
        """Number of names in the texts."""
        return len(self.profiles)

    def featured(self) -> list[Profile]:
        """Return the profiles that have a sparkline."""
        return [profile for profile in self.profiles.values() if profile.spark]


def names_in(visit: Visit, item_ids: Iterable[str]) -> Names:
    """Return the names in the texts of items."""
    by_item = profiles.marks(visit.session, list(item_ids))
    counts: dict[int, int] = {}
    for entries in by_item.values():
        for mark in entries:
            counts[mark.entity_pk] = counts.get(mark.entity_pk, 0) + 1
    refs = entity_refs(visit.session, counts, visit.lang)

    def rank(pk: int) -> tuple[bool, int, int]:
        """Things before everyday concepts, which most items name; then by mentions."""
        return refs[pk].type not in DEFAULT_TYPES, -counts[pk], pk

    ranked = sorted(counts, key=rank)
    known = profiles.profiles(
        visit.session,
        ranked,
        visit.lang,
        set(ranked[:MAX_SPARKS]),
    )
    return Names(visit, by_item, known)


@dataclass(frozen=True, slots=True)
class Text:
    """Renders the texts of an item in their order, so that each name is found at its place."""

    names: Names
    item: ItemCore
    place: Place

    def _marks(self, field: str) -> list[Mark]:
        entries = self.names.by_item.get(self.item.id, ())
        return [mark for mark in entries if mark.field == field]

    @property
    def title(self) -> Markup:
        """The title; it is part of a link, so its names are none."""
        return marks.inline(self.item.title, (), self.names.link, self.place)

    @property
    def summary(self) -> Markup:
        """The summary."""
        summary = self.item.summary
        if not summary:
            return Markup("")
        return marks.block(summary, self._marks("summary"), self.names.link, self.place)

    @property
    def reason(self) -> Markup:
        """The reason of the importance."""
        reason = self.item.importance and self.item.importance.reason
        if not reason:
            return Markup("")
        entries = self._marks("importance.reason")
        return marks.inline(reason, entries, self.names.link, self.place)

    @property
    def details(self) -> Iterator[tuple[str, Markup]]:
        """The bullet lists with their names."""
        for name in _FIELDS:
            nodes = getattr(self.item.details, name)
            if nodes:
                remaining = self._marks(f"details.{name}")
                yield name, self._list(nodes, remaining)

    def _list(self, nodes: Iterable[NodeOut], remaining: list[Mark]) -> Markup:
        entries = ""
        for node in nodes:
            here = _taken(remaining, node.text)
            text = marks.inline(node.text, here, self.names.link, self.place)
            below = self._list(node.children, remaining) if node.children else ""
            entries += f"<li>{text}{below}</li>"
        return Markup(f"<ul>{entries}</ul>")

    @property
    def extra(self) -> Iterator[tuple[Markup | None, Markup]]:
        """The texts that belong to no known field, each with its label."""
        for extra in self.item.extra:
            label = None
            if extra.label:
                label = marks.inline(extra.label, (), self.names.link, self.place)
            yield label, marks.block(extra.text, (), self.names.link, self.place)


def _taken(remaining: list[Mark], text: str) -> list[Mark]:
    """Return the marks at the beginning of `remaining` that a text holds, and remove them."""
    position = count = 0
    for mark in remaining:
        start = text.find(mark.surface, position)
        if start < 0:
            break
        position = start + len(mark.surface)
        count += 1
    entries = remaining[:count]
    del remaining[:count]
    return entries


def text_of(names: Names, assets_url: str | None) -> Callable[[ItemCore], Text]:
    """Return a function from an item to its texts."""

    def of(item: ItemCore) -> Text:
        page = names.visit.url(f"/items/{item.id}")
        return Text(names, item, Place(page, assets_url))

    return of


def source_link(source: CitationOut) -> dict[str, Any]:
    """Return the address, text and class of a source; only web addresses are links."""
    url = source.url or ""
    publisher = source.publisher.name if source.publisher else ""
    text = source.label or publisher or url or source.target or source.id
    return {
        "href": url if url.startswith(_WEB) else None,
        "text": text,
        "publisher": publisher if publisher != text else "",
        "status": source.status,
        "id": source.id,
    }
