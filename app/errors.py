"""Errors with an HTTP status and a sentence for the user, and the wording of invalid values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class AppError(Exception):
    """An error for the user. `errors` has one entry a fault: the parameter and the message."""

    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    status = 500
    code = "internal-error"
    title = "Internal error"

    def __str__(self) -> str:
        return self.detail


class BadRequest(AppError):
    """The query string is not valid."""

    status, code, title = 400, "invalid-request", "Invalid request"


class Unauthorized(AppError):
    """The request has no key, or an unknown one."""

    status, code, title = 401, "unauthorized", "Unauthorized"


class Forbidden(AppError):
    """The key lacks the scope."""

    status, code, title = 403, "forbidden", "Forbidden"


class NotFound(AppError):
    """The requested object does not exist."""

    status, code, title = 404, "not-found", "Not found"


class RequestTimeout(AppError):
    """The request was not complete in time."""

    status, code, title = 408, "request-timeout", "Request timeout"


class Conflict(AppError):
    """The request contradicts the stored state."""

    status, code, title = 409, "conflict", "Conflict"


class Gone(AppError):
    """The object was deleted; the detail says when and why."""

    status, code, title = 410, "gone", "Gone"


class LengthRequired(AppError):
    """The request does not state the length of its body."""

    status, code, title = 411, "length-required", "Length required"


class PreconditionFailed(AppError):
    """The stored state is not the one the caller saw."""

    status, code, title = 412, "precondition-failed", "Precondition failed"


class TooLarge(AppError):
    """The input exceeds a limit; the detail names the limit."""

    status, code, title = 413, "too-large", "Too large"


class UnsupportedType(AppError):
    """The format of the body is not supported."""

    status, code, title = 415, "unsupported-media-type", "Unsupported media type"


class Misdirected(AppError):
    """The request names a host that is not served."""

    status, code, title = 421, "misdirected-request", "Misdirected request"


class InvalidBody(AppError):
    """The body is not valid."""

    status, code, title = 422, "invalid-body", "Invalid body"


class Unreadable(AppError):
    """The document cannot be read: not UTF-8, no date, or broken front matter."""

    status, code, title = 422, "unreadable-document", "Unreadable document"


class TooManyRequests(AppError):
    """A rate limit is reached."""

    status, code, title = 429, "too-many-requests", "Too many requests"


class HeadersTooLarge(AppError):
    """The headers exceed a limit; the detail names it."""

    status, code, title = 431, "headers-too-large", "Headers too large"


class Unavailable(AppError):
    """The database or a worker is busy or unreachable; a later request may succeed."""

    status, code, title = 503, "unavailable", "Temporarily unavailable"


_EXPECTATIONS = (
    ("missing", "a value"),
    ("date", "a date as YYYY-MM-DD"),
    ("int", "an integer"),
    ("float", "a number"),
    ("finite_number", "a finite number"),
    ("bool", "true or false"),
    ("string_type", "text"),
    ("string_too_long", "at most {max_length} characters"),
    ("string_too_short", "at least {min_length} characters"),
    ("too_long", "at most {max_length} values"),
    ("too_short", "at least {min_length} values"),
    ("greater_than_equal", "at least {ge}"),
    ("greater_than", "more than {gt}"),
    ("less_than_equal", "at most {le}"),
    ("less_than", "less than {lt}"),
)
"""Beginnings of pydantic's error types, with the text of the expectation."""


def expectation(error: Mapping[str, Any]) -> str:
    """Return the expectation a pydantic error reports: "expected at most 100", in our words."""
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", "expected a valid value"))
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", context.get("expected", ""))
        return f"expected one of: {', '.join(names)}"
    for beginning, text in _EXPECTATIONS:
        if kind.startswith(beginning):
            return "expected " + text.format_map(context)
    message = str(error.get("msg", "expected a valid value"))
    message = message.replace("Input should be", "expected")
    return message[:1].lower() + message[1:]
