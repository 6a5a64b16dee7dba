"""What is asked: each type of request, held against the right answer before it is timed."""

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
from tests.bench.base import CHANNEL
from tests.eval.search import scan
from tests.servers import Answer, Server

FAR = 400
"""The page that is far down, or the last there is."""
HAN, LATIN, PREFIX, TYPO = "昇騰", "NVIDIA", "nvi", "nvdia"


@dataclass(frozen=True)
class Question:
    """A request of Briefbase, the statement that asks Datasette the same, and the length of the answer."""

    name: str
    path: str
    size: int
    sql: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


def asked(server: Server, peer_: Server | None) -> list[Question]:
    """Every question of one path, each answered once, and rightly; the entity that is asked about is the one named most often."""
    return [*_whole(server, peer_), *_of_entity(server, peer_), *_searches(server, peer_)]


def _whole(server: Server, other: Server | None) -> list[Question]:
    latest = server.get("/v1/briefings/latest")
    items = [item["id"] for section in _json(latest)["sections"] for item in section["items"]]
    fullest = _json(
        server.get(f"/v1/items?section=headlines&channel={CHANNEL}&group_by=day&limit=1")
    )["data"][0]["key"]
    headlines = server.get(f"/v1/headlines?date={fullest}&limit=10")
    first = [item["id"] for item in _json(headlines)["data"]]
    etag = {"If-None-Match": latest.headers["etag"]}
    _must(
        server.get(latest.path, **etag).status == 304, f"{latest.path} answers 304 to its own ETag"
    )
    return [
        _question(
            "latest briefing, whole",
            latest,
            _same(other, items, peer.address(peer.LATEST, channel=CHANNEL)),
        ),
        Question("the same, not modified", latest.path, 0, headers=etag, status=304),
        _question(
            f"headlines, {len(first)} items",
            headlines,
            _same(other, first, peer.address(peer.HEADLINES, channel=CHANNEL, day=fullest)),
        ),
    ]


def _of_entity(server: Server, other: Server | None) -> list[Question]:
    entity = _json(server.get("/v1/entities?sort=-mentions&limit=1"))["data"][0]["id"]
    days = _json(server.get("/v1/info"))["channels"][0]
    given = {
        "from": days["first"],
        "to": days["last"],
        "importance": "high|medium_high|medium",
        "limit": "50",
    }
    page = server.get(f"/v1/items?{urlencode({'entity': entity} | given)}")
    shown, held = _json(page), {"entity": entity, "first": days["first"], "last": days["last"]}
    total = shown["meta"]["total"]
    before, far, number = shown, page, 1
    # Most of the way without what is not needed.
    while number < FAR and (following := _json(far)["links"]["next"]):
        before, far, number = _json(far), server.get(following), number + 1
    questions = [
        _question(
            "50 items of an entity, dates, importance",
            page,
            _same(other, _ids(shown), peer.address(peer.PAGE, **held), total),
        ),
        _question(
            f"the same, page {number}",
            far,
            _same(
                other,
                _ids(_json(far)),
                peer.address(peer.FAR_PAGE, **held, after=before["data"][-1]["id"]),
                total,
            )
            if number > 1
            else None,
        ),
    ]
    for name, sql in (("day", peer.BY_DAY), ("month", peer.BY_MONTH)):
        timeline = server.get(f"/v1/entities/{entity}/timeline?interval={name}")
        theirs = _rows(other, address := peer.address(sql, entity=entity))
        named = sum(bucket["items"] for bucket in _json(timeline)["buckets"])
        _must(
            named > 0 and (not theirs or sum(row["items"] for row in theirs) == named),
            f"{timeline.path} counts as Datasette does",
        )
        questions.append(_question(f"timeline by {name}", timeline, address))
    related = server.get(f"/v1/entities/{entity}/related?limit=20")
    counted = [entry["count"] for entry in _json(server.get(f"{related.path}&sort=count"))["data"]]
    theirs = _rows(other, address := peer.address(peer.RELATED, entity=entity))
    _must(
        bool(counted) and (not theirs or [row["both"] for row in theirs] == counted),
        f"{related.path} counts as Datasette does",
    )
    return [*questions, _question("named together, top 20", related, address)]


def _searches(server: Server, other: Server | None) -> list[Question]:
    questions = []
    for word in (HAN, LATIN):
        answer = server.get(f"/v1/search?q={quote(word)}")
        alone = _json(server.get(f"/v1/search?q={quote(word)}&expand=false"))["meta"]["total"]
        theirs = _rows(other, address := peer.address(peer.SEARCH, q=_fts5(word)))
        _must(
            alone > 0 and (not theirs or theirs[0]["total"] == alone),
            f"{answer.path} finds as many as Datasette",
        )
        questions.append(_question(f"search {word}", answer, address))
    for name, typed, sql in (
        ("prefix", PREFIX, peer.address(peer.COMPLETE, q=PREFIX)),
        ("typo", TYPO, None),
    ):
        answer = server.get(f"/v1/autocomplete?q={typed}")
        _must(
            "NVIDIA" in [entry["name"] for entry in _json(answer)["data"]],
            f"{answer.path} finds NVIDIA",
        )
        questions.append(_question(f"autocomplete, {name}", answer, sql))
    return questions


def pool(server: Server, seed: int = 1) -> list[str]:
    """Many different paths of every kind, in the order of how often they are asked for."""
    briefings = [entry["id"] for entry in _json(server.get("/v1/briefings?limit=100"))["data"]]
    entities = (
        _json(server.get("/v1/entities?limit=100"))["data"]
        + _json(server.get("/v1/entities?limit=100&sort=-last_seen"))["data"]
    )
    paths = [f"/v1/briefings/{briefing}" for briefing in briefings]
    paths += [
        f"/v1/headlines?{urlencode({'date': day})}"
        for day in sorted({briefing[-10:] for briefing in briefings})
    ]
    for entity in entities:
        own = f"/v1/entities/{entity['id']}"
        paths += [
            own,
            f"{own}/items?limit=50",
            f"{own}/timeline?interval=month",
            f"{own}/related?limit=20",
        ]
        paths += [
            f"/v1/{door}?{urlencode({'q': entity['name'][:most]})}"
            for door, most in (("search", 60), ("autocomplete", 3))
        ]
    sections = ("headlines", "research", "tools", "industry", "trends", "market")
    paths += [
        f"/v1/items?section={section}&importance={level}&limit={limit}"
        for section, level, limit in itertools.product(
            sections, ("high", "medium", "low"), (10, 20, 50)
        )
    ]
    # A name is met under either order of entities.
    paths = list(dict.fromkeys(paths))
    random.Random(seed).shuffle(paths)
    return paths


def recall(server: Server, url: str) -> float:
    """How much of what a plain scan of all texts of the base at `url` finds of a word of two characters is found."""
    with closing(Database(url, read_timeout=3_600)) as database, database.read() as session:
        held = len(scan(session, HAN))
    return float(
        _json(server.get(f"/v1/search?q={quote(HAN)}&expand=false"))["meta"]["total"] / held
    )


def zipf(paths: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """`count` draws of paths, the n-th of them 1/n as often as the first."""
    weights = itertools.accumulate(1 / rank for rank in range(1, len(paths) + 1))
    return random.Random(seed).choices(paths, cum_weights=list(weights), k=count)


def _question(name: str, answer: Answer, sql: str | None) -> Question:
    return Question(name, answer.path, len(answer.body), sql)


def _json(answer: Answer) -> Any:
    _must(
        answer.status == 200 and int(answer.headers.get("content-length", -1)) == len(answer.body),
        f"{answer.path} is answered whole",
    )
    return orjson.loads(answer.body)


def _ids(page: Any) -> list[str]:
    _must(bool(page["data"]), "there are items")
    return [item["id"] for item in page["data"]]


def _rows(other: Server | None, address: str) -> list[Any]:
    """What Datasette answers; nothing where there is none."""
    if other is None:
        return []
    answer = other.get(address)
    _must(answer.status == 200, f"Datasette answers {address}: {answer.body[:300]!r}")
    rows = orjson.loads(answer.body)
    _must(bool(rows), f"Datasette finds something: {address}")
    return list(rows)


def _same(other: Server | None, ids: list[str], address: str, total: int | None = None) -> str:
    """`address`, where Datasette lists the same items in the same order, of as many."""
    rows = _rows(other, address)
    _must(not rows or [row["id"] for row in rows] == ids, f"Datasette lists the same: {address}")
    _must(
        not rows or total is None or rows[0]["total"] == total,
        f"Datasette counts the same: {address}",
    )
    return address


def _fts5(word: str) -> str:
    found = phrase(word)
    assert found
    return f'"{" ".join(found.words)}"{" *" if found.open else ""}'


def _must(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"Nothing is measured, for this does not hold: {what}.")
