"""The documentation page, served by ourselves."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

_STATIC = Path(__file__).parent / "static"
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"


@router.get("/")
async def root() -> Response:
    return RedirectResponse("/docs")


@router.get("/docs")
async def docs() -> Response:
    return FileResponse(_STATIC / "docs.html", headers={"Content-Security-Policy": _POLICY})


if _STATIC.is_dir():
    router.mount("/static", StaticFiles(directory=_STATIC), name="static")
