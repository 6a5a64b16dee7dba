"""Ask a base the probes and print what it answers, as tables for docs/search.md: `python -m tests.eval.search FOLDER…`.

Each folder is taken into a base of its own, and its hits are held against a plain scan of all texts.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session, col

from app import ingest, startup
from app.main import create_app
from app.normalize.text.folding import fold
from app.settings import Settings
from app.store.db import Database
from app.store.migrations import migrate
from app.store.tables import SearchDocument
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
    """The keys of all that hold every word of a probe and none it leaves out, by reading every text: no index, no tokens.

    Words of letters must not go on in the text with another letter or digit, but a `prefix*` may.
    """
    found = set()
    for key, of, fields in session.execute(
        select(col(SearchDocument.key), col(SearchDocument.kind), col(SearchDocument.fields))
    ):
        texts = [_plain(text) for _, text in fields]
        if kind in (None, of) and all(_holds(texts, word) for word in _words(q)):
            found.add(key)
    return found


@cache
def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _words(q: str) -> list[str]:
    return [q.strip('"')] if q.startswith('"') else q.split()


def _holds(texts: list[str], word: str) -> bool:
    if word.startswith("-"):
        return not _holds(texts, word[1:])
    wanted = fold(word.rstrip("*"))
    return any(_at(text, wanted, goes_on=word.endswith("*")) for text in texts)


def _at(text: str, wanted: str, *, goes_on: bool) -> bool:
    at = text.find(wanted)
    while at >= 0:
        before, after = text[:at][-1:], text[at + len(wanted) :][:1]
        if not (_letters(before, wanted[0]) or (not goes_on and _letters(wanted[-1], after))):
            return True
        at = text.find(wanted, at + 1)
    return False


def _letters(one: str, other: str) -> bool:
    """Whether two characters belong to one word."""
    return all(c and c.isalnum() and not "\u2e80" <= c <= "\U0003ffff" for c in (one, other))


@contextmanager
def opened(folder: Path) -> Iterator[tuple[TestClient, Database]]:
    """A client of a base that holds the documents of a folder."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/base.db"
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[startup.SEEDS])
    for folder in parser.parse_args().folders:
        with opened(folder) as (client, database), database.read() as session:
            info = client.get("/v1/info").json()["counts"]
            print(f"\n{info['briefings']} briefings, {info['items']} items\n")
            print(
                "| `q` | items | entities | sources | briefings | items as typed | items by a scan | first hit | first item |"
            )
            print("|---|--:|--:|--:|--:|--:|--:|---|---|")
            for q in PROBES:
                answer = client.get("/v1/search", params={"q": q, "limit": 1}).json()
                item = client.get(
                    "/v1/items", params={"q": q, "limit": 1, "sort": "relevance"}
                ).json()["data"]
                typed = client.get(
                    "/v1/items", params={"q": q, "limit": 1, "expand": "false"}
                ).json()["meta"]["total"]
                counts = answer["counts"].values()
                first = (
                    f"{answer['data'][0]['type']}: {answer['data'][0]['title'][:24]}"
                    if answer["data"]
                    else ""
                )
                cells = [
                    *counts,
                    typed,
                    len(scan(session, q, "item")),
                    first,
                    item[0]["title"][:32] if item else "",
                ]
                print(f"| `{q}` | {' | '.join(str(cell).replace('|', '/') for cell in cells)} |")
            statuses: dict[int, int] = {}
            slowest = 0.0
            for q in HOSTILE:
                for path in ("/v1/search", "/v1/items"):
                    began = time.perf_counter()
                    status = client.get(path, params={"q": q}).status_code
                    slowest = max(slowest, time.perf_counter() - began)
                    statuses[status] = statuses.get(status, 0) + 1
            told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            print(
                f"| {len(HOSTILE)} hostile strings, on two routes | {told}; the slowest {slowest * 1000:.0f} ms |"
            )


if __name__ == "__main__":
    main()
