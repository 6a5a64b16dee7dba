"""Addresses that agents look for: a small OpenAPI document, and a map of the service as text."""

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.wire.responses import MEDIA, cacheable, home
from app.api.wire.small_openapi import small

router = APIRouter(include_in_schema=False)

_MAP = """# Briefbase

> A knowledge base of daily AI briefings (Traditional Chinese with English): items with exact
> lines, entities, sources, story threads, timelines and trends. Reading needs no key.

Every item can be cited: its id, `{home}/v1/items/{{id}}`, and the lines of its document,
`{home}/v1/documents/{{sha256}}#L84-90`, which stay for ever. Lists take one grammar of filters: a
repeated parameter is AND, `a|b` is OR, `!a` is NOT; `meta.next_cursor` goes on. Errors say what
is expected.

## For agents

- [MCP server]({home}/mcp): streamable HTTP; tools headlines, search, get_item, entity_profile,
  timeline, compare, related, trends, thread, digest, annotate
- [Ten operations]({home}/v1/tools.json): a small OpenAPI document
- [All operations]({home}/openapi.json): the whole OpenAPI document

## Reading

- [Headlines]({home}/v1/headlines?format=md): the focus of the latest day as Markdown
- [Digest]({home}/v1/digest?days=7&format=md): the stories of the last days as Markdown
- [Latest briefing]({home}/v1/briefings/latest?format=md): the document as Markdown
- [Search]({home}/v1/search?q=Qwen): items, entities, sources and briefings
- [Trends]({home}/v1/trends): entities that rise and fall
- [Coverage]({home}/v1/info): days, counts, gaps and the version of the data

## Optional

- [Feeds]({home}/feeds.opml): Atom, RSS and JSON Feed of every list
- [Exports]({home}/v1/exports/manifest.json): whole tables as NDJSON, CSV and Parquet
- [Documentation]({home}/docs): every operation with examples
"""


@router.get("/v1/tools.json")
async def tools(request: Request) -> Response:
    document = small(request.app.openapi(), home(request))
    return cacheable(request, orjson.dumps(document), MEDIA["json"], None)


@router.get("/llms.txt")
async def service_map(request: Request) -> Response:
    text = _MAP.format(home=home(request))
    return cacheable(request, text.encode(), MEDIA["text"], None)
