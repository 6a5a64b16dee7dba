"""Real readers read every feed: feedparser, reader, newsboat and sfeed, over a loopback server.

Run `python -m tests.clients.feeds`. It needs the programs newsboat and sfeed and the packages
feedparser and reader; what is missing is named and not checked.
"""

import importlib.util
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from calendar import timegm
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from app import ingest
from app.settings import Settings
from app.store import webhooks
from app.store.db import Database
from app.store.migrations import migrate
from tests.conftest import CHANNEL
from tests.hostile_document import HOSTILE
from tests.servers import Server, briefbase

FIRST_DAY = date(2025, 10, 6)
DAYS = 40
ITEMS_PER_DAY = 4
EDITED_DAY = FIRST_DAY + timedelta(DAYS - 1)
"""The newest day but that of the hostile document."""


def day_document(day: date, edited: bool = False) -> str:
    """Return the document of a day: four items in the editor's order and a watch list."""
    parts = [
        "---",
        f"title: '簡報 {day}'",
        f"date: {day}T06:30:15+08:00",
        "tags: [AI, 推理]",
        "cover: {image: 'https://img.example/a.png'}",
        "---\n",
        "## 今日焦點（Top Headlines）\n",
    ]
    for number in range(1, ITEMS_PER_DAY + 1):
        summary = f"第 {number} 則的摘要，{day}。"
        if edited and number == 2:
            summary = "更正後的摘要。"
        parts.append(
            f"### 標題 {number} of {day} & 更多 <T>\n\n**核心摘要**  \n{summary}\n\n"
            "**關鍵實體**：NVIDIA、Qwen  \n**重要性**：高 — 理由  \n"
            f"**來源**： [報導](https://news.example/{day}/{number}?a=1&b=2)\n"
        )
    if day.toordinal() % 5 == 0:
        # Answers the watch list, and makes a thread.
        parts.append(
            f"### NVIDIA GB300 供貨增加（{day}）\n\n**核心摘要**  \nNVIDIA GB300 的供貨增加。\n\n"
            "**關鍵實體**：NVIDIA、GB300  \n**來源**： [GB300](https://news.example/gb300)\n"
        )
    parts.append(f"## 編輯洞察\n\n### 關注清單\n\n- 觀察 NVIDIA GB300 的供貨（{day}）\n")
    return "\n".join(parts)


def take_in(database: Database, text: str, day: date) -> None:
    """Ingest a document of the default channel."""
    ingest.ingest(database, text.encode(), f"{day}.md", channel=CHANNEL, default_channel=CHANNEL)


def feeds(server: Server, search: str) -> Iterator[str]:
    """Yield the addresses of feeds of every kind, with `{}` for the format."""
    entity = json.loads(server.get("/v1/entities?q=NVIDIA").body)["data"][0]["id"]
    threads = json.loads(server.get("/v1/threads").body)["data"]
    for name in ("headlines", "items", "briefings", "watchlist", "tags/ai", f"entities/{entity}"):
        yield f"{name}.{{}}"
    for query in ("section=headlines", "importance=high", "publisher=news.example", "q=GB300"):
        yield f"items.{{}}?{query}"
    yield f"entities/{entity}.{{}}?rollup=all"
    yield f"searches/{search}.{{}}"
    for thread in threads[:1]:
        yield f"threads/{thread['id']}.{{}}"


def saved_search(database: Database) -> str:
    """Save a search for important items of a publisher; return its id."""
    filters = "importance=high&publisher=news.example"
    with database.write() as session:
        values = {"name": "重要", "filters": filters, "alert": False}
        return webhooks.save_search(session, values, datetime.now(UTC)).id


def expected(server: Server, feed: str) -> dict[str, dict[str, Any]]:
    """Return the entries of a feed by id, as its JSON says."""
    body = json.loads(server.get(f"/feeds/{feed.format('json')}").body)
    assert body["version"].endswith("/1.1"), feed
    assert body["items"], feed
    return {item["id"]: item for item in body["items"]}


def seconds(text: str) -> int:
    """Return an RFC 3339 instant in seconds since 1970."""
    return timegm(datetime.fromisoformat(text).astimezone(UTC).timetuple())


def with_feedparser(server: Server, feed: str, form: str, folder: Path) -> str:
    """Check that feedparser reads a feed as meant."""
    import feedparser

    parsed = feedparser.parse(f"http://127.0.0.1:{server.port}/feeds/{feed.format(form)}")
    assert not parsed.bozo, parsed.bozo_exception
    meant = expected(server, feed)
    assert [entry.id for entry in parsed.entries] == list(meant)
    instants = []
    for entry in parsed.entries:
        item = meant[entry.id]
        assert entry.title == item["title"], (entry.title, item["title"])
        assert timegm(entry.published_parsed) == seconds(item["date_published"])
        assert timegm(entry.updated_parsed) == seconds(item["date_modified"])
        assert entry.link == item["url"]
        assert entry.content[0].value
        assert "<script" not in entry.content[0].value
        via = [link.href for link in entry.links if link.rel == "via"]
        assert via == [source["url"] for source in item["_briefbase"]["via"]]
        assert sorted({tag.term if form == "rss" else tag.label for tag in entry.tags}) == sorted(
            item.get("tags", [])
        )
        instants.append(timegm(entry.published_parsed))
    assert instants == sorted(instants, reverse=True), "the editor's order is lost"
    return f"{len(parsed.entries)} entries"


def with_reader(server: Server, feed: str, form: str, folder: Path) -> str:
    """Check that lemon24's reader stores a feed as meant."""
    from reader import make_reader

    reader = make_reader(str(folder / "reader.sqlite"), feed_root="")
    address = f"http://127.0.0.1:{server.port}/feeds/{feed.format(form)}"
    reader.add_feed(address)
    reader.update_feeds()
    stored = reader.get_feed(address)
    assert stored.last_exception is None, stored.last_exception
    meant = expected(server, feed)
    entries = {entry.id: entry for entry in reader.get_entries(feed=address)}
    assert set(entries) == set(meant)
    for entry_id, entry in entries.items():
        item = meant[entry_id]
        assert entry.title == item["title"], (entry.title, item["title"])
        assert entry.published
        assert int(entry.published.timestamp()) == seconds(item["date_published"])
        assert entry.link == item["url"]
        assert entry.content
    reader.close()
    return f"{len(entries)} entries"


def with_newsboat(server: Server, feed: str, form: str, folder: Path) -> str:
    """Check that newsboat stores a feed as meant."""
    address = f"http://127.0.0.1:{server.port}/feeds/{feed.format(form)}"
    urls, cache, config = folder / "urls", folder / "cache.db", folder / "config"
    urls.write_text(address + "\n")
    config.write_text("")
    subprocess.run(
        ["newsboat", "-u", urls, "-c", cache, "-C", config, "-x", "reload"],
        check=True,
        timeout=60,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    with sqlite3.connect(cache) as connection:
        rows = connection.execute(
            "SELECT guid, title, url, pubDate, content FROM rss_item"
        ).fetchall()
    meant = expected(server, feed)
    assert {row[0] for row in rows} == set(meant)
    for guid, title, url, published, content in rows:
        item = meant[guid]
        assert title == item["title"], (title, item["title"])
        assert url == item["url"]
        assert published == seconds(item["date_published"])
        assert content.strip() == item["content_html"].strip()
    return f"{len(rows)} entries"


def with_sfeed(server: Server, feed: str, form: str, folder: Path) -> str:
    """Check that sfeed reads a feed as meant."""
    body = server.get(f"/feeds/{feed.format(form)}").body
    read = subprocess.run(["sfeed"], input=body, capture_output=True, check=True, timeout=60)
    meant = expected(server, feed)
    lines = read.stdout.decode().splitlines()
    ids = []
    for line in lines:
        published, title, link, content, kind, entry_id, author, *_ = line.split("\t")
        item = meant[entry_id]
        ids.append(entry_id)
        assert title == item["title"], (title, item["title"])
        assert link == item["url"]
        assert int(published) == seconds(item["date_published"])
        assert content
        assert (kind, author) == ("html", item["authors"][0]["name"])
    assert ids == list(meant)
    return f"{len(ids)} entries"


READERS: dict[str, tuple[Callable[[Server, str, str, Path], str], tuple[str, ...], bool]] = {
    "feedparser": (with_feedparser, ("atom", "rss"), False),
    "reader": (with_reader, ("atom", "rss", "json"), False),
    "newsboat": (with_newsboat, ("atom", "rss"), True),
    "sfeed": (with_sfeed, ("atom", "rss"), True),
}
"""Each reader with the formats that it reads, and whether it is a program."""


def missing(name: str, is_program: bool) -> bool:
    """Return whether a reader is not installed."""
    if is_program:
        return shutil.which(name) is None
    return importlib.util.find_spec(name) is None


def walk(server: Server, feed: str) -> str:
    """Walk the archives of a feed back to its first day."""
    import feedparser

    address: str | None = f"http://127.0.0.1:{server.port}/feeds/{feed}.atom?limit=2"
    ids: set[str] = set()
    oldest, documents = None, 0
    while address:
        parsed = feedparser.parse(address)
        assert not parsed.bozo, address
        assert parsed.entries, address
        documents += 1
        ids.update(entry.id for entry in parsed.entries)
        oldest = parsed.entries[-1].published_parsed
        links = {link.rel: link.href for link in parsed.feed.links}
        if documents > 1:
            assert "fh_archive" in parsed.feed
            assert "current" in links
        address = links.get("prev-archive")
    assert oldest
    assert date(*oldest[:3]) in (FIRST_DAY, FIRST_DAY - timedelta(1)), oldest
    return f"{len(ids)} entries in {documents} documents"


def edit(server: Server, database: Database, folder: Path) -> str:
    """Check that an edited item is updated in a reader and not repeated."""
    import feedparser
    from reader import make_reader

    address = f"http://127.0.0.1:{server.port}/feeds/items.atom"
    reader = make_reader(str(folder / "edit.sqlite"), feed_root="")
    reader.add_feed(address)
    reader.update_feeds()
    before = {entry.id: entry for entry in reader.get_entries()}
    answer = urllib.request.urlopen(address)
    take_in(database, day_document(EDITED_DAY, edited=True), EDITED_DAY)
    # `update_feeds` would wait for the next hour.
    reader.update_feed(address)
    after = {entry.id: entry for entry in reader.get_entries()}
    changed = [entry for entry in after if after[entry].content != before[entry].content]
    moved = [entry for entry in after if after[entry].updated != before[entry].updated]
    assert set(after) == set(before)
    assert (changed, len(changed)) == (moved, 1)
    assert "更正後的摘要" in after[changed[0]].content[0].value
    assert after[changed[0]].published == before[changed[0]].published
    reader.close()
    etag = answer.headers["etag"]
    again = feedparser.parse(address, etag=etag)
    assert again.status == 200
    assert feedparser.parse(address, etag=again.etag).status == 304
    return "one entry updated, none repeated; 304 until something changes"


def main() -> None:
    """Run all checks and print a line for each; exit with 1 if one failed."""
    failures = 0

    def check(name: str, run: Callable[[], str]) -> None:
        nonlocal failures
        try:
            print(f"ok      {name}: {run()}", flush=True)
        except AssertionError as error:
            failures += 1
            print(f"FAILED  {name}: {error}", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'feeds.db'}"
        database = Database(url)
        migrate(database)
        for number in range(DAYS):
            day = FIRST_DAY + timedelta(number)
            take_in(database, day_document(day), day)
        take_in(database, HOSTILE, EDITED_DAY + timedelta(1))
        search = saved_search(database)
        with briefbase(url, folder, seeds=False, timezone=Settings().timezone) as server:
            paths = list(feeds(server, search))
            for reader, (run, forms, is_program) in READERS.items():
                if missing(reader, is_program):
                    print(f"missing {reader}: not checked")
                    continue
                for path in paths:
                    for form in forms:
                        place = Path(tempfile.mkdtemp(dir=folder))
                        check(
                            f"{reader} {path.format(form)}",
                            lambda run=run, path=path, form=form, place=place: run(  # type: ignore[misc]  # mypy infers no default
                                server, path, form, place
                            ),
                        )
            for path in ("items", "headlines", "briefings", "watchlist"):
                check(f"archives of {path}", lambda path=path: walk(server, path))  # type: ignore[misc]  # mypy infers no default
            if not missing("reader", False):
                check("an edited item", lambda: edit(server, database, folder))
        database.close()
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
