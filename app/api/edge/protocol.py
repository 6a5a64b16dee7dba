"""Requests as people type them: a URL with Chinese in it, not percent-encoded, is understood as its UTF-8 bytes."""

import re
from urllib.parse import quote_from_bytes

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_REQUEST_LINE = re.compile(rb"[A-Z]{3,20} [^\r\n]* HTTP/1\.[01]\r\n")
# All that may stand in a target, and the blanks of the line: only what is not ASCII changes.
_AS_IS = "".join(map(chr, range(128)))


class Protocol(HttpToolsProtocol):
    """Percent-encodes what is not ASCII in a request line, which the parser would refuse before anybody could answer it."""

    def data_received(self, data: bytes) -> None:
        """What came; a request begins with it unless a body is still to come."""
        within = self.cycle is not None and self.cycle.more_body
        if not data.isascii() and not within and (line := _REQUEST_LINE.match(data)):
            data = quote_from_bytes(line.group(), safe=_AS_IS).encode() + data[line.end() :]
        super().data_received(data)
