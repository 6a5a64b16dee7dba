"""Connections that speak HTTP byte by byte."""

import json
import socket

WAIT_SECONDS = 0.5
"""Seconds that the server of the tests waits for a client."""
LIST = "/v1/briefings?limit=1"
HEAD_END = b"\r\n\r\n"


class Talk:
    """A connection that speaks HTTP byte by byte."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(20)
        self.host = f"Host: 127.0.0.1:{port}\r\n"
        self.received = b""

    def send(self, text: str | bytes) -> None:
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def ask(
        self, target: str, *headers: str, method: str = "GET"
    ) -> tuple[int, dict[str, str], bytes]:
        lines = "".join(f"{header}\r\n" for header in headers)
        self.send(f"{method} {target} HTTP/1.1\r\n{self.host}{lines}\r\n")
        return self.answer(is_head=method == "HEAD")

    def answer(self, *, is_head: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Read one answer: its status, headers and body."""
        while HEAD_END not in self.received:
            self._receive()
        head, self.received = self.received.split(HEAD_END, 1)
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        has_body = not is_head and " 304 " not in status
        length = int(headers.get("content-length", "0")) if has_body else 0
        while len(self.received) < length:
            self._receive()
        body, self.received = self.received[:length], self.received[length:]
        return int(status.split()[1]), headers, body

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        assert data, "the connection has ended"
        self.received += data

    def has_ended(self) -> bool:
        """Whether the server ends the connection without another answer."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def check_problem(answer: tuple[int, dict[str, str], bytes], status: int) -> str:
    """Check a problem document of the server and return its detail."""
    got, headers, body = answer
    problem = json.loads(body)
    assert (got, problem["status"]) == (status, status)
    assert headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"
    return str(problem["detail"])
