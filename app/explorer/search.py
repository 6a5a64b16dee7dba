"""The search page: names first, then items, with facets and why each matched."""

import calendar
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from fastapi import APIRouter
from markupsafe import Markup
from pydantic import Field

from app.errors import NotFound
from app.explorer.pages import page, render
from app.explorer.visit import Visit, read_query
from app.explorer.words import word
from app.query import items, search
from app.query.entities import references
from app.query.listing.page import Listing
from app.query.names.autocomplete import complete, name_lookup
from app.query.request.entity_params import CompletionQuery
from app.query.request.filter_syntax import clauses
from app.query.request.item_params import SEARCHED, ItemFilter, ItemList, SearchList
from app.query.request.params import Lang, Paging
from app.query.schemas.items import ItemOut
from app.query.schemas.search import Hit
from app.query.snapshot.refs import entity_refs
from app.query.taxonomy import sources

router = APIRouter(include_in_schema=False)

FACETS = ("section", "importance", "entity", "publisher", "month")
_VOCABULARIES = ("section", "importance", "entity_type", "kind", "certainty", "source_status")
"""Filters with words of a vocabulary."""
_FILTER_WORDS = {"thread": "threads"}
"""Words of filters whose parameter is a word of another meaning."""
_MARKED = re.compile(r"<mark>.*?</mark>")
MAX_NAMES = 8
"""Names above the items."""
MAX_SUGGESTED_NAMES = 6
MAX_SUGGESTED_ITEMS = 4
Kind = Literal["items", "entities", "sources", "briefings"]
PATHS = {"item": "/items/", "entity": "/entities/", "briefing": "/days/"}
"""Pages of hits, by type; a source has a search for the items that cite it."""


class SearchPage(ItemFilter, Paging, Lang):
    """The state of the search page."""

    type: Kind = Field("items")
    sort: Literal["relevance", "-date", "date"] | None = Field(None)


@router.get("/search")
@page
def search_page(visit: Visit) -> Any:
    """Return the results of a query; without words, the items under the filters."""
    query = visit.read(SearchPage)
    pairs = visit.query("type", "sort")
    name_hits: Sequence[Any] = ()
    counts: dict[str, int] = {}
    expanded: Sequence[dict[str, Any]] = ()
    hits: Listing[bytes] | None = None
    if query.q:
        paging = [("limit", str(query.limit)), ("cursor", query.cursor or "")]
        limits = {"type": [query.type], "lang": visit.lang}
        if query.type == "items":
            limits["type"] = ["entities"]
            paging = [("limit", str(MAX_NAMES))]
        shape = read_query(SearchList, [*_without_paging(pairs), *paging], limits)
        hits = search.find(visit.session, shape, visit.lang)
        counts = hits.extra["counts"]
        expanded = hits.extra["expanded"]
        name_hits = [Hit.model_validate_json(entry) for entry in hits.entries]
    listing = _items(visit, query, pairs) if query.type == "items" else None
    if listing and not query.q:
        counts = {"items": listing.rows.total}
    rows = listing or hits
    return render(
        visit,
        "search.html",
        query.q or word("search", visit.lang),
        section="search",
        query=query,
        kinds=SEARCHED,
        counts=counts,
        expanded=expanded,
        names=name_hits,
        known={hit.id: sources.one(visit.session, hit.id) for hit in name_hits if _is_source(hit)},
        items=[ItemOut.model_validate_json(entry) for entry in listing.entries] if listing else [],
        listing=listing,
        next_cursor=rows.rows.next_cursor if rows else None,
        warnings=rows.warnings if rows else [],
        description=rows.meta.human_description if rows else None,
        canonical=visit.home + "/search",
        facets=list(_facets(visit, listing)) if listing else [],
        active=list(_chips(visit, pairs)),
        highlights=_highlights,
        title_of=_title,
        places=lambda fields: _places(fields, visit.lang),
        paths=PATHS,
        use=_addresses(visit, query, pairs),
        cite=visit.address("/v1/items", pairs),
    )


@router.get("/search/suggestions")
@page
def suggestions(visit: Visit) -> str:
    """Return what a reader who types may mean: names that begin so, then items that match."""
    query = visit.read(CompletionQuery)
    names = name_lookup(visit.session)
    # The last word is not finished: items that have a longer one match, too.
    words = ItemList(q=f"{query.q}*", limit=MAX_SUGGESTED_ITEMS, sort="relevance")
    listing = items.find(visit.session, words, visit.lang)
    return render(
        visit,
        "suggestions.html",
        query.q,
        names=complete(visit.session, names, query.q, MAX_SUGGESTED_NAMES, visit.lang),
        items=[ItemOut.model_validate_json(entry) for entry in listing.entries],
    )


def _is_source(hit: Hit) -> bool:
    return hit.type == "source"


def _addresses(visit: Visit, query: SearchPage, pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the addresses of the data of a search; without words, items are all of it."""
    items_address = visit.address("/v1/items", pairs)
    use = {"as_api": items_address}
    if query.q:
        kind = query.type if query.type != "items" else ""
        use = {"as_api": visit.address("/v1/search", [*pairs, ("type", kind)])}
        use["as_items"] = items_address
    use["as_feed"] = visit.address("/feeds/items.atom", pairs)
    use["as_csv"] = visit.address("/v1/exports/items.csv", pairs)
    return use


_FILTERS = {declared.alias or name for name, declared in ItemFilter.model_fields.items()} - {"q"}


def _chips(visit: Visit, pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the filters in force: word, label of the value, and the address without it."""
    for name, value in pairs:
        if name in _FILTERS:
            label = _value_label(visit, name, value)
            yield _FILTER_WORDS.get(name, name), label, _without(visit, name, value)


def _without(visit: Visit, name: str, value: str) -> str:
    """Return the address of this search without one value of a parameter."""
    remaining = [pair for pair in visit.query("type", "sort") if pair != (name, value)]
    more = {key: visit.request.query_params.get(key, "") for key in ("type", "sort")}
    return visit.url("/search", remaining, **more)


def _value_label(visit: Visit, name: str, value: str) -> str:
    """Return a value of a filter in words: entities by name, alternatives by a slash."""
    if name in ("from", "to", "thread"):
        return value
    (alternatives,) = clauses([value])
    labels = [_label(visit, name, text) for text in alternatives.values]
    return ("≠ " if alternatives.negated else "") + " / ".join(labels)


def _label(visit: Visit, name: str, text: str) -> str:
    if name == "channel":
        return visit.channel_titles([text])[text]
    if name not in ("entity", "source", "publisher"):
        return word(text, visit.lang) if name in _VOCABULARIES else text
    try:
        if name == "publisher":
            return sources.one_publisher(visit.session, text).name
        if name == "source":
            source = sources.one(visit.session, sources.id_of(visit.session, text))
            return source.label or source.url or text
        pk = references.resolve(visit.session, text)
    except NotFound:
        return text
    return entity_refs(visit.session, [pk], visit.lang)[pk].name


def _without_paging(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[0] != "limit"]


def _items(visit: Visit, query: SearchPage, pairs: list[tuple[str, str]]) -> Listing[bytes]:
    fixed: dict[str, Any] = {"facets": ",".join(FACETS)}
    if query.cursor:
        fixed["cursor"] = query.cursor
    sort = query.sort or ("relevance" if query.q else None)
    if sort and not (sort == "relevance" and not query.q):
        fixed["sort"] = sort
    shape = read_query(ItemList, pairs, fixed)
    return items.find(visit.session, shape, visit.lang)


def _facets(visit: Visit, listing: Listing[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the facets: name, and for each value its label, count and address."""
    for name, buckets in listing.meta.facets.items():
        values = []
        for bucket in buckets[:8]:
            if bucket.parts and bucket.parts[0].missing and name in ("entity", "publisher"):
                continue
            # Added, not replaced: the count is that of items with all filters.
            href = visit.with_filter(name, bucket.key)
            if name == "month":
                href = visit.here(cursor=None, **_month(bucket.key))
            values.append(
                {"label": _bucket_label(visit, name, bucket), "count": bucket.count, "href": href}
            )
        if values:
            yield name, values


def _bucket_label(visit: Visit, name: str, bucket: Any) -> str:
    """Return the label of a value of a facet; a word of a vocabulary as pages write it."""
    is_word = name in _VOCABULARIES and not (bucket.parts and bucket.parts[0].missing)
    return word(bucket.key, visit.lang) if is_word else str(bucket.label)


def _month(key: str) -> dict[str, str]:
    """Return the first and last day of a month such as 2025-12."""
    year, month = key.split("-")[:2]
    last = calendar.monthrange(int(year), int(month))[1]
    return {"from": f"{key}-01", "to": f"{key}-{last:02d}"}


def _highlights(match: Any, title: str) -> list[Markup]:
    """Return the excerpts of a match below its title; the query has escaped them.

    An excerpt that says what the title says, or only the name that was searched, is left out.
    """
    excerpts: list[Markup] = []
    for highlight in match.highlights if match else ():
        text = Markup(highlight.marked)
        rest = _MARKED.sub("", highlight.marked).strip()
        if highlight.field != "title" and rest and text.striptags() not in title:
            excerpts.append(text)
    return excerpts[:3]


def _title(item: ItemOut) -> Markup | str:
    """Return the title of an item, with its matches marked."""
    for highlight in item.match.highlights if item.match else ():
        if highlight.field == "title":
            return Markup(highlight.marked)
    return item.title


def _places(fields: Sequence[str], lang: str) -> str:
    """Return the parts of a thing that match, each once: `details.technical[0].text` → details."""
    places = []
    for field in fields:
        head = field.replace("[", ".").partition(".")[0]
        text = word(f"place_{head}", lang)
        places.append(head if text.startswith(("place_", "Place ")) else text)
    separator = ", " if lang == "en" else "、"
    return separator.join(dict.fromkeys(places))
