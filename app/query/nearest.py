"""What may have been meant: the valid names nearest to one that is not."""

import difflib
from collections.abc import Iterable


def nearest(name: str, valid: Iterable[str]) -> str:
    """A closing sentence that names the valid values nearest to `name`, all of them where they are few."""
    valid = sorted(set(valid))
    if not valid:
        return "none is taken here"
    close = difflib.get_close_matches(name.lower(), valid, n=3, cutoff=0.55)
    shown = close or (valid if len(valid) <= 16 else valid[:8])
    return f"{'did you mean' if close else 'valid are'} {', '.join(shown)}{'?' if close else ''}"


def beside(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a `name` that is not there: the known ones spelled like it."""
    close = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3)
    return f"; there {'are' if len(close) > 1 else 'is'} {', '.join(close)}" if close else ""


def fault(parameter: str, given: str, valid: Iterable[str]) -> dict[str, str]:
    """One entry of a problem's `errors`."""
    return {"parameter": parameter, "message": f"{given!r}: {nearest(given, valid)}"}
