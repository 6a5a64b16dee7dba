"""Bodies of requests: counted while they arrive, their kind checked, read once, nothing of them echoed."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import InvalidBody, TooLarge, UnsupportedType

Shape = TypeVar("Shape", bound=BaseModel)

MAX_JSON = 64 * 1024
"""Bytes of text a body may hold; JSON may spend up to six on a character, a form nine, so that so much more may arrive."""
_MAX_ARRIVING = 12 * MAX_JSON


class In(BaseModel):
    """Shared configuration of what is taken in: unknown fields are refused, numbers are no text."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


async def _receive(request: Request, most: int) -> bytes:
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > most:
            raise TooLarge(f"The body has more than {most} bytes, the most that are taken.")
    return bytes(held)


async def _body(request: Request) -> bytes:
    return await _receive(request, _MAX_ARRIVING)


BodyDep = Annotated[bytes, Depends(_body)]


def body_of(shape: type[Shape]) -> Callable[[Request], Awaitable[Shape]]:
    """A dependency: the JSON body of a request as `shape`."""

    async def read_body(request: Request) -> Shape:
        _json_only(request)
        return read(shape, read_json(request, await _receive(request, MAX_JSON)))

    return read_body


def documented(shape: type[In]) -> dict[str, Any]:
    """What the documentation says of a body."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": shape.model_json_schema()}},
        }
    }


def media(request: Request) -> str:
    """The kind of body a request says it has."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _json_only(request: Request) -> None:
    if media(request) not in ("application/json", ""):
        raise UnsupportedType("The body is taken as application/json.")


def read_json(request: Request, body: bytes) -> Any:
    """The body as JSON."""
    _json_only(request)
    try:
        return orjson.loads(body)
    except (ValueError, RecursionError):
        raise InvalidBody("The body is no JSON in UTF-8.") from None


def read(shape: type[Shape], data: Any) -> Shape:
    """`data` as a shape; what is wrong is named by its place."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        faults = [
            _fault(entry) for entry in error.errors(include_input=False, include_url=False)[:20]
        ]
        raise InvalidBody(
            "; ".join(f"{fault['parameter']}: {fault['message']}" for fault in faults), faults
        ) from None


def _fault(entry: Any) -> dict[str, str]:
    # An unknown field's name is the caller's, and as long as they please.
    known = entry["type"] != "extra_forbidden"
    place = ".".join(str(part) for part in entry["loc"] if known)[:80] or "body"
    if not known:
        return {"parameter": "body", "message": "holds a field that is not taken here"}
    if entry["type"] == "value_error":
        return {"parameter": place, "message": str(entry["ctx"]["error"])}
    message = str(entry["msg"])
    return {"parameter": place, "message": message[:1].lower() + message[1:]}
