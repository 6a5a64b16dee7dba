"""Bodies of requests: size, media type and fields are checked; no error repeats a value."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.errors import InvalidBody, TooLarge, UnsupportedType, expectation

Shape = TypeVar("Shape", bound=BaseModel)

MAX_TEXT_BYTES = 64 * 1024
"""Maximum bytes of text in a body."""
MAX_BODY_BYTES = 12 * MAX_TEXT_BYTES
"""Maximum bytes received: JSON may spend six bytes on a character, a form nine."""
MAX_FAULTS = 20
MAX_PLACE_CHARS = 80


class In(BaseModel):
    """Base of request bodies: unknown fields are refused, numbers are not accepted as text."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


VerbatimText = Annotated[str, StringConstraints(strip_whitespace=False)]
"""A text of a body whose spaces at both ends belong to it."""


async def receive(request: Request, max_bytes: int) -> bytes:
    """Return the body of a request. Raises TooLarge."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > max_bytes:
            raise TooLarge(f"The body is too large; expected at most {max_bytes} bytes.")
    return bytes(body)


async def _body(request: Request) -> bytes:
    return await receive(request, MAX_BODY_BYTES)


BodyDep = Annotated[bytes, Depends(_body)]


def body_of(shape: type[Shape]) -> Callable[[Request], Awaitable[Shape]]:
    """Return a dependency that reads the JSON body of a request as `shape`."""

    async def read_body(request: Request) -> Shape:
        _check_json(request)
        return read(shape, read_json(request, await receive(request, MAX_TEXT_BYTES)))

    return read_body


def documented(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI description of a JSON body."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": shape.model_json_schema()}},
        }
    }


def media(request: Request) -> str:
    """Return the media type of a request's body in lower case, "" if it is missing."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _check_json(request: Request) -> None:
    if media(request) not in ("application/json", ""):
        raise UnsupportedType(
            "The media type of the body is not supported; expected application/json."
        )


def read_json(request: Request, body: bytes) -> Any:
    """Return the body as JSON. Raises UnsupportedType or InvalidBody."""
    _check_json(request)
    try:
        return orjson.loads(body)
    except (ValueError, RecursionError):
        raise InvalidBody("The body is not valid; expected JSON in UTF-8.") from None


def read(shape: type[Shape], data: Any) -> Shape:
    """Return `data` as `shape`. Raises InvalidBody, which names the place of each fault."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        entries = error.errors(include_input=False, include_url=False)
        faults = [_fault(entry) for entry in entries[:MAX_FAULTS]]
        detail = "; ".join(f"{fault['parameter']}: {fault['message']}" for fault in faults)
        raise InvalidBody(detail, faults) from None


def _fault(entry: Mapping[str, Any]) -> dict[str, str]:
    if entry["type"] == "extra_forbidden":
        # The name of an unknown field is the caller's, of any length: it is not repeated.
        return {"parameter": "body", "message": "contains a field that does not exist here"}
    place = ".".join(str(part) for part in entry["loc"])[:MAX_PLACE_CHARS]
    return {"parameter": place or "body", "message": expectation(entry)}
