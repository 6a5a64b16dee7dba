"""URLs as people type them: Chinese that is not percent-encoded is read as UTF-8."""

import re
from urllib.parse import quote_from_bytes

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_REQUEST_LINE = re.compile(rb"[A-Z]{3,20} [^\r\n]* HTTP/1\.[01]\r\n")
# All of ASCII, spaces included: only other bytes are encoded.
_ASCII = "".join(map(chr, range(128)))


class Protocol(HttpToolsProtocol):
    """Percent-encodes non-ASCII request lines, which the parser would refuse."""

    def data_received(self, data: bytes) -> None:
        """Receive bytes; unless a body is unfinished, they begin with a request line."""
        in_body = self.cycle is not None and self.cycle.more_body
        if not data.isascii() and not in_body:
            line = _REQUEST_LINE.match(data)
            if line:
                encoded = quote_from_bytes(line.group(), safe=_ASCII).encode()
                data = encoded + data[line.end() :]
        super().data_received(data)
