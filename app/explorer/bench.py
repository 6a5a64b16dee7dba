"""The bench of dialects: a Markdown file enters, how it would be understood leaves; no storing."""

from collections import defaultdict
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app import preview
from app.api.wire.deps import AcceptLanguageDep
from app.errors import AppError, BadRequest, TooLarge
from app.explorer.pages import error_page, page, private_response, render
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import word
from app.parse.briefing import decode
from app.parse.outline import OutlineEntry, entries
from app.reading import parse_document

router = APIRouter(include_in_schema=False)

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_REQUEST_BYTES = 3 * MAX_DOCUMENT_BYTES
"""A form may send a text and a file."""
# One document at a time: the bench takes no key, and readers of pages come first.
_bench = CapacityLimiter(1)


@router.get("/bench")
@page
def bench(visit: Visit) -> Any:
    """Return the empty bench."""
    visit.read(LangOnly)
    return _bench_page(visit, "", "", None)


@router.post("/bench")
async def try_document(request: Request, language: AcceptLanguageDep) -> Response:
    """Return a document beside what would be understood of it."""
    try:
        data, name = await _document(request)
        values = await to_thread.run_sync(_understood, data, name, limiter=_bench)
    except AppError as error:
        return await to_thread.run_sync(_failed, request, language, error)
    return await to_thread.run_sync(_shown, request, language, data, name, values)


def _failed(request: Request, language: str | None, error: AppError) -> Response:
    with request.app.state.database.read() as session:
        return error_page(Visit(request, session, language), error)


def _shown(
    request: Request, language: str | None, data: bytes, name: str, values: dict[str, Any]
) -> Response:
    with request.app.state.database.read() as session:
        visit = Visit(request, session, language)
        return private_response(_bench_page(visit, decode(data), name, values))


async def _document(request: Request) -> tuple[bytes, str]:
    """Return the bytes and the file name that a form sends. Raises TooLarge, BadRequest."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
        raise TooLarge(f"The form is too large; expected at most {MAX_DOCUMENT_BYTES} bytes.")
    try:
        form = await request.form(max_files=1, max_fields=4, max_part_size=MAX_REQUEST_BYTES)
    except HTTPException:
        raise BadRequest("The form is not valid; expected multipart/form-data.") from None
    try:
        upload, text, name = form.get("file"), form.get("text"), form.get("name")
        data = str(text or "").replace("\r\n", "\n").encode()
        file_name = str(name or "").strip()
        content = await upload.read() if isinstance(upload, UploadFile) else b""
        if isinstance(upload, UploadFile) and content:
            data, file_name = content, file_name or upload.filename or ""
    finally:
        await form.close()
    if not data.strip():
        raise BadRequest("text: a value is required; paste a document or choose a file")
    if len(data) > MAX_DOCUMENT_BYTES:
        raise TooLarge(
            f"The document has {len(data)} bytes; the bench takes at most {MAX_DOCUMENT_BYTES}."
        )
    return data, file_name[:200] or "document.md"


def _understood(data: bytes, name: str) -> dict[str, Any]:
    """Return what would be understood: notes by line, and the briefing as the API would show it."""
    draft = parse_document(data, name).draft
    by_line: dict[int, list[OutlineEntry]] = defaultdict(list)
    for entry in entries(draft):
        by_line[entry.line].append(entry)
    briefing = preview.preview(data, name, "bench")
    return {"draft": draft, "by_line": by_line, "briefing": briefing}


def _bench_page(visit: Visit, text: str, name: str, values: dict[str, Any] | None) -> str:
    return render(
        visit,
        "bench.html",
        word("bench", visit.lang),
        section="bench",
        text=text,
        name=name,
        rows=text.splitlines() if values else [],
        result=values,
    )
