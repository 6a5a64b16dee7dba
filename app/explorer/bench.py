"""The bench of dialects: a Markdown file enters, how it would be understood leaves; no storing."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app import preview
from app.api.wire.deps import AcceptLanguageDep
from app.errors import AppError, BadRequest, TooLarge
from app.explorer.pages import page, private_response, render
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import word
from app.parse.briefing import decode
from app.parse.outline import OutlineEntry, entries
from app.query.entities import lists as entity_lists
from app.query.request.entity_params import EntityList
from app.reading import parse_document

router = APIRouter(include_in_schema=False)

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_REQUEST_BYTES = 3 * MAX_DOCUMENT_BYTES
"""A form may send a text and a file."""
MAX_NAME_CHARS = 200
MAX_NAMES = 100
"""Names that are listed; all are counted."""
# One document at a time: the bench takes no key, and readers of pages come first.
_bench = CapacityLimiter(1)


@dataclass(slots=True)
class Submitted:
    """The document that a form sends, as far as it was received, and the name of its file."""

    data: bytes = b""
    name: str = ""

    @property
    def text(self) -> str:
        """The document as text, "" if it is none."""
        try:
            return decode(self.data)
        except AppError:
            return ""


@router.get("/bench")
@page
def bench(visit: Visit) -> Any:
    """Return the empty bench."""
    visit.read(LangOnly)
    return _bench_page(visit, "", "", None)


@router.post("/bench")
async def try_document(request: Request, language: AcceptLanguageDep) -> Response:
    """Return a document beside what would be understood of it, or what is wrong with it."""
    form = Submitted()
    values: dict[str, Any] | None = None
    fault: AppError | None = None
    try:
        await _receive(request, form)
        lang = Visit.language(request, language)
        values = await to_thread.run_sync(_understood, form, lang, limiter=_bench)
    except AppError as error:
        fault = error
    return await to_thread.run_sync(_shown, request, language, form, values, fault)


def _shown(
    request: Request,
    language: str | None,
    form: Submitted,
    values: dict[str, Any] | None,
    fault: AppError | None,
) -> Response:
    with request.app.state.database.read() as session:
        visit = Visit(request, session, language)
        html = _bench_page(visit, form.text, form.name, values, fault.detail if fault else "")
        return private_response(html, fault.status if fault else 200)


async def _receive(request: Request, form: Submitted) -> None:
    """Fill in the bytes and the file name that a form sends. Raises TooLarge, BadRequest."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
        raise TooLarge(f"The form is too large; expected at most {MAX_DOCUMENT_BYTES} bytes.")
    try:
        fields = await request.form(max_files=1, max_fields=4, max_part_size=MAX_REQUEST_BYTES)
    except HTTPException:
        raise BadRequest("The form is not valid; expected multipart/form-data.") from None
    try:
        upload = fields.get("file")
        form.data = str(fields.get("text") or "").replace("\r\n", "\n").encode()
        form.name = str(fields.get("name") or "").strip()[:MAX_NAME_CHARS]
        content = await upload.read() if isinstance(upload, UploadFile) else b""
        if isinstance(upload, UploadFile) and content:
            form.data = content
            form.name = form.name or (upload.filename or "")[:MAX_NAME_CHARS]
    finally:
        await fields.close()
    if not form.data.strip():
        raise BadRequest("text: a value is required; paste a document or choose a file")
    if len(form.data) > MAX_DOCUMENT_BYTES:
        size = len(form.data)
        form.data = b""
        raise TooLarge(
            f"The document has {size} bytes; the bench takes at most {MAX_DOCUMENT_BYTES}."
        )


def _understood(form: Submitted, lang: str) -> dict[str, Any]:
    """Return what would be understood: notes by line, the briefing and its names."""
    name = form.name or "document.md"
    draft = parse_document(form.data, name).draft
    by_line: dict[int, list[OutlineEntry]] = defaultdict(list)
    for entry in entries(draft):
        by_line[entry.line].append(entry)
    briefing, names = preview.preview_with(
        form.data,
        name,
        "bench",
        lambda session: entity_lists.find(session, EntityList(limit=MAX_NAMES), lang),
    )
    return {"draft": draft, "by_line": by_line, "briefing": briefing, "names": names}


def _bench_page(
    visit: Visit, text: str, name: str, values: dict[str, Any] | None, fault: str = ""
) -> str:
    return render(
        visit,
        "bench.html",
        word("bench", visit.lang),
        section="bench",
        text=text,
        name=name,
        rows=text.splitlines() if values else [],
        result=values,
        fault=fault,
    )
