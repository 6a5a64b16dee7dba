"""The measured requests: each is compared with the right answer before it is timed."""

import itertools
import random
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from app.normalize.text.tokens import phrase
from app.store.db import Database
from tests.bench import peer
from tests.bench.database import CHANNEL
from tests.eval.search import scan
from tests.servers import Answer, Server

FAR_PAGE = 400
"""The number of the page far down the list, unless the list is shorter."""
HAN, LATIN, PREFIX, TYPO = "昇騰", "NVIDIA", "nvi", "nvdia"
SECTIONS = ("headlines", "research", "tools", "industry", "trends", "market")
LEVELS = ("high", "medium", "low")
LIMITS = (10, 20, 50)


@dataclass(frozen=True)
class Question:
    """A request to Briefbase, the SQL address of Datasette, and the size of the answer in bytes."""

    name: str
    path: str
    size: int
    sql: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


def all_questions(server: Server, datasette: Server | None) -> list[Question]:
    """Return all requests of a single path, each checked once.

    The entity in question is the one with the most mentions. Exits on a wrong answer.
    """
    return [
        *_briefing_questions(server, datasette),
        *_entity_questions(server, datasette),
        *_search_questions(server, datasette),
    ]


def _briefing_questions(server: Server, datasette: Server | None) -> list[Question]:
    latest = server.get("/v1/briefings/latest")
    latest_items: list[str] = []
    for section in _json(latest)["sections"]:
        latest_items.extend(item["id"] for item in section["items"])

    etag = {"If-None-Match": latest.headers["etag"]}
    unchanged = server.get(latest.path, **etag)
    _require(unchanged.status == 304, f"{latest.path} answers 304 to its own ETag")
    latest_sql = peer.address(peer.LATEST, channel=CHANNEL)
    day = _day_with_most_headlines(server)
    headlines = server.get(f"/v1/headlines?date={day}&limit=10")
    headline_items = _ids(_json(headlines))
    headlines_sql = peer.address(peer.HEADLINES, channel=CHANNEL, day=day)
    _require_same(datasette, latest_items, latest_sql)
    _require_same(datasette, headline_items, headlines_sql)

    return [
        _question("latest briefing, whole", latest, latest_sql),
        Question("the same, not modified", latest.path, 0, headers=etag, status=304),
        _question(f"headlines, {len(headline_items)} items", headlines, headlines_sql),
    ]


def _day_with_most_headlines(server: Server) -> str:
    path = f"/v1/items?section=headlines&channel={CHANNEL}&group_by=day&limit=1"
    return str(_json(server.get(path))["data"][0]["key"])


def _entity_questions(server: Server, datasette: Server | None) -> list[Question]:
    entity = _json(server.get("/v1/entities?sort=-mentions&limit=1"))["data"][0]["id"]
    return [
        *_page_questions(server, datasette, entity),
        _timeline_question(server, datasette, entity, "day", peer.BY_DAY),
        _timeline_question(server, datasette, entity, "month", peer.BY_MONTH),
        _related_question(server, datasette, entity),
    ]


def _page_questions(server: Server, datasette: Server | None, entity: str) -> list[Question]:
    """Return the first page of an entity's items, and one far down."""
    days = _json(server.get("/v1/info"))["channels"][0]
    filters = {
        "entity": entity,
        "from": days["first"],
        "to": days["last"],
        "importance": "high|medium_high|medium",
        "limit": "50",
    }
    values = {"entity": entity, "first": days["first"], "last": days["last"]}
    first = server.get(f"/v1/items?{urlencode(filters)}")
    first_page = _json(first)
    total = first_page["meta"]["total"]
    first_sql = peer.address(peer.PAGE, **values)
    _require_same(datasette, _ids(first_page), first_sql, total)
    far, last_id, number = _walk(server, first)
    far_sql = None
    if number > 1:
        far_sql = peer.address(peer.FAR_PAGE, **values, after=last_id)
        _require_same(datasette, _ids(_json(far)), far_sql, total)

    return [
        _question("50 items of an entity, dates, importance", first, first_sql),
        _question(f"the same, page {number}", far, far_sql),
    ]


def _walk(server: Server, first: Answer) -> tuple[Answer, str, int]:
    """Follow the links of a list; return the page reached, the last id before it, its number."""
    answer, last_id = first, ""
    for number in range(1, FAR_PAGE):
        page = _json(answer)
        if not page["links"]["next"]:
            return answer, last_id, number

        last_id = page["data"][-1]["id"]
        answer = server.get(page["links"]["next"])

    return answer, last_id, FAR_PAGE


def _timeline_question(
    server: Server, datasette: Server | None, entity: str, interval: str, sql: str
) -> Question:
    timeline = server.get(f"/v1/entities/{entity}/timeline?interval={interval}")
    items = sum(bucket["items"] for bucket in _json(timeline)["buckets"])
    _require(items > 0, f"{timeline.path} counts items")
    address = peer.address(sql, entity=entity)
    rows = _rows(datasette, address)
    if rows:
        expected = sum(row["items"] for row in rows)
        _require(items == expected, f"{timeline.path} counts as Datasette does")

    return _question(f"timeline by {interval}", timeline, address)


def _related_question(server: Server, datasette: Server | None, entity: str) -> Question:
    related = server.get(f"/v1/entities/{entity}/related?limit=20")
    by_count = _json(server.get(f"{related.path}&sort=count"))["data"]
    counts = [entry["count"] for entry in by_count]
    _require(bool(counts), f"{related.path} finds entities")
    address = peer.address(peer.RELATED, entity=entity)
    rows = _rows(datasette, address)
    if rows:
        expected = [row["both"] for row in rows]
        _require(counts == expected, f"{related.path} counts as Datasette does")

    return _question("co-occurrence, top 20", related, address)


def _search_questions(server: Server, datasette: Server | None) -> list[Question]:
    return [
        _search_question(server, datasette, HAN),
        _search_question(server, datasette, LATIN),
        _completion_question(server, "prefix", PREFIX, peer.address(peer.COMPLETE, q=PREFIX)),
        _completion_question(server, "typo", TYPO, None),
    ]


def _search_question(server: Server, datasette: Server | None, word: str) -> Question:
    answer = server.get(f"/v1/search?q={quote(word)}")
    total = _json(server.get(f"/v1/search?q={quote(word)}&expand=false"))["meta"]["total"]
    _require(total > 0, f"{answer.path} finds something")
    address = peer.address(peer.SEARCH, q=_fts5(word))
    rows = _rows(datasette, address)
    if rows:
        _require(rows[0]["total"] == total, f"{answer.path} finds as many as Datasette")

    return _question(f"search {word}", answer, address)


def _completion_question(server: Server, name: str, typed: str, sql: str | None) -> Question:
    answer = server.get(f"/v1/autocomplete?q={typed}")
    names = [entry["name"] for entry in _json(answer)["data"]]
    _require("NVIDIA" in names, f"{answer.path} finds NVIDIA")

    return _question(f"autocomplete, {name}", answer, sql)


def pool(server: Server, seed: int = 1) -> list[str]:
    """Return distinct paths of every kind, shuffled; `zipf` draws the first ones most often."""
    briefings = [entry["id"] for entry in _json(server.get("/v1/briefings?limit=100"))["data"]]
    paths = [f"/v1/briefings/{briefing}" for briefing in briefings]
    for day in sorted({briefing[-10:] for briefing in briefings}):
        paths.append(f"/v1/headlines?date={day}")

    for order in ("", "&sort=-last_seen"):
        for entity in _json(server.get(f"/v1/entities?limit=100{order}"))["data"]:
            paths += _entity_paths(entity)

    for section, level, limit in itertools.product(SECTIONS, LEVELS, LIMITS):
        paths.append(f"/v1/items?section={section}&importance={level}&limit={limit}")

    # An entity may be in both lists of entities.
    paths = list(dict.fromkeys(paths))
    random.Random(seed).shuffle(paths)

    return paths


def _entity_paths(entity: dict[str, Any]) -> list[str]:
    path = f"/v1/entities/{entity['id']}"
    return [
        path,
        f"{path}/items?limit=50",
        f"{path}/timeline?interval=month",
        f"{path}/related?limit=20",
        f"/v1/search?{urlencode({'q': entity['name'][:60]})}",
        f"/v1/autocomplete?{urlencode({'q': entity['name'][:3]})}",
    ]


def recall(server: Server, url: str) -> float:
    """Return the share of a scan's hits that search finds, for a word of two characters.

    The scan reads every text of the database at `url`.
    """
    with closing(Database(url, read_timeout=3_600)) as database, database.read() as session:
        expected = len(scan(session, HAN))

    answer = _json(server.get(f"/v1/search?q={quote(HAN)}&expand=false"))

    return float(answer["meta"]["total"] / expected)


def zipf(paths: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """Draw `count` paths, the n-th path 1/n as often as the first."""
    weights = itertools.accumulate(1 / rank for rank in range(1, len(paths) + 1))
    return random.Random(seed).choices(
        paths,
        cum_weights=list(weights),
        k=count,
    )


def _question(name: str, answer: Answer, sql: str | None) -> Question:
    return Question(name, answer.path, len(answer.body), sql)


def _json(answer: Answer) -> Any:
    length = int(answer.headers.get("content-length", -1))
    is_whole = answer.status == 200 and length == len(answer.body)
    _require(is_whole, f"{answer.path} is answered completely")

    return orjson.loads(answer.body)


def _ids(page: Any) -> list[str]:
    _require(bool(page["data"]), "there are items")
    return [item["id"] for item in page["data"]]


def _rows(datasette: Server | None, address: str) -> list[Any]:
    """Return the rows of a statement; [] without Datasette."""
    if datasette is None:
        return []

    answer = datasette.get(address)
    _require(answer.status == 200, f"Datasette answers {address}: {answer.body[:300]!r}")
    rows = orjson.loads(answer.body)
    _require(bool(rows), f"Datasette finds something: {address}")

    return list(rows)


def _require_same(
    datasette: Server | None, ids: list[str], address: str, total: int | None = None
) -> None:
    """Check that Datasette lists the same items in the same order, and the same total."""
    rows = _rows(datasette, address)
    if not rows:
        return

    _require([row["id"] for row in rows] == ids, f"Datasette lists the same items: {address}")
    if total is not None:
        _require(rows[0]["total"] == total, f"Datasette counts the same: {address}")


def _fts5(word: str) -> str:
    tokens = phrase(word)
    assert tokens
    quoted = f'"{" ".join(tokens.words)}"'

    return f"{quoted} *" if tokens.open else quoted


def _require(holds: bool, claim: str) -> None:
    if not holds:
        sys.exit(f"Nothing is measured, because this is not true: {claim}.")
