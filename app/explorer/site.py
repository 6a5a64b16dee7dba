"""Assets, the robots' rules and the map of pages."""

from collections.abc import Iterator
from typing import Annotated, Any
from xml.sax.saxutils import escape

from fastapi import APIRouter, Path, Request, Response

from app.api.wire import responses
from app.api.wire.deps import read_endpoint
from app.errors import NotFound
from app.explorer.pages import ASSETS
from app.query.documents import briefings
from app.query.entities import lists as entity_lists
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList
from app.query.schemas.briefings import BriefingSummary
from app.query.snapshot import dataset
from app.store.db import Session

router = APIRouter(include_in_schema=False)

MAX_SITEMAP_DAYS = 5_000
MAX_SITEMAP_ENTITIES = 500
_MEDIA = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_PRIVATE_PATHS = ("/desk", "/bench", "/cards/", "/search/suggestions", "/v1/")


@router.get("/assets/{name}")
async def asset(request: Request, name: Annotated[str, Path(max_length=64)]) -> Response:
    """Return an asset; its address has a version, so that it may be kept for a year."""
    if name not in ASSETS:
        raise NotFound(f"There is no asset {name!r}.")
    media = _MEDIA[name.rpartition(".")[2]]
    headers = {}
    if request.query_params.get("v"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return responses.cacheable(request, ASSETS[name], media, None, headers)


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Return the rules for robots: pages may be read, the API is for programs."""
    prefix = request.app.state.settings.prefix
    rules = ["User-agent: *"]
    rules += [f"Disallow: {prefix}{path}" for path in _PRIVATE_PATHS]
    rules.append(f"Sitemap: {responses.home(request)}/sitemap.xml")
    body = "\n".join(rules) + "\n"
    return responses.cacheable(request, body.encode(), responses.MEDIA["text"], None)


@router.get("/sitemap.xml")
@read_endpoint
def sitemap(request: Request, session: Session) -> Any:
    """Return the map of pages: every day, and the entities that are mentioned most."""
    home = responses.home(request)
    body = ['<?xml version="1.0" encoding="UTF-8"?>']
    body.append('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">')
    for path, changed in _pages(session):
        lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
        body.append(f"<url><loc>{escape(home + path)}</loc>{lastmod}</url>")
    body.append("</urlset>\n")
    text = "\n".join(body).encode()
    return responses.cacheable(
        request, text, "application/xml", dataset.version(session), {"X-Robots-Tag": "noindex"}
    )


def _pages(session: Session) -> Iterator[tuple[str, str]]:
    for path in ("/", "/days", "/entities", "/trends", "/threads", "/watchlist", "/quality"):
        yield path, ""
    cursor = None
    for _ in range(0, MAX_SITEMAP_DAYS, 100):
        listing = briefings.find(session, BriefingList(limit=100, cursor=cursor))
        for entry in listing.entries:
            summary = BriefingSummary.model_validate_json(entry)
            yield f"/days/{summary.id}", summary.updated_at.date().isoformat()
        cursor = listing.rows.next_cursor
        if cursor is None:
            break
    cursor = None
    for _ in range(0, MAX_SITEMAP_ENTITIES, 100):
        page = entity_lists.find(session, EntityList(limit=100, cursor=cursor), None)
        for entity in page.entries:
            yield f"/entities/{entity.id}", str(entity.last_seen or "")
        cursor = page.rows.next_cursor
        if cursor is None:
            break
