"""Whole lists as files, streamed, and the descriptions of these files."""

from collections.abc import Generator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app import export
from app.api.edge.streams import Places
from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, DatabaseDep, SettingsDep
from app.api.wire.responses import CHECKS, prefixed
from app.api.wire.streams import SteppedResponse, StreamedFile, is_answered
from app.file_cache import FileCache
from app.query.publishing.exports.tables import TABLES
from app.query.request.export_params import (
    EntityExport,
    ItemExport,
    MentionExport,
    PairExport,
    SourceExport,
    Spreadsheet,
    ThreadExport,
    TimelineExport,
)
from app.query.request.params import NoQuery
from app.query.schemas.exported_files import DataPackageOut, ManifestOut
from app.query.snapshot.dataset import Version
from app.render.files.descriptions import MEDIA
from app.settings import Settings
from app.store.db import Database

router = APIRouter(prefix="/v1/exports", tags=["exports"], dependencies=CHECKS)

MAX_EXPORTS = 2
"""Concurrent exports; each holds a connection for as long as its client reads."""
FOLDER = "/v1/exports/"
places = Places("exports", MAX_EXPORTS)
Format = Annotated[export.Format, Path(description="Format of the file.", examples=["ndjson"])]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string"}} for media in MEDIA.values()
        }
    }
}


@router.get(
    "/items.{format}",
    summary="All items that match, with all parts",
    response_class=Response,
    responses=_FILES,
)
def export_items(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[ItemExport, Query()],
) -> Any:
    return _file(request, database, "items", format, params, language)


@router.get(
    "/entities.{format}",
    summary="All entities that match, with counts and spellings",
    response_class=Response,
    responses=_FILES,
)
def export_entities(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[EntityExport, Query()],
) -> Any:
    return _file(request, database, "entities", format, params, language)


@router.get(
    "/mentions.{format}",
    summary="All mentions that match, with their places in the documents",
    response_class=Response,
    responses=_FILES,
)
def export_mentions(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[MentionExport, Query()],
) -> Any:
    return _file(request, database, "mentions", format, params, language)


@router.get(
    "/sources.{format}",
    summary="All sources that match, with counts",
    response_class=Response,
    responses=_FILES,
)
def export_sources(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[SourceExport, Query()],
) -> Any:
    return _file(request, database, "sources", format, params, language)


@router.get(
    "/threads.{format}",
    summary="All stories that match, with their items",
    response_class=Response,
    responses=_FILES,
)
def export_threads(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[ThreadExport, Query()],
) -> Any:
    return _file(request, database, "threads", format, params, language)


@router.get(
    "/pairs.{format}",
    summary="All pairs of entities in the items that match",
    response_class=Response,
    responses=_FILES,
)
def export_pairs(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[PairExport, Query()],
) -> Any:
    return _file(request, database, "pairs", format, params, language)


@router.get(
    "/timelines.{format}",
    summary="The timelines of all entities over the items that match",
    response_class=Response,
    responses=_FILES,
)
def export_timelines(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    format: Format,
    params: Annotated[TimelineExport, Query()],
) -> Any:
    return _file(request, database, "timelines", format, params, language)


@router.get(
    "/manifest.json",
    response_model=ManifestOut,
    summary="Columns, counts, sizes and hashes of all files",
)
def get_manifest(
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    params: Annotated[NoQuery, Query()],
) -> Any:
    return _description(request, database, settings, "manifest.json")


@router.get(
    "/datapackage.json",
    response_model=DataPackageOut,
    summary="All files as a Frictionless data package",
)
def get_data_package(
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    params: Annotated[NoQuery, Query()],
) -> Any:
    return _description(request, database, settings, "datapackage.json")


@router.get(
    "/dataset.jsonld",
    summary="All files as a schema.org Dataset",
    response_class=Response,
    responses={200: {"content": {"application/ld+json": {"schema": {"type": "object"}}}}},
)
def get_dataset_description(
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    params: Annotated[NoQuery, Query()],
) -> Any:
    return _description(request, database, settings, "dataset.jsonld", "application/ld+json")


def _file(
    request: Request,
    database: Database,
    name: str,
    format_: export.Format,
    params: Spreadsheet,
    language: str | None,
) -> Response:
    lang = params.lang or language
    files: FileCache = request.app.state.file_cache
    blocks = export.stream(database, TABLES[name], format_, params, lang, files)
    return places.response(
        request.scope,
        lambda: _response(request, blocks, f"{name}.{format_}", format_, lang),
        close=blocks.close,
    )


def _response(
    request: Request,
    blocks: Generator[Any, None, None],
    name: str,
    format_: export.Format,
    lang: str | None,
) -> Response:
    version: Version = next(blocks)
    headers = _headers(request, version, name, lang)
    if is_answered(request, headers):
        blocks.close()
        return Response(media_type=MEDIA[format_], headers=headers)
    prefix = request.app.state.settings.prefix
    if prefix and format_ == "ndjson":
        blocks = _prefixed(blocks, prefix)
    return StreamedFile(blocks, MEDIA[format_], headers)


def _prefixed(blocks: Generator[bytes, None, None], prefix: str) -> Generator[bytes, None, None]:
    try:
        for block in blocks:
            yield prefixed(block, prefix)
    finally:
        blocks.close()


def _headers(request: Request, version: Version, name: str, lang: str | None) -> dict[str, str]:
    """Return the headers of an export; content, filters and language determine its bytes."""
    state = f"{version.text} {name} {request.url.query} {lang}"
    headers = responses.file_headers(name) | {
        "ETag": responses.weak_etag(state.encode()),
        "Dataset-Version": version.text,
        "Cache-Control": "no-cache",
        "Vary": responses.VARY,
    }
    if version.modified_at:
        headers["Last-Modified"] = responses.http_date(version.modified_at)
    return headers


def _description(
    request: Request, database: Database, settings: Settings, name: str, media: str = ""
) -> Response:
    # Without a public address, names relative to this file: a cached answer names no host.
    home = settings.home("") + FOLDER if settings.public_url else ""
    files: FileCache = request.app.state.file_cache

    def steps() -> Generator[None, None, Response]:
        with database.read() as session:
            origin = export.origin(session, home)
            measured = yield from export.measuring(session, files)
        body = export.description(name, origin, measured)
        version = Version(origin.version, origin.modified_at)
        media_type = media or responses.MEDIA["json"]
        headers = responses.file_headers(name)
        return responses.cacheable(request, body, media_type, version, headers)

    return places.response(request.scope, lambda: SteppedResponse(steps()))
