"""An error knows its status and its words; it is translated to an answer once, at the door."""

from dataclasses import dataclass, field


@dataclass
class AppError(Exception):
    """What went wrong, in the user's terms. `errors` holds one entry a fault: where it is, and what would be right."""

    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    status = 500
    code = "internal-error"
    title = "Internal error"

    def __str__(self) -> str:
        return self.detail


class BadRequest(AppError):
    """The query string asks for something that does not exist."""

    status, code, title = 400, "invalid-request", "Invalid request"


class Unauthorized(AppError):
    """No key, or none of ours."""

    status, code, title = 401, "unauthorized", "Unauthorized"


class Forbidden(AppError):
    """A key without the scope."""

    status, code, title = 403, "forbidden", "Forbidden"


class NotFound(AppError):
    """No such thing."""

    status, code, title = 404, "not-found", "Not found"


class Conflict(AppError):
    """What is asked contradicts what is there."""

    status, code, title = 409, "conflict", "Conflict"


class PreconditionFailed(AppError):
    """What is there is not what the caller saw."""

    status, code, title = 412, "precondition-failed", "Precondition failed"


class TooLarge(AppError):
    """Over a limit; the detail names it."""

    status, code, title = 413, "too-large", "Too large"


class UnsupportedType(AppError):
    """A body in a format that is not taken."""

    status, code, title = 415, "unsupported-media-type", "Unsupported media type"


class InvalidBody(AppError):
    """A body that does not say what it must."""

    status, code, title = 422, "invalid-body", "Invalid body"


class Unreadable(AppError):
    """A document that cannot be taken in: not UTF-8, no date, a broken front matter."""

    status, code, title = 422, "unreadable-document", "Unreadable document"


class Unavailable(AppError):
    """The database or a worker is busy or away; asking again shortly helps."""

    status, code, title = 503, "unavailable", "Temporarily unavailable"
