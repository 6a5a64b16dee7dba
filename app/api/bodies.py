"""Bodies of requests: counted while they arrive, checked once, never echoed."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import InvalidBody, TooLarge, UnsupportedType

MAX_BYTES = 64 * 1024


class In(BaseModel):
    """Shared configuration of what is taken in: unknown fields are refused, numbers are no text."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


T = TypeVar("T", bound=In)


def body_of(shape: type[T]) -> Callable[[Request], Awaitable[T]]:
    """A dependency: the JSON body of a request as `shape`."""

    async def read(request: Request) -> T:
        media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if media != "application/json":
            raise UnsupportedType("The body is taken as application/json.")
        held = bytearray()
        async for piece in request.stream():
            held += piece
            if len(held) > MAX_BYTES:
                raise TooLarge(f"The body has more than {MAX_BYTES} bytes, the most that are taken.")
        try:
            data = orjson.loads(held)
        except (ValueError, RecursionError):
            raise InvalidBody("The body is no JSON in UTF-8.") from None
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            faults = [_fault(entry) for entry in error.errors(include_input=False, include_url=False)[:20]]
            raise InvalidBody("; ".join(f"{fault['parameter']}: {fault['message']}" for fault in faults), faults) from None

    return read


def documented(shape: type[In]) -> dict[str, Any]:
    """What the documentation says of a body."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": shape.model_json_schema()}}}}


def _fault(entry: Any) -> dict[str, str]:
    # An unknown field's name is the caller's, and as long as they please.
    known = entry["type"] != "extra_forbidden"
    place = ".".join(str(part) for part in entry["loc"] if known) or "body"
    if not known:
        return {"parameter": "body", "message": "holds a field that is not taken here"}
    if entry["type"] == "value_error":
        return {"parameter": place, "message": str(entry["ctx"]["error"])}
    message = str(entry["msg"])
    return {"parameter": place, "message": message[:1].lower() + message[1:]}
