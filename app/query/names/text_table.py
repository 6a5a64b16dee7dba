"""Many texts as one run of UTF-8 bytes: some 30 bytes a name instead of a Python object each."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
"""Row numbers of spellings."""


class TextTable:
    """Texts by row number, in the order given."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "".join(texts)
        self._bytes = joined.encode(errors="surrogatepass")
        codes = code_points(joined)
        byte_ends = np.zeros(len(joined) + 1, np.uint32)
        np.cumsum(_utf8_lengths(codes), out=byte_ends[1:])
        char_ends = np.zeros(len(texts) + 1, np.intp)
        np.cumsum(
            np.fromiter(
                map(len, texts),
                np.intp,
                len(texts),
            ),
            out=char_ends[1:],
        )
        self._ends = byte_ends[char_ends]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def raw(self, row: int) -> bytes:
        """Return a text as UTF-8 bytes."""
        first = self._ends.item(row)
        return self._bytes[first : self._ends.item(row + 1)]

    def text(self, row: int) -> str:
        """Return a text."""
        return self.raw(row).decode(errors="surrogatepass")

    def texts(self, rows: Rows) -> list[str]:
        """Return the texts of some rows."""
        starts = self._ends[rows].tolist()
        ends = self._ends[rows + 1].tolist()
        pieces = map(
            self._bytes.__getitem__,
            map(
                slice,
                starts,
                ends,
            ),
        )

        return [piece.decode("utf-8", "surrogatepass") for piece in pieces]

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """Return the first row that begins with `prefix` and the row after the last.

        The texts must be sorted.
        """
        encoded = prefix.encode(errors="surrogatepass")
        rows = range(len(self))
        first = bisect_left(rows, encoded, key=self.raw)
        # UTF-8 has no byte 0xFF, so this sorts after every text with the prefix.
        last = bisect_left(
            rows,
            encoded + b"\xff",
            first,
            key=self.raw,
        )

        return first, last


def code_points(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _utf8_lengths(codes: NDArray[np.uint32]) -> NDArray[np.int8]:
    """Return the bytes of each code point in UTF-8."""
    lengths = np.ones(len(codes), np.int8)
    for last_shorter in (0x7F, 0x7FF, 0xFFFF):
        lengths += codes > last_shorter

    return lengths
