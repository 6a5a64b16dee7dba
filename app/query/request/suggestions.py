"""What may have been meant: the valid names nearest to one that is not."""

import difflib
from collections.abc import Iterable

# What other APIs call it.
_ELSEWHERE = {
    "query": "q", "search": "q", "text": "q", "since": "from", "start": "from", "date": "from", "until": "to", "end": "to", "page": "cursor",
    "offset": "cursor", "after": "cursor", "order": "sort", "order_by": "sort", "per_page": "limit", "page_size": "limit", "size": "limit",
    "count": "limit", "language": "lang", "topic": "tag", "type": "entity_type",
}  # fmt: skip
_MOST = 16


def nearest(name: str, valid: Iterable[str]) -> str:
    """A closing sentence that names the valid values nearest to `name`, all of them where they are few."""
    valid = sorted(set(valid))
    if not valid:
        return "none is taken here"
    elsewhere = _ELSEWHERE.get(name.lower())
    close = (
        [elsewhere]
        if elsewhere in valid
        else difflib.get_close_matches(name.lower(), valid, n=3, cutoff=0.55)
    )
    if close:
        return f"did you mean {', '.join(close)}?"
    more = f" and {len(valid) - _MOST} more" if len(valid) > _MOST else ""
    return f"valid are {', '.join(valid[:_MOST])}{more}"


def beside(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a `name` that is not there: the known ones spelled like it."""
    close = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3)
    return f"; there {'are' if len(close) > 1 else 'is'} {', '.join(close)}" if close else ""


def fault(parameter: str, given: str, valid: Iterable[str]) -> dict[str, str]:
    """One entry of a problem's `errors`."""
    return {"parameter": parameter, "message": f"{given!r}: {nearest(given, valid)}"}
