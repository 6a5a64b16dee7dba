"""Bodies of requests that only read: bounded while they arrive, their kind checked, nothing of them echoed."""

from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from app.errors import TooLarge, Unprocessable, UnsupportedMedia

Shape = TypeVar("Shape", bound=BaseModel)

MAX_JSON = 64 * 1024
"""Bytes of text a body may hold; JSON may spend up to six on a character, a form nine, so that so much more may arrive."""
_MAX_ARRIVING = 12 * MAX_JSON


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > _MAX_ARRIVING:
            raise TooLarge(f"The body has more than {_MAX_ARRIVING} bytes, the most that are taken.")
    return bytes(received)


BodyDep = Annotated[bytes, Depends(_body)]


def media(request: Request) -> str:
    """The kind of body a request says it has."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_json(request: Request, body: bytes) -> Any:
    """The body as JSON."""
    if media(request) not in ("application/json", ""):
        raise UnsupportedMedia("The body is to be application/json.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unprocessable("The body is no JSON in UTF-8.") from None


def read(shape: type[Shape], data: Any) -> Shape:
    """`data` as a shape; what is wrong is named by its place."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        faults = [
            {"parameter": ".".join(map(str, fault["loc"]))[:80], "message": fault["msg"][:1].lower() + fault["msg"][1:]}
            for fault in error.errors(include_input=False, include_url=False)[:20]
        ]
        raise Unprocessable("; ".join(f"{fault['parameter'] or 'body'}: {fault['message']}" for fault in faults), faults) from None
