"""Suggestions for a name that is not valid: the valid names nearest to it."""

import difflib
from collections.abc import Iterable

# Parameter names of other APIs.
_SYNONYMS = {
    "query": "q",
    "search": "q",
    "text": "q",
    "since": "from",
    "start": "from",
    "date": "from",
    "until": "to",
    "end": "to",
    "page": "cursor",
    "offset": "cursor",
    "after": "cursor",
    "order": "sort",
    "order_by": "sort",
    "per_page": "limit",
    "page_size": "limit",
    "size": "limit",
    "count": "limit",
    "language": "lang",
    "topic": "tag",
    "type": "entity_type",
}
MAX_LISTED_NAMES = 16


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return the end of an error message: the valid names nearest to `name`, or all valid names.

    The names keep the order they are given in, which may be a scale.
    """
    names = list(dict.fromkeys(valid))
    if not names:
        return "no value is valid here"

    synonym = _SYNONYMS.get(name.lower())
    if synonym in names:
        return f"did you mean {synonym}?"

    close = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.55)
    if close:
        return f"did you mean {', '.join(close)}?"

    listed = ", ".join(names[:MAX_LISTED_NAMES])
    rest = len(names) - MAX_LISTED_NAMES

    return f"expected one of: {listed}" + (f" and {rest} more" if rest > 0 else "")


def similar(name: str, known: Iterable[str]) -> str:
    """Return the end of a "not found" message: known names spelled like `name`, or nothing."""
    close = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3)
    if not close:
        return ""

    verb = "are" if len(close) > 1 else "is"

    return f"; there {verb} {', '.join(close)}"


def fault(parameter: str, value: str, valid: Iterable[str]) -> dict[str, str]:
    """Return one entry of a problem document's `errors`."""
    return {
        "parameter": parameter,
        "message": f"{value!r}: {nearest(value, valid)}",
    }
