"""Answers of two builds, compared byte by byte: `python -m tests.eval.answers save|compare FILE`.

`save` ingests the seeds, and horizon-tw where it is beside the project, serves them and writes the
answers to some hundred requests to FILE. `compare` does the same by its own build and prints what
differs. Times of writing and the version of the dataset are left out.
"""

import gzip
import itertools
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from app import ingest
from app.startup import SEEDS
from app.store.db import Database
from app.store.migrations import migrate
from tests import servers
from tests.eval.layouts import CORPORA
from tests.servers import Server

WORDS = (
    *("模型", "推理", "開源模型", "晶片", "人工智慧", "輝達", "昇騰", "代理", "微調", "雲端"),
    *("芯片", "开源", "大模型", "智能体", "英伟达", "提示词注入"),
    *("OpenAI", "NVIDIA", "gpt", "agent", "Claude Code", "open source", "benchmark", "RAG"),
    *("モデル", "エージェント", "コンピューター", "生成AI", "オープンソース"),
    *("輝達GPU", "輝達 GPU", "GPT-4o", "C++", "3.8", "Qwen 3", "café", "的", "a"),
    *('"open source"', "nvid*", "開源 -Qwen", "晶片|GPU", "GPU OR 晶片", "-模型 推理"),
    *("site:github.com", "github.com", "site:arxiv.org/abs", "arxiv:2512.02556"),
    *("<b>&", "沒有這個詞語", "(", "a OR"),
)
_SEARCHES = (
    "/v1/search?q={}",
    "/v1/search?q={}&limit=5&expand=false&lang=zh-Hant",
    "/v1/items?q={}",
)
_LISTS = (
    "/v1/briefings",
    "/v1/briefings/latest",
    "/v1/headlines",
    "/v1/items",
    "/v1/items?section=research&importance=high|medium",
    "/v1/items?sort=importance,-date&limit=50&lang=en",
    "/v1/items?has=sources&fields=id,title,sources",
    "/v1/items?collapse=thread",
    "/v1/items?group_by=section",
    "/v1/items?facets=section,entity",
    "/v1/items?q=模型&sort=relevance",
    "/v1/items?q=模型&collapse=thread",
    "/v1/items?q=模型&importance=high&include=mentions",
    "/v1/items?q=agent&facets=section",
    "/v1/search?q=模型&type=items|entities",
    "/v1/search?q=模型&type=!items",
    "/v1/search?q=模型&importance=high",
    "/v1/search?q=模型&from=2026-01-01",
    "/v1/search?q=模型&fields=id,match",
    "/v1/entities",
    "/v1/entities?q=gpt&sort=relevance",
    "/v1/entities?type=org&limit=50",
    "/v1/sources",
    "/v1/sources?q=github",
    "/v1/tags",
    "/v1/threads",
    "/v1/threads?sort=-items&limit=50",
    "/v1/threads?q=模型",
    "/v1/watchlist",
    "/v1/changes",
    "/v1/trends",
    "/v1/trends?window=7&limit=50&lang=zh-Hant",
    "/v1/digest?days=7",
    "/v1/quality",
    "/feeds/items.atom",
    "/feeds/items.json?q=模型",
    "/feeds/headlines.rss",
    "/feeds/briefings.atom?limit=3",
    "/feeds/watchlist.atom",
    "/feeds.opml",
)
_OF_ENTITY = (
    "/v1/entities/{}",
    "/v1/entities/{}/items?limit=50",
    "/v1/entities/{}/timeline?interval=day",
    "/v1/entities/{}/timeline?interval=month&lang=zh-Hant",
    "/v1/entities/{}/related?limit=20",
    "/v1/threads?entity={}",
    "/v1/threads?entity={}&rollup=family&sort=-items",
    "/feeds/entities/{}.atom",
    "/feeds/entities/{}.rss?lang=zh-Hant",
    "/v1/digest?days=30&entity={}",
)
_OF_THREAD = ("/v1/threads/{}", "/v1/items?thread={}", "/feeds/threads/{}.atom")
_OF_DAY = (
    "/v1/headlines?date={}",
    "/v1/trends?until={}",
    "/v1/items?from={0}&to={0}&sort=position",
)
_OF_ITEM = ("/v1/items/{}", "/v1/items/{}/source", "/v1/items/{}/related")
_TIMES = re.compile(
    rb'("(?:updated_at|modified_at|created_at|first_at|ingested_at|at|date_modified|digest)":)"[^"]*"'
    rb"|(<(?:updated|lastBuildDate|atom:updated|pubDate|dateModified)>)[^<]*"
)
"""Times of writing, which no two bases have alike."""
_HEADERS = {"Host": "127.0.0.1", "X-Request-ID": "answers"}
_EACH = 5
"""Entities, threads, days and items that are asked about."""
_TEXT_CHARS = 1_500


@dataclass(frozen=True)
class Asked:
    """A request: its path, and the form or JSON of a POST."""

    path: str
    body: bytes = b""
    media: str = "application/json"


Answers = dict[str, tuple[int, str]]
"""Status and body by request."""


@contextmanager
def served() -> Iterator[Server]:
    """Ingest the seeds and real dailies into a new base and serve it."""
    with tempfile.TemporaryDirectory(prefix="briefbase-answers-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'base.db'}"
        with closing(Database(url)) as database:
            migrate(database)
            for channel, source in (("seeds", SEEDS), ("daily", CORPORA / "horizon-tw")):
                files = ingest.documents([source]) if source.is_dir() else []
                list(ingest.ingest_files(database, files, channel=channel, default_channel="daily"))
        settings = {"channel": "daily", "seeds": "false", "log_level": "warning"}
        with servers.briefbase(url, folder, **settings) as server:
            yield server


def requests(server: Server) -> Iterator[Asked]:
    """Yield every request: lists, words, and what the base says of a few things of each kind."""
    paths = list(map(_encoded, _LISTS))
    for word in WORDS:
        paths += [form.format(quote(word, safe="")) for form in _SEARCHES]
    entities = _data(server, f"/v1/entities?limit={_EACH}")
    entities += _data(server, f"/v1/entities?limit={_EACH}&sort=-last_seen")
    items = _data(server, f"/v1/items?limit={_EACH}&sort=importance,date")
    days = [briefing["date"] for briefing in _data(server, f"/v1/briefings?limit={_EACH}")]
    threads = _data(server, f"/v1/threads?limit={_EACH}&sort=-items")
    for forms, values in (
        (_OF_ENTITY, [entity["id"] for entity in entities]),
        (_OF_THREAD, [thread["id"] for thread in threads]),
        (_OF_ITEM, [item["id"] for item in items]),
        (_OF_DAY, days),
    ):
        paths += [form.format(value) for form, value in itertools.product(forms, values)]
    yield from map(Asked, dict.fromkeys(paths))

    text = "\n".join(f"{item['title']}\n{item['summary'] or ''}" for item in items)
    yield Asked("/v1/annotate", orjson.dumps({"text": text[:_TEXT_CHARS]}))
    yield Asked("/v1/annotate", orjson.dumps({"text": text[:200]}))
    names = [entity["name"] for entity in entities] + ["Nvdia", "深度求索", "gpt 4o", "無此名"]
    queries = {f"q{number}": {"query": name} for number, name in enumerate(names)}
    form = urlencode({"queries": orjson.dumps(queries)}).encode()
    yield Asked("/v1/reconcile", form, "application/x-www-form-urlencoded")


def answers(server: Server) -> Answers:
    """Return the answer to each request, and to that for the next page of each list."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=servers.TIMEOUT_SECONDS)
    answered: Answers = {}
    for asked in requests(server):
        status, body = answered[_name(asked)] = _answer(connection, asked)
        following = _following(body) if status == 200 and body.startswith("{") else None
        if following:
            answered[following] = _answer(connection, Asked(following))
    connection.close()
    return answered


def _answer(connection: HTTPConnection, asked: Asked) -> tuple[int, str]:
    method = "POST" if asked.body else "GET"
    headers = _HEADERS | {"Content-Type": asked.media}
    connection.request(method, asked.path, asked.body or None, headers)
    response = connection.getresponse()
    instance = response.getheader("Dataset-Version", "-").partition("-")[0]
    body = response.read().replace(instance.encode(), b"")
    return response.status, _TIMES.sub(rb"\1\2null", body).decode()


def _name(asked: Asked) -> str:
    return f"{asked.path} {asked.body.decode()}".strip()


def _following(body: str) -> str | None:
    """Return the path of the next page of a list."""
    answer: Any = orjson.loads(body)
    links = answer.get("links") or {}
    following = links.get("next")
    return following if isinstance(following, str) else None


def _encoded(path: str) -> str:
    return quote(path, safe="/?=&,|!-")


def _data(server: Server, path: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = orjson.loads(server.get(path).body)["data"]
    return data


def differences(before: Answers, after: Answers) -> Iterator[str]:
    """Yield a line for each request that was not answered alike."""
    for path in before.keys() | after.keys():
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            yield f"{path}: asked {'after' if old is None else 'before'} alone"
        elif old != new:
            yield f"{path}: {_first_difference(old, new)}"


def _first_difference(old: tuple[int, str], new: tuple[int, str]) -> str:
    if old[0] != new[0]:
        return f"status {old[0]} → {new[0]}"
    place = 0
    for place, (left, right) in enumerate(zip(old[1], new[1], strict=False)):  # noqa: B007
        if left != right:
            break
    start = max(0, place - 40)
    return f"{old[1][start : place + 60]!r} → {new[1][start : place + 60]!r}"


def main(command: str, name: str) -> None:
    """Save the answers of this build, or compare them with saved ones. Exits 1 if they differ."""
    with served() as server:
        answered = answers(server)
    file = Path(name)
    if command == "save":
        file.write_bytes(gzip.compress(orjson.dumps(answered)))
        print(f"{len(answered)} answers saved.")
        return

    saved = orjson.loads(gzip.decompress(file.read_bytes()))
    before: Answers = {path: tuple(answer) for path, answer in saved.items()}
    differing = sorted(differences(before, answered))
    print("\n".join(differing))
    print(f"{len(differing)} of {len(answered)} answers differ.")
    sys.exit(bool(differing))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("save", "compare"):
        sys.exit("usage: python -m tests.eval.answers save|compare FILE")
    main(*sys.argv[1:])
