"""Identifiers that hold a name without naming it: Grok_fan_2019, github.com/acme/Claude-tools.

Addresses with `https://` and code are masked before names are searched for; these are not.
"""

import re

_MAX_TOKEN_CHARS = 80
# The characters of addresses and paths; Han characters and brackets end them.
_TOKEN_BEFORE = re.compile(r"[a-z0-9_./@~:%+#=?&-]*$")
_PATH = re.compile(
    r"^(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|co|app|gov|edu|cn|tw|jp)/|^~?/[a-z]|^~/|^\.\.?/"
)
_MAIL = re.compile(r"[a-z0-9_+-]*@[a-z0-9-]+\.[a-z]")
_AFTER_HANDLE = re.compile(r"[-.][a-z0-9]")
_FILE_ENDING = re.compile(
    r"\.(?:py|js|ts|tsx|json|jsonl|toml|yaml|yml|txt|sh|cfg|ini|conf|log|csv|pdf|zip|gz|exe|dll|"
    r"gguf|safetensors|parquet|service|html|css|png|jpg|svg|mp4)(?![a-z0-9])"
)


def is_in_identifier(folded: str, start: int, end: int) -> bool:
    """Return whether a Latin name is part of a handle, a variable, a file's name or an address."""
    before = folded[start - 1 : start] if start else ""
    following = folded[end : end + 2]
    if following[:1] == "_" and following[1:].isalnum() and following[1:].isascii():
        return True
    if following[:1] == "@" and _MAIL.match(folded, end):
        return True
    if following[:1] == "." and _FILE_ENDING.match(folded, end):
        return True
    if before == "@":
        return _AFTER_HANDLE.match(folded, end) is not None
    if before == "_":
        return start > 1 and folded[start - 2].isalnum() and folded[start - 2].isascii()
    if before != "/":
        return False
    token = _TOKEN_BEFORE.search(folded, max(start - _MAX_TOKEN_CHARS, 0), start)
    return token is not None and _PATH.match(token[0]) is not None
