"""JSON-LD in the vocabulary of schema.org, with a context of its own: nothing is fetched. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from app.query.schemas.briefings import BriefingOut
from app.query.schemas.citations import CitationEvidence
from app.query.schemas.entities import EntityOut
from app.query.schemas.items import CitationOut, ItemOut
from app.query.schemas.shared import EntityRef, EntityType, PublisherRef
from app.query.schemas.taxonomy import SourceOut
from app.query.schemas.threads import ThreadOut
from app.render.printable import one_line

Thing = dict[str, Any]
_WEB = ("http://", "https://")
_ADDRESS = {"@type": "@id"}
CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "datePublished": {"@type": "Date"},
    "dateModified": {"@type": "DateTime"},
    "isBasedOn": _ADDRESS,
    "sameAs": _ADDRESS,
    "url": _ADDRESS,
}
"""Context of every document: no default language, since names are in several."""
TYPES: Mapping[EntityType, str] = {
    "org": "Organization",
    "model": "SoftwareApplication",
    "product": "Product",
    "person": "Person",
    "method": "DefinedTerm",
    "dataset": "Dataset",
    "chip": "Product",
    "place": "Place",
    "event": "Event",
    "concept": "DefinedTerm",
    "other": "Thing",
}
"""Types of schema.org by type of entity."""
_EXTERNAL = {
    "wikidata": "https://www.wikidata.org/entity/",
    "hf": "https://huggingface.co/",
    "github": "https://github.com/",
}
"""Beginnings of addresses in other databases."""


def item(item: ItemOut, evidence: CitationEvidence | None, home: str) -> Thing:
    """Return an item as a NewsArticle."""
    thing = _article(item.title, item.summary, f"{home}/v1/items/{item.id}", evidence, home)
    briefing = _address(home, "briefings", item.briefing.id)
    thing |= {
        "datePublished": item.date.isoformat(),
        "dateModified": item.updated_at.isoformat(),
        "articleSection": one_line(item.section.title),
        "isPartOf": {"@type": "NewsArticle", "@id": briefing, "name": item.briefing.title},
        "about": _abouts(item, home),
        "citation": [_citation(source, home) for source in item.sources],
    }
    return thing


def briefing(briefing: BriefingOut, evidence: CitationEvidence | None, home: str) -> Thing:
    """Return a briefing as a NewsArticle whose parts are its items."""
    address = _address(home, "briefings", briefing.id)
    summary = briefing.summary or briefing.description
    thing = _article(briefing.title, summary, address, evidence, home)
    parts = []
    for section in briefing.sections:
        for entry in section.items:
            part = {"@type": "NewsArticle", "@id": f"{home}/v1/items/{entry.id}"}
            parts.append(part | {"headline": one_line(entry.title)})
    thing |= {
        "datePublished": briefing.date.isoformat(),
        "dateModified": briefing.updated_at.isoformat(),
        "keywords": [one_line(tag) for tag in briefing.tags],
        "hasPart": parts,
    }
    return thing


def entity(entity: EntityOut, home: str) -> Thing:
    """Return an entity by its type: an Organization, a Product, a DefinedTerm."""
    names = {alias.name for alias in entity.aliases} | set(entity.names.values())
    names.discard(entity.name)
    thing = _entity(entity, home)
    thing |= {
        "alternateName": sorted(one_line(name) for name in names),
        "url": f"{thing['@id']}?format=html",
    }
    addresses = []
    for name, value in entity.external_ids.items():
        if name in _EXTERNAL:
            addresses.append(_EXTERNAL[name] + quote(value, safe="/:"))
    if addresses:
        thing["sameAs"] = addresses
    if entity.maker:
        relation = "manufacturer" if thing["@type"] == "Product" else "creator"
        thing[relation] = _entity(entity.maker, home)
    return thing


def source(source: SourceOut, home: str) -> Thing:
    """Return a source as a ScholarlyArticle or an Article, with what cites it."""
    thing = _work(source.id, source.label or source.target, source, source.publisher, home)
    subjects = []
    for citing in source.cited_by:
        if citing.item:
            address = f"{home}/v1/items/{citing.item.id}"
            subject = {"@type": "NewsArticle", "@id": address}
            subjects.append(subject | {"headline": one_line(citing.item.title)})
    if subjects:
        thing["subjectOf"] = subjects
    return thing


def story(thread: ThreadOut, home: str) -> Thing:
    """Return a story as an ItemList of its articles, the first one first."""
    articles = []
    for place, member in enumerate(thread.members, 1):
        address = f"{home}/v1/items/{member.item.id}"
        article = {
            "@type": "NewsArticle",
            "@id": address,
            "headline": one_line(member.item.title),
            "datePublished": member.item.date.isoformat(),
        }
        articles.append({"@type": "ListItem", "position": place, "item": article})
    return {
        "@type": "ItemList",
        "@id": _address(home, "threads", thread.id),
        "name": one_line(thread.title),
        "url": f"{home}/threads/{quote(thread.id)}",
        "about": [_entity(each.entity, home) for each in thread.entities],
        "numberOfItems": len(articles),
        "itemListElement": articles,
    }


def document(thing: Thing) -> bytes:
    """Return a thing as a JSON-LD document."""
    return orjson.dumps({"@context": CONTEXT, **thing})


def script(thing: Thing) -> str:
    """Return a thing as an element of an HTML page; no text in it can end the element."""
    text = document(thing).decode()
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f'<script type="application/ld+json">{text}</script>'


def _article(
    title: str, summary: str | None, address: str, evidence: CitationEvidence | None, home: str
) -> Thing:
    thing: Thing = {
        "@type": "NewsArticle",
        "@id": address,
        "url": f"{address}?format=html",
        "headline": one_line(title),
        "publisher": {"@type": "Organization", "name": "Briefbase"},
    }
    if summary:
        thing["abstract"] = one_line(summary)
    if evidence:
        thing["author"] = {"@type": "Organization", "name": one_line(evidence.author)}
        lines = f"#L{evidence.first_line}-{evidence.last_line}" if evidence.first_line else ""
        thing["isBasedOn"] = f"{home}/v1/documents/{evidence.sha256}{lines}"
        thing["version"] = f"sha256:{evidence.sha256}"
        if evidence.language:
            thing["inLanguage"] = evidence.language
    return thing


def _abouts(item: ItemOut, home: str) -> list[Thing]:
    """Return the entities of an item, each once."""
    things: dict[str, Thing] = {}
    for named in item.entities:
        for ref in (named.entity, *(part.entity for part in named.parts)):
            if ref:
                things.setdefault(ref.id, _entity(ref, home))
    return list(things.values())


def _entity(ref: EntityRef, home: str) -> Thing:
    return {
        "@type": TYPES[ref.type],
        "@id": f"{home}/v1/entities/{ref.id}",
        "name": one_line(ref.name),
    }


def _citation(source: CitationOut, home: str) -> Thing:
    return _work(source.id, source.label or source.target, source, source.publisher, home)


def _work(
    source_id: str,
    name: str | None,
    source: CitationOut | SourceOut,
    publisher: PublisherRef | None,
    home: str,
) -> Thing:
    thing: Thing = {
        "@type": "ScholarlyArticle" if source.arxiv_id else "Article",
        "@id": f"{home}/v1/sources/{source_id}",
        "name": one_line(name or source.url or source_id),
    }
    if source.arxiv_id:
        thing["identifier"] = f"arXiv:{source.arxiv_id}"
        thing["url"] = f"https://arxiv.org/abs/{quote(source.arxiv_id)}"
    elif source.url and source.url.startswith(_WEB):
        thing["url"] = source.url
    if publisher:
        thing["publisher"] = {"@type": "Organization", "name": one_line(publisher.name)}
    return thing


def _address(home: str, collection: str, name: str) -> str:
    return f"{home}/v1/{collection}/{quote(name, safe=':')}"
