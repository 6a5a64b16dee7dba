"""Search a database for the probes and print tables for docs/search.md.

`python -m tests.eval.search FOLDER…` ingests each folder into its own database and compares the
hits with a plain scan of all texts.
"""

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session, col

from app import ingest, startup
from app.main import create_app
from app.normalize.text.folding import fold_variants
from app.settings import Settings
from app.store.db import Database
from app.store.encoding.item_texts import ItemTexts, with_text
from app.store.migrations import migrate
from app.store.tables import Item, SearchDocument
from tests.hostile import HOSTILE

PROBES = [
    "昇騰",
    "昇腾",
    "ascend",
    "推理引擎",
    "生成",
    "產",
    "gpt-4o",
    "C++",
    '"prompt injection"',
    "輝達",
    "qwen*",
    "推理 -昇騰",
]


def scan(session: Session, q: str, kind: str | None = None) -> set[str]:
    """Return the keys of the documents with every word of a probe and no excluded one.

    Every text is read: no index, no tokens. A word of letters must not continue in the text with
    another letter or digit, but a `prefix*` may.
    """
    keys = set()
    columns = (col(SearchDocument.key), col(SearchDocument.kind), col(SearchDocument.fields))
    of_item = (col(SearchDocument.kind) == "item") & (col(SearchDocument.ref_pk) == col(Item.pk))
    item_columns = [col(getattr(Item, name)) for name in ItemTexts._fields]
    documents = select(*columns, *item_columns).select_from(SearchDocument).outerjoin(Item, of_item)
    for key, document_kind, stored, *item in session.execute(documents):
        of_row = with_text(ItemTexts(*item).fields()) if item[0] else []
        fields = [*of_row, *stored]
        texts = [_without_addresses(text) for _, text in fields]
        addresses = [_addresses(text) for _, text in fields]
        *words, last = _words(q)
        is_name = document_kind == "entity" and _may_continue(last)
        is_match = _contains(texts, addresses, last, is_prefix=is_name)
        is_match &= all(_contains(texts, addresses, word) for word in words)
        if is_match and kind in (None, document_kind):
            keys.add(key)
    return keys


_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_ADDRESS_WORD = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_BREAK = re.compile(r"(?<=[^\W\d_])(?=[0-9])|(?<=[0-9])(?=[^\W\d_])")


def _may_continue(word: str) -> bool:
    """Return whether a word may be the beginning of a name."""
    is_word = not word.startswith(("-", '"')) and not _ADDRESS_WORD.fullmatch(word)
    return is_word and re.search("[a-z]{2}$|[a-z].*[0-9]$", _plain(word)) is not None


@cache
def _without_addresses(text: str) -> str:
    return _plain(_ADDRESS.sub(" ", fold_variants(text)))


@cache
def _addresses(text: str) -> str:
    return _words_of_address(" | ".join(_ADDRESS.findall(fold_variants(text))))


def _words_of_address(text: str) -> str:
    return _plain(re.sub("[^a-z0-9|.]|[.](?![0-9])", " ", text))


@cache
def _plain(text: str) -> str:
    """Return folded text with a space for each dash and between letters and digits."""
    folded = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", fold_variants(text))
    return " ".join(_BREAK.sub(" ", re.sub("[-_]", " ", folded)).split())


def _words(q: str) -> list[str]:
    return [q] if q.startswith('"') else q.split()


def _contains(
    texts: Sequence[str], addresses: Sequence[str], word: str, *, is_prefix: bool = False
) -> bool:
    if word.startswith("-"):
        return not _contains(texts, addresses, word[1:])
    is_prefix |= word.endswith("*")
    folded = _plain(word.strip('*"'))
    if word.startswith('"') or _ADDRESS_WORD.fullmatch(word):
        in_address = _words_of_address(word.strip('"').lower())
        if any(_occurs(text, in_address, False) for text in addresses):
            return True
    return any(_occurs(text, folded, is_prefix) for text in texts)


def _occurs(text: str, word: str, is_prefix: bool) -> bool:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before, after = text[:start], text[end : end + 2]
        continues = not is_prefix and _continue(word, after)
        if not continues and not _continue(before, word):
            return True
        start = text.find(word, start + 1)
    return False


_LETTERS = r"[^\W\d_\u2e80-\U0003ffff]"
_ONE_WORD = re.compile(rf"{_LETTERS}‖{_LETTERS}|[0-9]‖\.?[0-9]|[0-9]\.‖[0-9]")
_BARE_DECIMAL = re.compile(r"(?:^|[^a-zé0-9.+#&/'@])\.‖[0-9]")


def _continue(before: str, after: str) -> bool:
    """Return whether a word or a number goes on between two adjacent texts."""
    around = f"{before[-3:]}‖{after[:2]}"
    return bool(_ONE_WORD.search(around) or _BARE_DECIMAL.search(around))


@contextmanager
def opened(folder: Path) -> Iterator[tuple[TestClient, Database]]:
    """Yield a client and the database of the documents of a folder."""
    with tempfile.TemporaryDirectory() as temporary:
        url = f"sqlite:///{temporary}/base.db"
        database = Database(url, read_timeout=30)
        migrate(database)
        for _ in ingest.ingest_files(
            database, ingest.documents([folder]), channel="daily", default_channel="daily"
        ):
            pass
        settings = Settings(database_url=url, log_level="error", seeds=False)
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            yield client, database
        database.close()


def main() -> None:
    """Print the tables of each folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[startup.SEEDS])
    for folder in parser.parse_args().folders:
        with opened(folder) as (client, database), database.read() as session:
            info = client.get("/v1/info").json()["counts"]
            print(f"\n{info['briefings']} briefings, {info['items']} items\n")
            print(
                "| `q` | items | entities | sources | briefings | items as typed "
                "| items by a scan | first hit | first item |"
            )
            print("|---|--:|--:|--:|--:|--:|--:|---|---|")
            for q in PROBES:
                print(_probe_row(client, session, q))
            print(_hostile_row(client))


def _get(client: TestClient, path: str, **parameters: str | int) -> Any:
    return client.get(path, params=parameters).json()


def _probe_row(client: TestClient, session: Session, q: str) -> str:
    answer = _get(client, "/v1/search", q=q, limit=1)
    by_relevance = _get(client, "/v1/items", q=q, limit=1, sort="relevance")
    as_typed = _get(client, "/v1/items", q=q, limit=1, expand="false")
    first_hits = [f"{hit['type']}: {hit['title'][:24]}" for hit in answer["data"]]
    first_items = [item["title"][:32] for item in by_relevance["data"]]
    cells = [
        *answer["counts"].values(),
        as_typed["meta"]["total"],
        len(scan(session, q, "item")),
        "".join(first_hits),
        "".join(first_items),
    ]
    texts = [str(cell).replace("|", "/") for cell in cells]
    return f"| `{q}` | {' | '.join(texts)} |"


def _hostile_row(client: TestClient) -> str:
    statuses: Counter[int] = Counter()
    slowest = 0.0
    for q in HOSTILE:
        for path in ("/v1/search", "/v1/items"):
            began = time.perf_counter()
            statuses[client.get(path, params={"q": q}).status_code] += 1
            slowest = max(slowest, time.perf_counter() - began)
    counts = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    return (
        f"| {len(HOSTILE)} hostile strings, on two routes | {counts}; "
        f"the slowest {slowest * 1000:.0f} ms |"
    )


if __name__ == "__main__":
    main()
