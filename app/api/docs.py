"""The documentation page and the OpenAPI document; no file comes from another host."""

from pathlib import Path

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles

from app.api.wire.responses import MEDIA, cacheable

router = APIRouter(include_in_schema=False)

_STATIC = Path(__file__).parent / "static"
_PAGE = (_STATIC / "docs.html").read_bytes()
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'"
)


@router.get("/docs")
async def docs(request: Request) -> Response:
    return cacheable(
        request,
        _PAGE,
        MEDIA["html"],
        None,
        {"Content-Security-Policy": _POLICY},
    )


@router.get("/openapi.json")
async def document(request: Request) -> Response:
    return cacheable(request, orjson.dumps(request.app.openapi()), MEDIA["json"], None)


router.mount("/static", StaticFiles(directory=_STATIC), name="static")
