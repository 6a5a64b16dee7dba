"""Examples of operations whose answers differ from the usual ones of a media type or status."""

from typing import Any

import orjson

from app.api.examples.answers import BY_SCHEMA
from app.api.examples.readers import EVIDENCE, HOME
from app.api.examples.things import BRIEFING, DAY, ENTITY, REF, SOURCE_SUMMARY, SUMMARY, WHOLE_ITEM
from app.query.publishing.exports.tables import TABLES
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.digest import DigestOut
from app.query.schemas.entities import EntityOut
from app.query.schemas.taxonomy import SourceOut
from app.render import digest, linked_data, pages
from app.render.citations.bibtex import bibtex
from app.render.citations.citation import (
    CitedWork,
    Citing,
    of_briefing,
    of_entity,
    of_item,
    of_source,
)
from app.render.citations.csl import csl
from app.render.citations.lines import apa
from app.render.citations.ris import ris
from app.render.files import delimited
from app.render.files.columns import columns_of
from app.render.messages import SERVICES

Examples = dict[str, Any]
"""Examples by media type."""
_READER = pages.PageReader("zh-Hant", home=HOME)
_CITING = Citing(HOME, DAY)
_DAY = BriefingOut.model_validate(BY_SCHEMA["BriefingOut"])
_ENTITY = EntityOut.model_validate(BY_SCHEMA["EntityOut"])
_SOURCE = SourceOut.model_validate(BY_SCHEMA["SourceOut"])
_DIGEST = DigestOut.model_validate(BY_SCHEMA["DigestOut"])
DOCUMENT = f"""---
title: {BRIEFING.title}
date: 2025-12-23T06:44:54+08:00
---

## 今日焦點（Top Headlines）

### {REF.title}

- **核心摘要：**{WHOLE_ITEM.summary}
- **資料來源：**[arXiv:2512.17527v1](arXiv:2512.17527v1)
"""
_ENTITY_REF = {"entity": ENTITY.id, "entity_name": ENTITY.name, "entity_type": ENTITY.type}
_SAME_DAY = {"first_seen": "2025-12-23", "last_seen": "2025-12-23"}
_ROWS: dict[str, Examples] = {
    "entities": {
        "id": ENTITY.id,
        "slug": ENTITY.slug,
        "type": ENTITY.type,
        "name": ENTITY.name,
        "name_en": ENTITY.name,
        "name_zh_hant": None,
        "name_zh_hans": None,
        "family": None,
        "maker": None,
        "items": 1,
        "mentions": 1,
        "briefings": 1,
        **_SAME_DAY,
        "spellings": [ENTITY.name],
    },
    "mentions": {
        "briefing": BRIEFING.id,
        "channel": BRIEFING.channel,
        "date": "2025-12-23",
        "item": WHOLE_ITEM.id,
        "kind": "title",
        "field": "title",
        "surface": ENTITY.name,
        **_ENTITY_REF,
        "inferred": False,
        "method": "scan",
        "score": 1.0,
        "line": 89,
        "start": 4016,
        "end": 4029,
    },
    "sources": {
        "id": SOURCE_SUMMARY.id,
        "status": "arxiv",
        "url": SOURCE_SUMMARY.url,
        "arxiv": "2512.17527",
        "publisher": "arxiv.org",
        "publisher_name": "arXiv",
        "label": SOURCE_SUMMARY.label,
        "target": SOURCE_SUMMARY.target,
        "citations": 1,
        "first_cited": "2025-12-23",
        "last_cited": "2025-12-23",
    },
    "threads": {
        "id": "th_4bhdq57fxava",
        "title": REF.title,
        "items": 2,
        "channels": ["daily"],
        "first_date": "2025-12-23",
        "last_date": "2025-12-23",
        "latest_item": WHOLE_ITEM.id,
        "members": [
            {
                "item": WHOLE_ITEM.id,
                "briefing": BRIEFING.id,
                "date": "2025-12-23",
                "role": "new",
                "title": REF.title,
            }
        ],
    },
    "pairs": {
        "a": ENTITY.id,
        "a_name": ENTITY.name,
        "a_type": ENTITY.type,
        "b": "e_bcipivtijjyp",
        "b_name": "CD-HIT",
        "b_type": "method",
        "count": 1,
        "a_items": 1,
        "b_items": 1,
        "expected": 0.0127,
        "g2": 10.7263,
        "npmi": 1.0,
    },
    "timelines": {
        **_ENTITY_REF,
        "interval": "month",
        "start": "2025-12-01",
        "end": "2025-12-31",
        "briefings": 1,
        "items": 1,
        "mentions": 1,
        "salience": 1.6875,
        "share": 0.017544,
    },
}
_CORRECTION = {
    "slug": "nvidia",
    "aliases": [{"name": "輝達公司", "kind": "spelling", "lang": "zh-Hant"}],
    "homonym": {},
}


def _line(row: Examples) -> str:
    return orjson.dumps(row).decode() + "\n"


def _export(table: str) -> Examples:
    """Return the files of a table with one row."""
    if table == "items":
        row = WHOLE_ITEM.model_dump(mode="json", exclude={"mentions", "match"})
    else:
        row = _ROWS[table]
    line = _line(row)
    blocks = delimited.blocks([line.encode()], columns_of(TABLES[table].shape), TABLES[table].row)
    return {"application/x-ndjson": line, "text/csv": b"".join(blocks).decode()}


def _cited(work: CitedWork) -> Examples:
    """Return a citation in each of its formats."""
    return {
        "application/x-bibtex": bibtex([work]).decode(),
        "application/x-research-info-systems": ris([work]).decode(),
        "application/vnd.citationstyles.csl+json": orjson.loads(csl([work])),
        "text/plain": apa([work]).decode(),
    }


def _linked(thing: linked_data.Thing) -> Examples:
    return {"application/ld+json": orjson.loads(linked_data.document(thing))}


def _digest(name: str) -> str:
    return digest.message(
        _DIGEST.from_,
        _DIGEST.to,
        _DIGEST.stories,
        _DIGEST.budget,
        SERVICES[name],
        HOME,
        None,
    )


_ITEM_CITED = _cited(of_item(WHOLE_ITEM, EVIDENCE, _CITING))
_DAY_CITED = _cited(of_briefing(SUMMARY, EVIDENCE, _CITING))
_ENTITY_CITED = _cited(of_entity(ENTITY, EVIDENCE, _CITING))
_SOURCE_CITED = _cited(of_source(SOURCE_SUMMARY, EVIDENCE, _CITING))
_WHOLE_DAY = {
    "text/html": pages.briefing_page(_DAY, DOCUMENT, ("2025-11-22", None), _READER),
    "text/markdown": DOCUMENT,
    **_linked(linked_data.briefing(_DAY, EVIDENCE, HOME)),
    **_DAY_CITED,
}
BY_OPERATION: dict[str, Examples] = {
    "listBriefings": _DAY_CITED,
    "getBriefing": _WHOLE_DAY,
    "getLatestBriefing": _WHOLE_DAY,
    "getBriefingSource": {"text/markdown": DOCUMENT},
    "getDocument": {"text/markdown": DOCUMENT},
    "getDigest": {
        "text/plain": _digest("text"),
        "text/markdown": _digest("md"),
        "text/html": _digest("html"),
    },
    "listItems": _ITEM_CITED,
    "listEntityItems": _ITEM_CITED,
    "getItem": _ITEM_CITED,
    "listEntities": _ENTITY_CITED,
    "getEntity": {
        "text/html": pages.entity_page(_ENTITY, [REF], _READER),
        **_linked(linked_data.entity(_ENTITY, HOME)),
        **_ENTITY_CITED,
    },
    "previewEntity": {"text/html": pages.entity_card(_ENTITY, pages.PageReader("en"))},
    "listSources": _SOURCE_CITED,
    "getSource": {**_linked(linked_data.source(_SOURCE, HOME)), **_SOURCE_CITED},
    "exportCorrections": {"application/x-ndjson": _line(_CORRECTION)},
    "getDatasetDescription": {
        "application/ld+json": {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "name": "Briefbase: a knowledge base of daily AI briefings",
            "version": "4baa167b-2",
            "distribution": [
                {
                    "@type": "DataDownload",
                    "contentUrl": "items.ndjson",
                    "encodingFormat": "application/x-ndjson",
                }
            ],
        }
    },
}
"""Examples by operation id and media type, where those of the media type are of another thing."""
for _table in TABLES:
    BY_OPERATION[f"export{_table.capitalize()}"] = _export(_table)
BY_STATUS: dict[tuple[str, str], Any] = {
    ("addBriefing", "201"): BY_SCHEMA["DocumentReport"] | {"status": "added"},
    ("getReadiness", "503"): {
        "status": "not ready",
        "checks": {"schema": "ok", "content": "empty"},
    },
}
"""JSON examples by operation id and status, where the status says more than the shape."""


def jsonp(content: Any) -> str:
    """Return JSON as the JavaScript that a request with `callback=jQuery1234` gets."""
    return f"/**/jQuery1234({orjson.dumps(content).decode()});"
