"""NDJSON lines to Parquet: typed, nested, compressed by zstd, in bounded memory. Pure."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from queue import Full, Queue
from typing import TYPE_CHECKING, Any

import orjson

from app.render.files.columns import Column

if TYPE_CHECKING:
    from arro3.core import DataType, Schema

COMPRESSION = "zstd(3)"
ROW_GROUP_ROWS = 8_192
BLOCK_BYTES = 1 << 16
_QUEUED_BLOCKS = 4
_POLL_SECONDS = 0.5


class _Closed(Exception):
    """Raised in the writing thread when nobody reads its blocks any more."""


def blocks(
    lines: Iterator[bytes],
    columns: tuple[Column, ...],
    row: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> Generator[bytes, None, None]:
    """Yield a Parquet file. `row` makes a row of a line.

    The library writes in one call, so it runs in a thread, and `lines` is read there. Closing the
    generator ends the thread. Raises whatever reading `lines` raised.
    """
    pipe = _Pipe(_reshaped(lines, row) if row else lines)
    thread = threading.Thread(target=_write, args=(pipe, columns), daemon=True)
    thread.start()
    try:
        while (block := pipe.blocks.get()) is not None:
            yield block
        if pipe.error:
            raise pipe.error
    finally:
        pipe.closed.set()
        thread.join()


def _reshaped(
    lines: Iterator[bytes], row: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[bytes]:
    for block in lines:
        rows = [orjson.dumps(row(orjson.loads(line))) for line in block.splitlines()]
        yield b"\n".join(rows) + b"\n"


class _Pipe:
    """The file that the library reads lines from, and the file that it writes to."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines = lines
        self.unread = b""
        self.unsent: list[bytes] = []
        self.unsent_bytes = 0
        self.blocks: Queue[bytes | None] = Queue(_QUEUED_BLOCKS)
        self.closed = threading.Event()
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes of lines, b"" at the end."""
        if self.closed.is_set():
            raise _Closed
        while not self.unread:
            try:
                self.unread = next(self.lines)
            except StopIteration:
                return b""
            except BaseException as error:
                # The library replaces it by an error of its own.
                self.error = error
                raise
        part, self.unread = self.unread[:size], self.unread[size:]
        return part

    def write(self, data: bytes) -> int:
        """Take bytes of the Parquet file."""
        self.unsent.append(bytes(data))
        self.unsent_bytes += len(data)
        if self.unsent_bytes >= BLOCK_BYTES:
            self.send()
        return len(data)

    def send(self) -> None:
        """Hand the written bytes on. Raises _Closed if nobody reads them."""
        if self.unsent:
            self._put(b"".join(self.unsent))
        self.unsent, self.unsent_bytes = [], 0

    def end(self) -> None:
        """Announce that no block follows."""
        with suppress(_Closed):
            self._put(None)

    def _put(self, block: bytes | None) -> None:
        while not self.closed.is_set():
            try:
                return self.blocks.put(block, timeout=_POLL_SECONDS)
            except Full:
                continue
        raise _Closed

    def flush(self) -> None:
        """Do nothing: the library asks for it."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Return 0: the library asks for it, but reads and writes from begin to end."""
        return 0

    def tell(self) -> int:
        """Return 0, as `seek` does."""
        return 0


def _write(pipe: _Pipe, columns: tuple[Column, ...]) -> None:
    # Imported here: 30 MB that only this format needs.
    from arro3.io import read_json, write_parquet  # noqa: PLC0415 - only for Parquet

    try:
        source: Any = pipe
        rows = read_json(source, _schema(columns), batch_size=1024)
        write_parquet(rows, source, compression=COMPRESSION, max_row_group_size=ROW_GROUP_ROWS)
        pipe.send()
    except BaseException as error:
        pipe.error = pipe.error or error
    finally:
        close: Callable[[], None] | None = getattr(pipe.lines, "close", None)
        if close:
            close()
        pipe.end()


def _schema(columns: Iterable[Column]) -> "Schema":
    from arro3.core import Schema  # noqa: PLC0415 - only for Parquet

    return Schema([_field(column) for column in columns])


def _field(column: Column) -> Any:
    from arro3.core import Field  # noqa: PLC0415 - only for Parquet

    return Field(column.name, _type(column), nullable=column.nullable)


def _type(column: Column) -> "DataType":
    from arro3.core import DataType  # noqa: PLC0415 - only for Parquet

    if column.kind == "list":
        return DataType.list(_field(column.columns[0]))
    if column.kind == "object":
        return DataType.struct([_field(inner) for inner in column.columns])
    simple: dict[str, DataType] = {
        "string": DataType.utf8(),
        "integer": DataType.int64(),
        "number": DataType.float64(),
        "boolean": DataType.bool(),
        "date": DataType.date32(),
        "datetime": DataType.timestamp("us", tz="UTC"),
    }
    return simple[column.kind]
