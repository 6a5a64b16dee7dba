"""Ordinary English words with their counts, from the dictionary that pyspellchecker brings.

The counts are of film subtitles; the dictionary has no names of products. Only the data file of the
package is read.
"""

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import orjson

_PACKAGE = "spellchecker"
_FILE = "resources/en.json.gz"
_ENDINGS = ("'s", "’s", "s")
_MIN_STEM_CHARS = 3


@cache
def english_counts() -> dict[str, int]:
    """Return lower-case word → count; 160,000 words take 0.1 s and 20 MB, once a process."""
    counts: dict[str, int] = orjson.loads(gzip.decompress(word_file().read_bytes()))
    return counts


def count(word: str) -> int:
    """Return how often a Latin word is used in English; 0 for a word that is none."""
    counts = english_counts()
    lower = word.lower()
    best = counts.get(lower, 0)
    for ending in _ENDINGS:
        stem = lower.removesuffix(ending)
        if stem != lower and len(stem) >= _MIN_STEM_CHARS:
            best = max(best, counts.get(stem, 0))
    return best


def word_file() -> Path:
    """Return the dictionary's file, without loading the package."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {_PACKAGE} is not installed; run make install.")
    return Path(spec.origin).with_name(_FILE.partition("/")[0]) / _FILE.partition("/")[2]
