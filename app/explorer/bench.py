"""The bench of dialects: a Markdown file enters, how it would be understood leaves.

Nothing is stored unless a reader with a key asks for it.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.api.edge.streams import Places, leave_line
from app.api.wire.deps import AcceptLanguageDep
from app.api.wire.streams import while_connected
from app.api.wire.writing import Writers
from app.errors import AppError, BadRequest, LengthRequired, TooLarge, Unauthorized
from app.explorer.forms import key_owner, refuse_other_sites
from app.explorer.pages import page, private_response, render
from app.explorer.sentences import in_words_of
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import word
from app.intake.documents import Intake, Offer
from app.intake.understanding import Understanding, UnderstandingTask, Understood
from app.parse.briefing import decode
from app.parse.outline import OutlineEntry
from app.query.schemas.writing import DocumentReport
from app.store.answers import Answer

router = APIRouter(include_in_schema=False)

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_LINES = 10_000
"""Each line is a row of the page."""
MAX_REQUEST_BYTES = 3 * MAX_DOCUMENT_BYTES
"""A form may send a text and a file."""
MAX_NAME_CHARS = 200
# One document at a time: the bench takes no key, and readers of pages come first.
_bench = CapacityLimiter(1)
places = Places("documents on the bench", limit=8, per_client=2)
"""Documents that are being read or wait for it."""


@dataclass(slots=True)
class Submitted:
    """The document that a form sends, as far as it was received, and the name of its file."""

    data: bytes = b""
    name: str = ""
    key: str = ""
    is_to_store: bool = False
    report: DocumentReport | None = None
    """Report of the document once it is stored."""

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
    return _bench_page(visit, Submitted(), None)


@router.post("/bench")
async def try_document(request: Request, language: AcceptLanguageDep) -> Response:
    """Return a document beside its reading, or beside the fault that prevents one."""
    form = Submitted()
    values: dict[str, Any] | None = None
    fault: AppError | None = None
    try:
        await _receive(request, form)
        lang = Visit.language(request, language)
        understood = await _understood(request, form, lang)
        if understood is None:
            # The client has gone.
            return Response(status_code=204)
        values = _values(understood)
        if form.is_to_store:
            form.report = await _stored(request, form)
    except AppError as error:
        fault = error
    return await to_thread.run_sync(_shown, request, language, form, values, fault)


async def _understood(request: Request, form: Submitted, lang: str) -> Understood | None:
    """Return what would be understood, None if the client goes. Raises `AppError`."""
    understanding: Understanding = request.app.state.understanding
    task = UnderstandingTask(form.data, form.name or "document.md", lang)
    with places.hold(request.scope):
        # A request that waits here delays no other read.
        leave_line(request.scope)
        return await while_connected(request.receive, lambda: understanding(task), limiter=_bench)


async def _stored(request: Request, form: Submitted) -> DocumentReport:
    """Return the report of the document, stored by the key that the form has. Raises `AppError`."""
    refuse_other_sites(request)
    state = request.app.state
    intake: Intake = state.intake
    writers: Writers = state.writers
    offer = Offer(form.data, state.settings.channel, form.name or None)

    def store() -> Answer:
        if key_owner(request, form.key, "ingest") is None:
            raise Unauthorized("The key is unknown, revoked or expired, or lacks the scope ingest.")
        return intake.take(offer)

    answer = await writers.run(store)
    return DocumentReport.model_validate_json(answer.body)


def _values(understood: Understood) -> dict[str, Any]:
    by_line: dict[int, list[OutlineEntry]] = defaultdict(list)
    for entry in understood.notes:
        by_line[entry.line].append(entry)
    return {
        "draft": understood.draft,
        "by_line": by_line,
        "briefing": understood.briefing,
        "names": understood.names,
        "names_total": understood.names_total,
    }


def _shown(
    request: Request,
    language: str | None,
    form: Submitted,
    values: dict[str, Any] | None,
    fault: AppError | None,
) -> Response:
    with request.app.state.database.read() as session:
        visit = Visit(request, session, language)
        html = _bench_page(visit, form, values, fault.detail if fault else "")
        return private_response(html, fault.status if fault else 200)


async def _receive(request: Request, form: Submitted) -> None:
    """Fill in the bytes and the file name that a form sends.

    Raises LengthRequired, TooLarge and BadRequest.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise LengthRequired("Content-Length: a value is required; send the length of the form.")
    if int(length[:20]) > MAX_REQUEST_BYTES:
        raise TooLarge(f"The form is too large; expected at most {MAX_DOCUMENT_BYTES} bytes.")
    try:
        fields = await request.form(max_files=1, max_fields=6, max_part_size=MAX_REQUEST_BYTES)
    except HTTPException:
        raise BadRequest("The form is not valid; expected multipart/form-data.") from None
    try:
        upload = fields.get("file")
        form.data = str(fields.get("text") or "").replace("\r\n", "\n").encode()
        form.name = str(fields.get("name") or "").strip()[:MAX_NAME_CHARS]
        form.key = str(fields.get("key") or "").strip()[:MAX_NAME_CHARS]
        form.is_to_store = fields.get("step") == "store"
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
    lines = len(form.data.decode(errors="replace").splitlines())
    if lines > MAX_LINES:
        form.data = b""
        raise TooLarge(f"The document has {lines} lines; the bench takes at most {MAX_LINES}.")


def _bench_page(
    visit: Visit, form: Submitted, values: dict[str, Any] | None, fault: str = ""
) -> str:
    sentence, fault_lang = in_words_of(visit.lang, fault)
    text = form.text
    return render(
        visit,
        "bench.html",
        word("bench", visit.lang),
        section="bench",
        text=text,
        name=form.name,
        report=form.report,
        rows=text.splitlines() if values else [],
        result=values,
        fault=sentence,
        fault_lang=fault_lang,
    )
