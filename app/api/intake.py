"""Taking in documents over HTTP: one, a new version of one, or a batch."""

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import Field
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from app.api.briefings import BriefingId
from app.api.wire import bodies
from app.api.wire.bodies import In, VerbatimText
from app.api.wire.deps import SettingsDep, reject_repeated_parameters
from app.api.wire.keys import IngestorDep
from app.api.wire.preconditions import BriefingExpectationDep
from app.api.wire.responses import prefixed
from app.api.wire.writing import Writers
from app.errors import AppError, BadRequest, InvalidBody, UnsupportedType
from app.intake.batches import take_batch
from app.intake.documents import Intake, Offer
from app.parse.briefing import MAX_BYTES
from app.query.request.write_params import BatchQuery, IngestQuery, ReplaceQuery
from app.query.schemas.writing import BatchReport, DocumentReport
from app.store.answers import Answer, Repetition

router = APIRouter(
    prefix="/v1",
    tags=["intake"],
    dependencies=[Depends(reject_repeated_parameters)],
)

MAX_BATCH_DOCUMENTS = 100
MAX_BATCH_BYTES = 16 * 1024 * 1024
MAX_KEY_CHARS = 255
_MARKDOWN = "text/markdown"
_NDJSON = "application/x-ndjson"
_FORM = "multipart/form-data"
_PLAIN = (_MARKDOWN, "text/x-markdown", "text/plain", "application/octet-stream", "")
"""Media types under which clients send Markdown; the bytes must be UTF-8 in any case."""


class BatchDocumentIn(In):
    """A line of a batch."""

    # The bytes of a document count: it is the same one as when it is sent alone.
    text: VerbatimText = Field(description="The document.")
    name: str | None = Field(None, max_length=256, description="Name of the document's file.")
    channel: str | None = Field(None, max_length=40, description="The channel of the document.")


_MARKDOWN_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _MARKDOWN: {
                "schema": {
                    "title": "MarkdownDocument",
                    "type": "string",
                    "description": "A briefing in Markdown, in UTF-8, of at most 1 MiB.",
                }
            }
        },
    }
}
_FILES_SCHEMA = {
    "title": "DocumentFiles",
    "description": "Documents as files, each with its name.",
    "type": "object",
    "properties": {
        "files": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "description": "The documents.",
        }
    },
}
_BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _NDJSON: {"schema": BatchDocumentIn.model_json_schema()},
            _FORM: {"schema": _FILES_SCHEMA},
        },
    }
}


def _idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Names the request: a repetition within a day gets the first answer.",
            examples=["5f0c1f4e"],
        ),
    ] = None,
) -> str | None:
    if idempotency_key is None:
        return None
    is_printable = idempotency_key.isascii() and idempotency_key.isprintable()
    if not 0 < len(idempotency_key) <= MAX_KEY_CHARS or not is_printable:
        message = f"expected 1 to {MAX_KEY_CHARS} printable ASCII characters"
        raise BadRequest(
            f"Idempotency-Key: {message}", [{"parameter": "Idempotency-Key", "message": message}]
        )
    return idempotency_key


KeyDep = Annotated[str | None, Depends(_idempotency_key)]


def _repetition(request: Request, key: str | None, body: bytes) -> Repetition | None:
    """Return how the request is recognised: by its key, target, media type, condition and body."""
    if key is None:
        return None
    digest = hashlib.sha256(body)
    target = f"{request.method} {request.url.path}?{request.url.query}"
    for part in (target, bodies.media(request), request.headers.get("if-match", "")):
        digest.update(b"\0" + part.encode())
    return Repetition(key, digest.hexdigest())


@router.post(
    "/briefings",
    response_model=DocumentReport,
    summary="Take in a document",
    openapi_extra=_MARKDOWN_BODY,
    responses={201: {"model": DocumentReport, "description": "A new briefing."}},
)
async def add_briefing(
    request: Request,
    actor: IngestorDep,
    settings: SettingsDep,
    params: Annotated[IngestQuery, Query()],
    key: KeyDep,
    expects: BriefingExpectationDep,
) -> Any:
    body = await _document(request)
    offer = Offer(
        body,
        params.channel or settings.channel,
        params.name,
        dry_run=params.dry_run,
        expects=expects,
        repetition=_repetition(request, key, body),
    )
    return await _taken(request, offer)


@router.put(
    "/briefings/{briefing_id}",
    response_model=DocumentReport,
    summary="Replace the document of a briefing",
    openapi_extra=_MARKDOWN_BODY,
)
async def replace_briefing(
    request: Request,
    actor: IngestorDep,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[ReplaceQuery, Query()],
    key: KeyDep,
    expects: BriefingExpectationDep,
) -> Any:
    body = await _document(request)
    offer = Offer(
        body,
        settings.channel,
        target=briefing_id,
        dry_run=params.dry_run,
        expects=expects,
        repetition=_repetition(request, key, body),
    )
    return await _taken(request, offer)


@router.post(
    "/briefings/batch",
    response_model=BatchReport,
    summary="Take in several documents",
    openapi_extra=_BATCH_BODY,
)
async def add_briefings(
    request: Request,
    actor: IngestorDep,
    settings: SettingsDep,
    params: Annotated[BatchQuery, Query()],
    key: KeyDep,
) -> Any:
    media = bodies.media(request)
    if media not in (_NDJSON, _FORM):
        raise UnsupportedType(
            f"The media type of the body is not supported; expected {_NDJSON} or {_FORM}."
        )
    body = await bodies.receive(request, MAX_BATCH_BYTES)
    channel = params.channel or settings.channel
    if media == _FORM:
        offers = await _offers_of_form(request, body, channel, params.dry_run)
    else:
        offers = list(_offers_of_lines(body, channel, params.dry_run))
    if not offers:
        raise InvalidBody("The batch is empty; expected at least one document.")
    intake: Intake = request.app.state.intake
    repetition = None if params.dry_run else _repetition(request, key, body)
    writers: Writers = request.app.state.writers
    answer = await writers.run(partial(take_batch, intake, offers, repetition))
    return _response(request, answer)


async def _document(request: Request) -> bytes:
    if bodies.media(request) not in _PLAIN:
        raise UnsupportedType(f"The media type of the body is not supported; expected {_MARKDOWN}.")
    content_type = request.headers.get("content-type", "").lower().replace('"', "")
    _, stated, charset = content_type.partition("charset=")
    if stated and charset.partition(";")[0].strip() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedType("The charset of the body is not supported; expected utf-8.")
    return await bodies.receive(request, MAX_BYTES)


async def _taken(request: Request, offer: Offer) -> Response:
    intake: Intake = request.app.state.intake
    writers: Writers = request.app.state.writers
    take = partial(intake.take, offer)
    if offer.equality:
        return _response(request, await writers.run_equal(offer.equality, take))
    return _response(request, await writers.run(take))


def _response(request: Request, answer: Answer) -> Response:
    prefix = request.app.state.settings.prefix
    headers = {"Cache-Control": "no-store"}
    if answer.location:
        headers["Location" if answer.status == 201 else "Content-Location"] = (
            prefix + answer.location
        )
    if answer.is_repeated:
        headers["Idempotent-Replayed"] = "true"
    body = prefixed(answer.body, prefix)
    return Response(body, answer.status, headers, media_type="application/json")


def _offers_of_lines(body: bytes, channel: str, dry_run: bool) -> Iterator[Offer]:
    """Yield the documents of an NDJSON body. Raises InvalidBody, which names the line."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    _check_number(len(lines))
    for number, line in enumerate(lines, 1):
        try:
            document = bodies.read(BatchDocumentIn, orjson.loads(line))
        except orjson.JSONDecodeError:
            raise InvalidBody(f"Line {number} is not valid; expected JSON in UTF-8.") from None
        except AppError as error:
            raise InvalidBody(f"Line {number}: {error.detail}", error.errors) from None
        yield Offer(
            document.text.encode(),
            document.channel or channel,
            document.name,
            dry_run=dry_run,
        )


def _check_number(documents: int) -> None:
    if documents > MAX_BATCH_DOCUMENTS:
        raise InvalidBody(
            f"The batch has too many documents; expected at most {MAX_BATCH_DOCUMENTS}."
        )


class _WholeForm(MultiPartParser):
    """A parser that needs the closing boundary: Starlette takes a form without it."""

    _is_complete = False

    def on_end(self) -> None:
        """Note the closing boundary."""
        self._is_complete = True

    async def parse(self) -> FormData:
        """Return the form. Raises MultiPartException for one that is cut off."""
        form = await super().parse()
        if not self._is_complete:
            for file in self._files_to_close_on_error:
                file.close()
            raise MultiPartException("it is cut off before its closing boundary")
        return form


async def _offers_of_form(
    request: Request, body: bytes, channel: str, dry_run: bool
) -> list[Offer]:
    """Return the files of a form. Raises InvalidBody for a form that cannot be read."""

    async def stream() -> Any:
        yield body

    parser = _WholeForm(request.headers, stream(), max_files=MAX_BATCH_DOCUMENTS, max_fields=1)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        reason = getattr(error, "message", "no boundary is stated").rstrip(".")
        raise InvalidBody(f"The form is not valid: {reason}; expected files.") from None
    offers = []
    try:
        for _, part in form.multi_items():
            if isinstance(part, str):
                raise InvalidBody("The form contains a field; expected only files.")
            data = await part.read()
            offers.append(Offer(data, channel, part.filename or None, dry_run=dry_run))
    finally:
        await form.close()
    return offers
