"""Bytes as text where headers and declarations may be wrong: valid UTF-8 is UTF-8."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9._-]{2,30})")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_HEAD_BYTES = 2_048
# The superset that pages declared as the older set are really written in.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}


def decoded(data: bytes, media_type: str = "") -> str:
    """Return the text of an XML or HTML document.

    A byte-order mark decides; then valid UTF-8; then the document's own declaration, the header
    and GB 18030. Characters that cannot be read become U+FFFD.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").lstrip("\ufeff")
    in_document = _DECLARED.search(data[:_HEAD_BYTES])
    in_header = _DECLARED.search(media_type.encode("ascii", "replace"))
    names = ["utf-8"]
    for match in (in_document, in_header):
        if match:
            name = match[1].decode("ascii").lower()
            names.append(_SUPERSETS.get(name, name))
    # Text with escape sequences is valid UTF-8, too.
    if b"\x1b$" in data and len(names) > 1:
        names.reverse()
    return _first_decoding(data, [*names, "gb18030"])


def _first_decoding(data: bytes, names: list[str]) -> str:
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def as_utf8_xml(text: str) -> bytes:
    """Return an XML document as UTF-8 that declares nothing else."""
    body = _DECLARATION.sub("", text, count=1).lstrip()
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}'.encode("utf-8", "replace")
